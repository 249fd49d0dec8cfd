"""The tables of the engine's own books, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Column, DateTime, Index, Integer, MetaData, String, Table, Text, TypeDecorator


class Utc(TypeDecorator[datetime]):
    """An aware UTC time; SQLite forgets time zones, so they are put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


books = MetaData()

items = Table(
    "items",
    books,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("queue", String(80), nullable=False),
    Column("key", String(200), nullable=False),
    Column("payload", JSON, nullable=False),
    Column("state", String(20), nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("fence", Integer, nullable=False, default=0),
    Column("version", Integer, nullable=False, default=0),
    Column("run", String(120), nullable=False, default=""),
    Column("lease_until", Utc),
    Column("not_before", Utc),
    Column("result", Text, nullable=False, default=""),
    Column("reason", Text, nullable=False, default=""),
    Column("details", JSON, nullable=False, default=dict),
    Column("created_at", Utc),
    Column("updated_at", Utc),
    Index("items_key", "queue", "key", unique=True),
    Index("items_due", "queue", "state", "id"),
    Index("items_changed", "updated_at"),
    Index("items_state", "state", "id"),
)

effects = Table(
    "effects",
    books,
    Column("target", String(80), primary_key=True),
    Column("name", String(120), primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("state", String(20), nullable=False),
    Column("reference", Text, nullable=False, default=""),
    Column("fence", Integer, nullable=False, default=0),
    Column("run", String(120), nullable=False, default=""),
    Column("why", Text, nullable=False, default=""),
    Column("updated_at", Utc),
    Column("version", Integer, nullable=False, default=0, server_default="0"),
    Column("holder", String(160), nullable=False, default="", server_default=""),
    Column("permit_until", Utc),
    Index("effects_key", "key"),
    Index("effects_changed", "updated_at"),
    Index("effects_run", "run"),
)

runs = Table(
    "runs",
    books,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("run", String(120), nullable=False, unique=True),
    Column("bot", String(80), nullable=False),
    Column("flow", String(160), nullable=False),
    Column("state", String(20), nullable=False),
    Column("started_by", String(80), nullable=False, default=""),
    Column("parameters", JSON, nullable=False, default=dict),
    Column("rehearse", Integer, nullable=False, default=0),
    Column("first", Integer),
    Column("slot_id", String(160), nullable=False, default=""),
    Column("shift", String(80), nullable=False, default=""),
    Column("queued_at", Utc),
    Column("started_at", Utc),
    Column("ended_at", Utc),
    Column("step", Text, nullable=False, default=""),
    Column("item", Text, nullable=False, default=""),
    Column("counts", JSON, nullable=False, default=dict),
    Column("reason", Text, nullable=False, default=""),
    Column("result", Text, nullable=False, default=""),
    Column("needs", String(80), nullable=False, default="web"),
    Column("version", String(40), nullable=False, default=""),
    Column("turn", Integer, nullable=False, default=0),
    Column("stint", Integer, nullable=False, default=0),
    Column("worker", String(160), nullable=False, default=""),
    Column("place", String(40), nullable=False, default=""),
    Column("pid", Integer, nullable=False, default=0),
    Column("pid_started", String(40), nullable=False, default=""),
    Column("film", String(140), nullable=False, default=""),
    Column("moved_at", Utc),
    Column("due_at", Utc),
    Column("origin", String(120), nullable=False, default=""),
    Index("runs_bot", "bot", "id"),
    Index("runs_shift", "shift", "id"),
    Index("runs_state", "state", "id"),
    Index("runs_of_bot_in", "bot", "state", "id"),
)

heads = Table(
    "heads",
    books,
    Column("run", String(120), primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("head", String(128), nullable=False),
    Column("anchored_at", Utc),
)

slots = Table(
    "slots",
    books,
    Column("slot_id", String(160), primary_key=True),
    Column("bot", String(80), nullable=False),
    Column("planned_for", Utc, nullable=False),
    Column("shift", String(80), nullable=False, default=""),
    Column("outcome", String(20), nullable=False),
    Column("why", Text, nullable=False, default=""),
    Column("run", String(120), nullable=False, default=""),
    Column("facts", JSON, nullable=False, default=dict),
    Index("slots_time", "planned_for"),
    Index("slots_shift", "shift", "planned_for"),
    Index("slots_bot", "bot", "planned_for"),
)

#: Up to when each bot's schedule has been planned, and which schedule that was.
marks = Table(
    "marks",
    books,
    Column("bot", String(80), primary_key=True),
    Column("schedule", Text, nullable=False),
    Column("upto", Utc, nullable=False),
)

events = Table(
    "events",
    books,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("event", String(80), nullable=False),
    Column("key", String(200), nullable=False),
    Column("by", String(80), nullable=False, default=""),
    Column("at", Utc, nullable=False),
    Column("taken_at", Utc),
    Index("events_key", "event", "key", unique=True),
)

tasks = Table(
    "tasks",
    books,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("task", String(200), nullable=False, unique=True),
    Column("kind", String(30), nullable=False),
    Column("question", Text, nullable=False),
    Column("choices", JSON, nullable=False, default=list),
    Column("run", String(120), nullable=False, default=""),
    Column("queue", String(80), nullable=False, default=""),
    Column("key", String(200), nullable=False, default=""),
    Column("picture", String(80), nullable=False, default=""),
    Column("details", JSON, nullable=False, default=dict),
    Column("deadline", Utc),
    Column("asked_at", Utc),
    Column("answer", Text, nullable=False, default=""),
    Column("answered_by", String(80), nullable=False, default=""),
    Column("answered_at", Utc),
    Column("fallback", Text, nullable=False, default=""),
    Index("tasks_open", "answered_at", "id"),
    Index("tasks_run", "run", "id"),
    Index("tasks_key", "key"),
)

#: Links that have been used: each answers once.
links = Table(
    "links",
    books,
    Column("link", String(64), primary_key=True),
    Column("task", String(200), nullable=False),
    Column("used_at", Utc, nullable=False),
)

messages = Table(
    "messages",
    books,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("about", String(240), nullable=False, unique=True),
    Column("kind", String(30), nullable=False),
    Column("text", JSON, nullable=False),
    Column("at", Utc, nullable=False),
)

#: What becomes of each message on each channel.
deliveries = Table(
    "deliveries",
    books,
    Column("about", String(240), primary_key=True),
    Column("channel", String(80), primary_key=True),
    Column("state", String(20), nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("not_before", Utc),
    Column("why", Text, nullable=False, default=""),
    Column("changed_at", Utc, nullable=False),
    Index("deliveries_state", "state"),
)

leases = Table(
    "leases",
    books,
    Column("name", String(160), primary_key=True),
    Column("holder", String(120), nullable=False),
    Column("fence", Integer, nullable=False),
    Column("until", Utc, nullable=False),
)

#: Who waits for a named resource, and by when he has to be done.
turns = Table(
    "turns",
    books,
    Column("name", String(160), primary_key=True),
    Column("holder", String(120), primary_key=True),
    Column("due_at", Utc, nullable=False),
    Column("since", Utc, nullable=False),
    Column("seen_at", Utc, nullable=False),
)

workers = Table(
    "workers",
    books,
    Column("worker", String(160), primary_key=True),
    Column("name", String(80), nullable=False),
    Column("machine", String(120), nullable=False),
    Column("place", String(40), nullable=False, default=""),
    Column("pid", Integer, nullable=False),
    Column("pid_started", String(40), nullable=False, default=""),
    Column("cans", JSON, nullable=False, default=list),
    Column("program", String(40), nullable=False, default=""),
    Column("version", String(40), nullable=False, default=""),
    Column("started_at", Utc, nullable=False),
    Column("beat_at", Utc, nullable=False),
    Column("ended_at", Utc),
    Column("outcome", String(20), nullable=False, default=""),
    Column("reaped_by", String(160), nullable=False, default=""),
    Column("evidence_key", Text, nullable=False, default=""),
)

versions = Table(
    "versions",
    books,
    Column("version", String(40), primary_key=True),
    Column("seen_at", Utc, nullable=False),
)

about = Table(
    "about",
    books,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)
