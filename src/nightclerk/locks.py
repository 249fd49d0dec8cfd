"""Locks on files that the operating system frees when their holder dies, however it dies."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

#: Windows locks bytes: one that no file of ours reaches, so that readers are not locked out.
_FAR = 1 << 40


def hold(file: IO[bytes], *, wait: bool) -> None:
    """Hold an open file against other holders until it is closed. OSError when somebody has it and we do not wait."""
    if sys.platform == "win32":  # not run on Windows here: see the README's "what is not proven"
        import msvcrt

        file.seek(_FAR)
        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file.fileno(), fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def alone(file: Path) -> Iterator[None]:
    """Wait for one's turn, kept by an empty file that only its owner can open; over when the block or we end."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(file, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as held:
        hold(held, wait=True)
        yield
