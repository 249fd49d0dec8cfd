"""Cut the pictures that desktop selectors name: `python -m nightclerk.desktop.cut --command "PROGRAM …" STEP …`.

Each step is a word and a value: `wait:TITLE` (regex of the window's title), `keys:F5`, `type:ASCII`,
`cut:X,Y,WIDTH,HEIGHT=FILE.png` (within the active window), `shot:FILE.png` (the whole screen), `tree:` (print the
roles and names in the active window's accessibility tree, which need no picture). Fonts differ between machines:
cut on the machine that the bot runs on, and give every element a way by keys as well.
"""

from __future__ import annotations

import argparse
import shlex
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nightclerk.desktop.driver import Desktop, open_desktop
from nightclerk.desktop.keyboard import RealKeyboard
from nightclerk.desktop.match import is_flat
from nightclerk.desktop.session import end_desktop
from nightclerk.errors import NightClerkError, WorkspaceError
from nightclerk.ports import AppSettings, Box, SelectorSet

_WAIT_S = 20.0


class _Clock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


def perform(step: str, desktop: Desktop) -> None:
    """Do one step; WorkspaceError when it is none."""
    word, _, value = step.partition(":")
    if word == "wait":
        desktop.wait_window(value, timeout_s=_WAIT_S)
    elif word == "keys":
        desktop.press(value)
    elif word == "type":
        RealKeyboard(own_desktop=True).type_ascii(value)
    elif word == "tree":
        print("\n".join(desktop.outline()) or "-")
    elif word == "shot":
        _write(Path(value), desktop.frame().pixels)
    elif word == "cut":
        area, _, file = value.partition("=")
        x, y, width, height = (int(number) for number in area.split(","))
        _cut(Path(file), desktop, Box(x=x, y=y, width=width, height=height))
    else:
        remedy = "Write wait:, keys:, type:, cut:, shot: or tree:."
        raise WorkspaceError(where=step, expected="a step that this tool knows", remedy=remedy)


def _cut(file: Path, desktop: Desktop, part: Box) -> None:
    window = desktop.active_box()
    pixels = desktop.frame().pixels
    x, y = window.x + part.x, window.y + part.y
    patch = pixels[y : y + part.height, x : x + part.width]
    if is_flat(patch):
        remedy = "Cut a larger part with text or an edge in it."
        raise WorkspaceError(where=str(file), expected="a picture with structure; this one is flat", remedy=remedy)
    _write(file, patch)


def _write(file: Path, pixels: Any) -> None:
    import cv2

    ok, data = cv2.imencode(".png", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
    assert ok
    file.write_bytes(data.tobytes())


def main() -> None:
    """Start the program on a desktop of its own and do the steps in order."""
    parser = argparse.ArgumentParser(prog="nightclerk.desktop.cut", description="Cut pictures for desktop selectors.")
    parser.add_argument("--command", required=True, help="the program, as one shell-like line")
    parser.add_argument("steps", nargs="+", metavar="STEP")
    arguments = parser.parse_args()
    settings = AppSettings(name="cut")
    desktop = open_desktop(
        selectors=SelectorSet(app="cut"), settings=settings, clock=_Clock(), folder=Path(tempfile.gettempdir())
    )
    try:
        desktop.start(shlex.split(arguments.command), window=".", timeout_s=_WAIT_S)
        for step in arguments.steps:
            perform(step, desktop)
    except NightClerkError as error:
        raise SystemExit(str(error)) from error
    finally:
        desktop.close()
        end_desktop()


if __name__ == "__main__":
    main()
