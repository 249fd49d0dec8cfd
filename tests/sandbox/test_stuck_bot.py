"""A bot that is stuck before a desktop program during a shift: ended in time and pictured, all that it held is free."""

from __future__ import annotations

import shutil
import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest

from nightclerk.cli.sandbox import Sandbox
from nightclerk.domain.items import Outcome, RunState, State
from nightclerk.evidence.replay import picture_path
from nightclerk.init import create_workspace
from nightclerk.office.office import Office
from nightclerk.work.slots import Event
from nightclerk.workspace import load_workspace
from tests.sandbox.erp_kit import needs_desktop
from tests.sandbox.test_hung_program import clients_of
from tests.sandbox.test_killed_worker import bodies, pids, wait_until

pytestmark = [needs_desktop, pytest.mark.slow, pytest.mark.timeout(1200)]
BOT = """bot: stare
title: stare
flow: flows.stare_flow:stare
account: erp-night
needs: desktop
schedule: {event: begin}
timeout: 120s
"""
MOUSE = f"desktop:{socket.gethostname()}"


def night(root: Path) -> Path:
    """A workspace whose only bot stares at the ERP when an event comes, and may take two minutes."""
    create_workspace(root)
    for file in (root / "bots").glob("*.yaml"):
        file.unlink()
    (root / "bots" / "stare.yaml").write_text(BOT, encoding="utf-8")
    shutil.copy(Path(__file__).with_name("stare_flow.py"), root / "flows")
    return root


def begin(office: Office, key: str) -> None:
    office.store.tell_event(Event(event="begin", key=key, at=datetime.now(UTC)))


def test_a_stuck_bot_loses_its_run_and_nothing_else(tmp_path: Path) -> None:
    """It hangs in its own code, deaf even when its program is gone: the screen is pictured, program and process ended,
    login, mouse and item free at once, the slot says so; the next start does the item."""
    home = load_workspace(night(tmp_path / "night"))
    with Sandbox(home):
        office = Office(home)
        office.keep_time()
        try:
            office.store.put("stared", "a", {"key": "a"}, now=office.clock.now())
            begin(office, "tonight")
            wait_until((home.root / "staring").exists)
            [run] = office.store.runs()
            office.store.take(MOUSE, holder=f"{run.run}/{run.stint}", lease_s=600, now=office.clock.now())
            [client] = clients_of(pids(home.logs / run.run)[-1])
            wait_until(lambda: [slot.outcome for slot in office.store.slots()] == [Outcome.RAN], timeout_s=400)
            assert not client.is_running()
            _is_told_and_free(office)
            (home.root / "go").touch()
            begin(office, "tomorrow")
            wait_until(lambda: office.store.counts("stared") == {State.DONE: 1}, timeout_s=400)
        finally:
            office.close()


def _is_told_and_free(office: Office) -> None:
    [slot], [run], film = office.store.slots(), office.store.runs(), office.workspace.logs
    assert (run.state, slot.why) == (RunState.FAILED, f"failed: {run.reason}")
    assert run.reason == "120 秒时限已到，运行被结束。 卡住时的屏幕已拍下。"
    [stuck] = [body["facts"] for body in bodies(film / run.run) if body.get("what") == "stuck"]
    assert picture_path(film / run.run, stuck["picture"]).is_file()
    held = [office.store.held_by(name, now=office.clock.now()) for name in ("account:erp-night", MOUSE)]
    assert (held, office.store.counts("stared")) == (["", ""], {State.ABANDONED: 1})
