"""Mark what a locator fits and have it tell about it, in the world that Playwright keeps beside the page's own scripts.

Playwright loads its whole search (350 KB of script) into every world of every document that it is asked in. Clicks
and counts are asked in the world beside the page's own; `evaluate`, `evaluate_all` and element handles in the page's,
which costs it all a second time: 45 ms of CPU a document, measured. So a locator's elements are marked by a selector
engine of ours, which runs where the search runs and answers our questions there.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, Page, Playwright

from nightclerk.web.protocol import ask_beside

ENGINE = "nightclerk"
#: Behind a locator `nightclerk=keep.SLOT.TURN` keeps the elements that it fits in a slot, under the number of the turn.
#: `gather` does so too, but stands for all of them with one element that is in no document: the text of that one is
#: the answer to the question of `tell`, so that a search and its answer are one call, also when nothing fits.
_ENGINE_SCRIPT = """(() => {
  const questions = { %s };
  return {
    query: () => null,
    queryAll: (node, body) => {
      const [what, slot, turn, question] = body.split(".");
      const marked = (globalThis.nightclerkMarked ||= {});
      const fresh = () => ({ turn, nodes: [], answer: document.createElement("data") });
      if (!marked[slot] || marked[slot].turn !== turn) marked[slot] = fresh();
      const { nodes, answer } = marked[slot];
      if (what !== "tell") nodes.push(node);
      else answer.textContent = JSON.stringify({ fits: nodes.length, told: questions[question](nodes) });
      return [what === "keep" ? node : answer];
    },
  };
})()"""
_MARKED = """(() => {
  const marked = (globalThis.nightclerkMarked || {})[%s];
  return marked && marked.turn === %s ? [(%s)(marked.nodes)] : [];
})()"""
_turns = itertools.count(1)


@dataclass(frozen=True, kw_only=True)
class Question:
    """What may be asked of all that a locator fits: a function of the nodes (JavaScript), known by a name."""

    name: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Told:
    """How many a locator fits, what the question came to, and the number that they are marked with."""

    fits: int
    answer: Any
    turn: int


def register(playwright: Playwright, questions: Iterable[Question]) -> None:
    """Make the engine and its questions known; before the first browser is started."""
    known = ",\n".join(f"{one.name}: {one.source}" for one in questions)
    playwright.selectors.register(ENGINE, script=_ENGINE_SCRIPT % known, content_script=True)


def tell(locator: Locator, slot: str, question: Question) -> Told:
    """Mark all that a locator in the main frame fits just now, and have the question answered, in one call."""
    turn = next(_turns)
    gathered = locator.locator(f"{ENGINE}=gather.{slot}.{turn}")
    telling = gathered.or_(locator.page.locator(f"{ENGINE}=tell.{slot}.{turn}.{question.name}"))
    told = json.loads(telling.text_content() or "")
    return Told(fits=told["fits"], answer=told.get("told"), turn=turn)


def mark(locator: Locator, slot: str) -> tuple[int, int]:
    """How many a locator in any frame fits, and the number that they are marked with."""
    turn = next(_turns)
    return locator.locator(f"{ENGINE}=keep.{slot}.{turn}").count(), turn


def ask_marked(page: Page, slot: str, turn: int, question: str, argument: Any = None) -> list[Any]:
    """What a function (JavaScript source, of the marked elements and the argument) answers, as the only one in a list.

    [] when nothing in the main frame is marked so: the elements live in another frame, or the document has gone.
    """
    asked = f"nodes => ({question})(nodes, {json.dumps(argument)})"
    answer: list[Any] = ask_beside(page, _MARKED % (json.dumps(slot), json.dumps(str(turn)), asked))
    return answer
