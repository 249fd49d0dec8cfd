"""A console over an empty workspace for the tests of its pages, without a browser and without a port."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from fastapi.testclient import TestClient

from nightclerk.console.app import create_app
from nightclerk.console.people import People
from nightclerk.console.rights import Role
from nightclerk.console.services import BotInfo, Parameter, Services
from nightclerk.domain.items import RunRecord, RunState, State
from nightclerk.evidence.replay import load_run
from nightclerk.work.memory import MemoryStore

NOW = datetime(2026, 11, 20, 22, 0, tzinfo=UTC)
#: Invoices are read from their details; this is the least that one needs.
INVOICE = {"number": "26990000000000000001", "seller": "样例照明电器有限公司", "issued_on": "2026-11-18"}


class Bots:
    """One bot, and what was asked of it."""

    def __init__(self, store: Any) -> None:
        self.store = store
        self.launched: list[tuple[str, Mapping[str, Any], str]] = []

    def bots(self) -> list[BotInfo]:
        limit = Parameter(name="limit", type="Decimal", default="5.00")
        return [BotInfo(name="key-orders", title={"zh": "录单", "en": "Key orders"}, flow="f", parameters=(limit,))]

    def launch(self, bot: str, parameters: Mapping[str, Any], *, by: str, **_: Any) -> str:
        self.launched.append((bot, dict(parameters), by))
        run = f"{bot}-{len(self.launched)}"
        self.store.add_run(RunRecord(run=run, bot=bot, flow="f", started_by=by, queued_at=NOW))
        return run

    def cancel(self, run: str, by: str) -> None:
        self.store.update_run(run, state=RunState.CANCELLED)

    def pause(self, run: str, by: str) -> None:
        self.store.update_run(run, state=RunState.PAUSED)

    def resume(self, run: str, by: str) -> None:
        self.store.update_run(run, state=RunState.QUEUED)

    def next_starts(self, bot: str, n: int = 5) -> list[datetime]:
        return [NOW + timedelta(days=day) for day in range(1, n + 1)]


class Book:
    """Remembers who saw or did what."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str, str, Mapping[str, Any]]] = []

    def saw(self, *, who: str, what: str, run: str, place: str, facts: Mapping[str, Any]) -> None:
        self.told.append((who, what, run, facts))

    def close(self) -> None: ...


@dataclass
class Clock:
    """The time that a test sets."""

    at: datetime = NOW

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Desk:
    """The console, its services, and signed-in people."""

    services: Services
    client: TestClient
    clock: Clock
    bots: Bots
    book: Book
    people: People
    _signed_in: dict[str, httpx.Client] = field(default_factory=dict)

    @property
    def store(self) -> Any:
        return self.services.store

    def as_(self, name: str, role: Role = Role.ADMIN) -> httpx.Client:
        """A browser of a person, who is made when there is nobody of that name; it sends its token by itself."""
        if name not in self._signed_in:
            self.people.ensure_user(name, role)
            session = self.people.begin(name, now=self.clock())
            browser = TestClient(self.client.app, base_url="http://127.0.0.1", follow_redirects=False)
            browser.cookies.set("nightclerk_80", session)
            found = self.people.session(session, now=self.clock())
            assert found is not None
            browser.headers["X-CSRF-Token"] = found.csrf
            self._signed_in[name] = browser
        return self._signed_in[name]

    def waiting(self, queue: str, key: str, payload: Mapping[str, Any], state: State = State.WAITING) -> int:
        """File an item that waits for a person; returns its version."""
        self.store.put(queue, key, payload, now=NOW)
        item = self.store.draw(queue, run="r1", lease_s=60, now=NOW)
        assert item is not None
        self.store.finish(item, state, reason="why", now=NOW)
        return int(self.store.item(queue, key).version)


@contextmanager
def desk_in(folder: Path, **changes: Any) -> Iterator[Desk]:
    """A console in a folder; `changes` go to its services."""
    store, clock, book = MemoryStore(), Clock(), Book()
    bots = Bots(store)
    services = Services(
        store=store, workspace=folder, logs=folder / "logs", launcher=bots, load_run=load_run, language="en",
        now=clock, accesses=book,
    )  # fmt: skip
    app = create_app(replace(services, **changes))
    with TestClient(app, base_url="http://127.0.0.1", follow_redirects=False) as client:
        yield Desk(app.state.services, client, clock, bots, book, app.state.people)
