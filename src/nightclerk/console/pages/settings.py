"""Settings to look at: accounts without secrets, calendars and closed hours, messages and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response

from nightclerk.calendars import Calendar, load_calendar
from nightclerk.console.pages.common import bots_by_name, renderer_of, services_of
from nightclerk.workspace import load_workspace

router = APIRouter()
DAYS_SHOWN = 42
DELIVERIES_SHOWN = 60


@router.get("/settings")
def settings_page(request: Request) -> Response:
    """What there is to set, and what is wrong with the files that say so."""
    home = load_workspace(services_of(request).workspace)
    return renderer_of(request).page(request, "settings.html", faults=home.faults, home=home)


@router.get("/settings/accounts")
def accounts_page(request: Request) -> Response:
    """Every account with the name of its secret and whether the vault holds one: never the secret itself."""
    services = services_of(request)
    home, known = load_workspace(services.workspace), set(services.secrets())
    used = {name: [bot for bot in home.bots.values() if name in bot.accounts] for name in home.accounts}
    return renderer_of(request).page(
        request, "accounts.html", accounts=home.accounts, known=known, used=used, bots=bots_by_name(services)
    )


@dataclass(frozen=True, kw_only=True)
class Day:
    """One day of the calendar: whether people work, and what else it is."""

    day: date
    workday: bool
    names: tuple[str, ...]
    closed: tuple[str, ...]


def days_of(calendar: Calendar, first: date, count: int) -> list[Day]:
    """The days from one on, in whole weeks."""
    monday = first - timedelta(days=first.weekday())
    found = []
    for day in (monday + timedelta(days=n) for n in range(count)):
        closed = tuple(b.name for b in calendar.blackouts if any(calendar.fits(word, day) for word in b.days))
        workday = calendar.is_workday(day)
        found.append(Day(day=day, workday=workday, names=tuple(calendar.names_of(day)), closed=closed))
    return found


@router.get("/settings/calendars")
def calendars_page(request: Request) -> Response:
    """Six weeks of days as the bots see them, and the next starts of each bot."""
    services = services_of(request)
    calendar, faults = load_calendar(services.workspace)
    today = services.now().astimezone(services.zone).date()
    bots = list(bots_by_name(services).values())
    return renderer_of(request).page(
        request, "calendars.html", calendar=calendar, faults=faults, today=today,
        days=days_of(calendar, today, DAYS_SHOWN), bots=[bot for bot in bots if bot.schedule],
        starts={bot.name: services.launcher.next_starts(bot.name, 5) for bot in bots},
    )  # fmt: skip


@router.get("/settings/messages")
def messages_page(request: Request, state: str = "") -> Response:
    """What people were told, on which channel, and what became of it."""
    services = services_of(request)
    counts = services.store.deliveries_by_channel()
    states = sorted({state for _, state in counts})
    found = services.store.deliveries(states=[state] if state in states else (), limit=DELIVERIES_SHOWN)
    return renderer_of(request).page(
        request, "messages.html", deliveries=found, counts=counts, states=states, state=state
    )
