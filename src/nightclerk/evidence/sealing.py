"""Give the journal of a run that is over its end, where the run's own process died before it could."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nightclerk.evidence.film import open_film
from nightclerk.evidence.heads import has_ended
from nightclerk.evidence.journal import JOURNAL
from nightclerk.ports import Clock


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """A film that was given its end: its name, and its last line for the database."""

    run: str
    seq: int
    hash: str


def seal(*, logs: Path, data: Path, run: str, outcome: str, why: str, clock: Clock) -> Sealed | None:
    """End a film with the outcome that the books give its run, so that nothing behind its last signature stays open.

    None where there is nothing to do: no journal, ended already, or the film of another machine (only the machine that
    has the run's salt may go on with it). The lines that the crash left unsealed are counted in the `resume` line, as
    always. Raises JournalBusy while a process writes it, and EvidenceError where its chain does not hold: what was
    changed is not signed over.
    """
    folder = logs / run
    if not (folder / JOURNAL).is_file() or has_ended(folder) or not (data / "salts" / f"{run}.salt").is_file():
        return None
    film = open_film(logs=logs, data=data, run=run, clock=clock)
    try:
        film.begin({"sealed": why})
        film.end(outcome, {"sealed": why})
        seq, head = film.head()
    finally:
        film.close()
    return Sealed(run=run, seq=seq, hash=head)
