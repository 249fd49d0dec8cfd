"""A login that only a person can pass (captcha, code): the run keeps its page open and waits for somebody's hands."""

from __future__ import annotations

from collections.abc import Callable

from nightclerk.errors import NeedsPerson
from nightclerk.run import Backstage, Run
from nightclerk.texts import say

_TURN_S = 0.5


def signed_in_by_person(
    stage: Backstage, safe_point: Callable[..., int], app: str, error: NeedsPerson, wait_s: float
) -> bool:
    """Ask for a person and stand still for them; whether one has worked the screen, or says that it is done.

    `safe_point(expected=True)` lets whoever asks for the screen have it, and returns how much they did there.
    """
    if stage.record.rehearse:
        return False
    question = say("live.sign_in", app=app, why=str(error))
    task = Run(stage).put_task("login", question, ("done",), {"bot": stage.record.bot, "run": stage.record.run})
    until_s = stage.clock.monotonic() + wait_s
    while stage.clock.monotonic() < until_s and stage.stopped() is None:
        if safe_point(expected=True):
            stage.store.answer(task.task, answer="done", who="take-over", now=stage.clock.now())
            return True
        known = stage.store.task(task.task)
        if known is not None and known.answered_at is not None:
            return True
        stage.wait(_TURN_S)
    return False
