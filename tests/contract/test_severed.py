"""Somebody else's PostgreSQL under chaos: never one with tables in it, and cut off without stopping the server."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from nightclerk.chaos.database import DatabaseOccupied, NoDatabase, Severed


def ask(url: str) -> int:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"), poolclass=NullPool)
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT 1")).scalar_one())


def test_a_database_with_tables_is_never_attacked(pg_url: str) -> None:
    """A URL that was mistyped could be that of the real books."""
    engine = create_engine(pg_url.replace("postgresql://", "postgresql+psycopg://"), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE items (id int)"))
    with pytest.raises(DatabaseOccupied, match=r"wants an empty database, and '\w+' has 1 tables"):
        Severed(pg_url)


def test_a_severed_database_refuses_until_it_is_given_back(pg_url: str) -> None:
    """Clients are cut off and turned away as when the server is down; other databases of the server go on."""
    severed = Severed(pg_url)
    severed.stop()
    with pytest.raises(OperationalError, match="not currently accepting connections"):
        ask(pg_url)
    severed.start()
    assert ask(pg_url) == 1


def test_a_database_that_is_not_there_is_said_in_a_sentence() -> None:
    """A wrong address or a text that is none ends in a sentence with the remedy."""
    for url in ("postgresql://127.0.0.1:1/nobody", "not an address"):
        with pytest.raises(NoDatabase, match="--postgres local"):
            Severed(url)
