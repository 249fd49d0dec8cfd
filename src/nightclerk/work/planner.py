"""The scheduler's own judgement: which starts are due by the clock, by events, by files, by answers. Plans each once.

APScheduler rings (`clockwork.py`); this decides. Everything that was due since the last look is planned in order, so
a start is lost neither to a restart nor to a clock that jumps; looking twice, or on two machines, plans nothing twice.
"""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from loguru import logger

from nightclerk.domain.items import RunState, State, Task
from nightclerk.errors import WorkspaceError
from nightclerk.ports import Clock
from nightclerk.work.agenda import Agenda, schedule_text
from nightclerk.work.arrivals import Arrivals
from nightclerk.work.shift import Shift, clock_slot
from nightclerk.work.slots import Event
from nightclerk.work.timetable import timetable_of
from nightclerk.workspace import Bot

#: A mark this far ahead of the clock was set while the clock was wrong.
AHEAD = timedelta(minutes=10)
#: So long after it was given, an answer still starts its bot.
ANSWERS = timedelta(days=7)
_AT_WORK = (RunState.QUEUED, RunState.RUNNING, RunState.PAUSED)


@dataclass(kw_only=True)
class Planner:
    """Plans for all bots of a shift. Safe on several machines and threads."""

    shift: Shift
    agenda: Agenda
    clock: Clock
    _arrivals: Arrivals = field(default_factory=Arrivals)
    _troubles: dict[str, str] = field(default_factory=dict)
    _alone: threading.Lock = field(default_factory=threading.Lock)

    def look(self) -> None:
        """Plan whatever is due. One bot's bad schedule keeps no other from being planned."""
        with self._alone:
            for bot in self.shift.workspace.bots.values():
                self._guarded(bot)
            for name in self.agenda.gone():
                self._file_in_vain(name)
            for event in self.shift.store.open_events():
                self._start_for(event)
            for task in self.shift.store.answered_since(self.clock.now() - ANSWERS):
                self._go_on(task)

    def _guarded(self, bot: Bot) -> None:
        try:
            self._catch_up(bot)
            self._take_files(bot)
        except WorkspaceError as error:
            if self._troubles.get(bot.name) != str(error):
                logger.error("{} is not planned: {}", bot.name, error)
            self._troubles[bot.name] = str(error)
            self._file_in_vain(bot.name, f"SCHEDULE {bot.name}: {error}")
        else:
            self._troubles.pop(bot.name, None)

    # ------------------------------------------------------------------------------------- by the clock

    def _catch_up(self, bot: Bot) -> None:
        text, now = schedule_text(bot.schedule), self.clock.now()
        store = self.shift.store
        mark = self._mark(bot.name, now)
        if not text and mark is None:
            return
        self.agenda.understood(bot)
        for at in self.agenda.owed(bot, now):  # changed while nobody was on duty: what it owed is filed by name
            facts = {"was": mark[0] if mark else ""}
            self.shift.start_slot(bot, at, shift=self._night(at), facts=facts)
        due = self.agenda.unplanned(bot, now)
        later = clock_slot(bot.name, due[-1]) if due else ""
        for at in due:
            self.shift.start_slot(bot, at, shift=self._night(at), later=later if at != due[-1] else "")
        if mark is None or mark[0] != text or due:
            store.set_mark(bot.name, text, due[-1] if due else now)

    def _mark(self, bot: str, now: datetime) -> tuple[str, datetime] | None:
        """Up to when a bot is planned, and by which schedule; from now on, if a clock that was ahead has set it."""
        store = self.shift.store
        mark = store.mark(bot)
        if mark is None or mark[1] <= now + AHEAD:
            return mark
        gone = store.unplan(bot, after=now)
        logger.warning("the clock was ahead: {} is planned anew from now on, {} starts were unfiled", bot, gone)
        store.set_mark(bot, mark[0], now)
        return mark[0], now

    def _file_in_vain(self, name: str, why: str = "") -> None:
        """Starts that nobody can make, by the schedule that was last understood: blocked, by name.

        A bot whose file is gone leaves what it owed until now, and no more; a broken one owes until it is mended.
        """
        now = self.clock.now()
        mark = self._mark(name, now)
        if mark is None or not mark[0]:
            return
        due = self.agenda.by_mark(name, now)
        for at in due:
            self.shift.block_slot(name, at, shift=self._night(at), was=mark[0], why=why)
        if not why and not self.shift.workspace.broken(name):
            self.shift.store.set_mark(name, "", now)
        elif due:
            self.shift.store.set_mark(name, mark[0], due[-1])

    def _night(self, at: datetime) -> str:
        """The shift that a time belongs to: the night that begins at noon."""
        zone = ZoneInfo(self.shift.workspace.settings.timezone)
        return f"night-{(at.astimezone(zone) - timedelta(hours=12)).date()}"

    # ----------------------------------------------------------------------- by events, files and answers

    def _start_for(self, event: Event) -> None:
        name = f"event:{event.event}:{_short(event.key)}"
        facts = {"event": event.event, "key": event.key}
        for bot in self.shift.workspace.bots.values():
            if bot.schedule.get("event") == event.event:
                self.shift.start_slot(bot, event.at, shift=name, facts=facts, name=name, by=event.by or "event")
        self.shift.store.take_event(event, now=self.clock.now())

    def _take_files(self, bot: Bot) -> None:
        timetable = timetable_of(bot, timezone=self.shift.workspace.settings.timezone)
        if not timetable.file:
            return
        root = self.shift.workspace.root
        now_s = self.clock.monotonic()
        for path, version in self._arrivals.ready(root, timetable.file, now_s, timetable.settle.total_seconds()):
            name = f"file:{_short(f'{path}|{version}')}"
            facts = {"file": str(path)}
            self.shift.start_slot(bot, self.clock.now(), shift=name, facts=facts, name=name, by="file")
            self._arrivals.took(path, version)

    def _go_on(self, task: Task) -> None:
        """An answered item does not wait for its bot's next planned start; one that is under way takes it up itself."""
        store = self.shift.store
        item = store.item(task.queue, task.key) if task.key else None
        run = store.run(task.run) if task.run else None
        if item is None or run is None or item.state is not State.NEW or run.bot not in self.shift.workspace.bots:
            return
        if store.runs(bot=run.bot, states=_AT_WORK, limit=1):
            return
        alone = task.queue.startswith("run:")
        facts = {"answer": task.task} | ({"origin": task.key, "parameters": dict(run.parameters)} if alone else {})
        bot, name = self.shift.workspace.bots[run.bot], f"answer:{_short(f'{task.task}|{item.version}')}"
        by = task.answered_by or "answer"
        self.shift.start_slot(bot, self.clock.now(), shift=name, facts=facts, name=name, by=by)


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
