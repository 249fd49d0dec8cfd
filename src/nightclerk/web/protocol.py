"""The browser's own protocol for one page: a question costs a quarter of what Playwright's `evaluate` takes.

Only the main frame is asked here: in the page's own world, or in the one that Playwright keeps beside it for its own
search, where no script of the page can see or change what we keep. Other frames are asked through Playwright.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from playwright.sync_api import CDPSession, Page
from playwright.sync_api import Error as PlaywrightError

#: How Playwright calls the world beside the page's own.
_BESIDE = "__playwright_utility_world"


@dataclass
class _Line:
    """One page's session; `beside`: the world beside the page's own, by frame, as far as it was told of."""

    session: CDPSession
    main_frame: str = ""
    beside: dict[str, str] = field(default_factory=dict)

    def listen(self) -> None:
        """Hear of worlds from now on; those that are there are told at once."""
        self.main_frame = self.session.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
        self.session.on("Runtime.executionContextCreated", lambda told: self._created(told["context"]))
        self.session.on("Runtime.executionContextDestroyed", self._destroyed)
        self.session.on("Runtime.executionContextsCleared", lambda _: self.beside.clear())
        self.session.send("Runtime.enable")

    def _created(self, world: Mapping[str, Any]) -> None:
        if world["name"].startswith(_BESIDE):
            self.beside[world["auxData"]["frameId"]] = world["uniqueId"]

    def _destroyed(self, told: Mapping[str, Any]) -> None:
        gone = told["executionContextUniqueId"]
        self.beside = {frame: world for frame, world in self.beside.items() if world != gone}


_lines: WeakKeyDictionary[Page, _Line] = WeakKeyDictionary()


def session_of(page: Page) -> CDPSession:
    """The page's session, opened at the first use; it lives as long as the page."""
    return _line(page).session


def _line(page: Page) -> _Line:
    line = _lines.get(page)
    if line is None:
        line = _lines[page] = _Line(session=page.context.new_cdp_session(page))
    return line


def ask_page(page: Page, expression: str) -> Any:
    """What a JavaScript expression comes to in the main frame, as a plain value. Playwright's Error when it throws."""
    return _evaluated(_line(page), {"expression": expression})


def ask_beside(page: Page, expression: str) -> Any:
    """`ask_page`, but in the world beside the page's own; in the page's where there is no such world."""
    line = _line(page)
    if not line.main_frame:
        line.listen()
    if line.main_frame not in line.beside:
        line.session.send("Runtime.evaluate", {"expression": "0"})  # what was told before its answer has come now
    world = line.beside.get(line.main_frame)
    return _evaluated(line, {"expression": expression, **({"uniqueContextId": world} if world else {})})


def _evaluated(line: _Line, asked: Mapping[str, Any]) -> Any:
    told = line.session.send("Runtime.evaluate", {**asked, "returnByValue": True})
    if "exceptionDetails" in told:
        raise PlaywrightError(str(told["exceptionDetails"].get("exception", {}).get("description", "script failed")))
    return told["result"].get("value")


def type_text(page: Page, text: str) -> None:
    """Put a text in where the focus is, as an input method does; the page sees a trusted input event."""
    session_of(page).send("Input.insertText", {"text": text})
