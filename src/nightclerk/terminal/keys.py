"""Chords in Playwright's spelling as what a VT terminal sends and what a 3270 calls them."""

from __future__ import annotations

import re

from nightclerk.terminal.faults import UnknownKey

_VT = {
    "Enter": "\r", "Tab": "\t", "Shift+Tab": "\x1b[Z", "Escape": "\x1b", "Backspace": "\x7f", "Delete": "\x1b[3~",
    "Insert": "\x1b[2~", "Home": "\x1b[H", "End": "\x1b[F", "PageUp": "\x1b[5~", "PageDown": "\x1b[6~",
    "ArrowUp": "\x1b[A", "ArrowDown": "\x1b[B", "ArrowRight": "\x1b[C", "ArrowLeft": "\x1b[D", "Space": " ",
    "F1": "\x1bOP", "F2": "\x1bOQ", "F3": "\x1bOR", "F4": "\x1bOS", "F5": "\x1b[15~", "F6": "\x1b[17~",
    "F7": "\x1b[18~", "F8": "\x1b[19~", "F9": "\x1b[20~", "F10": "\x1b[21~", "F11": "\x1b[23~", "F12": "\x1b[24~",
}  # fmt: skip
_SHORT = {"Up": "ArrowUp", "Down": "ArrowDown", "Left": "ArrowLeft", "Right": "ArrowRight", "Esc": "Escape"}
#: What a 3270 keyboard has beside PF1 to PF24: its name in tnz.
_3270 = {
    "Enter": "enter", "Tab": "key_tab", "Shift+Tab": "key_backtab", "Home": "key_home", "Backspace": "key_backspace",
    "Delete": "key_delete", "ArrowUp": "key_curup", "ArrowDown": "key_curdown", "ArrowLeft": "key_curleft",
    "ArrowRight": "key_curright", "Clear": "clear", "PA1": "pa1", "PA2": "pa2", "PA3": "pa3", "Attn": "attn",
}  # fmt: skip


def path(keys: str) -> list[str]:
    """The chords of a keyboard path: `F3 Tab*2 Enter` is four chords."""
    chords: list[str] = []
    for word in keys.split():
        chord, _, times = word.partition("*")
        chords += [_SHORT.get(chord, chord)] * (int(times) if times else 1)
    return chords


def vt_code(chord: str) -> str:
    """What a VT terminal sends for a chord. UnknownKey names what is known."""
    if len(chord) == 1:
        return chord
    if chord in _VT:
        return _VT[chord]
    control = re.fullmatch(r"(?:Control|Ctrl)\+([A-Za-z\[\]\\^_])", chord)
    if control:
        return chr(ord(control[1].upper()) & 0x1F)
    alt = re.fullmatch(r"Alt\+(.)", chord)
    if alt:
        return f"\x1b{alt[1]}"
    raise UnknownKey(where=chord, expected="a key of a VT terminal", remedy=f"Known: {', '.join(_VT)}, Control+A …")


def name_3270(chord: str) -> str:
    """The method of tnz that presses a chord on a 3270. UnknownKey names what is known."""
    function = re.fullmatch(r"P?F(\d{1,2})", chord)
    if function and 1 <= int(function[1]) <= 24:
        return f"pf{int(function[1])}"
    if chord in _3270:
        return _3270[chord]
    raise UnknownKey(where=chord, expected="a key of a 3270", remedy=f"Known: F1 … F24, {', '.join(_3270)}")
