"""A live page, desktop or terminal: where elements are found, acted on and pictured. The drivers implement it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from nightclerk.ports.clock import Clock
from nightclerk.ports.selectors import Selector, SelectorSet


@dataclass(frozen=True, kw_only=True)
class Box:
    """A rectangle on the picture, in its pixels."""

    x: int
    y: int
    width: int
    height: int


class ActClass(StrEnum):
    """read leaves no trace; edit can be undone by leaving; commit cannot be taken back."""

    READ = "read"
    EDIT = "edit"
    COMMIT = "commit"


@dataclass(frozen=True, kw_only=True)
class Permit:
    """Leave to do one commit act until a moment that two clocks tell. What comes later must not reach the target.

    A surface checks it as near to the event as it can, and marks an error that it raises before the event
    (`error.untouched`), so that `once` knows that nothing was clicked.
    """

    element: str
    until_monotonic_s: float
    until_wall: datetime

    def left_s(self, clock: Clock) -> float:
        """How long it still lasts, by the stricter of the two clocks; negative when it is over."""
        wall_s = (self.until_wall - clock.now()).total_seconds()
        return min(self.until_monotonic_s - clock.monotonic(), wall_s)


@dataclass(frozen=True, kw_only=True)
class Found:
    """An element that a surface has found: how, where, and the surface's own handle on it.

    `healed`: only a learned way led to it, not one that its file lists; `trust` is then the strongest class of act
    that it is sure enough for. `permit`: this is a commit, allowed so long.
    """

    selector: Selector
    way: str  # in words, e.g. "role=button name=导出订单" or "fallback 2: css …"
    box: Box | None
    handle: Any = field(repr=False)
    healed: bool = False
    permit: Permit | None = None
    trust: ActClass | None = None


@dataclass(frozen=True, kw_only=True)
class Frame:
    """A picture before masking: `pixels` is PNG/WebP/JPEG bytes, or an RGB numpy array (h, w, 3).

    `private` boxes are masked before anything is written. `secret_screen`: no picture may be kept at all
    (login and verification screens). `unpictured`: why there are no pixels, where there are none.
    """

    pixels: Any = field(repr=False)
    private: tuple[Box, ...] = ()
    secret_screen: bool = False
    unpictured: str = ""
    #: Finds further private boxes by reading the RGB pixels (OCR): slow, so the film calls it behind the bot's back.
    #: What it cannot read is not kept.
    reader: Callable[[Any], Iterable[Box]] | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, kw_only=True)
class ScreenState:
    """Where we are, in words for the journal: URL without query or window title; `showed` for messages."""

    where: str
    showed: str = ""


class Surface(Protocol):
    """A live web page or desktop that elements are found on. Drivers implement it (web, desktop, terminal, fake).

    `selectors` is the app's whole set, for `within`/`frame`, pop-ups, masking. Known pop-ups are closed by the
    surface itself before an act and reported through `on_popup(name)`, which the session sets. Every waiting call
    takes `timeout_s` and raises ElementNotFound, ElementAmbiguous, UnknownPopup or SessionLost.
    `values` fills `{placeholders}` in a selector's ways.
    """

    selectors: SelectorSet
    on_popup: Callable[[str], None]

    def find(self, selector: Selector, values: Mapping[str, str], *, timeout_s: float) -> Found: ...
    def exists(self, selector: Selector, values: Mapping[str, str]) -> bool: ...
    def count(self, selector: Selector, values: Mapping[str, str]) -> int: ...
    def texts(self, selector: Selector, values: Mapping[str, str]) -> list[str]:
        """The visible texts of all that fit, in screen order (an input's value counts as its text)."""

    def rows(self, selector: Selector, values: Mapping[str, str]) -> list[dict[str, str]]:
        """A table or grid as one mapping a row, keyed by header text."""

    def wait_gone(self, selector: Selector, values: Mapping[str, str], *, timeout_s: float) -> None: ...
    def click(self, found: Found) -> None: ...
    def fill(self, found: Found, text: str) -> None:
        """Replace the content by `text` and read it back; ApplicationError when it does not say `text`."""

    def press(self, keys: str, found: Found | None = None) -> None:
        """Keys in Playwright's spelling: "Enter", "F6", "Control+S", one chord a call."""

    def choose(self, found: Found, option: str) -> None:
        """Pick an option of a native or virtual select by its visible text."""

    def check(self, found: Found, on: bool) -> None: ...
    def upload(self, found: Found, files: Sequence[Path]) -> None: ...
    def download(self, found: Found, folder: Path, *, timeout_s: float) -> Path:
        """Click and wait for the file; saved in `folder` under its own name."""

    def read(self, found: Found) -> str: ...
    def frame(self) -> Frame:
        """The picture of now, with the boxes of all private elements and patterns on it."""

    def state(self) -> ScreenState: ...
    def close(self) -> None: ...
    def kill(self) -> None:
        """End the browser or program at once, from another thread; a call that is under way there then fails."""


class WebSurface(Surface, Protocol):
    """A browser page (one tab at a time; a new tab that a click opens becomes the current one)."""

    def goto(self, url: str, *, timeout_s: float) -> None: ...
    def reload(self, *, timeout_s: float) -> None: ...
    def hover(self, found: Found) -> None: ...
    def double_click(self, found: Found) -> None: ...
    def right_click(self, found: Found) -> None: ...
    def drag(self, found: Found, to: Found | None, offset: tuple[int, int]) -> None:
        """Drag one element onto another, or by an offset in pixels."""

    def tab(self, number: int) -> None:
        """Go on in the open tab of that number, counted from 1 in the order in which they were opened."""

    def url(self) -> str: ...
    def title(self) -> str: ...
    def only_reads(self) -> AbstractContextManager[list[str]]:
        """Within the block nothing is sent that may write; the list grows by each request that was stopped."""


class DesktopSurface(Surface, Protocol):
    """A desktop with one program under work. Keyboard acts check the active window before and after."""

    def start(self, command: Sequence[str], *, window: str, timeout_s: float) -> None:
        """Start the program and wait for a window whose title matches the pattern `window` (a regex)."""

    def screen(self) -> str:
        """What the program is shown on, for the journal: "1280x800, 96 dpi"."""

    def windows(self) -> list[str]:
        """Titles of the visible windows, topmost first."""

    def wait_window(self, title: str, *, timeout_s: float) -> str:
        """Wait until the topmost window's title matches `title` (a regex); returns the title."""

    def focus(self, title: str) -> None: ...
    def copy(self) -> str:
        """Press the copy chord and return what came to the clipboard (waits for it; "" if nothing came)."""

    def stop(self, *, timeout_s: float) -> None:
        """End the program that `start` started (asked first, then killed by id)."""


class TerminalSurface(Surface, Protocol):
    """A terminal session with a host. Nothing is typed while the host has the keyboard."""

    def start(self, *, timeout_s: float) -> None:
        """Dial (again) and wait until the host shows its first screen."""

    def running(self) -> bool: ...
    def lines(self) -> list[str]:
        """The lines of the screen, without the blanks at their ends."""


@dataclass(frozen=True, kw_only=True)
class AppSettings:
    """What `config/apps.yaml` says of one app. `url` for web, `command` and `window` for desktop, one for terminals."""

    name: str
    url: str = ""
    command: tuple[str, ...] = ()
    window: str = ""
    timeout_s: float = 15.0
    facts: Mapping[str, str] = field(default_factory=dict)
