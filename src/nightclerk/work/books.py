"""The ground of the engine's books: one connection pool, one way to read, one way to write."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Select, Table, insert
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import StaticPool

from nightclerk.errors import StoreUnreachable


@contextmanager
def reachable() -> Iterator[None]:
    """Turn what a driver says about a database that is away into StoreUnreachable."""
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeout) as error:
        raise StoreUnreachable(why=str(getattr(error, "orig", None) or error).strip().partition("\n")[0]) from error


class Books:
    """What the parts of `SqlStore` share. Safe for many threads and many processes."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._embedded = engine.dialect.name == "sqlite"
        self._in_memory = isinstance(engine.pool, StaticPool)
        self._lock = threading.RLock()

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        """One transaction. On SQLite it takes the write lock at once, so that it never fails half way.

        Raises StoreUnreachable.
        """
        with reachable(), self._transaction() as connection:
            yield connection

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        if not self._embedded:
            with self.engine.begin() as connection:
                yield connection
            return
        with self._lock, self.engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    def _rows(self, query: Select[Any], facts: Mapping[str, Any] | None = None) -> list[Any]:
        if self._in_memory:
            with self._lock, self.engine.connect() as connection:
                return list(connection.execute(query, facts))
        with reachable(), self.engine.connect() as connection:
            return list(connection.execute(query, facts))

    def _add(self, table: Table, **values: Any) -> bool:
        """Insert one row; False when its key is taken."""
        try:
            with self._write() as connection:
                connection.execute(insert(table).values(**values))
        except IntegrityError:
            return False
        return True


def fields(row: Any) -> dict[str, Any]:
    """A row's columns without the surrogate id."""
    return {k: v for k, v in row._mapping.items() if k != "id"}
