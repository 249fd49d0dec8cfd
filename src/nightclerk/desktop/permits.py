"""Keep a commit's keys and clicks from a desktop once its permit is over: the clock is read right before each event.

What remains open is the moment between that look and the event (some ten microseconds of ours), and a program that
takes the event from its queue late because it was frozen itself: no guard sits inside somebody else's program.
"""

from __future__ import annotations

from collections.abc import Sequence

from nightclerk.desktop.keyboard import Chord, Keyboard
from nightclerk.errors import PermitExpired, WrongWindow
from nightclerk.ports import Clock, Permit


def mind(permit: Permit | None, clock: Clock, *, untouched: bool = True) -> None:
    """Raise PermitExpired when the permit is over; no permit, no commit. `untouched`: no event has gone out yet."""
    if permit is None or (left_s := permit.left_s(clock)) > 0:
        return
    error = PermitExpired(element=permit.element, late_s=-left_s)
    error.untouched = untouched
    raise error


def send(keyboard: Keyboard, chords: Sequence[Chord], permit: Permit | None, clock: Clock) -> None:
    """Press a path of chords; on a commit the permit is looked at right before every one of them."""
    if permit is None:
        keyboard.press(chords)
        return
    for number, one in enumerate(chords):
        mind(permit, clock, untouched=number == 0)
        try:
            keyboard.press((one,))
        except WrongWindow as error:
            error.untouched = number == 0
            raise
