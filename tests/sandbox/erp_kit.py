"""What the desktop tests share: the ERP client in a real window on a desktop of its own, worked by its app class."""

from __future__ import annotations

import contextlib
import sqlite3
import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from flows.apps.legacy_erp import LegacyErp
from nightclerk.app import SystemClock
from nightclerk.desktop import open_desktop
from nightclerk.desktop.session import missing_parts
from nightclerk.domain.mapping import ErpLine
from nightclerk.gate import CommitGate
from nightclerk.locate.files import selector_set
from nightclerk.ports import Account, AppSettings, Secret
from nightclerk.sandbox.erp import rules
from nightclerk.screens import Session
from tests.conftest import ListFilm

ROOT = Path(__file__).parents[2]
DAY = date(2026, 11, 20)

#: Skips a module with the doctor's reason where no desktop can be made.
needs_desktop = pytest.mark.skipif(
    bool(missing_parts()), reason=f"NO_XVFB: {', '.join(missing_parts())} missing; run `python3 start.py setup`"
)


class OneSecret:
    """A vault with one password."""

    def __init__(self, password: str) -> None:
        self.password = password

    def get(self, name: str) -> Secret:
        return Secret(name, self.password)


@contextlib.contextmanager
def client(state: Path, *troubles: str, password: str = rules.LOGIN[1]) -> Iterator[LegacyErp]:
    """The app over a running client; not signed in yet. The client ends with the block."""
    switches = [word for name in troubles for word in ("--trouble", name)]
    command = (sys.executable, "-m", "nightclerk.sandbox.erp", "--state", str(state), *switches)
    settings = AppSettings(name="legacy_erp", command=command, window="云杉ERP", timeout_s=20)
    selectors = selector_set("legacy_erp", workspace=ROOT, starter=None)
    surface = open_desktop(selectors=selectors, settings=settings, clock=SystemClock(), folder=state)
    session = Session(
        surface=surface,
        film=ListFilm(),
        gate=CommitGate(),
        clock=SystemClock(),
        account=Account(name="erp-night", app="legacy_erp", user=rules.LOGIN[0], secret="erp-night"),
        vault=OneSecret(password),
        settings=settings,
        files=state / "files",
    )
    try:
        yield LegacyErp(session)
    finally:
        surface.close()


def fill(erp: LegacyErp, external_no: str, **changes: Any) -> None:
    """Fill a voucher of 2 cups and 4 bowls, 127.00 in all, unless changed."""
    lines = (
        ErpLine(item="0101001", quantity=2, price=Decimal("38.50")),
        ErpLine(item="0102001", quantity=4, price=Decimal("12.50")),
    )
    voucher = {
        "customer": "C1001",
        "dated": DAY,
        "memo": "不要放快递柜，¥<谢谢>",
        "lines": lines,
        "total": Decimal("127.00"),
    }
    erp.fill_voucher(external_no=external_no, **{**voucher, **changes})


def save(erp: LegacyErp) -> None:
    """Press F6 as `once` would: with the gate open for one commit."""
    with erp.session.gate.open():
        erp.save_voucher()


def enter(erp: LegacyErp, external_no: str, **changes: Any) -> None:
    """Fill and save one voucher."""
    fill(erp, external_no, **changes)
    save(erp)


def books(state: Path, query: str) -> list[tuple[Any, ...]]:
    """Rows of the ERP's own books."""
    with contextlib.closing(sqlite3.connect(state / "books" / "erp.db")) as opened:
        return opened.execute(query).fetchall()
