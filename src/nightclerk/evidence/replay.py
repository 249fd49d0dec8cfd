"""Read a run's folder back as a story for the console: steps, acts, times, pictures, boxes, items, files.

Reading checks no hash (that is `verify`'s work) and bears with a run that is still going on: a half line at
the end is left for the next look.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from nightclerk.evidence.chain import Line, parse_line
from nightclerk.evidence.errors import NoEvidence, NoPicture
from nightclerk.evidence.journal import JOURNAL
from nightclerk.ports import Box


@dataclass(frozen=True, kw_only=True)
class Event:
    """One line as the console shows it; `step` is the step it belongs to (0: outside of any).

    `facts` are the line's own fields. `picture` is the sha256 of its picture ("" while that is still being
    stored, and where there is none: then `facts` may say why under "unpictured" or "lost").
    """

    seq: int
    kind: str
    at: datetime
    step: int
    item: str
    facts: Mapping[str, Any]
    picture: str = ""
    box: Box | None = None


@dataclass(frozen=True, kw_only=True)
class StepStory:
    """One step with its events in order. `outcome` is "" while it runs, "cut short" if its run broke off."""

    number: int
    parent: int
    name: str
    item: str
    began_at: datetime
    took_ms: int | None = None
    outcome: str = ""
    reason: str = ""
    picture: str = ""
    events: tuple[Event, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ItemStory:
    """One attempt at one work item, and the steps that were begun for it."""

    key: str
    attempt: int
    began_at: datetime
    outcome: str = ""
    took_ms: int | None = None
    steps: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class KeptFile:
    """A file that the run kept, under `files/`."""

    sha256: str
    name: str
    size_bytes: int
    kind: str
    at: datetime
    step: int
    path: Path


@dataclass(frozen=True, kw_only=True)
class RunStory:
    """A whole run as its journal tells it. `outcome` is "" until it has ended."""

    run: str
    folder: Path
    facts: Mapping[str, Any] = field(default_factory=dict)
    began_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: str = ""
    closing: Mapping[str, Any] = field(default_factory=dict)
    steps: tuple[StepStory, ...] = ()
    items: tuple[ItemStory, ...] = ()
    files: tuple[KeptFile, ...] = ()
    outside: tuple[Event, ...] = ()  # acts and notes outside of any step
    resumed: int = 0
    head: tuple[int, str] = (0, "")
    damaged: int = 0  # lines that could not be read


def load_run(folder: Path) -> RunStory:
    """The story of one run; tolerant of a run that goes on or crashed. NoEvidence if there is no journal."""
    teller = _Teller(folder)
    for line in _lines(folder, from_seq=0):
        if line is None:
            teller.damaged += 1
        else:
            teller.take(line)
    return teller.story()


class Follower:
    """Reads a journal that is being written: each `news()` gives what was added since the last, and reads no more.

    A picture that becomes ready arrives as an event of kind "picture" whose `facts["shot"]` is that of an
    earlier event.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / JOURNAL
        self._at_byte = 0

    def news(self) -> list[Event]:
        """The events of the whole lines added since the last call. NoEvidence if there is no journal."""
        try:
            with self._path.open("rb") as file:
                file.seek(self._at_byte)
                whole, feed, _ = file.read().rpartition(b"\n")
        except OSError as error:
            raise NoEvidence(path=self._path.parent) from error
        self._at_byte += len(whole) + len(feed)
        lines = (parse_line(raw) for raw in whole.split(b"\n")) if whole else ()
        return [_event(line, {}) for line in lines if line is not None]


def follow(folder: Path, from_seq: int) -> list[Event]:
    """The events after line `from_seq`, in one look; whoever looks again and again takes a `Follower`."""
    return [_event(line, {}) for line in _lines(folder, from_seq=from_seq) if line is not None]


def picture_path(folder: Path, sha256: str) -> Path:
    """Where a picture of this run lies; NoPicture if the name is no digest or the file is not there."""
    path = folder / "pictures" / f"{sha256}.webp"
    if len(sha256) != 64 or not sha256.isalnum() or not path.is_file():
        raise NoPicture(run=folder.name, name=sha256[:80])
    return path


def _lines(folder: Path, *, from_seq: int) -> Iterator[Line | None]:
    """Whole lines after the `from_seq`th (line numbers are sequence numbers); None for an unreadable one."""
    try:
        file = (folder / JOURNAL).open("rb")
    except OSError as error:
        raise NoEvidence(path=folder) from error
    with file:
        for number, raw in enumerate(file, start=1):
            if number <= from_seq or not raw.endswith(b"\n"):
                continue
            yield parse_line(raw[:-1])


def _event(line: Line, pictures: Mapping[int, str]) -> Event:
    body = dict(line.body)
    box = body.pop("box", None)
    return Event(
        seq=body.pop("seq"),
        kind=body.pop("kind"),
        at=_time(body.pop("at")),
        step=body.pop("step", 0),
        item=body.pop("item", ""),
        picture=body.get("sha256", "") if line.kind == "picture" else pictures.get(body.get("shot", 0), ""),
        box=Box(x=box[0], y=box[1], width=box[2], height=box[3]) if box else None,
        facts=body,
    )


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


@dataclass(kw_only=True)
class _Attempt:
    """One attempt at an item while its lines come in."""

    began: Line
    ended: Line | None = None
    steps: list[int] = field(default_factory=list)


class _Teller:
    """Gathers lines; the story is told at the end, when all pictures are known."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.damaged = 0
        self._opening: Line | None = None
        self._closing: Line | None = None
        self._last: Line | None = None
        self._resumed_at: list[int] = []
        self._pictures: dict[int, str] = {}
        self._steps: dict[int, Line] = {}
        self._step_ends: dict[int, Line] = {}
        self._items: list[_Attempt] = []
        self._files: list[Line] = []
        self._events: dict[int, list[Line]] = {}

    def take(self, line: Line) -> None:
        self._last, body = line, line.body
        match line.kind:
            case "begin":
                self._opening = line
            case "resume":
                self._resumed_at.append(line.seq)
                self._closing = None
            case "end":
                self._closing = line
            case "picture":
                self._pictures[body["shot"]] = body.get("sha256", "")
            case "step":
                self._steps[body["step"]] = line
                if self._items and self._items[-1].ended is None:
                    self._items[-1].steps.append(body["step"])
            case "step_end":
                self._step_ends[body["step"]] = line
            case "item":
                self._items.append(_Attempt(began=line))
            case "item_end" if self._items:
                self._items[-1].ended = line
            case "file":
                self._files.append(line)
        if line.kind in {"act", "note", "file", "resume"}:
            self._events.setdefault(body.get("step", 0), []).append(line)

    def story(self) -> RunStory:
        opening, closing = self._opening, self._closing
        return RunStory(
            run=opening.body["run"] if opening else self.folder.name,
            folder=self.folder,
            facts=opening.body["facts"] if opening else {},
            began_at=_time(opening.body["at"]) if opening else None,
            ended_at=_time(closing.body["at"]) if closing else None,
            outcome=closing.body["outcome"] if closing else "",
            closing=closing.body.get("facts", {}) if closing else {},
            steps=tuple(self._step(line) for line in self._steps.values()),
            items=tuple(_item(attempt) for attempt in self._items),
            files=tuple(self._file(line) for line in self._files),
            outside=self._told(0),
            resumed=len(self._resumed_at),
            head=(self._last.seq, self._last.hash) if self._last else (0, ""),
            damaged=self.damaged,
        )

    def _told(self, step: int) -> tuple[Event, ...]:
        return tuple(_event(line, self._pictures) for line in self._events.get(step, ()))

    def _step(self, line: Line) -> StepStory:
        number, ended = line.body["step"], self._step_ends.get(line.body["step"])
        end = ended.body if ended else {}
        broken_off = self._closing is not None or any(seq > line.seq for seq in self._resumed_at)
        return StepStory(
            number=number,
            parent=line.body.get("parent", 0),
            name=line.body["name"],
            item=line.body.get("item", ""),
            began_at=_time(line.body["at"]),
            took_ms=end.get("ms"),
            outcome=end.get("outcome", "cut short" if broken_off else ""),
            reason=end.get("reason", ""),
            picture=self._pictures.get(end.get("shot", 0), ""),
            events=self._told(number),
        )

    def _file(self, line: Line) -> KeptFile:
        body = line.body
        return KeptFile(
            sha256=body["sha256"],
            name=body["name"],
            size_bytes=body["bytes"],
            kind=body["what"],
            at=_time(body["at"]),
            step=body.get("step", 0),
            path=self.folder / "files" / f"{body['sha256']}-{body['name']}",
        )


def _item(attempt: _Attempt) -> ItemStory:
    began, end = attempt.began.body, attempt.ended.body if attempt.ended else {}
    return ItemStory(
        key=began.get("item", ""),
        attempt=began.get("attempt", 0),
        began_at=_time(began["at"]),
        outcome=end.get("outcome", ""),
        took_ms=end.get("ms"),
        steps=tuple(attempt.steps),
    )
