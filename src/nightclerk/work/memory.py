"""A store for tests and for trying things out: nothing is written to the disk."""

from __future__ import annotations

from nightclerk.work.store import SqlStore, open_store


def MemoryStore() -> SqlStore:
    """A fresh, empty store in memory, with the very behaviour of the embedded one."""
    return open_store("sqlite://")
