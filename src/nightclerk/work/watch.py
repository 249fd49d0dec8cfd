"""Runs that hang: at work, and for longer than their bot allows neither a step begun nor an item filed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from loguru import logger

from nightclerk.domain.items import RunRecord, RunState
from nightclerk.ports import Clock
from nightclerk.texts import say
from nightclerk.work.store import SqlStore
from nightclerk.workspace import Workspace

#: What a run's reason begins with while it hangs.
HANGS = "HANGS"


def hanging(store: SqlStore, workspace: Workspace, now: datetime) -> list[RunRecord]:
    """Runs at work that have neither begun a step nor filed an item for longer than their bot allows."""
    found = []
    for run in store.runs(states=[RunState.RUNNING], limit=1000):
        bot = workspace.bots.get(run.bot)
        moved = run.moved_at or run.started_at
        if bot is not None and moved is not None and now - moved > timedelta(seconds=bot.hangs_after_s):
            found.append(run)
    return found


@dataclass(frozen=True, kw_only=True)
class Watch:
    """Writes into the books which runs hang, so that lists and console show it, channels or no channels."""

    store: SqlStore
    workspace: Workspace
    clock: Clock

    def look(self) -> None:
        """Mark runs that hang, and unmark those that have moved again."""
        hung = {run.run for run in hanging(self.store, self.workspace, self.clock.now())}
        for run in self.store.runs(states=[RunState.RUNNING], limit=1000):
            marked = run.reason.startswith(HANGS)
            if run.run in hung and not run.reason:
                reason = f"{HANGS}: {say('workers.hangs', step=run.step)}"
                self.store.change_run(run.run, expect=[RunState.RUNNING], reason=reason)
                logger.warning("run {} hangs at {!r}", run.run, run.step)
            elif marked and run.run not in hung:
                self.store.change_run(run.run, expect=[RunState.RUNNING], reason="")
