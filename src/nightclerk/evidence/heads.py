"""The head of one run's journal, read from its two ends without reading what is between."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from nightclerk.domain.heads import Head
from nightclerk.evidence.chain import Line, parse_line
from nightclerk.evidence.journal import JOURNAL

_TAIL_BYTES = 1 << 16


def head_of(folder: Path, anchored: tuple[int, str] | None) -> Head | None:
    """The signed last line of a run that ended; else the line that the database knows, as not signed; else None."""
    first, last = _ends(folder / JOURNAL)
    if first is not None and last is not None and last.kind == "end" and last.sig:
        return Head(run=folder.name, lines=last.seq, hash=last.hash, key=str(first.body.get("key", "")))
    return Head(run=folder.name, lines=anchored[0], hash=anchored[1]) if anchored else None


def opening_of(folder: Path) -> Mapping[str, Any]:
    """The first line's fields; empty where there is none. Nothing is checked."""
    first, _ = _ends(folder / JOURNAL)
    return first.body if first is not None and isinstance(first.body.get("facts"), dict) else {}


def first_of(path: Path) -> Mapping[str, Any]:
    """The fields of a chain's first line; empty where there is none. Nothing is checked."""
    first, _ = _ends(path)
    return first.body if first is not None else {}


def left_off_at(folder: Path) -> datetime | None:
    """When the last whole line of a run was written, by its own clock; None where there is no journal."""
    _, last = _ends(folder / JOURNAL)
    at = str(last.body.get("at", "")) if last is not None else ""
    return datetime.fromisoformat(at) if at else None


def has_ended(folder: Path) -> bool:
    """Whether the last whole line of a run is its end. Nothing is checked."""
    _, last = _ends(folder / JOURNAL)
    return last is not None and last.kind == "end"


def _ends(path: Path) -> tuple[Line | None, Line | None]:
    """The first line and the last whole one; None where there is none."""
    if not path.is_file():
        return None, None
    with path.open("rb") as file:
        first = parse_line(file.readline().rstrip(b"\n"))
        file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL_BYTES))
        *raws, _ = file.read().split(b"\n")
    return first, parse_line(raws[-1]) if raws else None
