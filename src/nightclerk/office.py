"""One workspace at work in one process: its books, its engine, its shift and, unattended, its clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from nightclerk.app import SystemClock, bind, business_day, store_of
from nightclerk.domain.items import RunState
from nightclerk.flow import load_flow
from nightclerk.work.clockwork import clockwork, missed_starts, next_starts
from nightclerk.work.engine import Engine
from nightclerk.work.shift import Shift
from nightclerk.work.worker import perform_in_child
from nightclerk.workspace import Workspace

#: How far back a scheduler that starts looks for starts that nobody planned.
BACKFILL = timedelta(days=2)


class Office:
    """Opens everything that works on a workspace, and closes it again."""

    def __init__(self, workspace: Workspace, *, parallel: Mapping[str, int] | None = None) -> None:
        self.workspace = workspace
        self.clock = SystemClock()
        self._performing: set[str] = set()
        self.store = store_of(workspace)
        self.shift = Shift(workspace=workspace, store=self.store, clock=self.clock, fire=self._fire)
        self.engine = Engine(
            workspace.settings.database or f"sqlite:///{workspace.data / 'engine.db'}",
            runner=self._perform,
            folder=workspace.data,
            parallel={"web": 3, "desktop": 1, "files": 2, **(parallel or {})},
        )
        for run in self.store.runs(states=[RunState.QUEUED], limit=1000):
            self._fire(run.run, workspace.bots[run.bot].needs if run.bot in workspace.bots else "web")
        self._scheduler: Any = None

    def _fire(self, run: str, needs: str) -> None:
        self.engine.fire(run, needs=needs)

    def _perform(self, run: str) -> str:
        record = self.store.run(run)
        timeout_s = self.workspace.bot(record.bot).timeout_s if record else 3600.0
        self._performing.add(run)
        try:
            state = perform_in_child(
                run, root=self.workspace.root, store=self.store, clock=self.clock, timeout_s=timeout_s
            )
        finally:
            self._performing.discard(run)
            self.shift.run_ended(run)
        return state.value

    def over(self, run: str) -> bool:
        """Whether a run has ended and its process is gone."""
        record = self.store.run(run)
        ended = record is not None and record.state not in (RunState.QUEUED, RunState.RUNNING)
        return ended and run not in self._performing

    def launch(
        self, bot: str, parameters: Mapping[str, Any], *, by: str, rehearse: bool = False, first: int | None = None
    ) -> str:
        """Check the parameters against the flow, then queue a run; returns its id."""
        found = self.workspace.bot(bot)
        bind(load_flow(found.flow), found, parameters, business_day(self.workspace))
        return self.shift.launch(found, dict(parameters), by=by, rehearse=rehearse, first=first)

    def cancel(self, run: str, by: str) -> None:
        """Stop a run after the item in its hands; one that is still queued never starts."""
        record = self.store.run(run)
        if record is None or record.state not in (RunState.QUEUED, RunState.RUNNING):
            return
        self.store.update_run(run, state=RunState.CANCELLED, reason=f"{by}", ended_at=self.clock.now())
        if record.state is RunState.QUEUED:
            self.engine.cancel(run)
            self.shift.run_ended(run)

    def next_starts(self, bot: str, n: int = 5) -> list[datetime]:
        found, timezone = self.workspace.bot(bot), self.workspace.settings.timezone
        return next_starts(found, timezone=timezone, now=self.clock.now(), n=n)

    def keep_time(self) -> None:
        """Start the clock: plan what was missed since the last slot, then every start as it comes."""
        bots = self.workspace.bots.values()
        for bot in bots:
            last = next(iter(self.store.slots(bot=bot.name, limit=1)), None)
            since = last.planned_for if last else self.clock.now()
            since = max(since, self.clock.now() - BACKFILL)
            timezone = self.workspace.settings.timezone
            for planned_for in missed_starts(bot, timezone=timezone, since=since, now=self.clock.now()):
                self._start(bot.name, planned_for)
        self._scheduler = clockwork(bots, self._start, timezone=self.workspace.settings.timezone)
        self._scheduler.start()

    def _start(self, bot: str, planned_for: datetime) -> None:
        zone = ZoneInfo(self.workspace.settings.timezone)
        night = (planned_for.astimezone(zone) - timedelta(hours=12)).date()
        self.shift.start_slot(self.workspace.bots[bot], planned_for.astimezone(UTC), shift=f"night-{night}")

    def close(self) -> None:
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)
        self.engine.close()
        self.store.close()


def wait_for_run(office: Office, run: str, *, tick: Callable[[], None], timeout_s: float) -> RunState:
    """Wait until a run has ended; `tick` about twice a second."""
    deadline = office.clock.monotonic() + timeout_s
    while not office.over(run) and office.clock.monotonic() < deadline:
        tick()
        office.shift.pause(0.5)
    record = office.store.run(run)
    return record.state if record is not None and office.over(run) else RunState.CRASHED
