"""The partner's process as the harness sees it: started, told what to do to whom, and its books read."""

from __future__ import annotations

import http.client
import json
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from nightclerk.chaos.faults import Partner
from nightclerk.errors import MissingPart
from nightclerk.texts import say

START_TIMEOUT_S = 30.0
#: Partner -> the file of its books under the state folder, and the question for (our reference, when it was visible).
_BOOKS = {
    Partner.WEB: ("books/partner.db", "SELECT ref, visible_at FROM orders"),
    Partner.DESKTOP: ("books/erp.db", "SELECT external_no, 0 FROM vouchers"),
}


class WebPartner:
    """`python -m nightclerk.sandbox.partner`, and what can be asked of it under /_/."""

    def __init__(self, state: Path) -> None:
        state.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "nightclerk.sandbox.partner", "--state", str(state), "--with-parent"]
        with (state / "partner.log").open("ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log)
        self.url = self._address(state / "partner.json")

    def tell(self, at: str, do: str, *, seconds: float = 0.0, site: str = "") -> int:
        """Give an instruction for the next request that comes past a point; its id."""
        return int(self._ask("POST", "/_/tell", {"at": at, "do": do, "seconds": seconds, "site": site})["id"])

    def told(self, order: int) -> Mapping[str, Any]:
        """Where an instruction stands ("waiting", "met", "over"), and the reference that met it."""
        return self._ask("GET", f"/_/told?id={order}")

    def release(self, order: int) -> None:
        self._ask("POST", "/_/release", {"id": order})

    def close(self) -> None:
        if self.process.stdin is not None:
            self.process.stdin.close()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        with closing(http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=10)) as connection:
            connection.request(method, path, None if body is None else json.dumps(body))
            return dict(json.loads(connection.getresponse().read()))

    def _address(self, file: Path) -> str:
        waiting = threading.Event()
        for _ in range(int(START_TIMEOUT_S / 0.05)):
            if file.exists():
                return str(json.loads(file.read_text(encoding="utf-8"))["url"])
            if self.process.poll() is not None:
                break
            waiting.wait(0.05)
        raise MissingPart(
            code="NO_SANDBOX",
            part=say("reasons.partner"),
            remedy=say("reasons.see_log", log=file.with_suffix(".log").name),
        )


def standing(state: Path, partner: Partner) -> Counter[str]:
    """How often each of our references stands in the partner's own books."""
    return Counter(ref for ref, _ in _rows(state, partner))


def visible_from(state: Path, partner: Partner) -> dict[str, float]:
    """From when on (seconds since 1970) the partner's search shows each reference."""
    return {ref: float(at) for ref, at in _rows(state, partner)}


def _rows(state: Path, partner: Partner) -> list[tuple[str, float]]:
    file, question = _BOOKS[partner]
    if not (state / file).exists():
        return []
    with closing(sqlite3.connect(state / file, timeout=15)) as db:
        return [(str(ref), at) for ref, at in db.execute(question)]
