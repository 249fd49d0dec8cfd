"""Fixtures with a PostgreSQL of our own: a server a session, an empty database a test; skipped where there is none."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from nightclerk.sandbox.postgres import Postgres, postgres, postgres_programs

_numbers = count()


@pytest.fixture(scope="session")
def pg_server() -> Iterator[Postgres]:
    """The server, on loopback, in a temporary folder."""
    if postgres_programs() is None:
        pytest.skip("PostgreSQL is not installed here: apt-get install postgresql")
    with postgres() as server:
        yield server


@pytest.fixture
def pg_url(pg_server: Postgres) -> str:
    """An empty database, as a user would write it into config/settings.yaml."""
    return pg_server.new_database(f"t{next(_numbers)}")
