"""A question to a person, through real processes: nothing is held, restarts change nothing, the answer goes on."""

from __future__ import annotations

import json
import os
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from nightclerk.domain.items import RunState, State
from tests.contract.service_kit import Service

pytestmark = [
    pytest.mark.slow, pytest.mark.timeout(900),
    pytest.mark.skipif(os.name == "nt", reason="processes are ended by POSIX signals"),
]  # fmt: skip


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """A shift whose one bot asks; its item waits when the test begins, and the shift has been killed since."""
    made = Service(tmp_path, flow="asking_flow:ask", queue="doubtful")
    made.store.put("doubtful", "a", {"key": "a"})
    made.start()
    made.tell()
    made.wait(lambda: [run.state for run in made.store.runs()] == [RunState.DONE])
    assert made.states() == {"a": State.WAITING}
    made.wait(lambda: not made.performing())
    made.kill()
    yield made
    made.end()


def test_a_question_is_answered_on_the_command_line_while_nobody_is_on_duty(service: Service) -> None:
    """The run has ended and holds nothing; the answer waits for the next shift, which goes on with it by itself."""
    [asked] = json.loads(service.type("tasks", "--json"))
    assert (asked["question"], asked["choices"]) == ("Is a the same order?", ["yes", "no"])
    kept = json.loads(service.type("answer", asked["task"], "yes", "--json"))
    assert kept["answer"] == "yes"
    service.start()
    service.wait(lambda: service.states() == {"a": State.DONE})
    item = service.store.item("doubtful", "a")
    assert item is not None
    assert item.result == "yes"


def test_a_question_is_answered_by_a_signed_link_once(service: Service) -> None:
    """A phone opens the link at the console of the shift, without signing in; used again it changes nothing."""
    service.start("--port", "0")
    service.wait(service.console_at)
    [asked] = json.loads(service.type("tasks", "--json"))
    path = json.loads(service.type("task", asked["task"], "--link", "--json"))["path"]
    address = service.console_at() + path
    assert "Is a the same order?" in _open(address)
    _open(address, answer="no")
    service.wait(lambda: service.states() == {"a": State.DONE})
    assert service.store.tasks(open_only=False)[0].answer == "no"
    assert "answered" in _open(address, answer="yes", refused=True)
    assert service.store.tasks(open_only=False)[0].answer == "no"


def _open(address: str, *, answer: str = "", refused: bool = False) -> str:
    """The page of a link; with `answer` its form is sent."""
    data = urllib.parse.urlencode({"answer": answer}).encode() if answer else None
    try:
        with urllib.request.urlopen(urllib.request.Request(address, data=data), timeout=120) as page:
            return str(page.read().decode())
    except urllib.error.HTTPError as error:
        if not refused:
            raise
        return re.sub(r"\s+", " ", error.read().decode())
