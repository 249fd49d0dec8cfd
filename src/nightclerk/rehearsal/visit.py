"""Go through the pages of one app and try what is expected there; nothing is worked but what only leads on."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import cast

from nightclerk.errors import ApplicationError
from nightclerk.locate.trial import Tried, lacking, try_elements
from nightclerk.ports import Found, Surface, WebSurface
from nightclerk.rehearsal.pages import Move, Page
from nightclerk.screens import App, WebApp


class NotWorked(ApplicationError):
    """Facts: element. A way that was learned is not good enough for a click that nobody watches."""

    en = "{element} is found by its fingerprint only, and a rehearsal does not work it: what it leads to is not known."
    zh = "{element} 只能按指纹找到，班前检查不操作它：之后的页面未能判断。"


@dataclass(frozen=True, kw_only=True)
class Looked:
    """One page as it was found: its elements tried, or why it was not reached.

    `stopped`: what the page wanted to send meanwhile and was not let, so that a fault may come from that.
    """

    page: Page
    tried: tuple[Tried, ...] = ()
    fault: str = ""
    sure: bool = True
    stopped: tuple[str, ...] = ()


class Visit:
    """An app that was opened for a rehearsal, and where it stands: at an address, so many harmless moves further."""

    def __init__(self, app: App) -> None:
        self._app, self._surface = app, app.session.surface
        self._timeout_s = app.session.settings.timeout_s
        self._here: tuple[str, tuple[Move, ...]] | None = None if isinstance(app, WebApp) else ("", ())
        self._fence = contextlib.ExitStack()
        self._stopped: list[str] | None = None

    def look_at(self, pages: Iterable[Page]) -> Iterator[Looked]:
        """Go to each page and try what is expected there; what a program cannot be brought back to is left out.

        A page is opened by its address. From there, as on a program's first screen, only elements that are declared
        `opens: true` are worked, and a browser is let send nothing that may write.
        """
        with self._fence:
            for page in pages:
                try:
                    reached = self._go(page)
                except ApplicationError as error:
                    self._here = None
                    sure = not isinstance(error, NotWorked)
                    yield Looked(page=page, fault=str(error), sure=sure, stopped=tuple(self._stopped or ()))
                else:
                    if reached:
                        yield self._look(page)

    def _go(self, page: Page) -> bool:
        """Whether the page was reached."""
        if not self._on_the_way(page):
            if not isinstance(self._app, WebApp):
                return False
            self._fence.close()
            self._stopped = None
            self._app.open(page.path)
            self._here = (page.path, ())
        path, moves = self._here or ("", ())
        for move in page.moves[len(moves) :]:
            self._work(move)
            moves = (*moves, move)
            self._here = (path, moves)
        return True

    def _on_the_way(self, page: Page) -> bool:
        """Whether the page is where the app stands, or some moves further."""
        path, moves = self._here or (None, ())
        return path == page.path and page.moves[: len(moves)] == moves

    def _work(self, move: Move) -> None:
        """Do again what only leads on."""
        selector = self._surface.selectors.elements[move.element]
        if isinstance(self._app, WebApp) and self._stopped is None:
            self._stopped = self._fence.enter_context(cast(WebSurface, self._surface).only_reads())
        found = self._surface.find(selector, {}, timeout_s=self._timeout_s)
        if found.healed or selector.commits or not selector.opens:
            raise NotWorked(element=move.element)
        _do(move, self._surface, found)

    def _look(self, page: Page) -> Looked:
        known = self._surface.selectors.elements
        if page.moves:  # a dialog or another screen may take its time; what does not come is told below
            shown = (known[name] for name in page.elements if name in known and not lacking(known[name], known, {}))
            with contextlib.suppress(ApplicationError, StopIteration):
                self._surface.find(next(shown), {}, timeout_s=self._timeout_s)
        tried = tuple(try_elements(self._surface, only=page.elements))
        gone = tuple(Tried(element=name, state="unnamed", how="") for name in page.elements if name not in known)
        return Looked(page=page, tried=(*tried, *gone), stopped=tuple(self._stopped or ()))


def _do(move: Move, surface: Surface, found: Found) -> None:
    if move.verb == "press":
        surface.press(move.value, found)
    elif move.verb == "fill":
        surface.fill(found, move.value)
    elif move.verb == "choose":
        surface.choose(found, move.value)
    elif move.verb == "check":
        surface.check(found, move.value == "on")
    elif move.verb == "hover":
        cast(WebSurface, surface).hover(found)
    elif move.verb == "double_click":
        cast(WebSurface, surface).double_click(found)
    elif move.verb == "right_click":
        cast(WebSurface, surface).right_click(found)
    else:
        surface.click(found)
