"""A person's word about a run: pause, resume, cancel. It is written into the books; engine and workers follow them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from nightclerk.domain.items import RunRecord, RunState
from nightclerk.errors import NightClerkError
from nightclerk.ports import Clock, Runs

_LIVE = (RunState.QUEUED, RunState.RUNNING)


class NoSuchRun(NightClerkError):
    """Facts: run."""

    en = "There is no run {run!r}. `nightclerk runs` lists the latest."
    zh = "没有运行 {run!r}。nightclerk runs 可列出最近的运行。"


class NotThere(NightClerkError):
    """The run stands where this cannot be done. Facts: run, state."""

    en = (
        "Run {run} is {state}: nothing was changed. "
        "Only queued, running and paused runs can be paused, resumed or cancelled."
    )
    zh = "运行 {run} 的状态是 {state}，没有改动。只有排队、运行中或已暂停的运行可以暂停、继续或取消。"


@dataclass(frozen=True, kw_only=True)
class Controls:
    """Works from any process that can reach the books. Each word is one conditional update.

    Raises NoSuchRun and NotThere.
    """

    store: Runs
    clock: Clock

    def pause(self, run: str, by: str) -> RunRecord:
        """The run ends the item in its hands, then holds nothing: no process, no account, no item."""
        now, reason = self.clock.now(), f"paused by {by}"
        queued = self._change(run, [RunState.QUEUED], state=RunState.PAUSED, ended_at=now, reason=reason)
        if not queued and not self._change(
            run, [RunState.RUNNING], state=RunState.PAUSED, ended_at=None, reason=reason
        ):
            self._refuse(run)
        return self._known(run)

    def resume(self, run: str, by: str) -> RunRecord:
        """A paused run is queued again, as its next turn; one that has not let go yet just goes on."""
        known = self._known(run)
        if known.state is not RunState.PAUSED:
            self._refuse(run)
        if known.ended_at is None and self._change(run, [RunState.PAUSED], state=RunState.RUNNING, reason=""):
            return self._known(run)
        if not self._change(
            run, [RunState.PAUSED], state=RunState.QUEUED, turn=known.turn + 1, queued_at=self.clock.now(),
            ended_at=None, reason=f"resumed by {by}",
        ):  # fmt: skip
            self._refuse(run)
        return self._known(run)

    def cancel(self, run: str, by: str) -> RunRecord:
        """The run ends after the item in its hands, a queued or paused one at once; it never goes on."""
        changes = {"state": RunState.CANCELLED, "reason": by, "ended_at": self.clock.now()}
        if not self._change(run, [*_LIVE, RunState.PAUSED], **changes):
            self._refuse(run)
        return self._known(run)

    def _change(self, run: str, expect: Iterable[RunState], **changes: object) -> bool:
        return self.store.change_run(run, expect=expect, **changes)

    def _known(self, run: str) -> RunRecord:
        record = self.store.run(run)
        if record is None:
            raise NoSuchRun(run=run)
        return record

    def _refuse(self, run: str) -> None:
        raise NotThere(run=run, state=self._known(run).state.value)
