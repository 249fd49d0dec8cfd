"""What the driver asks of Windows, over fakes of its interfaces: none of this has run on a real Windows."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from nightclerk.desktop import session, uia
from nightclerk.desktop.tree import Vanished
from nightclerk.desktop.windows import Win32Windows, Window
from nightclerk.errors import MissingPart
from nightclerk.ports import Box


@dataclass
class User32:
    """user32.dll as far as we call it."""

    alive: int = 1
    asked: list[tuple[Any, ...]] = field(default_factory=list)

    def SendMessageTimeoutW(self, *words: Any) -> int:
        self.asked.append(words)
        return self.alive

    def SetProcessDpiAwarenessContext(self, context: Any) -> int:
        self.asked.append((context.value,))
        return 1


def system(user32: User32) -> Win32Windows:
    window = SimpleNamespace(_hWnd=7, title="ERP", visible=True, left=5, top=6, width=300, height=200)
    gate = SimpleNamespace(getAllWindows=lambda: [window], getActiveWindow=lambda: window)
    return Win32Windows(gate=gate, user32=user32)


def test_windows_have_titles_and_places() -> None:
    """The window in front, all windows, and where one stands."""
    windows = system(User32())
    assert windows.active() == Window(handle=7, title="ERP")
    assert windows.box(Window(handle=7, title="ERP")) == Box(x=5, y=6, width=300, height=200)
    assert windows.named() == {7}


@pytest.mark.parametrize("alive", [1, 0])
def test_a_hung_program_does_not_answer(alive: int) -> None:
    """WM_NULL is sent with a time limit that is given up as soon as the program is known to hang."""
    user32 = User32(alive=alive)
    assert system(user32).answers(Window(handle=7, title="ERP"), timeout_s=1.5) is bool(alive)
    assert user32.asked[0][:6] == (7, 0, 0, 0, 2, 1500)


def test_pixels_are_physical_ones() -> None:
    """Per-monitor awareness (version 2) is asked for before anything has a place."""
    user32 = User32()
    assert session.mind_pixels(user32)
    assert len(user32.asked) == 1


def test_a_control_that_is_gone_has_vanished() -> None:
    """comtypes raises an exception of its own; anything else is a fault of ours and is not hidden."""

    class COMError(Exception):
        pass

    def gone() -> Any:
        raise COMError

    def broken() -> Any:
        raise KeyError("ours")

    with pytest.raises(Vanished):
        uia.UiaNode(SimpleNamespace(GetChildren=gone), None).children()
    with pytest.raises(KeyError):
        uia.UiaNode(SimpleNamespace(GetChildren=broken), None).children()


def test_a_password_field_is_known_by_its_role() -> None:
    """Its text is never read: the recorder and the film ask for the role first."""
    node = uia.UiaNode(SimpleNamespace(ControlTypeName="EditControl", IsPassword=True), None)
    assert node.role() == "password text"


def test_a_missing_package_is_told_with_its_remedy() -> None:
    """Where UI Automation is not installed the sentence says what to run."""
    with pytest.raises(MissingPart, match=r"nightclerk\[windows\]"):
        uia.open_uia()
