"""What time it is: the machine's own clock, or one for all machines that share a database."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from nightclerk.work.pulse import boottime_s
from nightclerk.work.store import SqlStore
from nightclerk.workspace import Workspace

#: Environment variable; only `nightclerk chaos` sets it.
CHAOS_CLOCK = "NIGHTCLERK_CHAOS_CLOCK"


class SystemClock:
    """The machine's own clock. `nightclerk chaos` moves it by the seconds in the file that CHAOS_CLOCK names."""

    def __init__(self) -> None:
        self._moved = os.environ.get(CHAOS_CLOCK, "")

    def now(self) -> datetime:
        return datetime.now(UTC) + (_moved_by(self._moved) if self._moved else timedelta())

    def adjust(self) -> None:
        """A machine's own clock is set by others."""

    def monotonic(self) -> float:
        """Seconds that no change of the wall clock moves; they count a suspend where the system can tell."""
        return boottime_s()


class SharedClock(SystemClock):
    """The clock of a shared database, carried on by our own count of seconds: machines whose clocks differ agree.

    As exact as half the time that asking took; a jump of this machine's clock does not move it.
    """

    def __init__(self, store: SqlStore) -> None:
        super().__init__()
        self._store = store
        self.adjust()

    def now(self) -> datetime:
        asked_s, told = self._told
        return told + timedelta(seconds=boottime_s() - asked_s)

    def adjust(self) -> None:
        """Ask the database for its time (again)."""
        began_s = boottime_s()
        told = self._store.time(datetime.now(UTC))
        self._told = ((began_s + boottime_s()) / 2, told)


def _moved_by(file: str) -> timedelta:
    """How far chaos has moved the clock; nothing while there is no file."""
    try:
        return timedelta(seconds=float(Path(file).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return timedelta()


def clock_of(workspace: Workspace, store: SqlStore) -> SystemClock:
    """The time that leases are judged by: one for all machines that share a database."""
    return SharedClock(store) if workspace.settings.database else SystemClock()
