"""A task about an effect in doubt shows both pictures side by side: the filled form, and the search afterwards."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import httpx

from nightclerk.console.people import People
from nightclerk.console.rights import Role
from nightclerk.console.serve import start_console
from nightclerk.console.services import Services
from nightclerk.domain.items import Task
from nightclerk.run import IN_DOUBT
from nightclerk.work.memory import MemoryStore
from tests.unit.test_console_rights import NoBots, load_run


def test_both_pictures_stand_side_by_side(tmp_path: Path) -> None:
    """Each from the run that took it; their hashes are no facts to read."""
    store, details = MemoryStore(), {"key": "A1", "picture": "b" * 64, "picture_before": "a" * 64}
    store.ask(
        Task(
            task="t1", kind="in_doubt", question="?", choices=IN_DOUBT, run="r2", key="A1", picture="b" * 64,
            details={**details, "picture_before_run": "r1"}, asked_at=datetime.now(UTC),
        )
    )  # fmt: skip
    services = Services(
        store=store, workspace=tmp_path, logs=tmp_path / "logs", launcher=NoBots(), load_run=load_run, language="en"
    )
    handle = start_console(services)
    try:
        people: People = handle.app.state.people
        people.create_user("lin", Role.OPERATOR)
        with httpx.Client(base_url=handle.url, timeout=60) as client:
            client.post("/sign-in", data={"code": people.issue_code("lin", now=datetime.now(UTC))})
            page = client.get("/tasks").text
    finally:
        handle.stop()
    assert f"/shots/r1/{'a' * 64}.webp" in page
    assert f"/shots/r2/{'b' * 64}.webp" in page
    assert "The form as it was filled" in page
    assert "picture_before" not in page
