"""A PostgreSQL that belongs to somebody else: it is not stopped, its connections are cut and new ones refused."""

from __future__ import annotations

from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from nightclerk.errors import NightClerkError


class DatabaseOccupied(NightClerkError):
    """Facts: name, tables."""

    en = "Chaos wants an empty database, and {name!r} has {tables} tables. Make one: createdb nightclerk_chaos"
    zh = "混沌测试需要空数据库，而 {name!r} 里已有 {tables} 张表。请新建一个：createdb nightclerk_chaos"


class NoDatabase(NightClerkError):
    """Facts: why."""

    en = "Chaos cannot reach that database: {why}. Check --postgres, or let chaos start one: --postgres local"
    zh = "混沌测试无法访问该数据库：{why}。请检查 --postgres，或让它自己启动一个：--postgres local"


class Severed:
    """The database at `url`: empty, and its role may ALTER it. Other databases of the server are not touched.

    Raises NoDatabase, or DatabaseOccupied: nobody's real books are ever attacked.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        try:
            self._examine(url)
        except SQLAlchemyError as error:
            why = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
            raise NoDatabase(why=why) from error

    def _examine(self, url: str) -> None:
        parts = make_url(url)
        self._name = str(parts.database)
        beside = parts.set(drivername="postgresql+psycopg", database="postgres")
        self._engine = create_engine(beside, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        tables = self._tables(parts.set(drivername="postgresql+psycopg"))
        if tables:
            raise DatabaseOccupied(name=self._name, tables=tables)

    def stop(self, *, at_once: bool = False) -> None:
        """Refuse new connections and cut off those that are there."""
        self._allow(False)
        with self._engine.connect() as connection:
            connection.execute(
                text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"),
                {"name": self._name},
            )

    def start(self) -> None:
        """Take connections again."""
        self._allow(True)

    @staticmethod
    def _tables(url: URL) -> int:
        engine = create_engine(url, poolclass=NullPool)
        with engine.connect() as connection:
            return len(inspect(connection).get_table_names())

    def _allow(self, allowed: bool) -> None:
        quoted = self._engine.dialect.identifier_preparer.quote(self._name)
        with self._engine.connect() as connection:
            connection.execute(text(f"ALTER DATABASE {quoted} ALLOW_CONNECTIONS {str(allowed).lower()}"))
