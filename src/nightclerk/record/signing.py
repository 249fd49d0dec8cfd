"""Recognise a login among recorded steps: what leads to it, the user's name, the secret, the click that sends it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nightclerk.record.steps import Step

_QUIET = frozenset({"open", "click", "hover", "press", "check", "tab", "choose"})


@dataclass(frozen=True, kw_only=True)
class Login:
    """`steps[first:end]` are the login; `user` and `password` are places of its two fields (user may be missing)."""

    first: int
    end: int
    password: int
    user: int | None
    code: int | None = None


def find_login(steps: Sequence[Step]) -> Login | None:
    """The first login of a recording; None when nothing secret was typed."""
    password = next((n for n, step in enumerate(steps) if step.verb == "fill" and step.secret == "password"), None)
    if password is None:
        return None
    user = next((n for n in range(password - 1, -1, -1) if _is_user(steps[n], steps[password])), None)
    start = user if user is not None else password
    code = next((n for n, step in enumerate(steps[start:]) if step.secret == "code"), None)
    first = _first(steps, start)
    return Login(
        first=first,
        end=_end(steps, password),
        password=password,
        user=user,
        code=None if code is None else start + code,
    )


def _is_user(step: Step, password: Step) -> bool:
    return step.verb == "fill" and not step.secret and (step.tab, step.frame) == (password.tab, password.frame)


def _first(steps: Sequence[Step], start: int) -> int:
    """All that came before belongs to the login, unless it was work."""
    if all(step.verb in _QUIET for step in steps[:start]):
        return 0
    opened = [n for n in range(start) if steps[n].verb == "open"]
    return opened[-1] if opened else start


def _end(steps: Sequence[Step], password: int) -> int:
    """Behind the click or Enter that sends the login: the last one on its page."""
    for place in range(password + 1, len(steps)):
        step = steps[place]
        if step.verb in ("click", "press") and (step.tab, step.frame) == (steps[password].tab, steps[password].frame):
            return place + 1
        if step.verb not in ("fill", "check", "choose", "hover"):
            return place
    return len(steps)
