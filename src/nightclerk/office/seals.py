"""End the films of runs that the books count as over, although no process of theirs lived to end them."""

from __future__ import annotations

from collections.abc import Iterator

from loguru import logger

from nightclerk.clocks import clock_of
from nightclerk.domain.items import RunRecord, RunState
from nightclerk.errors import EvidenceError
from nightclerk.evidence.sealing import Sealed, seal
from nightclerk.run import films_of
from nightclerk.work.store import SqlStore
from nightclerk.workspace import Workspace

OVER = (RunState.DONE, RunState.FAILED, RunState.CANCELLED, RunState.CRASHED)


def seal_run(workspace: Workspace, store: SqlStore, record: RunRecord) -> Iterator[Sealed]:
    """End what this machine has on film of a run that is over, and anchor it; what cannot be sealed is logged."""
    if record.state not in OVER:
        return
    clock, why = clock_of(workspace, store), record.reason or record.state.value
    for film in films_of(record):
        try:
            made = seal(
                logs=workspace.logs, data=workspace.data, run=film, outcome=record.state.value, why=why, clock=clock
            )
        except EvidenceError as error:
            logger.warning("the film {} was not sealed: {}", film, error)
            continue
        if made is not None:
            store.anchor(film, seq=made.seq, head=made.hash, now=clock.now())
            yield made


def seal_all(workspace: Workspace, store: SqlStore) -> list[Sealed]:
    """`seal_run` for every run that is over."""
    records = store.runs(states=OVER, limit=1_000_000)
    return [made for record in records for made in seal_run(workspace, store, record)]
