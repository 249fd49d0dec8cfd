"""A worker's hands: a process whose time is up is told to picture its screen, then ended, and its run has failed."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from nightclerk.domain.items import RunRecord, RunState
from nightclerk.work import worker
from nightclerk.work.store import SqlStore
from nightclerk.work.worker import Hands

#: Children that hang: the first ends once it has pictured its screen, the second does not listen at all.
LISTENS = "import sys; open(sys.argv[1], 'w').write(sys.stdin.readline())"
IS_DEAF = "import threading; threading.Event().wait(600)"


@dataclass(kw_only=True)
class ScriptedHands(Hands):
    """Hands whose children run a script of the test's."""

    script: str
    note: Path

    def _start(self, run: str, log: Path) -> subprocess.Popen[bytes]:
        self.child = subprocess.Popen([sys.executable, "-c", self.script, str(self.note)], stdin=subprocess.PIPE)
        return self.child


@pytest.mark.parametrize(("script", "heard"), [(LISTENS, "strike\n"), (IS_DEAF, "")])
def test_a_process_whose_time_is_up_is_struck_and_ended(
    store: SqlStore, clock: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, heard: str
) -> None:
    """It hears that its time is up before it is killed; one that does not listen is killed all the same."""
    if script == IS_DEAF:
        monkeypatch.setattr(worker, "STRIKE_S", 0.2)
    note = tmp_path / "note"
    hands = ScriptedHands(root=tmp_path, store=store, clock=clock, script=script, note=note)
    store.add_run(RunRecord(run="r1", bot="b", flow="f:f"))
    assert hands.perform("r1", timeout_s=0.5) is RunState.FAILED
    assert hands.child.poll() is not None
    assert (note.read_text() if note.exists() else "") == heard
    ended = store.run("r1")
    assert ended is not None
    assert (ended.state, ended.reason) == (RunState.FAILED, "ended after its 0.5 s were up.")
