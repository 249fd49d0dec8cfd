"""Take out of the evidence what is due, with a signed record of it, so that verification still passes.

Broken evidence and runs that are being written are left alone. The record is on the disk before anything is deleted:
a crash in between leaves files that the next pruning deletes.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nightclerk.evidence.errors import JournalBusy
from nightclerk.evidence.heads import left_off_at
from nightclerk.evidence.journal import JOURNAL, claim
from nightclerk.evidence.keys import KeyRing, SigningKey
from nightclerk.evidence.reading import Reading, read_journal
from nightclerk.evidence.removed import RECEIPTS, Removal, read_removals, record_removal
from nightclerk.evidence.retention import Due, Retention, what_is_due
from nightclerk.evidence.verify import ACCESS, MARKS_OF_A_RUN, access_removed, verify
from nightclerk.texts import say


@dataclass(frozen=True, kw_only=True)
class Pruned:
    """What became of one run (or, with `run` empty, of what lies beside the evidence)."""

    run: str
    removed: Mapping[str, int] = field(default_factory=dict)  # class -> how many files
    size_bytes: int = 0
    journal: bool = False
    salt: bool = False
    skipped: str = ""

    def sentence(self) -> str:
        if self.skipped:
            return say(f"prune.skipped.{self.skipped}", run=self.run)
        what = [say(f"prune.class.{name}", n=n) for name, n in self.removed.items() if n]
        what += [say(f"prune.{name}") for name in ("journal", "salt") if getattr(self, name)]
        return say("prune.run", run=self.run, what=", ".join(what), kb=self.size_bytes // 1024)

    def as_json(self) -> dict[str, Any]:
        return {
            "run": self.run, "removed": dict(self.removed), "bytes": self.size_bytes, "journal": self.journal,
            "salt": self.salt, "skipped": self.skipped,
        }  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Remover:
    """Whoever takes something out of a workspace's evidence. `anchored` answers heads from the database, as for
    `verify`; `who` signs for it by name; `tell` writes (run, facts) to the access journal before a deletion; `anchor`
    notes down (name, number, hash) of the last record, so that one that is cut off again shows."""

    logs: Path
    data: Path
    policy: Retention
    key: SigningKey
    ring: KeyRing
    who: str
    now: datetime
    tell: Callable[[str, dict[str, Any]], None]
    anchored: Callable[[str], tuple[int, str] | None] | None = None
    anchor: Callable[[str, int, str], None] = lambda name, seq, head: None
    dry_run: bool = False

    def sign_for(self, folder: Path, removal: Removal) -> None:
        """Write the record and anchor it; only after this may anything be deleted."""
        seq, head = record_removal(folder, removal, key=self.key, ring=self.ring, now=self.now)
        self.anchor(f"{RECEIPTS}/{folder.name}", seq, head)


@dataclass(frozen=True, kw_only=True)
class Pruner(Remover):
    """Prunes one workspace."""

    def prune(self) -> Iterator[Pruned]:
        """Go through all runs and what lies beside them; yields what was (or would be) removed."""
        for folder in sorted(self.logs.iterdir()):
            marked = any((folder / mark).exists() for mark in MARKS_OF_A_RUN)
            done = self._run(folder) if marked else None
            if done is not None:
                yield done
        yield from self._beside()

    # ------------------------------------------------------------------------------------ one run

    def _run(self, folder: Path) -> Pruned | None:
        since = left_off_at(folder)
        if since is None or not self._worth_reading(folder, since):
            return None
        if self.dry_run:
            return self._plan(folder, since)[1]
        try:
            with claim(folder / JOURNAL):
                told, removal = self._record(folder, since)
        except JournalBusy:
            return Pruned(run=folder.name, skipped="busy")
        if removal is not None:
            take_out(folder, removal, salt=self._salt(folder.name))
        return told

    def _worth_reading(self, folder: Path, since: datetime) -> bool:
        """Whether anything can be due at all, told without reading the journal."""
        files, policy = (folder / "files").is_dir(), self.policy
        return (
            ((folder / "pictures").is_dir() and policy.is_due("pictures", since, self.now))
            or (files and any(policy.is_due(name, since, self.now) for name in ("traces", "files", "accounting")))
            or (self._salt(folder.name).exists() and policy.is_due("salts", since, self.now))
            or policy.is_due("journal", since, self.now)
        )

    def _plan(self, folder: Path, since: datetime) -> tuple[Due, Pruned | None, Reading]:
        reading = read_journal(folder / JOURNAL)
        removals = read_removals(folder, lambda name: self.ring)
        gone = {name for name in removals.names if not (folder / name).exists()}
        due = what_is_due(
            self.policy, since=since, now=self.now,
            pictures={name: 0 for name in reading.pictures if f"pictures/{name}" not in gone},
            kinds={name: kind for name, kind in reading.kinds.items() if f"files/{name}" not in gone},
        )  # fmt: skip
        salt = due.salt and self._salt(folder.name).exists()
        due = Due(names=due.names, journal=due.journal, salt=salt, kept=due.kept)
        size = sum(_size(folder / name) for group in due.names.values() for name in group)
        counts = {name: len(group) for name, group in due.names.items() if group}
        told = Pruned(run=folder.name, removed=counts, size_bytes=size, journal=due.journal, salt=salt)
        return due, told if due else None, reading

    def _record(self, folder: Path, since: datetime) -> tuple[Pruned | None, Removal | None]:
        """Sign for what is due; only then may it be deleted."""
        due, told, reading = self._plan(folder, since)
        if told is None and reading.fault is None:
            return None, None
        if told is None or not verify(folder, self.ring, self.anchored).ok:
            return Pruned(run=folder.name, skipped="broken"), None
        classes = [*due.names, *(["journal"] if due.journal else []), *(["salts"] if due.salt else [])]
        removal = Removal(
            kind="prune", who=self.who, why=", ".join(f"{name}: {getattr(self.policy, name)}" for name in classes),
            names=tuple(name for group in due.names.values() for name in group), journal=due.journal, salt=due.salt,
            head=(reading.seq, reading.hash),
        )  # fmt: skip
        self.tell(folder.name, told.as_json())
        self.sign_for(folder, removal)
        return told, removal

    def _salt(self, run: str) -> Path:
        return self.data / "salts" / f"{run}.salt"

    # ------------------------------------------------------------------------- beside the evidence

    def _beside(self) -> Iterator[Pruned]:
        """Logs of workers, the runs' working copies, and access journals of months long past: by their own age."""
        for name, paths in (
            ("worker_logs", (self.data / "workers").glob("*.log")),
            ("run_files", (self.data / "files").glob("*")),
            ("access", (self.logs / ACCESS).glob("*.jsonl")),
        ):
            due = [path for path in sorted(paths) if self.policy.is_due(name, _changed_at(path), self.now)]
            size = sum(_size(path) for path in due)
            if due and not self.dry_run:
                self.tell("", {name: self._gone(due) if name == "access" else [path.name for path in due]})
            for path in due if not self.dry_run else ():
                shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
            if due:
                yield Pruned(run=f"{name}/", removed={name: len(due)}, size_bytes=size)

    def _gone(self, due: list[Path]) -> list[str]:
        """The access journals that go, and those of which only they tell that they went before."""
        return sorted({stem for path in due for stem in (path.stem, *access_removed(path, lambda name: self.ring))})


def take_out(folder: Path, removal: Removal, *, salt: Path) -> None:
    """Delete what a record that is on the disk already says; folders that are empty then go too."""
    for name in removal.names:
        (folder / name).unlink(missing_ok=True)
    if removal.salt:
        salt.unlink(missing_ok=True)
    if removal.journal:
        (folder / JOURNAL).unlink(missing_ok=True)
    for name in ("pictures", "files"):
        with contextlib.suppress(OSError):  # not there, or not empty
            (folder / name).rmdir()


def _changed_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _size(path: Path) -> int:
    if path.is_dir():
        return sum(one.stat().st_size for one in path.rglob("*") if one.is_file())
    return path.stat().st_size if path.exists() else 0
