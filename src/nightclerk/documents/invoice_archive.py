"""Originals of invoices: kept under their hash for good, found again, checked, and indexed to their voucher numbers.

The archive's index is a table (`data/invoices/index.csv`): one row an original, with the numbers under which it was
booked. It is written anew from the books each time, so it can be deleted and is never wrong for long.
"""

from __future__ import annotations

import csv
import hashlib
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path

FOLDER = Path("data") / "invoices"


@dataclass(frozen=True, kw_only=True)
class Original:
    """Where an original lies; None when it is gone or has `changed` since it was read."""

    path: Path | None = None
    changed: bool = False


def keep_original(workspace: Path, file: Path, sha256: str) -> str:
    """Keep a copy under its hash; returns its path below the workspace. A copy that is there already stays."""
    kept = FOLDER / f"{sha256[:12]}-{file.name}"
    target = workspace / kept
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        part = target.with_name(f".{target.name}.part")
        shutil.copyfile(file, part)
        part.replace(target)  # whole or not at all, also when the machine stops in between
    return kept.as_posix()


def original_of(workspace: Path, kept: str, sha256: str) -> Original:
    """The archived file of an invoice, inside the workspace only, and only with the content that was read."""
    path = (workspace / kept).resolve()
    if not kept or not path.is_relative_to(workspace.resolve()) or not path.is_file():
        return Original()
    same = not sha256 or hashlib.sha256(path.read_bytes()).hexdigest() == sha256
    return Original(path=path if same else None, changed=not same)


@dataclass(frozen=True, kw_only=True)
class ArchiveEntry:
    """One original: where it is kept and what it was booked as. `voucher` is the number of the payment's form."""

    number: str
    issued_on: str
    seller: str
    gross: str
    orders: str
    voucher: str
    state: str
    sha256: str
    kept: str


def write_index(workspace: Path, entries: Iterable[ArchiveEntry]) -> Path:
    """Write the index; text that a spreadsheet would take for a formula starts with an apostrophe."""
    path = workspace / FOLDER / "index.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(".index.csv.part")
    names = [field.name for field in fields(ArchiveEntry)]
    with part.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        writer.writerows([_plain(str(getattr(entry, name))) for name in names] for entry in entries)
    part.replace(path)
    return path


def _plain(text: str) -> str:
    return (
        f"'{text}"
        if text.startswith(("=", "+", "@", "\t", "\r")) or (text.startswith("-") and not _is_figure(text))
        else text
    )


def _is_figure(text: str) -> bool:
    return text[1:].replace(".", "", 1).isdigit()
