"""Files that a run keeps as evidence: copied whole, hashed as copied, named by their content."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import BinaryIO

from nightclerk.evidence.errors import FileNotKept

LONGEST_NAME = 80
_UNSAFE = re.compile(r'[\x00-\x1f<>:"/\\|?*]')
_CHUNK_BYTES = 1 << 20


def keep_whole(source: Path, folder: Path, name: str) -> tuple[str, int]:
    """Copy `source` to `folder`/<sha256>-`name`, to the disk; returns the SHA-256 and size of what was copied.

    The copy is what is hashed: a source that somebody still writes to cannot make the evidence disagree
    with itself.
    """
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".{os.getpid()}.draft"
    try:
        with source.open("rb") as reading, draft.open("wb") as writing:
            sha256, size_bytes = _copy(reading, writing)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise FileNotKept(file=source.name, cause=str(error.strerror)) from error
    draft.replace(folder / f"{sha256}-{name}")
    return sha256, size_bytes


def safe_name(name: str) -> str:
    """A file name that every system takes, at most 80 characters, its ending kept."""
    clean = _UNSAFE.sub("_", name).strip(". ") or "file"
    if len(clean) <= LONGEST_NAME:
        return clean
    stem, dot, ending = clean.rpartition(".")
    return f"{stem[: LONGEST_NAME - 1 - len(ending)]}{dot}{ending}"[:LONGEST_NAME]


def _copy(reading: BinaryIO, writing: BinaryIO) -> tuple[str, int]:
    digest, size_bytes = hashlib.sha256(), 0
    while chunk := reading.read(_CHUNK_BYTES):
        digest.update(chunk)
        writing.write(chunk)
        size_bytes += len(chunk)
    writing.flush()
    os.fsync(writing.fileno())
    return digest.hexdigest(), size_bytes
