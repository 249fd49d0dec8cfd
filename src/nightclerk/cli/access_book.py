"""The access journal as the words of the command line write it: who looked at, exported or removed which evidence."""

from __future__ import annotations

import socket
from datetime import UTC, datetime

from nightclerk.app import store_of
from nightclerk.evidence.access import Access, AccessBook
from nightclerk.work.store import SqlStore
from nightclerk.workspace import Workspace


def book_of(home: Workspace, store: SqlStore) -> AccessBook:
    """The access journal of a workspace on this machine, anchored in its database."""

    def anchor(name: str, seq: int, head: str) -> None:
        store.anchor(name, seq=seq, head=head, now=datetime.now(UTC))

    return AccessBook(logs=home.logs, keys=home.data / "keys", anchor=anchor)


def noted(home: Workspace, entry: Access) -> None:
    """Write one access now."""
    store = store_of(home)
    try:
        book_of(home, store).record(entry)
    finally:
        store.close()


def here() -> str:
    """Where a word of the command line was typed."""
    return f"cli {socket.gethostname()}"
