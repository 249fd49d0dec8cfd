"""Fixtures that every suite shares: a clock that only moves when told, a film in memory, a store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from nightclerk.ports import Act, Frame
from nightclerk.texts import language
from nightclerk.work.memory import MemoryStore
from nightclerk.work.store import SqlStore
from tests.postgres_kit import pg_server as pg_server
from tests.postgres_kit import pg_url as pg_url

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


class FakeClock:
    """`ports.Clock` that stands still until `go` moves it."""

    def __init__(self) -> None:
        self.at, self.seconds = NOON, 0.0

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.seconds

    def go(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        self.seconds += seconds


class ListFilm:
    """`ports.Film` that remembers its lines as tuples."""

    def __init__(self, folder: Path = Path()) -> None:
        self.folder, self.lines = folder, []  # type: ignore[var-annotated]

    def __getattr__(self, name: str) -> Any:
        def remember(*args: Any, **kwargs: Any) -> str:
            self.lines.append((name, *args))
            return ""

        return remember

    def head(self) -> tuple[int, str]:
        return len(self.lines), "head"

    def act(self, act: Act, *, frame: Frame | None = None) -> None:
        self.lines.append(("act", act))

    def kinds(self, kind: str = "note") -> list[Any]:
        """The first argument of each line of a kind."""
        return [line[1] for line in self.lines if line[0] == kind]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def film() -> ListFilm:
    return ListFilm()


@pytest.fixture
def store() -> Iterator[SqlStore]:
    opened = MemoryStore()
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Sentences are asserted in English unless a test says otherwise."""
    with language("en"):
        yield


@pytest.fixture(scope="session")
def playwright() -> Iterator[Any]:
    """pytest-playwright's fixture, sharing the one Playwright that a thread may have with our own driver."""
    from nightclerk.web.driver import shared_playwright

    with shared_playwright() as shared:
        yield shared
