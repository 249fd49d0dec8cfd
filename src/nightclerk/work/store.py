"""Open the engine's own books: in a file, in memory, or in PostgreSQL, one code path for all three."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.pool import StaticPool

from nightclerk.work import tables as t
from nightclerk.work.leases import Leases
from nightclerk.work.ledger import Ledger
from nightclerk.work.queue import Queues
from nightclerk.work.runs import Runs
from nightclerk.work.slots import Slots
from nightclerk.work.tasks import Tasks


class SqlStore(Queues, Ledger, Runs, Slots, Tasks, Leases):
    """`ports.Store` over SQLAlchemy."""


def open_store(url: str) -> SqlStore:
    """Open (and create) the books at an SQLAlchemy URL: sqlite:///FILE, sqlite:// (in memory), postgresql+psycopg://…"""
    if url == "sqlite://":
        engine = create_engine(url, poolclass=StaticPool, connect_args={"check_same_thread": False})
    elif url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url)
    else:
        engine = create_engine(url, pool_pre_ping=True)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_pragmas)
    t.books.create_all(engine)
    return SqlStore(engine)


def _sqlite_pragmas(connection: Any, _record: Any) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
