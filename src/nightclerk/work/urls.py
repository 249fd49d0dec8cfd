"""One database setting, two spellings: what SQLAlchemy (our books) and DBOS (the engine) want to be called with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from nightclerk.errors import WorkspaceError


@dataclass(frozen=True, kw_only=True)
class DatabaseUrls:
    """`books` for SQLAlchemy, `engine` for DBOS; `shared`: several machines can reach it."""

    books: str
    engine: str
    shared: bool


def database_urls(setting: str, data: Path) -> DatabaseUrls:
    """Where the books and the engine's own tables live.

    "" means two SQLite files in `data`: books.db and engine.db. postgresql://[user[:password]@]host[:port]/database
    means one PostgreSQL database: our tables in its default schema, DBOS's in the schema `dbos`. A password is better
    kept out of the file: libpq reads ~/.pgpass and PGPASSWORD. WorkspaceError for anything else.
    """
    if not setting:
        return DatabaseUrls(
            books=f"sqlite:///{data / 'books.db'}", engine=f"sqlite:///{data / 'engine.db'}", shared=False
        )
    try:
        url = make_url(setting)
    except ArgumentError as error:
        raise _unusable(setting) from error
    if url.get_backend_name() not in ("postgresql", "postgres") or not url.database:
        raise _unusable(setting)
    plain = url.set(drivername="postgresql")
    return DatabaseUrls(
        books=plain.set(drivername="postgresql+psycopg").render_as_string(hide_password=False),
        engine=plain.render_as_string(hide_password=False),
        shared=True,
    )


def _unusable(setting: str) -> WorkspaceError:
    shown = setting.rpartition("@")[2]  # never repeat a password
    return WorkspaceError(
        where="config/settings.yaml", expected=f"database: postgresql://user@host/database, not {shown!r}",
        remedy="Leave the line out for the embedded database",
    )  # fmt: skip
