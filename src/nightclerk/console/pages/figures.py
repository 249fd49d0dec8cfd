"""The manager's page: what the bots did, what it saved, what went to people and why, week by week; and /metrics."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from weakref import WeakKeyDictionary

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response

from nightclerk.console import plots
from nightclerk.console.aside import PATIENCE_S, Aside
from nightclerk.console.pages.common import bots_by_name, renderer_of, services_of
from nightclerk.console.plots import Plot, Series
from nightclerk.console.services import Services
from nightclerk.figures.figures import Figures, Line, figures
from nightclerk.figures.metrics import CONTENT_TYPE, metrics_text
from nightclerk.texts import say
from nightclerk.work.store import SqlStore
from nightclerk.workspace import load_workspace

router = APIRouter()
WEEKS = (4, 12, 26, 52)
MOST_REASONS = 12
OLDEST_S = 60.0
#: A program waits for the figures, a person is shown a page that fills itself.
PROGRAM_S = 120.0
_known: WeakKeyDictionary[SqlStore, dict[int, Aside[Figures]]] = WeakKeyDictionary()
_lock = threading.Lock()


def figures_of(services: Services, weeks: int, *, patience_s: float = PATIENCE_S) -> Figures | None:
    """The figures of the last whole weeks and this one, counted once a minute at most; None while none are there yet.

    Years of items take seconds: whoever comes meanwhile is shown those of a minute ago.
    """
    with _lock:
        kept = _known.setdefault(services.store, {}).setdefault(weeks, Aside(f"figures of {weeks} weeks"))
    return kept.now(int(time.monotonic() / OLDEST_S), lambda: _count(services, weeks), patience_s=patience_s)


def _count(services: Services, weeks: int) -> Figures:
    local = services.now().astimezone(services.zone)
    monday = (local - timedelta(days=local.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    since = monday - timedelta(weeks=weeks - 1)
    return figures(services.store, since, local + timedelta(seconds=1), workspace=load_workspace(services.workspace))


def weeks_from(text: str) -> int:
    """How many weeks an address asks for; nonsense means twelve."""
    return int(text) if text.isdecimal() and int(text) in WEEKS else 12


@router.get("/figures")
def figures_page(request: Request, weeks: str = "12") -> Response:
    services, shown = services_of(request), weeks_from(weeks)
    found = figures_of(services, shown)
    if found is None:
        return renderer_of(request).page(request, "figures.html", figures=None, weeks=shown, choices=WEEKS)
    totals = [_total(week.bots) for week in found.weeks]
    names = [week.week.partition("-")[2] for week in found.weeks]
    reasons = sorted(found.exceptions.items(), key=lambda pair: -pair[1])[:MOST_REASONS]
    return renderer_of(request).page(
        request, "figures.html", figures=found, weeks=shown, choices=WEEKS, bots=bots_by_name(services),
        items_plot=_items(names, totals), minutes_plot=_minutes(names, totals), rates_plot=_rates(names, totals),
        series={"done": "good", "to_person": "ask"}, rate_tones=RATE_TONES, reasons=reasons,
        rows=list(zip(found.weeks, totals, strict=True)),
    )  # fmt: skip


RATE_TONES = {"straight_through_rate": "good", "person_rate": "ask", "healing_rate": "busy"}


def _total(lines: tuple[Line, ...]) -> Line:
    """All bots of one week in one line."""
    never = datetime.min.replace(tzinfo=UTC)
    return Figures(since=never, until=never, bots=lines, weeks=(), slots={}, exceptions={}).total


def _items(names: list[str], totals: list[Line]) -> Plot:
    return plots.bars(names, [
        Series(name=say("console.figures.done"), tone="good", values=tuple(float(one.done) for one in totals)),
        Series(name=say("console.figures.to_person"), tone="ask", values=tuple(float(one.to_person) for one in totals)),
    ])  # fmt: skip


def _minutes(names: list[str], totals: list[Line]) -> Plot:
    hours = tuple(one.minutes_saved / 60 for one in totals)
    return plots.bars(names, [Series(name=say("console.figures.saved"), tone="busy", values=hours)], suffix=" h")


def _rates(names: list[str], totals: list[Line]) -> Plot:
    def percent(line: Line, rate: str) -> float | None:
        value = getattr(line, rate)
        return None if value is None else min(100.0, value * 100)

    return plots.lines(names, [
        Series(name=say(f"console.figures.{rate}"), tone=tone, values=tuple(percent(one, rate) for one in totals))
        for rate, tone in RATE_TONES.items()
    ])  # fmt: skip


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """The state of the night for Prometheus."""
    services = services_of(request)
    return PlainTextResponse(metrics_text(services.store, now=services.now()), media_type=CONTENT_TYPE)
