"""The port between the driver and one kind of terminal: what a VT line and a 3270 line both can do."""

from __future__ import annotations

from typing import Protocol

from nightclerk.terminal.screen import Field, Place, Screen


class Line(Protocol):
    """A live terminal session. `Screen.serial` grows with each change, so that a wait can see that nothing moves."""

    def screen(self) -> Screen: ...
    def alive(self) -> bool:
        """Whether the host (or the program) is still there."""

    def wait_change(self, since: int, timeout_s: float) -> bool:
        """Wait until the screen is another than number `since`; False when the time ran out."""

    def press(self, chord: str) -> None:
        """One chord in Playwright's spelling. The keyboard must not be locked."""

    def enter_field(self, place: Place | Field) -> bool:
        """Bring the cursor to the start of a place; False when the terminal finds no way there."""

    def clear_field(self, place: Place | Field) -> None:
        """Empty the field in which the cursor stands."""

    def type(self, text: str) -> None:
        """Type plain text where the cursor stands."""

    def close(self) -> None: ...
