"""Bring the books of an earlier program up to date when they are opened; refuse books that are newer than we are."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Column, Connection, Engine, Table, inspect, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import CreateColumn

from nightclerk.errors import NightClerkError
from nightclerk.work import tables as t

#: Raise it when books written by this program must not be opened by the one before it.
BOOKS_VERSION = 2
_LOCK = 0x6E696768  # any number, the same for all of us


class BooksNewer(NightClerkError):
    """Facts: found, known."""

    en = (
        "The database was written by a newer nightclerk (books version {found}, this program knows {known}). "
        "Update this machine's nightclerk; nothing was changed."
    )
    zh = (
        "数据库由更新版本的 nightclerk 写入（账册版本 {found}，本程序只认识到 {known}）。"
        "请先升级本机的 nightclerk；没有任何改动。"
    )


def prepare(engine: Engine) -> None:
    """Create what is missing (tables, columns, indexes), once; safe when many processes open the books together.

    Only adds: a column that the program no longer knows stays. Raises BooksNewer.
    """
    if _is_current(engine):
        return
    with _alone(engine) as connection:
        found = _about(connection)
        if int(found.get("version", 0)) > BOOKS_VERSION:
            raise BooksNewer(found=found["version"], known=BOOKS_VERSION)
        t.books.create_all(connection)
        for table in t.books.sorted_tables:
            _add_missing(connection, table)
        for name, value in (("version", str(BOOKS_VERSION)), ("shape", shape())):
            connection.execute(t.about.delete().where(t.about.c.name == name))
            connection.execute(t.about.insert().values(name=name, value=value))


def shape() -> str:
    """A short name for all tables, columns and indexes that this program knows."""
    names = {
        table.name: [sorted(column.name for column in table.columns), sorted(str(i.name) for i in table.indexes)]
        for table in t.books.sorted_tables
    }
    return hashlib.sha256(json.dumps(names, sort_keys=True).encode()).hexdigest()[:16]


def _is_current(engine: Engine) -> bool:
    try:
        with engine.connect() as connection:
            return _read(connection) == {"version": str(BOOKS_VERSION), "shape": shape()}
    except DBAPIError:
        return False  # no such table yet; a database that is away says so in the next step


def _about(connection: Connection) -> dict[str, str]:
    return _read(connection) if inspect(connection).has_table(t.about.name) else {}


def _read(connection: Connection) -> dict[str, str]:
    return {row.name: row.value for row in connection.execute(select(t.about))}


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """One transaction that no other process's step can overlap."""
    if engine.dialect.name != "sqlite":
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            yield connection
        return
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.rollback()
            raise
        connection.commit()


def _add_missing(connection: Connection, table: Table) -> None:
    facts = inspect(connection)
    there = {column["name"] for column in facts.get_columns(table.name)}
    for column in table.columns:
        if column.name not in there:
            connection.exec_driver_sql(_add_column(connection, table, column))
    indexes = {index["name"] for index in facts.get_indexes(table.name)}
    for index in table.indexes:
        if index.name not in indexes:
            index.create(connection)


def _add_column(connection: Connection, table: Table, column: Column[Any]) -> str:
    """`ALTER TABLE … ADD COLUMN …` with the value that rows of old get."""
    described = str(CreateColumn(column).compile(dialect=connection.dialect))
    value = _value_of_old(column)
    default = "" if value is None else " DEFAULT " + (str(value) if isinstance(value, int) else _quoted(value))
    words = described.replace(" NOT NULL", "") + default + (" NOT NULL" if not column.nullable else "")
    return f"ALTER TABLE {table.name} ADD COLUMN {words}"


def _value_of_old(column: Column[Any]) -> Any:
    default = column.default
    if default is None:
        return None if column.nullable else ""
    value = getattr(default, "arg", None)
    value = value(None) if callable(value) else value
    return json.dumps(value) if isinstance(value, dict | list) else value


def _quoted(value: Any) -> str:
    return "'" + str(value).replace("'", "''") + "'"
