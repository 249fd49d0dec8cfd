"""One process at a time in a folder: two reviewers who decide at once take turns, and no change of either is lost."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Wait for the folder's turn; it is free again when this process ends, however that happens."""
    folder.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(folder / ".turn", os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        if os.name == "nt":  # not run on Windows here: see the README's "what is not proven"
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined]
        else:
            import fcntl

            fcntl.flock(file.fileno(), fcntl.LOCK_EX)
        yield
