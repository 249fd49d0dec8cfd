"""Books of an earlier program are brought up to date when they are opened; newer ones are refused."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from nightclerk.domain.items import RunRecord, RunState
from nightclerk.errors import StoreUnreachable, WorkspaceError
from nightclerk.work.schema import BOOKS_VERSION, BooksNewer
from nightclerk.work.store import open_store
from nightclerk.work.urls import database_urls


def books(tmp_path: Path) -> tuple[str, Path]:
    file = tmp_path / "books.db"
    return f"sqlite:///{file}", file


def test_columns_that_older_books_lack_are_added(tmp_path: Path) -> None:
    """A run that an earlier program filed is read with the defaults of what it did not know."""
    url, file = books(tmp_path)
    store = open_store(url)
    store.add_run(RunRecord(run="r1", bot="b", flow="f", state=RunState.DONE))
    store.close()
    with closing(sqlite3.connect(file)) as db:
        for column in ("stint", "needs", "film"):
            db.execute(f"ALTER TABLE runs DROP COLUMN {column}")
        db.execute("DROP TABLE about")
        db.commit()
    again = open_store(url).run("r1")
    assert again is not None
    assert (again.state, again.stint, again.needs, again.film) == (RunState.DONE, 0, "web", "")


def test_a_column_that_we_do_not_know_stays(tmp_path: Path) -> None:
    """Books that another program of our version has added to lose nothing."""
    url, file = books(tmp_path)
    open_store(url).close()
    with closing(sqlite3.connect(file)) as db:
        db.execute("ALTER TABLE runs ADD COLUMN colour TEXT DEFAULT 'red'")
        db.execute("UPDATE about SET value = 'other' WHERE name = 'shape'")
        db.commit()
    assert open_store(url).add_run(RunRecord(run="r1", bot="b", flow="f"))
    with closing(sqlite3.connect(file)) as db:
        assert db.execute("SELECT colour FROM runs").fetchall() == [("red",)]


def test_newer_books_are_refused_and_left_alone(tmp_path: Path) -> None:
    """An older program says what to do instead of writing what the newer one would not understand."""
    url, file = books(tmp_path)
    open_store(url).close()
    with closing(sqlite3.connect(file)) as db:
        db.execute("UPDATE about SET value = ? WHERE name = 'version'", (str(BOOKS_VERSION + 1),))
        db.commit()
    with pytest.raises(BooksNewer, match=rf"newer nightclerk \(books version {BOOKS_VERSION + 1}.*Update this machine"):
        open_store(url)


def test_a_database_that_is_away_is_said_in_words() -> None:
    """No traceback of a driver: what is wrong, and that work goes on by itself."""
    with pytest.raises(StoreUnreachable, match=r"The database cannot be reached or written: .*Connection refused"):
        open_store("postgresql+psycopg://night@127.0.0.1:1/nightclerk")


def test_one_setting_in_the_spellings_of_two_libraries(tmp_path: Path) -> None:
    """postgresql:// and the spelling with a driver mean the same; nothing means two files."""
    for setting in ("postgresql://night:s3@db:5433/nc", "postgresql+psycopg://night:s3@db:5433/nc"):
        urls = database_urls(setting, tmp_path)
        assert urls.books == "postgresql+psycopg://night:s3@db:5433/nc"
        assert (urls.engine, urls.shared) == ("postgresql://night:s3@db:5433/nc", True)
    embedded = database_urls("", tmp_path)
    assert (embedded.books, embedded.shared) == (f"sqlite:///{tmp_path / 'books.db'}", False)


def test_another_database_is_refused_without_its_password(tmp_path: Path) -> None:
    """The sentence says what is expected and repeats no secret."""
    with pytest.raises(WorkspaceError, match="database: postgresql://user@host/database") as caught:
        database_urls("mysql://night:geheim@db/nc", tmp_path)
    assert "geheim" not in str(caught.value)
