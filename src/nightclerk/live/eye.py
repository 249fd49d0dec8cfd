"""Pictures of a bot's own desktop from beside it, in a process of its own, so that watching costs the bot nothing.

`python -m nightclerk.live.eye` runs in the desktop's environment. Each line on its input asks for one picture; the
answer is a line of JSON and the picture's bytes. It ends with its input.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import IO, Any

from nightclerk.desktop.framing import Reader, frame_for_holder, frame_of
from nightclerk.desktop.masks import picture_reader
from nightclerk.desktop.screen import Screen
from nightclerk.desktop.view import View
from nightclerk.desktop.windows import open_windows
from nightclerk.live.easel import Easel
from nightclerk.locate.files import selector_set
from nightclerk.ports import AppSettings, Frame, SelectorSet

_NICE = 10


class Eye:
    """One desktop's. A look that fails (a window closing, a program that does not answer) shows as a moving screen."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._easel = Easel()

    def answer(self, request: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
        """The picture that `request` asks for; no bytes where it is number `after`, which the asker has."""
        held = bool(request["held"])
        self._easel.put(self._frame(request, held), held=held, where=self._where())
        picture = self._easel.latest
        data = b"" if picture.number == request["after"] else picture.data
        facts = {"number": picture.number, "size": picture.size, "why": picture.why, "secret": picture.secret}
        return {**facts, "where": picture.where, "bytes": len(data)}, data

    def _where(self) -> str:
        active = self._view.active()
        return active.title if active is not None else ""

    def _frame(self, request: Mapping[str, Any], held: bool) -> Frame:
        selectors = _selectors(request["app"], request["root"], request["starter"])
        frame = frame_for_holder if held else frame_of
        try:
            return frame(self._view, selectors, _reader(request["app"], request["masks"]))
        except Exception as error:
            return Frame(pixels=b"", unpictured=type(error).__name__)


@cache
def _selectors(app: str, root: str, starter: str) -> SelectorSet:
    return selector_set(app, workspace=Path(root), starter=Path(starter) if starter else None)


@cache
def _reader(app: str, masks: str) -> Reader | None:
    return picture_reader(AppSettings(name=app, facts={"masks": masks}))


def serve(questions: IO[bytes], answers: IO[bytes]) -> None:
    """Answer one line after the other until the asker is gone."""
    eye = Eye(View(windows=open_windows(), screen=Screen()))
    with contextlib.suppress(BrokenPipeError):
        for line in questions:
            head, data = eye.answer(json.loads(line))
            answers.write(json.dumps(head).encode() + b"\n" + data)
            answers.flush()


if __name__ == "__main__":
    if hasattr(os, "nice"):
        os.nice(_NICE)  # the bot comes first
    serve(sys.stdin.buffer, sys.stdout.buffer)
