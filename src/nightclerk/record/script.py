"""A scripted person for tests and measurements: works in the page by mouse and keyboard, and answers the questions."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Dialog, Locator, Page

from nightclerk.errors import WorkspaceError
from nightclerk.record.live import Live
from nightclerk.texts import say

#: A moment for the page's messages to arrive.
SETTLE_MS = 60


class Person:
    """What a script's `def person(person)` works with. Every act is real input to the page that is being recorded."""

    def __init__(self, live: Live, page: Page) -> None:
        self.live, self.page = live, page
        self._on_dialog: Callable[[Dialog], None] = lambda dialog: dialog.accept()
        live.answering = lambda dialog: self._on_dialog(dialog)

    @property
    def context(self) -> BrowserContext:
        return self.live.context

    def goto(self, url: str) -> None:
        """Type an address."""
        self.page.goto(url)
        self.settle()

    def click(self, target: Locator | str, **options: Any) -> None:
        """Click once."""
        self._of(target).click(**options)
        self.settle()

    def double_click(self, target: Locator | str) -> None:
        """Click twice at once."""
        self._of(target).dblclick()
        self.settle()

    def right_click(self, target: Locator | str) -> None:
        """Open the page's own menu for it."""
        self.click(target, button="right")

    def type(self, target: Locator | str, text: str) -> None:
        """Click into a field, empty it, and type key by key."""
        field = self._of(target)
        field.click()
        field.press("ControlOrMeta+A")
        self.page.keyboard.press("Delete")
        self.page.keyboard.type(text)
        self.settle()

    def press(self, keys: str) -> None:
        """One chord, to whatever has the focus."""
        self.page.keyboard.press(keys)
        self.settle()

    def choose(self, target: Locator | str, option: str) -> None:
        """Pick an option of a native select by keyboard, as the browser's own list cannot be clicked from here."""
        field = self._of(target)
        field.focus()
        texts = [" ".join(text.split()) for text in field.locator("option").all_text_contents()]
        at = int(field.evaluate("e => e.selectedIndex"))
        for _ in range(abs(texts.index(option) - at)):
            field.press("ArrowDown" if texts.index(option) > at else "ArrowUp")
        self.settle()

    def upload(self, target: Locator | str, *files: Path) -> None:
        """Hand files to a file field."""
        self._of(target).set_input_files([str(file) for file in files])
        self.settle()

    def hover(self, target: Locator | str) -> None:
        """Hold the mouse over something."""
        self._of(target).hover()
        self.page.wait_for_timeout(200)

    def drag(self, source: Locator | str, target: Locator | str) -> None:
        """Drag one thing onto another."""
        self._of(source).drag_to(self._of(target))
        self.settle()

    def read(self, target: Locator | str) -> None:
        """Point at what is to be read."""
        self._point("Alt+Shift+KeyR", target)

    def must_say(self, target: Locator | str) -> None:
        """Point at what must be shown."""
        self._point("Alt+Shift+KeyE", target)

    def commit(self, target: Locator | str) -> None:
        """Click the button that cannot be taken back, having said so."""
        self._point("Alt+Shift+KeyK", target)

    def look(self) -> None:
        """Say that the look-up starts, or that it ends."""
        self.press("Alt+Shift+KeyL")

    def answer_dialogs(self, react: Callable[[Dialog], None]) -> None:
        """How the browser's own boxes are answered from now on."""
        self._on_dialog = react

    def new_tab(self) -> Page:
        """Go on in the tab that was opened last."""
        self.settle()
        self.page = self.live.tabs[-1]
        self.page.wait_for_load_state()
        self.settle()
        return self.page

    def to_tab(self, number: int) -> Page:
        """Go on in another tab, counted from 1."""
        self.settle()
        self.page = self.live.tabs[number - 1]
        self.page.bring_to_front()
        return self.page

    def settle(self) -> None:
        """Let the page's messages arrive, and the page come to rest."""
        page = self.page if not self.page.is_closed() else self.live.tabs[0]
        page.wait_for_timeout(SETTLE_MS)
        self.live.pump()

    def wait(self, condition: Callable[[], Any], *, timeout_s: float = 10.0) -> None:
        """Wait until something is so."""
        deadline = time.monotonic() + timeout_s
        while not condition() and time.monotonic() < deadline:
            self.settle()

    def _of(self, target: Locator | str) -> Locator:
        return self.page.locator(target) if isinstance(target, str) else target

    def _point(self, shortcut: str, target: Locator | str) -> None:
        self._of(target).first.wait_for()
        self.press(shortcut)
        self.settle()
        self._of(target).click(force=True)
        self.settle()


def load_person(file: Path) -> tuple[Callable[[Person], None], Mapping[str, Any]]:
    """The `person` function of a script, and its `ANSWERS` to the recorder's questions."""
    spec = importlib.util.spec_from_file_location(f"recorded_person_{file.stem}", file)
    if spec is None or spec.loader is None or not file.is_file():
        raise WorkspaceError(where=str(file), expected=say("record.no_sheet"), remedy=say("record.no_person_remedy"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    if not callable(getattr(module, "person", None)):
        raise WorkspaceError(
            where=str(file), expected=say("record.no_person", file=file.name), remedy=say("record.no_person_remedy")
        )
    return module.person, dict(getattr(module, "ANSWERS", {}))
