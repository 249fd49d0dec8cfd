"""What gets in the way on a desktop: known pop-ups, unknown ones, a login window, a program that has died."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from nightclerk.desktop.view import View
from nightclerk.errors import SessionLost, UnknownPopup
from nightclerk.ports import Found, SelectorSet

#: How long a window that nobody described may stand before it counts as an unknown pop-up.
SETTLE_S = 0.3


class Watch:
    """One wait's look-out; `ask` it at every turn of the wait. It closes what is known and raises for the rest."""

    def __init__(
        self,
        *,
        app: str,
        selectors: SelectorSet,
        view: View,
        ended: Callable[[], bool],
        copy: Callable[[], str],
        close: Callable[[Found], None],
        on_popup: Callable[[str], None],
    ) -> None:
        self._app, self._selectors, self._view = app, selectors, view
        self._ended, self._copy, self._close, self._on_popup = ended, copy, close, on_popup
        self._odd_since: float | None = None

    def ask(self, now: float) -> None:
        """Close a known pop-up; raise SessionLost or UnknownPopup; else nothing. `now` is monotonic."""
        if self._close_known():
            return
        if self._ended():
            raise SessionLost(app=self._app, showed="the program has ended")
        active = self._view.active()
        if active is None or is_described(active.title, self._selectors):
            self._odd_since = None
            self._check_session()
            return
        if self._odd_since is None:
            self._odd_since = now
        elif now - self._odd_since >= SETTLE_S:
            self._check_session()
            text = self._copy() if self._view.is_active(re.escape(active.title)) else ""
            raise UnknownPopup(app=self._app, text=" / ".join(sentences(active.title, text)))

    def _check_session(self) -> None:
        for marker in self._selectors.signed_out:
            if self._view.find(marker) is not None:
                active = self._view.active()
                raise SessionLost(app=self._app, showed=active.title if active else "-")

    def _close_known(self) -> bool:
        """Close a described pop-up that has the keyboard; True when one was met."""
        for popup in self._selectors.popups:
            if self._view.find(popup.marker) is None:
                continue
            found = self._view.find(popup.close) if popup.close is not None else None
            if found is not None:
                self._close(found)
            self._on_popup(popup.name)
            return True
        return False


def is_described(title: str, selectors: SelectorSet) -> bool:
    """Whether some selector of the app says something about a window of this title."""
    known = [*selectors.elements.values(), *selectors.signed_out, *(popup.marker for popup in selectors.popups)]
    patterns = {str(way["window"]) for selector in known for way in selector.ways if way.get("window")}
    return any(re.search(pattern, title) for pattern in patterns)


def sentences(title: str, copied: str) -> Sequence[str]:
    """A window's title and the sentences of its copied text, without the rules that Windows draws."""
    lines = [line.strip() for line in copied.splitlines()]
    return [title, *[line for line in lines if line and set(line) != {"-"} and line != title]]
