"""The console's side: look in at a run of this machine, and ask for its screen, through the run's own door."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from nightclerk.live import faults
from nightclerk.live.door import FOLDER
from nightclerk.ports import Hand, LiveRuns, Phase, Sight, Then

_PATIENCE_S = 10.0
_RUN = re.compile(r"[\w.+-]+")


def open_live(data: Path) -> LiveRuns:
    """The runs at work on this machine of the workspace whose data folder this is. See `ports.LiveRuns`."""
    return Visits(data / FOLDER)


class Visits:
    """`ports.LiveRuns` over the doors of the runs; each call is one short visit."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def runs(self) -> list[str]:
        return [file.stem for file in sorted(self._folder.glob("*.json")) if self._opens(file)]

    def sight(self, run: str, *, after: int = 0, token: str = "") -> Sight:
        head, picture = self._visit(run, do="sight", after=after, token=token)
        taken_at = datetime.fromisoformat(head["taken_at"]) if head["taken_at"] else None
        return Sight(
            run=run, phase=Phase(head["phase"]), number=head["number"], picture=picture, size=tuple(head["size"]),
            taken_at=taken_at, why=head["why"], holder=head["holder"], app=head["app"],
            where=head["where"], item=head["item"], acts=head["acts"],
        )  # fmt: skip

    def take_over(self, run: str, *, who: str) -> str:
        return str(self._visit(run, do="take_over", who=who)[0]["token"])

    def act(self, run: str, *, token: str, hands: Sequence[Hand]) -> None:
        self._visit(run, do="act", token=token, hands=[asdict(hand) for hand in hands])

    def hand_back(self, run: str, *, token: str, then: Then = Then.GO_ON) -> None:
        self._visit(run, do="hand_back", token=token, then=then)

    def _visit(self, run: str, **request: Any) -> tuple[dict[str, Any], bytes]:
        """One request and its answer. NotLive when the run's door is not there, or its process has died."""
        try:
            sign = self._sign(run)
            with socket.create_connection(("127.0.0.1", sign["port"]), timeout=_PATIENCE_S) as line:
                line.sendall(json.dumps({"key": sign["key"], **request}).encode() + b"\n")
                with line.makefile("rb") as answer:
                    head = json.loads(answer.readline())
                    picture = answer.read(head.get("bytes", 0))
        except (OSError, ValueError) as error:
            raise faults.NotLive(run=run) from error
        if "error" in head:
            raise _fault(run, head)
        return head, picture

    def _sign(self, run: str) -> dict[str, Any]:
        if not _RUN.fullmatch(run):
            raise faults.NotLive(run=run)
        sign: dict[str, Any] = json.loads((self._folder / f"{run}.json").read_text(encoding="utf-8"))
        return sign

    def _opens(self, file: Path) -> bool:
        """Whether somebody is behind the door; a run that was killed leaves its sign up, which is taken down here."""
        try:
            socket.create_connection(("127.0.0.1", self._sign(file.stem)["port"]), timeout=1.0).close()
        except ConnectionRefusedError:
            file.unlink(missing_ok=True)
            return False
        except (OSError, ValueError):
            return False
        return True


def _fault(run: str, head: dict[str, Any]) -> Exception:
    """The error that the run raised, raised here again; another program behind an old sign knows no key of ours."""
    kind = {"NotHolding": faults.NotHolding, "TakenAlready": faults.TakenAlready}.get(head["error"], faults.NotLive)
    return kind(**{"run": run, **head.get("facts", {})})
