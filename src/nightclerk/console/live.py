"""Live updates: one watcher for all browsers reads the books twice a second and sends only what changed."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from loguru import logger
from starlette.concurrency import run_in_threadpool

from nightclerk.console import counted, files, film
from nightclerk.console.guard import cookie_name
from nightclerk.console.people import People
from nightclerk.console.services import Services
from nightclerk.domain.items import FOR_A_PERSON, RunState
from nightclerk.errors import EvidenceError
from nightclerk.evidence.journal import JOURNAL
from nightclerk.evidence.replay import Event, Follower
from nightclerk.texts import current_language, language

router = APIRouter()
PERIOD_S = 0.4
SIGNED_OUT = 4401
GOING_ON = (RunState.RUNNING, RunState.QUEUED)
BACKLOG = 25


@dataclass(eq=False, kw_only=True)
class Viewer:
    """One open browser tab."""

    socket: WebSocket
    token: str
    language: str
    run: str = ""
    film: Follower | None = None  # how far this tab has been told of the journal of `run`
    sequence: int = 0
    shots: dict[int, Event] = field(default_factory=dict)

    async def send(self, kind: str, **facts: Any) -> None:
        self.sequence += 1
        await self.socket.send_json({"type": kind, "seq": self.sequence, **facts})


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """What the watcher saw: one comparable value a topic, and the cells of the runs that go on."""

    topics: Mapping[str, Any]
    runs: Mapping[str, Mapping[str, Any]]
    open_tasks: int


def look(services: Services, before: Snapshot | None = None) -> Snapshot:
    """Read the books once for everybody. A run that went on `before` and has ended since is told of once more."""
    store = services.store
    running = store.runs(states=GOING_ON, limit=100)
    known = {run.run for run in running}
    went_on = [run for run, cells in (before.runs if before else {}).items() if cells["state"] in GOING_ON]
    ended = [record for run in went_on if run not in known and (record := store.run(run))]
    tasks, waiting = store.tasks(open_only=True, limit=20), store.open_tasks()
    newest = store.runs(limit=10)
    slots = store.slots(limit=30)
    attention = {
        queue: [counts.get(state, 0) for state in sorted(FOR_A_PERSON)]
        for queue, counts in counted.queues(store).items()
    }
    return Snapshot(
        topics={
            "runs": [(run.run, run.state) for run in (*newest, *running)],
            "tasks": (waiting, [task.task for task in tasks]),
            "slots": [(slot.slot_id, slot.outcome) for slot in slots],
            "items": attention,
        },
        runs={
            run.run: {"step": run.step, "item": run.item, "counts": dict(run.counts), "state": str(run.state)}
            for run in (*running, *ended)
        },
        open_tasks=waiting,
    )


class Hub:
    """All open tabs and the one task that feeds them. It rests while nobody looks."""

    def __init__(self, services: Services, people: People) -> None:
        self.services = services
        self.people = people
        self.viewers: set[Viewer] = set()
        self._somebody = asyncio.Event()
        self._last: Snapshot | None = None

    def add(self, viewer: Viewer) -> None:
        self.viewers.add(viewer)
        self._somebody.set()

    def drop(self, viewer: Viewer) -> None:
        self.viewers.discard(viewer)
        if not self.viewers:
            self._somebody.clear()
            self._last = None

    async def watch(self) -> None:
        """Run until cancelled. A look that fails (a locked database, say) is made again the next time."""
        while True:
            await self._somebody.wait()
            try:
                now = await run_in_threadpool(look, self.services, self._last)
            except Exception as error:
                logger.warning("The console could not read the books, trying again: {}", error)
            else:
                changed = self._changed(now)
                await asyncio.gather(*(self._tell(viewer, now, changed) for viewer in list(self.viewers)))
                self._last = now
            await asyncio.sleep(PERIOD_S)

    def _changed(self, now: Snapshot) -> tuple[list[str], dict[str, Any]]:
        last = self._last
        if last is None:
            return [], {}
        topics = [topic for topic, value in now.topics.items() if last.topics.get(topic) != value]
        return topics, {run: cells for run, cells in now.runs.items() if last.runs.get(run) != cells}

    async def _tell(self, viewer: Viewer, now: Snapshot, changed: tuple[list[str], dict[str, Any]]) -> None:
        """Send one tab what concerns it; a tab whose session has ended is shown the door."""
        try:
            if self.people.session(viewer.token, now=self.services.now()) is None:
                self.drop(viewer)
                await viewer.socket.close(SIGNED_OUT)
                return
            topics, runs = changed
            if topics:
                await viewer.send("changed", topics=topics, open_tasks=now.open_tasks)
            for run, cells in runs.items():
                await viewer.send("run", run=run, **cells)
            if viewer.run:
                await self._tell_film(viewer)
        except (WebSocketDisconnect, RuntimeError):
            self.drop(viewer)
        except EvidenceError as error:
            logger.warning("The film of {} cannot be read yet: {}", viewer.run, error)

    async def _tell_film(self, viewer: Viewer) -> None:
        lines = await run_in_threadpool(self._film_lines, viewer)
        if lines:
            pictures = [line for line in lines[:-BACKLOG] if line["kind"] == "picture"]
            await viewer.send("film", run=viewer.run, lines=pictures[-1:] + lines[-BACKLOG:])

    def _film_lines(self, viewer: Viewer) -> list[dict[str, Any]]:
        """The run's new journal lines as captions; a picture comes with the act that it shows."""
        folder = files.run_folder(self.services.logs, viewer.run)
        if folder is None or not (folder / JOURNAL).exists():
            return []
        viewer.film = viewer.film or Follower(folder)
        with language(viewer.language):
            return [line for event in viewer.film.news() if (line := _line(viewer, event))]


def _line(viewer: Viewer, event: Event) -> dict[str, Any] | None:
    """One caption for the browser; None for lines that nobody needs to see."""
    if event.kind == "picture":
        act = viewer.shots.pop(event.facts.get("shot", 0), None)
        box = act.box if act else None
        size = event.facts.get("size") or [0, 0]
        return {
            "kind": "picture", "picture": event.picture, "size": size,
            "box": [box.x, box.y, box.width, box.height] if box else None,
        }  # fmt: skip
    if "shot" in event.facts:
        viewer.shots[event.facts["shot"]] = event
    if event.kind == "step":
        return {"kind": "step", "text": event.facts.get("name", ""), "item": event.item}
    if event.kind in {"act", "note", "file"}:
        return {"kind": event.kind, "text": film.told(event), "value": film.value_of(event), "item": event.item}
    return None


@router.websocket("/live")
async def live(socket: WebSocket, run: str = "") -> None:
    """One socket a tab. The guard has checked session, right and origin before this runs."""
    hub: Hub = socket.app.state.hub
    await socket.accept()
    viewer = Viewer(
        socket=socket,
        token=socket.cookies.get(cookie_name(socket), ""),
        language=current_language(),
        run=run if files.RUN_ID.fullmatch(run) else "",
    )
    hub.add(viewer)
    with contextlib.suppress(WebSocketDisconnect):
        await viewer.send("hello")
        while True:
            await socket.receive_text()
    hub.drop(viewer)
