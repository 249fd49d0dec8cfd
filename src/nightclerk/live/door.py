"""The run's side: a door on the loopback through which this machine's console looks in, and asks for the screen.

Where it stands, and the key to it, are in `data/live/<run>.json`, which only the user of this workspace can read.
"""

from __future__ import annotations

import json
import secrets
import socketserver
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from nightclerk.errors import NightClerkError
from nightclerk.live.easel import Easel
from nightclerk.live.faults import NotHolding
from nightclerk.live.takeover import TakeOver
from nightclerk.ports import Gesture, Hand, Phase, Then

FOLDER = "live"
#: The longest request: a person's gestures of a quarter second, and a text that was pasted.
LONGEST = 1_000_000
PATIENCE_S = 10.0


class Door:
    """Use it as a context around the run. `app()` and `item()` are the app that shows and the item in hand.

    `refresh(held)` brings a new picture to the easel, from a viewer's thread, where the surface can be looked at from
    beside the run.
    """

    def __init__(
        self, folder: Path, *, takeover: TakeOver, easel: Easel, app: Callable[[], str],
        item: Callable[[], str] = lambda: "",
        refresh: Callable[[bool], None] = lambda held: None,
    ) -> None:  # fmt: skip
        self._file = folder / FOLDER / f"{takeover.run}.json"
        self._takeover, self._easel, self._app, self._refresh = takeover, easel, app, refresh
        self._item = item
        self._key = secrets.token_urlsafe(32)

    def __enter__(self) -> Door:
        door = self

        class Visitor(socketserver.StreamRequestHandler):
            timeout = PATIENCE_S

            def handle(self) -> None:
                head, body = door.answer(self.rfile.readline(LONGEST))
                self.wfile.write(json.dumps(head).encode() + b"\n" + body)

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Visitor, bind_and_activate=True)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        threading.Thread(target=self._server.serve_forever, daemon=True, name="live-door").start()
        self._put_up_sign()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.unlink(missing_ok=True)
        self._server.shutdown()
        self._server.server_close()

    def answer(self, line: bytes) -> tuple[dict[str, Any], bytes]:
        """The answer to one request line: its head, and a picture's bytes."""
        try:
            request = json.loads(line)
            if not secrets.compare_digest(str(request.get("key", "")), self._key):
                return {"error": "key"}, b""
            return self._answer(request)
        except NightClerkError as error:
            return {"error": type(error).__name__, "facts": error.facts}, b""
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            return {"error": "request", "facts": {"why": str(error)}}, b""

    def _answer(self, request: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
        match request["do"]:
            case "sight":
                return self._sight(str(request.get("token", "")), int(request.get("after", 0)))
            case "take_over":
                return {"token": self._takeover.ask(str(request["who"]))}, b""
            case "act":
                self._takeover.push(str(request["token"]), [_hand(told) for told in request["hands"]])
            case "hand_back":
                self._takeover.release(str(request["token"]), Then(request["then"]))
            case unknown:
                raise ValueError(f"no request {unknown!r}")
        return {}, b""

    def _sight(self, token: str, after: int) -> tuple[dict[str, Any], bytes]:
        takeover = self._takeover
        if token and not takeover.heard(token):
            raise NotHolding(run=takeover.run)
        holds = bool(token) and takeover.phase is Phase.HELD
        picture = self._easel.look()
        if self._easel.due(held=holds):
            self._refresh(holds)
            picture = self._easel.look()
        hidden = picture.secret and not holds
        shown = b"" if hidden or picture.number == after else picture.data
        head = {
            "phase": takeover.phase, "holder": takeover.holder, "acts": takeover.acts, "number": picture.number,
            "size": picture.size, "taken_at": picture.taken_at.isoformat() if picture.taken_at else "",
            "why": "secret_screen" if hidden else picture.why, "app": self._app(), "item": self._item(),
            "where": "" if hidden else picture.where, "bytes": len(shown),
        }  # fmt: skip
        return head, shown

    def _put_up_sign(self) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = self._file.with_suffix(".draft")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps({"port": self._server.server_address[1], "key": self._key}), encoding="utf-8")
        draft.replace(self._file)


def _hand(told: Mapping[str, Any]) -> Hand:
    return Hand(**{**told, "gesture": Gesture(told["gesture"])})
