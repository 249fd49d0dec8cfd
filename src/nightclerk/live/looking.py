"""The run's end of the eye: starts it when somebody looks, asks it for pictures, lets it go when nobody looks."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loguru import logger

from nightclerk.live.easel import Easel

#: Nobody has looked for so long: the eye is shut.
IDLE_S = 30.0
#: A viewer waits so long for the newest picture; then the last one must do.
PATIENCE_S = 0.2


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What the eye looks at: the app whose selectors say what is private, and where these are."""

    app: str
    root: Path
    starter: Path | None = None
    masks: str = ""


class Looking:
    """Brings the desktop's pictures to the easel. Any thread may call; one look at a time."""

    def __init__(self, easel: Easel, *, idle_s: float = IDLE_S) -> None:
        self._easel, self._idle_s = easel, idle_s
        self._lock = threading.Lock()
        self._eye: subprocess.Popen[bytes] | None = None
        self._shutting: threading.Timer | None = None
        self._number = 0

    def refresh(self, subject: Subject, *, held: bool) -> None:
        """Have the picture of now put on the easel; one that takes long (the eye has to open first) comes later."""
        if self._lock.acquire(blocking=False):  # else a look is under way, and its picture serves all
            look = threading.Thread(target=self._look, args=(subject, held), daemon=True, name="live-look")
            look.start()
            look.join(PATIENCE_S)

    def _look(self, subject: Subject, held: bool) -> None:
        """One look, in a thread of its own that holds the lock."""
        try:
            head, data = self._ask(subject, held)
        except (OSError, ValueError) as error:
            logger.debug("the eye saw nothing: {}", error)
            self._shut()
            self._easel.show(b"", (0, 0), "not_yet")
        else:
            self._number = head["number"]
            if data or head["why"]:
                more = {"secret": head["secret"], "where": head["where"]}
                self._easel.show(data, tuple(head["size"]), head["why"], **more)
            else:
                self._easel.again()
        finally:
            self._rest_later()
            self._lock.release()

    def close(self) -> None:
        with self._lock:
            if self._shutting is not None:
                self._shutting.cancel()
            self._shut()

    def _ask(self, subject: Subject, held: bool) -> tuple[dict[str, Any], bytes]:
        eye = self._open()
        assert eye.stdin is not None
        assert eye.stdout is not None
        request = {
            "app": subject.app, "root": str(subject.root), "starter": str(subject.starter or ""),
            "masks": subject.masks, "held": held, "after": self._number,
        }  # fmt: skip
        eye.stdin.write(json.dumps(request).encode() + b"\n")
        eye.stdin.flush()
        head: dict[str, Any] = json.loads(eye.stdout.readline())
        return head, eye.stdout.read(head["bytes"])

    def _open(self) -> subprocess.Popen[bytes]:
        if self._eye is None:
            self._number = 0
            command = [sys.executable, "-m", "nightclerk.live.eye"]
            self._eye = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        return self._eye

    def _shut(self) -> None:
        """End the eye: its input ends, and it with it; one that hangs is ended."""
        eye, self._eye = self._eye, None
        if eye is None:
            return
        for pipe in (eye.stdin, eye.stdout):
            with contextlib.suppress(OSError):
                if pipe is not None:
                    pipe.close()
        try:
            eye.wait(timeout=5.0)
        except subprocess.TimeoutExpired:
            eye.kill()
            eye.wait()

    def _rest_later(self) -> None:
        if self._shutting is not None:
            self._shutting.cancel()
        self._shutting = threading.Timer(self._idle_s, self.close)
        self._shutting.daemon = True
        self._shutting.start()
