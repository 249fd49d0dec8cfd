"""A process that is about to commit in a browser: says so, waits for a word, clicks, and tells what came of it.

`python frozen_click.py URL PROFILE PERMIT_S` prints "ready", reads one line, clicks; then prints JSON: the error's name
("" for none), whether it was marked untouched, and how many clicks the page has seen.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from nightclerk.errors import NightClerkError
from nightclerk.gate import CommitGate, Opening
from nightclerk.ports import AppSettings, Permit, Selector, SelectorSet
from nightclerk.screens import Session, WebApp
from nightclerk.web import fence, open_web
from nightclerk.work.pulse import boottime_s
from tests.conftest import ListFilm


class BootClock:
    """The machine's time."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return boottime_s()


class Shop(WebApp, selectors="frozen_shop"):
    """One page with one button."""


def main(url: str, profile: str, permit_s: float) -> None:
    elements = {
        "orders.save": Selector(name="orders.save", ways=({"css": "#save"},), commits=True),
        "orders.saved": Selector(name="orders.saved", ways=({"css": "#saved"},)),
    }
    clock, settings = BootClock(), AppSettings(name="frozen_shop", url=url, timeout_s=30)
    surface = open_web(
        selectors=SelectorSet(app="frozen_shop", elements=elements), settings=settings, profile=Path(profile),
        downloads=Path(profile), clock=clock,
    )  # fmt: skip
    gate = CommitGate()
    app = Shop(
        Session(surface=surface, film=ListFilm(), gate=gate, clock=clock, account=None, vault=None, settings=settings)  # type: ignore[arg-type]
    )
    app.open(url)
    fence._arm, armed = _told_to_go_on(fence._arm), fence._arm
    permit = Permit(
        element="", until_monotonic_s=clock.monotonic() + permit_s,
        until_wall=clock.now() + timedelta(seconds=permit_s),
    )  # fmt: skip
    error = _click(app, gate, Opening(permit=permit))
    fence._arm = armed
    seen = app["orders.saved"].read()
    print(
        json.dumps(
            {"error": type(error).__name__ if error else "", "untouched": bool(error and error.untouched), "seen": seen}
        )
    )
    surface.close()


def _told_to_go_on(arm: object) -> object:
    """The fence stands and the click is next: here the freeze strikes."""

    def armed(*arguments: object) -> None:
        arm(*arguments)  # type: ignore[operator]
        print("ready", flush=True)
        sys.stdin.readline()

    return armed


def _click(app: Shop, gate: CommitGate, opening: Opening) -> NightClerkError | None:
    try:
        with gate.open(opening):
            app["orders.save"].click()
    except NightClerkError as error:
        return error
    return None


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
