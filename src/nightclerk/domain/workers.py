"""Workers, and the pure decisions about them: who is gone, who can do a run, which flows are newer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

#: A worker says this often that it lives.
BEAT_S = 2.0
#: A worker whose last successful beat is older stops itself and every process that performs runs for it.
PULSE_S = 15.0
#: A worker that has been silent for this long is dead to the others. Longer than PULSE_S plus a commit's permit (20 s).
SILENCE_S = 40.0
#: Nobody judges the others before having reached the database himself for this long without a break.
CALM_S = 10.0

#: What a worker has when nobody says: a browser, a desktop, and hands for files.
USUAL_CANS = ("web", "desktop", "files")


@dataclass(frozen=True, kw_only=True)
class Worker:
    """One worker process, from its start to its end. `worker` is its id, never used again; `name` is for people.

    `place`: the machine since its last boot ("" where that cannot be known); `pid_started`: when the process began, as
    the system counts it; `version`: the flows it has. `outcome`: "" while it lives, left, or dead.
    """

    worker: str
    name: str
    machine: str
    place: str = ""
    pid: int = 0
    pid_started: str = ""
    cans: tuple[str, ...] = ()
    program: str = ""
    version: str = ""
    started_at: datetime | None = None
    beat_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: str = ""
    reaped_by: str = ""


def silent(worker: Worker, now: datetime, *, after_s: float = SILENCE_S) -> bool:
    """Whether a worker that has not left has also not been heard of for too long. `now` is the database's time."""
    return worker.ended_at is None and worker.beat_at is not None and now - worker.beat_at > timedelta(seconds=after_s)


def nobody_can(needs: str, version: str, workers: Iterable[Worker], *, now: datetime) -> str:
    """Why no worker takes a run: "" (somebody will), "needs" (nobody has what it needs), "version" (none so new)."""
    able = [w for w in workers if w.ended_at is None and not silent(w, now) and needs in w.cans]
    if not able:
        return "needs"
    return "" if any(w.version == version for w in able) else "version"


def newer(one: str, other: str, seen_at: Mapping[str, datetime]) -> bool:
    """Whether version `one` was first seen after version `other`; what was never seen is older than anything."""
    if one not in seen_at or one == other:
        return False
    return other not in seen_at or seen_at[one] > seen_at[other]
