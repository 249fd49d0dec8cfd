"""The element that was found last, held beside the page: asked and typed into without being looked up again.

What is read or filled is then the very node whose box stands in the journal. One node is held, under a number. A node
that the page has dropped meanwhile, or that lives in another frame, is not held: Playwright's own way follows.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Locator

from nightclerk.web.marks import ask_marked
from nightclerk.web.protocol import type_text

#: Where the search marks the one element that it found.
SLOT = "held"
_HELD = "nodes => (nodes[0].isConnected ? [(%s)(nodes[0])] : [])"
#: What Playwright does before it types: a field that can be written, all of its text selected, the focus in it.
_TAKES_TEXT = """element => {
  const kinds = ["text", "search", "tel", "url", "email", "password"];
  if (!(element.matches("textarea") || (element.matches("input") && kinds.includes(element.type)))) return false;
  if (element.readOnly || element.matches(":disabled")) return false;
  if (element.closest("[aria-disabled=true], [aria-readonly=true]")) return false;
  if (!element.checkVisibility({ visibilityProperty: true }) || !element.getClientRects().length) return false;
  element.select();
  element.focus();
  return element.getRootNode().activeElement === element;
}"""


@dataclass(frozen=True, kw_only=True)
class Grip:
    """A hold on the one element of a locator, under the number that it was marked with."""

    locator: Locator
    turn: int

    def ask(self, question: str) -> list[Any]:
        """What a function (JavaScript source, of the element) answers; [] when the page does not hold it any more."""
        with contextlib.suppress(PlaywrightError):
            told = ask_marked(self.locator.page, SLOT, self.turn, _HELD % question)
            return list(told[0]) if told else []
        return []

    def fill(self, text: str) -> bool:
        """Replace a plain field's text; False, and nothing was done, where Playwright's own fill has to do it."""
        if not text or self.ask(_TAKES_TEXT) != [True]:
            return False
        type_text(self.locator.page, text)
        return True
