"""Logins, where their secrets live, and how people are told that they are needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from nightclerk.hush import hide


@dataclass(frozen=True, kw_only=True)
class Account:
    """A login by name; `user` is typed as is, `secret` and `otp` (one-time codes) name entries of the vault."""

    name: str
    app: str
    user: str = ""
    secret: str = ""
    otp: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)


class Secret:
    """A handle on a secret: shows as its name everywhere; `reveal()` only at the keystroke. See also `hush`.

    `value`: the secret itself, or how to look it up at that moment.
    """

    __slots__ = ("_look_up", "name")

    def __init__(self, name: str, value: str | Callable[[], str]) -> None:
        self.name = name
        if isinstance(value, str):
            hide(value)
        self._look_up = (lambda: value) if isinstance(value, str) else value

    def reveal(self) -> str:
        value = self._look_up()
        hide(value)
        return value

    def __repr__(self) -> str:
        return f"Secret({self.name!r})"

    __str__ = __repr__

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError("a secret is never pickled")


class Vault(Protocol):
    """Where secrets live."""

    def get(self, name: str) -> Secret:
        """WorkspaceError with the remedy when there is none of that name."""

    def set(self, name: str, value: str) -> None: ...
    def names(self) -> list[str]: ...


class Notifier(Protocol):
    """Tells people that they are needed."""

    def tell(self, kind: str, message: str, *, facts: Mapping[str, Any]) -> None: ...
