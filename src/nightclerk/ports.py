"""What the engine needs from outside, as Protocols: store, clock, surface (page or desktop), film, vault, notifier."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from nightclerk.domain.items import (
    Effect,
    Outcome,
    RunRecord,
    RunState,
    Slot,
    State,
    Task,
    WorkItem,
)
from nightclerk.hush import hide

# ---------------------------------------------------------------------------------------------- clock


@runtime_checkable
class Clock(Protocol):
    """Wall time (aware, UTC) and a monotonic count of seconds."""

    def now(self) -> datetime: ...
    def monotonic(self) -> float: ...


# ---------------------------------------------------------------------------------------------- store


class Queues(Protocol):
    """Work items under unique business keys. Every write is one conditional update."""

    def put(
        self,
        queue: str,
        key: str,
        payload: Mapping[str, Any],
        *,
        state: State = State.NEW,
        result: str = "",
        reason: str = "",
        details: Mapping[str, Any] | None = None,
        now: datetime | None = None,
    ) -> bool:
        """Add an item; False (and nothing changed) when the key is already there, whatever its state.

        Another `state` than new files a record together with its outcome: no worker ever sees it as work.
        """

    def draw(self, queue: str, *, run: str, lease_s: float, now: datetime, key: str = "") -> WorkItem | None:
        """Claim the oldest item that is due (or the one under `key`, if it is due).

        Due: new, abandoned, or in_progress with a lease that ran out.

        Two callers never get the same item. The claim sets in_progress, adds 1 to attempts and fence.
        """

    def renew(self, item: WorkItem, *, lease_s: float, now: datetime) -> bool:
        """Prolong the lease; False when the fence has moved on (somebody else holds the item)."""

    def finish(
        self,
        item: WorkItem,
        state: State,
        *,
        result: str = "",
        reason: str = "",
        details: Mapping[str, Any] | None = None,
        not_before: datetime | None = None,
        attempts: int | None = None,
        now: datetime,
    ) -> bool:
        """End an attempt. `state=NEW` with `not_before` is a retry; `attempts` corrects the count.

        False when the fence has moved on.
        """

    def abandon(self, run: str, *, now: datetime) -> int:
        """Let go of every item that `run` holds: its process has died. Returns how many."""

    def decide(
        self,
        queue: str,
        key: str,
        *,
        version: int,
        state: State,
        who: str,
        why: str,
        payload: Mapping[str, Any] | None = None,
        details: Mapping[str, Any] | None = None,
        now: datetime,
    ) -> bool:
        """A person's word about an item; False when `version` is stale (somebody was faster).

        `payload` and `details` replace what the item carries, where they are given.
        """

    def queue_again(
        self, items: Iterable[tuple[str, str, int, Mapping[str, Any]]], *, who: str, why: str, now: datetime
    ) -> tuple[str, ...]:
        """Put items (queue, key, version, payload) back as new, all in one transaction, or none.

        Returns the keys whose version is stale; () when all went back.
        """

    def item(self, queue: str, key: str) -> WorkItem | None: ...
    def items(
        self,
        queue: str | None = None,
        *,
        states: Iterable[State] = (),
        text: str = "",
        limit: int = 100,
        offset: int = 0,
    ) -> list[WorkItem]:
        """Newest first. `text` searches the key, the result and the reason."""

    def counts(self, queue: str) -> dict[State, int]: ...
    def queues(self) -> list[str]: ...


class Ledger(Protocol):
    """Irreversible effects, one row for each (target, name, key), for ever."""

    def effect(self, target: str, name: str, key: str) -> Effect | None: ...
    def intend(self, target: str, name: str, key: str, *, run: str, now: datetime) -> Effect:
        """Insert the row as `intent` or return the one that is there."""

    # Every write below is one conditional update: None, and nothing changed, when the row is no longer the `effect`
    # that the caller has read (its version), so that a stale holder never overwrites. Else the row as it is now.

    def submit(
        self,
        effect: Effect,
        *,
        item: WorkItem | None,
        run: str,
        now: datetime,
        holder: str = "",
        permit_until: datetime | None = None,
    ) -> Effect | None:
        """intent/withdrawn -> submitting, in one transaction with the check that `item`'s fence still holds.

        `holder` may click until `permit_until`.
        """

    def submit_all(
        self,
        effects: Sequence[Effect],
        *,
        item: WorkItem | None,
        run: str,
        now: datetime,
        holder: str = "",
        permit_until: datetime | None = None,
    ) -> list[Effect] | None:
        """`submit` for the rows of one import file: all of them in one transaction, or none."""

    def confirm(self, effect: Effect, *, reference: str, run: str, now: datetime) -> Effect | None:
        """Seen on the other side."""

    def withdraw(self, effect: Effect, *, why: str, run: str, now: datetime) -> Effect | None:
        """Not there: refused, proven absent, or a person said so."""

    def doubt(self, effect: Effect, *, why: str, run: str, now: datetime) -> Effect | None:
        """A person has to decide."""

    def reopen(self, effect: Effect, *, why: str, run: str, now: datetime) -> Effect | None:
        """submitting -> intent: it is known that nothing was clicked."""

    def clicked(self, effect: Effect, *, why: str, run: str, now: datetime) -> Effect | None:
        """Still submitting, but the holder's click is over: nobody has to wait for its permit."""

    def effects(
        self, *, target: str = "", run: str = "", key: str = "", limit: int = 1000, offset: int = 0
    ) -> list[Effect]:
        """Latest first; `key` searches within the business key."""


class Runs(Protocol):
    """Executions of bots, and the last signed head of each run's evidence."""

    def add_run(self, run: RunRecord) -> bool: ...
    def run(self, run: str) -> RunRecord | None: ...
    def runs(
        self,
        *,
        bot: str = "",
        shift: str = "",
        states: Iterable[RunState] = (),
        limit: int = 50,
        offset: int = 0,
    ) -> list[RunRecord]:
        """Newest first."""

    def update_run(self, run: str, **changes: Any) -> None: ...
    def begin_run(self, run: str, *, now: datetime, **process: Any) -> RunRecord | None:
        """A process takes a queued or running run up: its stint begins, every earlier one is over. None: nothing to do.

        `process`: worker, place, pid, pid_started, film.
        """

    def end_run(self, run: str, *, stint: int, state: RunState, now: datetime, **changes: Any) -> RunState:
        """A process files how a run ended, if its stint still is the run's; returns where the run stands then."""

    def change_run(self, run: str, *, expect: Iterable[RunState], **changes: Any) -> bool:
        """Change a run that is in one of the states `expect`; False, and nothing changed, otherwise."""

    def anchor(self, run: str, *, seq: int, head: str, now: datetime) -> None: ...
    def anchored(self, run: str) -> tuple[int, str] | None: ...
    def anchors(self) -> dict[str, tuple[int, str]]:
        """Every anchored run, so that one which was dropped as a whole shows."""


class Slots(Protocol):
    """Planned starts and their outcomes."""

    def plan(self, slot: Slot) -> bool:
        """Insert; False when the slot is already known."""

    def settle(self, slot_id: str, outcome: Outcome, *, why: str = "", run: str = "") -> bool:
        """planned -> running or an end, running -> an end; False when the slot is no longer open for that."""

    def slots(
        self,
        *,
        bot: str = "",
        shift: str = "",
        outcomes: Iterable[Outcome] = (),
        limit: int = 100,
        offset: int = 0,
    ) -> list[Slot]:
        """Newest planned time first."""


class Tasks(Protocol):
    """Questions put to people, and their answers."""

    def ask(self, task: Task) -> bool:
        """Insert; False when a task with this id is already there (a retry asks the same question once)."""

    def task(self, task: str) -> Task | None: ...
    def tasks(self, *, open_only: bool = True, run: str = "", limit: int = 100, offset: int = 0) -> list[Task]: ...
    def answer(self, task: str, *, answer: str, who: str, now: datetime) -> bool:
        """False when somebody has answered already."""


class Leases(Protocol):
    """Named exclusive resources (an account, a mouse) with a fencing number."""

    def take(self, name: str, *, holder: str, lease_s: float, now: datetime) -> int | None:
        """The new fence, or None while another holder's lease runs. The same holder may take it again."""

    def release(self, name: str, *, holder: str) -> None: ...
    def release_all(self, run: str) -> int:
        """Let go of all that the (dead) processes of a run hold; holders are called "<run>/<stint>"."""


class Store(Queues, Ledger, Runs, Slots, Tasks, Leases, Protocol):
    """All of the engine's own books behind one object."""

    def close(self) -> None: ...


# ------------------------------------------------------------------------------- selectors and surfaces


@dataclass(frozen=True, kw_only=True)
class Selector:
    """One named element as its YAML file describes it (after layering).

    `ways` are tried in order; each is a mapping with one main key (role+name, label, text, placeholder, title,
    test_id, css, xpath, picture, keys, right_of, below, window …) as the author wrote it. `within` and
    `frame` name other elements of the same app. `where` is "file:line". `follows` names the commit element whose
    own question this one answers: it may be clicked once, right after that.
    """

    name: str
    ways: tuple[Mapping[str, Any], ...]
    within: str = ""
    frame: str = ""
    commits: bool = False
    private: bool = False
    secret: bool = False
    reads: str = ""
    where: str = ""
    follows: str = ""


@dataclass(frozen=True, kw_only=True)
class Popup:
    """A known pop-up of an app: how to recognise it and how to close it ("" ways: it closes by itself)."""

    name: str
    marker: Selector
    close: Selector | None = None


@dataclass(frozen=True, kw_only=True)
class SelectorSet:
    """All that the selector files say of one app. `elements` by full name "screen.element".

    Reserved top-level keys of the YAML: `popups` (name -> {marker, close}), `signed_out` (list of markers that
    mean that the session is over), `unpictured` (list of markers of login and verification screens).
    """

    app: str
    elements: Mapping[str, Selector] = field(default_factory=dict)
    popups: tuple[Popup, ...] = ()
    signed_out: tuple[Selector, ...] = ()
    unpictured: tuple[Selector, ...] = ()


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
    def drag(self, found: Found, to: Found | None, offset: tuple[int, int]) -> None:
        """Drag one element onto another, or by an offset in pixels."""

    def tab(self, number: int) -> None:
        """Go on in the open tab of that number, counted from 1 in the order in which they were opened."""

    def url(self) -> str: ...
    def title(self) -> str: ...


class DesktopSurface(Surface, Protocol):
    """A desktop with one program under work. Keyboard acts check the active window before and after."""

    def start(self, command: Sequence[str], *, window: str, timeout_s: float) -> None:
        """Start the program and wait for a window whose title matches the pattern `window` (a regex)."""

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


# ----------------------------------------------------------------------------------------------- film


@dataclass(frozen=True, kw_only=True)
class Act:
    """One act for the journal. `value` is the text typed or read, or None; a secret's is always None."""

    verb: str  # click, fill, press, choose, check, upload, download, read, look, open, wait …
    act_class: ActClass
    app: str
    element: str = ""
    way: str = ""
    box: Box | None = None
    value: str | None = None
    private: bool = False
    where: str = ""


class Film(Protocol):
    """What a run leaves behind for auditors. One film a run; every call appends to the chained journal."""

    folder: Path

    def begin(self, facts: Mapping[str, Any]) -> None:
        """The run's opening line: bot, flow, who started it, versions, machine, parameters (masked)."""

    def item(self, key: str | None, *, attempt: int = 0, outcome: str = "") -> None:
        """A work item is taken up (`key`), or let go (`key=None` with the outcome)."""

    def step(self, name: str) -> None: ...
    def step_end(self, outcome: str, *, frame: Frame | None, reason: str = "") -> None:
        """Ends the innermost step ("ok", "failed", "waiting"…), with the picture of that moment. Flushes."""

    def act(self, act: Act, *, frame: Frame | None = None) -> None: ...
    def note(self, kind: str, facts: Mapping[str, Any]) -> None:
        """Anything else worth proof: once-intent, adopted, popup closed, file received, task asked, answer."""

    def keep_file(self, path: Path, *, kind: str = "download") -> str:
        """Copy a file into the run's `files/` (content-addressed index in the journal); returns its sha256."""

    def picture(self, frame: Frame | None) -> str:
        """Mask, store and return the sha256 of a picture ("" when none may be kept)."""

    def end(self, outcome: str, facts: Mapping[str, Any]) -> None:
        """The closing line and the signed head."""

    def head(self) -> tuple[int, str]:
        """(sequence number, hash) of the last line; anchored in the store."""


# ----------------------------------------------------------------------------------- vault and notifier


@dataclass(frozen=True, kw_only=True)
class Account:
    """A login by name; `user` is typed as is, `secret` names an entry of the vault."""

    name: str
    app: str
    user: str = ""
    secret: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)


class Secret:
    """A handle on a secret: shows as ••• everywhere; `reveal()` only at the keystroke. See also `hush`."""

    __slots__ = ("_value", "name")

    def __init__(self, name: str, value: str) -> None:
        self.name = name
        self._value = value
        hide(value)

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return f"Secret({self.name!r})"

    __str__ = __repr__

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError("a secret is never pickled")


class Vault(Protocol):
    """Where secrets live."""

    def get(self, name: str) -> Secret:
        """WorkspaceError with the remedy when there is none of that name."""

    def set(self, name: str, value: str) -> None: ...
    def names(self) -> list[str]: ...


class Notifier(Protocol):
    """Tells people that they are needed."""

    def tell(self, kind: str, message: str, *, facts: Mapping[str, Any]) -> None: ...
