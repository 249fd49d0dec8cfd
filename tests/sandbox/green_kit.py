"""What the terminal tests share: the green-screen ERP as a VT program or a 3270 host, worked by its app class."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from flows.apps.green_erp import GreenErp, MainframeErp
from nightclerk.app import SystemClock
from nightclerk.domain.mapping import ErpLine
from nightclerk.gate import CommitGate
from nightclerk.locate.files import selector_set
from nightclerk.ports import Account, AppSettings, Secret
from nightclerk.sandbox.erp import rules
from nightclerk.screens import Session
from nightclerk.terminal import open_terminal
from tests.conftest import ListFilm

ROOT = Path(__file__).parents[2]
DAY = date(2026, 11, 20)
CUSTOMER = next(iter(rules.CUSTOMERS))
ITEM = next(iter(rules.ITEMS))


class OneSecret:
    """A vault with one password."""

    def __init__(self, password: str) -> None:
        self.password = password

    def get(self, name: str) -> Secret:
        return Secret(name, self.password)


@contextlib.contextmanager
def terminal(
    kind: str, state: Path, *switches: str, password: str = rules.LOGIN[1], encoding: str = "utf-8"
) -> Iterator[GreenErp]:
    """The app over a line of this kind (vt or 3270), not signed in yet; the line is hung up with the block."""
    with address(kind, state, encoding, switches) as where:
        app = GreenErp if kind == "vt" else MainframeErp
        settings = AppSettings(name=app.selectors, timeout_s=8, **where)
        surface = open_terminal(
            selectors=selector_set(app.selectors, workspace=ROOT, starter=None), settings=settings, clock=SystemClock()
        )
        session = Session(
            surface=surface, film=ListFilm(), gate=CommitGate(), clock=SystemClock(),
            account=Account(name="erp-night", app=app.selectors, user=rules.LOGIN[0], secret="erp-night"),
            vault=OneSecret(password), settings=settings,
        )  # fmt: skip
        try:
            yield app(session)
        finally:
            surface.close()


@contextlib.contextmanager
def address(kind: str, state: Path, encoding: str, switches: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Where such a host is, as an app's settings say it; a 3270 host is up within the block."""
    if kind == "vt":
        command = (sys.executable, "-m", "nightclerk.sandbox.green.vt", "--state", str(state), "--encoding", encoding)
        yield {"command": command, "facts": {"encoding": encoding}}
        return
    command = (sys.executable, "-m", "nightclerk.sandbox.green.host3270", "--state", str(state), *switches)
    host = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert host.stdout is not None
        yield {"url": json.loads(host.stdout.readline())["url"]}
    finally:
        host.communicate()


def voucher(external_no: str, *, lines: int = 2) -> dict[str, Any]:
    """What `fill_voucher` takes for a small order."""
    rows = [ErpLine(item=ITEM, quantity=n + 1, price=Decimal("12.50")) for n in range(lines)]
    total = sum((row.amount for row in rows), Decimal(0))
    return {
        "customer": CUSTOMER, "external_no": external_no, "dated": DAY, "memo": "送到门口，谢谢",
        "lines": rows, "total": total,
    }  # fmt: skip
