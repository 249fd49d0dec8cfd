"""The durable engine behind the runs: DBOS keeps which run is queued, running or ended, through any crash.

All of DBOS is in this file. What it cannot know (did the click land on the other side's screen?) is in `ledger.py`.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

from dbos import DBOS, DBOSClient, DBOSConfig, EnqueueOptions
from sqlalchemy import create_engine

from nightclerk.domain.items import RunRecord
from nightclerk.domain.schedules import place_in_queue
from nightclerk.domain.workers import USUAL_CANS
from nightclerk.errors import MissingPart
from nightclerk.locks import hold
from nightclerk.texts import say
from nightclerk.work.books import reachable

#: Bump when the steps of `_perform_run` change: an older worker then leaves newer runs alone.
APPLICATION_VERSION = "1"
#: What DBOS calls a run that somebody will still perform, or performs.
OPEN = ("ENQUEUED", "DELAYED", "PENDING")
_TURN = "~"

_runner: Callable[[str], str] | None = None


@DBOS.step(name="spawn")
def _spawn(run: str) -> str:
    assert _runner is not None, "the engine was launched without a runner"
    return _runner(run)


@DBOS.workflow(name="perform_run")
def _perform_run(run: str) -> str:
    return _spawn(run)


class Engine:
    """Fires runs into durable queues and performs them through `runner` (run id -> how it ended).

    One live process for an executor id. Where an id is used again and again, `folder` keeps its lock: a second process
    raises MissingPart(ENGINE_BUSY), and after a crash the same id takes its unfinished runs up again by itself. Runs of
    an id that is never used again go on after `take_over`. `cans`: what this process takes runs for (none: it only
    fires). `version`: runs that were fired with another one are left alone.
    """

    def __init__(
        self, url: str, *, runner: Callable[[str], str], folder: Path | None, executor: str = "main",
        parallel: Mapping[str, int] | None = None, cans: Iterable[str] = USUAL_CANS, version: str = "",
    ) -> None:  # fmt: skip
        global _runner
        self._lock = ExecutorLock(folder / f"executor-{executor}.lock") if folder else None
        self.url, self.executor, self.version = url, executor, version
        self._stopped = False
        _runner = runner
        try:
            # DBOS refuses to be launched from within a step and from a thread with an event loop
            _aside(_launch, url, executor, tuple(cans), parallel or {}, _application(version))
            self._client = DBOSClient(
                system_database_url=_plain(url), application_name="nightclerk", retry_connection_errors=False
            )  # fmt: skip
        except BaseException:
            _aside(_destroy)
            self._free()
            raise

    def fire(
        self, run: str, *, needs: str = "web", turn: int = 0, version: str = "", due_at: datetime | None = None
    ) -> None:
        """Queue a run, before those whose deadline is later. Firing the same turn of it again does nothing."""
        options = EnqueueOptions(
            workflow_name="perform_run", queue_name=_queue(needs), workflow_id=_workflow(run, turn),
            app_version=_application(version or self.version), priority=place_in_queue(due_at),
        )  # fmt: skip
        with reachable():
            self._client.enqueue(options, run)

    def cancel(self, run: str, *, turn: int = 0) -> None:
        """Take a run off the queue, or forget it; the worker itself sees the cancel in the books."""
        with reachable():
            self._client.cancel_workflow(_workflow(run, turn))

    def status(self, run: str, *, turn: int = 0) -> str:
        """DBOS's word for where the run stands, "" for an unknown one."""
        name = _workflow(run, turn)
        found = self._list(workflow_ids=[name])
        return str(found[0].status) if found else ""

    def statuses(self, runs: Iterable[RunRecord]) -> dict[str, str]:
        """DBOS's word for the present turn of each run that it knows."""
        names = {_workflow(run.run, run.turn): run.run for run in runs}
        found = self._list(workflow_ids=list(names))
        return {names[one.workflow_id]: str(one.status) for one in found} if names else {}

    def executors(self) -> list[str]:
        """Who performs something now, as far as the engine knows: the dead among them too."""
        found = self._list(status="PENDING", limit=1000)
        return sorted({str(one.executor_id) for one in found})

    def held_by(self, executor: str) -> list[str]:
        """The runs that an executor has taken up and not ended."""
        return [name.partition(_TURN)[0] for name, _ in self._pending(executor)]

    def take_over(self, executor: str) -> list[str]:
        """Put what a dead executor was performing back into its queues; returns the runs. The engine lets the dead
        one record nothing more, but it cannot stop its hands: make sure of that first."""
        taken = []
        for name, queue in self._pending(executor):
            with reachable():
                self._client.resume_workflow(name, queue_name=queue)
            taken.append(name.partition(_TURN)[0])
        return taken

    def prune(self, before: datetime, *, limit: int = 1000) -> int:
        """Forget runs that ended before a moment (their records, evidence and ledger stay); returns how many."""
        ended = self._list(
            status=["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"],
            completed_before=before.isoformat(), limit=limit,
        )  # fmt: skip
        if ended:
            with reachable():
                self._client.delete_workflows([one.workflow_id for one in ended])
        return len(ended)

    def stop(self) -> None:
        """Perform nothing any more; a run whose end is under way may take ten seconds to be recorded. Firing and asking
        still work."""
        if not self._stopped:
            self._stopped = True
            _aside(_destroy)

    def close(self) -> None:
        """End the engine and free its executor id."""
        self.stop()
        self._client.destroy()
        self._free()

    def _free(self) -> None:
        if self._lock is not None:
            self._lock.release()

    def _list(self, **wanted: Any) -> list[Any]:
        with reachable():
            return list(self._client.list_workflows(load_input=False, load_output=False, **wanted))

    def _pending(self, executor: str) -> list[tuple[str, str]]:
        found = self._list(status="PENDING", executor_id=executor, limit=1000)
        return [(one.workflow_id, str(one.queue_name)) for one in found if one.queue_name]


def _launch(url: str, executor: str, cans: tuple[str, ...], parallel: Mapping[str, int], version: str) -> None:
    _prepare(url)
    logging.getLogger("dbos").setLevel(logging.ERROR)
    DBOS(
        config=DBOSConfig(
            name="nightclerk",
            system_database_url=_plain(url),
            sys_db_pool_size=6,
            executor_id=executor,
            log_level="ERROR",
            application_version=version,
            enable_otlp=False,
        )
    )
    DBOS.listen_queues([_queue(name) for name in cans])
    DBOS.launch()
    for name in {*cans, *USUAL_CANS}:
        # No partition limit anywhere (it is no mutex): the account lease is. So no shared budget is needed either.
        DBOS.register_queue(
            _queue(name),
            worker_concurrency=_at_once(name, parallel),
            polling_interval_sec=0.5 if url.startswith("sqlite") else 1.0,
            on_conflict="always_update",
        )


def _at_once(can: str, parallel: Mapping[str, int]) -> int:
    """How many runs at once: what is said of `desktop:u8`, else of `desktop`, else one."""
    return parallel.get(can, parallel.get(can.partition(":")[0], 1))


def _destroy() -> None:
    DBOS.destroy(workflow_completion_timeout_sec=10)


def _aside(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call DBOS from a thread of its own."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="engine") as thread:
        return thread.submit(function, *arguments).result()


def _queue(capability: str) -> str:
    return f"can-{capability}"


def _workflow(run: str, turn: int) -> str:
    """DBOS's name for one turn of a run: a run that went on after a pause is another workflow."""
    return f"{run}{_TURN}{turn}" if turn else run


def _application(version: str) -> str:
    return f"{APPLICATION_VERSION}-{version}" if version else APPLICATION_VERSION


def _plain(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def _prepare(url: str) -> None:
    """SQLite: make the folder and turn on WAL, which DBOS leaves off."""
    if not url.startswith("sqlite:///"):
        return
    Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
    engine.dispose()


class ExecutorLock:
    """An operating system lock on a file: held by one live process, freed when it dies."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._handle: Any = file.open("a+b")
        try:
            hold(self._handle, wait=False)
        except OSError as error:
            self._handle.close()
            raise MissingPart(
                code="ENGINE_BUSY", part=say("reasons.sole_use", file=file.name),
                remedy=say("reasons.stop_the_other"),
            ) from error  # fmt: skip
        self._guard = threading.Lock()

    def release(self) -> None:
        with self._guard:
            if not self._handle.closed:
                self._handle.close()
