"""One recording under way: listens to every page, frame and tab of a browser while a person works in it."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import BrowserContext, Dialog, Download, Frame, Page
from playwright.sync_api import Error as PlaywrightError

from nightclerk.record.events import Event, event_of
from nightclerk.record.limits import ANSWER_WITHIN_S
from nightclerk.record.pages import with_marks
from nightclerk.record.scripts import watching_script

BINDING = "__nightclerk_record"
#: Words of the bar that are no acts of the person on the page.
_STATE_KINDS = frozenset({"hello", "state", "bar", "stop", "answer", "file"})


@dataclass
class Waiting:
    """A message that has come in and waits to be completed and filed."""

    message: dict[str, Any]
    page: Page
    frame: Frame | None


@dataclass
class Live:
    """Gathers `events` and the contents of uploaded `files` until the person is done (`stopped`)."""

    context: BrowserContext
    answering: Callable[[Dialog], None] | None = None
    events: list[Event] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    state: dict[str, Any] = field(
        default_factory=lambda: {"mode": "", "looking": False, "count": 0, "x": None, "y": None}
    )
    answers: dict[str, int] = field(default_factory=dict)
    stopped: bool = False
    hints: list[str] = field(default_factory=list)
    tabs: list[Page] = field(default_factory=list)
    beat: Callable[[], None] = lambda: None
    heard_at: float = field(default_factory=time.monotonic)
    _queue: list[Waiting] = field(default_factory=list)
    _new_pages: list[Page] = field(default_factory=list)
    _broadcast: bool = False
    _dialogs: dict[int, dict[str, Any]] = field(default_factory=dict)
    _loaded: bool = False

    def start(self) -> None:
        """Watch the whole browser from now on, what is open already included."""
        self.context.expose_binding(BINDING, self._hear)
        self.context.add_init_script(watching_script())
        self.context.on("page", self._page_opened)
        self.context.on("dialog", self._dialog_opened)
        for page in self.context.pages:
            self._adopt(page, first=True)
            for frame in page.frames:
                with contextlib.suppress(PlaywrightError):
                    frame.evaluate(watching_script())

    # ----------------------------------------------------------------------------------- hearing

    def _hear(self, source: dict[str, Any], payload: str) -> Any:
        """Take a message; must not call the browser, for the browser waits. `hello` is answered with the state."""
        message = json.loads(payload)
        kind = message["kind"]
        self.beat()
        if kind in _STATE_KINDS:
            return self._hear_of_state(kind, message)
        self.heard_at = time.monotonic()
        self._queue.append(Waiting(message, source["page"], source["frame"]))
        if not message.get("again"):
            self.state["count"] += 1
        return None

    def _hear_of_state(self, kind: str, message: dict[str, Any]) -> Any:
        if kind == "hello":
            self._loaded = True
            return self.state
        if kind == "state":
            self.state |= {"mode": message["mode"], "looking": message["looking"]}
            self._broadcast = True
        elif kind == "bar":
            self.state |= {"x": message["x"], "y": message["y"]}
        elif kind == "file":
            self.files[message["name"]] = message["content"]
        elif kind == "answer":
            self.answers[message["id"]] = int(message["answer"])
        elif kind == "stop":
            self.stopped = True
        return None

    # -------------------------------------------------------------------------------------- tabs

    def _page_opened(self, page: Page) -> None:
        self._new_pages.append(page)
        page.on("download", lambda download: self._downloaded(page, download))

    def _adopt(self, page: Page, *, first: bool = False) -> None:
        """Give a tab its number and listen to what only the browser knows of it."""
        self.tabs.append(page)
        if first:
            page.on("download", lambda download: self._downloaded(page, download))
        own = first
        with contextlib.suppress(PlaywrightError):
            own = first or page.opener() is None
        if not first:
            self._queue_event("tab_opened", page, more={"own": own})
        page.on("close", lambda closed: self._queue_event("tab_closed", closed))
        with contextlib.suppress(PlaywrightError):
            self._listen(page, own=own)
        if own and not first and page.url not in ("", "about:blank"):
            self._queue_event("open", page, url=page.url)

    def _listen(self, page: Page, *, own: bool) -> None:
        session = self.context.new_cdp_session(page)
        session.send("Page.enable")
        asked = {"next": not own}

        def requested(event: dict[str, Any]) -> None:
            asked["next"] = True

        def navigated(event: dict[str, Any]) -> None:
            frame = event["frame"]
            if "parentId" in frame:
                return
            if not asked["next"] and not frame["url"].startswith(("about:", "chrome")):
                self._queue_event("open", page, url=frame["url"] + frame.get("urlFragment", ""))
            asked["next"] = False

        session.on("Page.frameRequestedNavigation", requested)
        session.on("Page.frameNavigated", navigated)
        session.on("Page.javascriptDialogOpening", lambda event: self._saw_dialog(page, event))
        session.on("Page.javascriptDialogClosed", lambda event: self._dialog_closed(page, event))

    def _queue_event(self, kind: str, page: Page, *, url: str = "", value: Any = "", more: Any = None) -> None:
        message = {"kind": kind, "url": url, "title": "", "value": value, **(more or {})}
        self._queue.append(Waiting(message, page, None))

    def _downloaded(self, page: Page, download: Download) -> None:
        self._queue_event("download", page, value=download.suggested_filename)

    # ----------------------------------------------------------------------------------- dialogs

    def _dialog_opened(self, dialog: Dialog) -> None:
        if self.answering is not None:
            self.answering(dialog)  # a scripted person; a real one answers in the window

    def _saw_dialog(self, page: Page, event: dict[str, Any]) -> None:
        self._dialogs[id(page)] = event

    def in_dialog(self) -> bool:
        """Whether a box of the browser's own is open: until it is answered, a page answers nothing."""
        return bool(self._dialogs)

    def _dialog_closed(self, page: Page, event: dict[str, Any]) -> None:
        opening = self._dialogs.pop(id(page), {})
        more = {"type": opening.get("type", "alert"), "accepted": event["result"], "typed": event.get("userInput", "")}
        self._queue_event("dialog", page, value=opening.get("message", ""), more=more)

    # ----------------------------------------------------------------------------------- filing

    def pump(self) -> None:
        """File what has come in. Called again and again, from outside of any handler."""
        for page in self._new_pages[:]:
            self._new_pages.remove(page)
            self._adopt(page)
        while self._queue:
            self._file(self._queue.pop(0))
        if self._broadcast:
            self._broadcast = False
            self._tell_all()
        self.beat()

    def _file(self, waiting: Waiting) -> None:
        if waiting.page not in self.tabs:
            self._adopt(waiting.page)
        tab = self.tabs.index(waiting.page) + 1
        message, frame = waiting.message, waiting.frame
        if not message.get("url") and not waiting.page.is_closed():
            message["url"] = waiting.page.url
        if message.get("page") is not None and not message.get("complete", True) and frame is not None:
            with contextlib.suppress(PlaywrightError):  # gone on already: what the frame itself showed is kept
                self._complete(message, frame)
        self.events.append(event_of(message, tab=tab, frame=_frame_id(frame)))

    def _complete(self, message: dict[str, Any], frame: Frame) -> None:
        """Put the page of a frame from another site into the pages around it, from the inside out."""
        outer = _outermost_of_site(frame)
        while outer.parent_frame is not None:
            seen = outer.frame_element().evaluate("e => window.__nightclerk.scene({ holder: e })")
            number = len(message["frames"])
            names = {f"frame{n}": f"frame{number + 1 + n}" for n in range(len(seen["frames"]))}
            around = with_marks(seen["page"], {"holder": f"frame{number}", **names})
            message["page"] = _with_inner(around, f"frame{number}", message["page"])
            message["frames"] += [seen["facts"]["holder"], *seen["frames"]]
            outer = _outermost_of_site(outer.parent_frame)

    def _tell_all(self) -> None:
        for page in self.tabs:
            for frame in page.frames if not page.is_closed() else ():
                with contextlib.suppress(PlaywrightError):
                    frame.evaluate("state => window.__nightclerk && window.__nightclerk.apply(state)", self.state)

    def ask(
        self, name: str, question: str, choices: list[str], likely: int, *, within_s: float = ANSWER_WITHIN_S
    ) -> int | None:
        """Put a question into the bar of the front page; None when no page is left, or nobody answers in time."""
        asked = {"id": name, "question": question, "choices": choices, "likely": likely}
        deadline = time.monotonic() + within_s
        self._loaded = True
        while name not in self.answers and time.monotonic() < deadline:
            page = next((page for page in reversed(self.tabs) if not page.is_closed()), None)
            if page is None:
                break
            with contextlib.suppress(PlaywrightError):
                if self._loaded:  # a page that is loaded anew has lost its bar, and the question with it
                    self._loaded = False
                    page.evaluate("q => window.__nightclerk && window.__nightclerk.ask(q)", asked)
                page.wait_for_timeout(100)
            self.beat()
        return self.answers.get(name)


def _frame_id(frame: Frame | None) -> str:
    """A name for a frame that stays the same while it is there: its place among the frames of its page."""
    if frame is None or frame.parent_frame is None:
        return ""
    return f"{frame.name}/{frame.page.frames.index(frame) if frame in frame.page.frames else 0}"


def _outermost_of_site(frame: Frame) -> Frame:
    """The frame furthest out whose page a script in `frame` can see."""
    seen = "() => { try { return !!window.frameElement } catch { return false } }"
    while frame.parent_frame is not None and frame.evaluate(seen):
        frame = frame.parent_frame
    return frame


def _with_inner(tree: Any, mark: str, inner: Any) -> Any:
    """The tree with `inner` as the content of the frame that bears the mark."""
    made = dict(tree)
    if mark in tree.get("m", ()):
        made["f"] = inner
        return made
    for key in ("c", "s"):
        if key in tree:
            made[key] = [child if isinstance(child, str) else _with_inner(child, mark, inner) for child in tree[key]]
    if "f" in tree:
        made["f"] = _with_inner(tree["f"], mark, inner)
    return made
