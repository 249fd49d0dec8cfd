"""Open the engine's own books: in a file, in memory, or in PostgreSQL, one code path for all three."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.pool import StaticPool

from nightclerk.work.books import reachable
from nightclerk.work.leases import Leases
from nightclerk.work.ledger import Ledger
from nightclerk.work.links import Links
from nightclerk.work.looking import Looking
from nightclerk.work.messages import Messages
from nightclerk.work.queue import Queues
from nightclerk.work.runs import Runs
from nightclerk.work.schema import prepare
from nightclerk.work.slots import Slots
from nightclerk.work.statistics import Statistics
from nightclerk.work.tasks import Tasks
from nightclerk.work.workers import Workers

#: A server that is gone without a word is noticed within these times (libpq's own names; seconds, milliseconds).
_POSTGRES = {
    "connect_timeout": 10, "keepalives_idle": 5, "keepalives_interval": 3, "keepalives_count": 3,
    "tcp_user_timeout": 10_000, "application_name": "nightclerk",
}  # fmt: skip


class SqlStore(Queues, Ledger, Runs, Slots, Tasks, Leases, Links, Looking, Messages, Statistics, Workers):
    """`ports.Store` over SQLAlchemy."""


def open_store(url: str) -> SqlStore:
    """Open the books at an SQLAlchemy URL: sqlite:///FILE, sqlite:// (in memory), postgresql+psycopg://…

    They are created where there are none, and brought up to date where an earlier program wrote them. Raises
    BooksNewer and StoreUnreachable.
    """
    if url == "sqlite://":
        engine = create_engine(
            url, hide_parameters=True, poolclass=StaticPool, connect_args={"check_same_thread": False}
        )
    elif url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url, hide_parameters=True)
    else:
        engine = create_engine(
            url, hide_parameters=True, pool_pre_ping=True, pool_size=3, max_overflow=12, connect_args=dict(_POSTGRES)
        )
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_pragmas)
    with reachable():
        prepare(engine)
    return SqlStore(engine)


def _sqlite_pragmas(connection: Any, _record: Any) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
