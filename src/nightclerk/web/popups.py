"""What stands in the way of an act: known pop-ups are closed, browser dialogs answered, unknown ones stop the flow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Dialog, Locator

from nightclerk.domain.privacy import brief
from nightclerk.locate.ways import main_key, pattern_of
from nightclerk.ports import Clock, Permit, Popup, SelectorSet
from nightclerk.web.asking import ask
from nightclerk.web.scripts import script

#: A cover that asks for an answer is believed to be a pop-up after this long; one that only says "loading" is not.
POPUP_AFTER_S = 1.2


@dataclass
class Dialogs:
    """The browser's own boxes (alert, confirm, prompt, leave?): answered at once, unknown ones kept for report.

    `permit` is that of the last act, if it was a commit: a box that it brought up is not accepted after its end.
    """

    clock: Clock
    permit: Permit | None = None
    known: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def answer(self, dialog: Dialog, selectors: SelectorSet) -> None:
        """Answer as the selectors say; else take the harmless way out and remember what was asked."""
        name, accept = ruling(dialog.type, dialog.message, selectors)
        (self.known if name else self.unknown).append(name or dialog.message)
        if accept and (dialog.type == "alert" or not self._too_late()):
            if dialog.type == "prompt" and (text := typed_answer(name, selectors)):
                dialog.accept(text)
            else:
                dialog.accept()
        else:
            dialog.dismiss()

    def _too_late(self) -> bool:
        return self.permit is not None and self.permit.left_s(self.clock) <= 0

    def take_known(self) -> list[str]:
        """The names of known dialogs since the last call."""
        names, self.known = self.known, []
        return names

    def take_unknown(self) -> str | None:
        """The text of the first unknown dialog since the last call."""
        texts, self.unknown = self.unknown, []
        return texts[0] if texts else None


def ruling(kind: str, message: str, selectors: SelectorSet) -> tuple[str, bool]:
    """(name or "", accept?) for a browser dialog. Unknown: an alert can only be accepted, the rest is refused.

    Leaving a page (beforeunload) is what the flow asked for, so that is known and accepted.
    """
    for popup in selectors.popups:
        way = popup.marker.ways[0]
        if main_key(way) == "dialog" and fits(str(way["dialog"]), message):
            return popup.name, _answer_of(popup) != "dismiss"
    if kind == "beforeunload":
        return "beforeunload", True
    return "", kind == "alert"


def fits(wanted: str, text: str) -> bool:
    """Whether a text is the wanted one, or matches the wanted `/pattern/`."""
    pattern = pattern_of(wanted)
    return bool(pattern.search(text)) if pattern else wanted == text.strip()


def _answer_of(popup: Popup) -> str:
    return str(popup.close.ways[0].get("answer", "accept")) if popup.close else "accept"


def typed_answer(name: str, selectors: SelectorSet) -> str:
    """The text for a prompt: an `answer` that is neither accept nor dismiss ("" when there is none)."""
    answers = [_answer_of(popup) for popup in selectors.popups if popup.name == name]
    return next((answer for answer in answers if answer not in ("accept", "dismiss")), "")


def on_page(selectors: SelectorSet) -> list[Popup]:
    """The known pop-ups that are part of the page."""
    return [popup for popup in selectors.popups if main_key(popup.marker.ways[0]) != "dialog"]


@dataclass(frozen=True, kw_only=True)
class Cover:
    """What lies over an element. `overlay`: it is a dialog or mask; `controls`: it has something to answer with."""

    overlay: bool
    text: str
    controls: bool
    label: str


_COVER = f"element => ({script('cover')})(element, null)"
_INNER_CORNER = """frame => {
  const box = frame.getBoundingClientRect();
  return [box.left + frame.clientLeft, box.top + frame.clientTop];
}"""


def cover_of(locator: Locator) -> Cover | None:
    """What lies over the middle of an element, in its own frame or any frame around it."""
    answer = ask(locator, _COVER)
    if answer["cover"] or not answer["framed"]:
        return _cover(answer)
    handle = locator.element_handle()
    frame = handle.owner_frame()
    while frame is not None and frame.parent_frame is not None:
        handle, frame = frame.frame_element(), frame.parent_frame
        left, top = handle.evaluate(_INNER_CORNER)
        point = {"x": answer["point"]["x"] + left, "y": answer["point"]["y"] + top}
        answer = handle.evaluate(f"(frame, point) => ({script('cover')})(frame, point)", point)
        if answer["cover"]:
            return _cover(answer)
    return None


def _cover(answer: Mapping[str, Any]) -> Cover | None:
    told = answer["cover"]
    return Cover(**{**told, "text": brief(told["text"], 200), "label": brief(told["label"], 60)}) if told else None
