"""A run that was queued before its bot's file was deleted: it fails with the reason, and nothing is worked."""

from __future__ import annotations

from pathlib import Path

from nightclerk.domain.items import RunState
from nightclerk.init import create_workspace
from nightclerk.office.office import Office, wait_for_run
from nightclerk.workspace import load_workspace


def test_a_queued_run_of_a_deleted_bot_fails_by_name(tmp_path: Path) -> None:
    """The next office takes it out of the queue; the run's reason names the bot that is gone."""
    root = create_workspace(tmp_path / "night")
    office = Office(load_workspace(root), cans=())  # it queues, and performs nothing
    run = office.launch("key-orders", {}, by="test")
    office.close()
    (root / "bots" / "key-orders.yaml").unlink()
    office = Office(load_workspace(root))
    try:
        assert wait_for_run(office, run, tick=lambda: None, timeout_s=120) is RunState.FAILED
        ended = office.store.run(run)
        assert ended is not None
        assert "key-orders" in ended.reason
    finally:
        office.close()
