"""A person's hands on a bot's page, headless or not: input events and pictures over the browser's own protocol.

Pictures are taken on demand and not as a screencast: what is private must be found at the moment of the picture
(`docs/decisions/evidence-of-pages.md`), and a screencast's frames come without their moment.
"""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page

from nightclerk.domain.privacy import mask
from nightclerk.ports import Frame, Gesture, Hand, SelectorSet, Touched
from nightclerk.web.faults import without_query
from nightclerk.web.pictures import picture
from nightclerk.web.protocol import ask_page, session_of, type_text

_MOUSE = {Gesture.MOVE: "mouseMoved", Gesture.DOWN: "mousePressed", Gesture.UP: "mouseReleased"}
_BUTTONS = {"left": 1, "right": 2, "middle": 4}
_PAINT_MS = 5_000
_LONGEST = 40
#: What the place calls itself, never what is typed in it; and whether a secret goes there.
_ABOUT = """(element => element ? {
  name: [element.tagName.toLowerCase(), element.type || '',
         element.getAttribute('aria-label') || element.labels?.[0]?.innerText || element.name || element.id
         || (element.matches('a, button') ? element.innerText : '') || ''].filter(word => word).join(' '),
  secret: element.type === 'password' || /one-time-code|password/.test(element.autocomplete || ''),
} : {name: '', secret: false})"""


class PageHands:
    """`ports.Hands` on whatever tab is the current one. It belongs to the thread that works the browser."""

    def __init__(self, page: Callable[[], Page], selectors: SelectorSet) -> None:
        self._page, self._selectors = page, selectors
        self._held: dict[str, tuple[float, float]] = {}

    def glance(self) -> Frame:
        """As evidence; a login or verification screen shows as it is, as the person must type into it."""
        frame = picture(self._page(), self._selectors)
        if not frame.secret_screen:
            return frame
        with contextlib.suppress(PlaywrightError):
            taken = session_of(self._page()).send(
                "Page.captureScreenshot", {"format": "png", "optimizeForSpeed": True}, timeout=_PAINT_MS
            )
            return Frame(pixels=base64.b64decode(taken["data"]), secret_screen=True)
        return frame

    def do(self, hand: Hand) -> Touched:
        touched = self._touched(hand)
        with contextlib.suppress(PlaywrightError):  # a key that no page knows, a page that is just leaving
            self._do(hand)
        return touched

    def rest(self, seconds: float) -> None:
        with contextlib.suppress(PlaywrightError):
            self._page().wait_for_timeout(seconds * 1000)

    def close(self) -> None:
        for button, (x, y) in list(self._held.items()):
            with contextlib.suppress(PlaywrightError):
                self._mouse("mouseReleased", x, y, button=button)
        self._held.clear()

    def _do(self, hand: Hand) -> None:
        if hand.gesture is Gesture.KEY:
            self._page().keyboard.press(hand.key)
        elif hand.gesture is Gesture.TEXT:
            type_text(self._page(), hand.text)
        else:
            self._point(hand)

    def _point(self, hand: Hand) -> None:
        x, y = self._on_page(hand)
        if hand.gesture is Gesture.WHEEL:
            self._mouse("mouseWheel", x, y, deltaX=0, deltaY=hand.wheel)
            return
        if hand.gesture is Gesture.DOWN:
            self._held[hand.button] = (x, y)
        if hand.gesture is Gesture.UP:
            self._held.pop(hand.button, None)
        button = hand.button if hand.gesture is not Gesture.MOVE else next(iter(self._held), "none")
        clicks = 0 if hand.gesture is Gesture.MOVE else hand.clicks
        self._mouse(_MOUSE[hand.gesture], x, y, button=button, clickCount=clicks)

    def _mouse(self, kind: str, x: float, y: float, **more: Any) -> None:
        buttons = sum(_BUTTONS.get(button, 0) for button in self._held)
        event = {"type": kind, "x": x, "y": y, "buttons": buttons, "pointerType": "mouse", **more}
        session_of(self._page()).send("Input.dispatchMouseEvent", event)

    def _on_page(self, hand: Hand) -> tuple[float, float]:
        """From the picture's pixels to the page's, on screens that have more of them than the page counts."""
        scale = float(ask_page(self._page(), "devicePixelRatio") or 1)
        return hand.x / scale, hand.y / scale

    def _touched(self, hand: Hand) -> Touched:
        """What is under the mouse, or has the focus; a page that cannot be asked may hold secrets."""
        where = without_query(self._page().url)
        if hand.gesture in (Gesture.MOVE, Gesture.UP):
            return Touched(where=where)
        try:
            place = "document.activeElement"
            if hand.gesture in (Gesture.DOWN, Gesture.WHEEL):
                x, y = self._on_page(hand)
                place = f"document.elementFromPoint({x}, {y})"
            told = ask_page(self._page(), f"{_ABOUT}({place})")
        except PlaywrightError:
            return Touched(where=where, secret=True)
        return Touched(element=mask(str(told["name"])[:_LONGEST]), where=where, secret=bool(told["secret"]))
