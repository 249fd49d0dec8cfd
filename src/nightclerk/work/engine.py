"""The durable engine behind the runs: DBOS keeps which run is queued, running or ended, through any crash.

All of DBOS is in this file. What it cannot know (did the click land on the other side's screen?) is in `ledger.py`.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from dbos import DBOS, DBOSConfig, SetEnqueueOptions, SetWorkflowID
from sqlalchemy import create_engine

from nightclerk.errors import MissingPart

#: What a worker can have; one queue each, so that work goes only where it can be done.
CAPABILITIES = ("web", "desktop", "files")
#: Bump when the steps of `_perform_run` change: an older worker then leaves newer runs alone.
APPLICATION_VERSION = "1"

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

    One live process for an executor id: a second one raises MissingPart(ENGINE_BUSY). After a crash the same id
    takes its unfinished runs up again by itself.
    """

    def __init__(
        self, url: str, *, runner: Callable[[str], str], folder: Path, executor: str = "main",
        parallel: dict[str, int] | None = None,
    ) -> None:  # fmt: skip
        global _runner
        self._lock = ExecutorLock(folder / f"executor-{executor}.lock")
        self._calls = ThreadPoolExecutor(max_workers=1, thread_name_prefix="engine")
        _runner = runner
        try:
            self._call(_launch, url, executor, parallel or {})
        except BaseException:
            self.close()
            raise

    def _call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call DBOS from a thread of its own: it refuses calls from within a step (the end of one run fires the
        next) and from a thread with an event loop (an open Playwright has one)."""
        return self._calls.submit(function, *arguments).result()

    def fire(self, run: str, *, needs: str = "web") -> None:
        """Queue a run under its id. Firing the same id again does nothing."""
        self._call(_enqueue, run, needs)

    def cancel(self, run: str) -> None:
        """Take a run off the queue, or forget it; the worker itself sees the cancel in the books."""
        self._call(DBOS.cancel_workflow, run)

    def status(self, run: str) -> str:
        """DBOS's word for where the run stands, "" for an unknown one."""
        found = self._call(DBOS.get_workflow_status, run)
        return str(found.status) if found else ""

    def close(self) -> None:
        """End the engine; a run whose end is under way may take ten seconds to be recorded."""
        self._calls.shutdown()
        with ThreadPoolExecutor(max_workers=1) as last:
            last.submit(_destroy).result()
        self._lock.release()


def _launch(url: str, executor: str, parallel: dict[str, int]) -> None:
    _prepare(url)
    logging.getLogger("dbos").setLevel(logging.ERROR)
    DBOS(
        config=DBOSConfig(
            name="nightclerk",
            system_database_url=url,
            executor_id=executor,
            log_level="ERROR",
            application_version=APPLICATION_VERSION,
            enable_otlp=False,
        )
    )
    DBOS.listen_queues([_queue(name) for name in CAPABILITIES])
    DBOS.launch()
    for name in CAPABILITIES:
        DBOS.register_queue(
            _queue(name),
            worker_concurrency=parallel.get(name, 1),
            polling_interval_sec=0.5,
            on_conflict="always_update",
        )


def _enqueue(run: str, needs: str) -> None:
    with SetWorkflowID(run), SetEnqueueOptions(app_version=APPLICATION_VERSION):
        DBOS.enqueue_workflow(_queue(needs), _perform_run, run)


def _destroy() -> None:
    DBOS.destroy(workflow_completion_timeout_sec=10)


def _queue(capability: str) -> str:
    return f"can-{capability}"


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
            _lock(self._handle)
        except OSError as error:
            self._handle.close()
            raise MissingPart(
                code="ENGINE_BUSY", part=f"the sole use of {file.name}",
                remedy="Another nightclerk works in this workspace; stop it first",
            ) from error  # fmt: skip
        self._guard = threading.Lock()

    def release(self) -> None:
        with self._guard:
            if not self._handle.closed:
                self._handle.close()


def _lock(handle: Any) -> None:
    if os.name == "nt":  # not run on Windows here: see the README's "what is not proven"
        import msvcrt

        handle.seek(0)
        msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
    else:
        import fcntl

        fcntl.flock(handle.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
