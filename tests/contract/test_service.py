"""A whole `nightclerk shift` as a service: stopped or killed in the middle of an item, it goes on where it was."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from nightclerk.domain.items import Outcome, RunState, State
from tests.contract.service_kit import Service


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    made = Service(tmp_path, flow="held_flow:hold", queue="held")
    for key in ("a", "b"):
        made.store.put("held", key, {"key": key})
    yield made
    made.end()


@pytest.mark.skipif(os.name == "nt", reason="signals of a service manager are POSIX")
@pytest.mark.parametrize(
    "way",
    ["told", pytest.param("whole group", marks=pytest.mark.slow), pytest.param("killed", marks=pytest.mark.slow)],
)
def test_it_goes_on_where_it_was(service: Service, way: str) -> None:
    """Told to stop it ends the item in hand and hands back the rest; killed, the item is drawn again. One slot, one
    run, each item done once; nobody is left behind.
    """
    process = service.start()
    service.tell()
    service.wait(lambda: service.begun() == ["a"])
    children = psutil.Process(process.pid).children(recursive=True)
    assert {os.getpgid(child.pid) for child in children} == {process.pid}
    if way == "killed":
        process.kill()
    else:
        stop = process.terminate if way == "told" else lambda: os.killpg(process.pid, signal.SIGINT)  # as Ctrl+C does
        stop()
        service.wait((service.root / "told").exists)
        service.go("a")
    assert process.wait(timeout=120) == (-signal.SIGKILL if way == "killed" else 0)
    service.wait(lambda: not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in children))
    if way != "killed":
        assert service.states() == {"a": State.DONE, "b": State.NEW}
        assert [run.state for run in service.store.runs()] == [RunState.QUEUED]
    service.go("a")
    service.go("b")
    service.start()
    service.wait(lambda: [slot.outcome for slot in service.store.slots()] == [Outcome.RAN])
    assert service.states() == {"a": State.DONE, "b": State.DONE}
    assert len(service.store.runs()) == 1
    assert service.begun() == (["a", "a", "b"] if way == "killed" else ["a", "b"])
