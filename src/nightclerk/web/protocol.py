"""The browser's own protocol for one page: a question costs a quarter of what Playwright's `evaluate` takes.

Only the main frame is asked here, in the page's own world. Playwright stays the way for everything in other frames.
"""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

from playwright.sync_api import CDPSession, Page
from playwright.sync_api import Error as PlaywrightError

_sessions: WeakKeyDictionary[Page, CDPSession] = WeakKeyDictionary()


def session_of(page: Page) -> CDPSession:
    """The page's session, opened at the first use; it lives as long as the page."""
    session = _sessions.get(page)
    if session is None:
        session = _sessions[page] = page.context.new_cdp_session(page)
    return session


def ask_page(page: Page, expression: str) -> Any:
    """What a JavaScript expression comes to in the main frame, as a plain value. Playwright's Error when it throws."""
    told = session_of(page).send("Runtime.evaluate", {"expression": expression, "returnByValue": True})
    if "exceptionDetails" in told:
        raise PlaywrightError(str(told["exceptionDetails"].get("exception", {}).get("description", "script failed")))
    return told["result"].get("value")


def type_text(page: Page, text: str) -> None:
    """Put a text in where the focus is, as an input method does; the page sees a trusted input event."""
    session_of(page).send("Input.insertText", {"text": text})
