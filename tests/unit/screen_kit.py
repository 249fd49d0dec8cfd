"""A made-up run at work whose screen can be watched and taken over, for the tests of the console."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw

from nightclerk.live import NotHolding, NotLive, TakenAlready
from nightclerk.ports import Hand, Phase, Sight, Then

SIZE = (800, 500)


def picture(text: str) -> bytes:
    """A small screen that says something."""
    image = Image.new("RGB", SIZE, "#dfe6f5")
    ImageDraw.Draw(image).text((40, 40), text, fill="#102040")
    out = io.BytesIO()
    image.save(out, "WEBP")
    return out.getvalue()


class OneScreen:
    """`ports.LiveRuns` with one run, which stands at its safe point at once; `where` is the last chord pressed."""

    def __init__(self, run: str) -> None:
        self.run, self.holder, self.did, self.then = run, "", list[Hand](), list[Then]()
        self.number, self.over, self.why = 1, False, ""

    def runs(self) -> list[str]:
        return [] if self.over else [self.run]

    def sight(self, run: str, *, after: int = 0, token: str = "") -> Sight:
        self._must_be_here(run)
        phase = Phase.HELD if self.holder else Phase.WORKING
        shown = picture(f"screen {self.number}") if after != self.number else b""
        return Sight(
            run=run, phase=phase, number=self.number, picture=shown, size=SIZE, why=self.why, app="erp",
            holder=self.holder,
            where=(self.did[-1].key if self.did else "") or "voucher", item="3515-1", acts=len(self.did),
        )  # fmt: skip

    def take_over(self, run: str, *, who: str) -> str:
        self._must_be_here(run)
        if self.holder:
            raise TakenAlready(run=run, by=self.holder)
        self.holder = who
        return f"token of {who}"

    def act(self, run: str, *, token: str, hands: Sequence[Hand]) -> None:
        self._must_hold(run, token)
        self.did += hands
        self.number += 1

    def hand_back(self, run: str, *, token: str, then: Then = Then.GO_ON) -> None:
        self._must_hold(run, token)
        self.holder = ""
        self.then.append(then)

    def _must_be_here(self, run: str) -> None:
        if run not in self.runs():
            raise NotLive(run=run)

    def _must_hold(self, run: str, token: str) -> None:
        self._must_be_here(run)
        if not self.holder or token != f"token of {self.holder}":
            raise NotHolding(run=run)
