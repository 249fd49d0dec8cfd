"""Hands out a run's pictures and kept files by content hash; no other file on the disk can be reached."""

from __future__ import annotations

import re
from pathlib import Path

RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,120}")
SHA256 = re.compile(r"[0-9a-f]{64}")


def run_folder(logs: Path, run: str) -> Path | None:
    """The folder of a run, None when the id is not one or there is no such folder."""
    if not RUN_ID.fullmatch(run) or ".." in run:
        return None
    folder = logs / run
    return folder if folder.is_dir() and not folder.is_symlink() else None


def picture(logs: Path, run: str, sha256: str) -> Path | None:
    """A stored picture of a run."""
    folder = run_folder(logs, run)
    if folder is None or not SHA256.fullmatch(sha256):
        return None
    return _inside(folder, folder / "pictures" / f"{sha256}.webp")


def _inside(folder: Path, path: Path) -> Path | None:
    real = path.resolve()
    return real if real.is_relative_to(folder.resolve()) and real.is_file() else None


def kept_file(logs: Path, run: str, relative: str) -> Path | None:
    """A file that a run kept, by the path that its own journal gives."""
    folder = run_folder(logs, run)
    return _inside(folder, folder / relative) if folder else None
