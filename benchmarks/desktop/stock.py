"""The same work as a stock pyautogui script does it: its defaults, pyperclip for Chinese, a picture to find the form.

Written the way its documentation and forum answers say: find the first label with `locateCenterOnScreen`, click beside
it, then for each field copy to the clipboard, Ctrl+A, Ctrl+V, Tab; F6 saves. PAUSE stays at its default of 0.1 s, and
one more 0.1 s is slept before each paste, as a paste at once is known to type the previous text. Nothing is read back.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

#: The first entry begins so far to the right of its label's middle.
_BESIDE_PX = 120
#: Where the first label stands in the form's window, generously.
_LABEL = (0, 0, 80, 34)


def cut_label(folder: Path, window: tuple[int, int]) -> str:
    """A screenshot of the first label, as the author of such a script makes it once."""
    import pyautogui

    x, y, width, height = _LABEL
    name = str(folder / "label.png")
    pyautogui.screenshot(region=(window[0] + x, window[1] + y, width, height)).save(name)
    return name


def key_in(vouchers: Sequence[Sequence[str]], label: str) -> None:
    """Key every voucher and press F6."""
    import pyautogui
    import pyperclip

    for voucher in vouchers:
        place: Any = pyautogui.locateCenterOnScreen(label, confidence=0.9)
        pyautogui.click(place.x + _BESIDE_PX, place.y)
        for text in voucher:
            pyperclip.copy(text)
            time.sleep(0.1)
            pyautogui.hotkey("ctrl", "a")
            pyautogui.hotkey("ctrl", "v")
            pyautogui.press("tab")
        pyautogui.press("f6")


def prepare() -> None:
    """What pyautogui needs to work on a virtual screen at all: its screenshots, its corner stop, its "<"."""
    import pyautogui
    import pyscreeze

    pyscreeze.GNOMESCREENSHOT_EXISTS = True
    pyautogui.FAILSAFE = False
    if sys.platform == "linux":
        import pyautogui._pyautogui_x11 as x11

        x11.keyboardMapping["<"] = x11.keyboardMapping[","]
