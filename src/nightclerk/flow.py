"""What a flow author declares: `@flow` marks a business function, `Queue` names the work items it eats or fills."""

from __future__ import annotations

import importlib
import inspect
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import Enum
from pathlib import Path
from typing import Any, Generic, TypeVar

from nightclerk.errors import WorkspaceError
from nightclerk.records import dump, load

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Queue(Generic[T]):
    """A named queue of records of one type; the record's `key` is unique in it."""

    name: str
    of: type[T] = field(kw_only=True)

    def key(self, record: T) -> str:
        return str(record.key)  # type: ignore[attr-defined]

    def dump(self, record: T) -> dict[str, Any]:
        return typing.cast(dict[str, Any], dump(record))

    def load(self, payload: Mapping[str, Any]) -> T:
        return load(self.of, payload)


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One plain parameter of a flow: what a person or a bot file may set."""

    name: str
    kind: type
    default: Any = None
    required: bool = True

    @property
    def choices(self) -> tuple[str, ...]:
        return tuple(str(m.value) for m in self.kind) if issubclass(self.kind, Enum) else ()


@dataclass(frozen=True, kw_only=True)
class Flow:
    """A flow function with what the engine needs to know about it. Calling it calls the function (for tests)."""

    function: Callable[..., Any]
    name: str
    titles: Mapping[str, str]
    each: Queue[Any] | None = None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.function(*args, **kwargs)

    def hints(self) -> dict[str, Any]:
        """Parameter name -> type, in order, without the return type."""
        hints = typing.get_type_hints(self.function)
        return {name: hints.get(name, Any) for name in inspect.signature(self.function).parameters}

    def parameters(self) -> tuple[Parameter, ...]:
        """The plain parameters only: no run, no app, no record of the queue."""
        signature = inspect.signature(self.function)
        found = []
        for name, kind in self.hints().items():
            if isinstance(kind, type) and (kind in PLAIN or issubclass(kind, Enum)):
                default = signature.parameters[name].default
                empty = default is inspect.Parameter.empty
                found.append(Parameter(name=name, kind=kind, default=None if empty else default, required=empty))
        return tuple(found)


def flow(title: str | Mapping[str, str], *, each: Queue[Any] | None = None) -> Callable[[F], Flow]:
    """Mark a function as a flow. With `each`, one call is one transaction over one item of that queue."""
    titles = {"zh": title, "en": title} if isinstance(title, str) else dict(title)

    def mark(function: F) -> Flow:
        return Flow(function=function, name=f"{function.__module__}:{function.__name__}", titles=titles, each=each)

    return mark


def load_flow(name: str) -> Flow:
    """The flow that "package.module:function" names. WorkspaceError when there is none."""
    found = load_name(name)
    if not isinstance(found, Flow):
        raise WorkspaceError(
            where=name,
            expected="a function marked with @flow",
            remedy='Put @flow("title") above the function',
        )
    return found


def load_name(name: str) -> Any:
    """What "package.module:attribute" names. WorkspaceError says which half is wrong."""
    module_name, _, attribute = name.partition(":")
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        raise WorkspaceError(
            where=name, expected=f"a module {module_name!r}", remedy=f"Python says: {error}"
        ) from error
    if not attribute or not hasattr(module, attribute):
        raise WorkspaceError(
            where=name,
            expected=f"a name {attribute!r} in {module_name}",
            remedy='Write it as "package.module:name"',
        )
    return getattr(module, attribute)


PLAIN: dict[type, str] = {
    str: "text", int: "whole number", bool: "yes or no", Decimal: "amount", date: "date", Path: "file",
}  # fmt: skip
_TRUE = {"1", "true", "yes", "on", "是"}
_FALSE = {"0", "false", "no", "off", "否"}


def parse_value(kind: type, text: Any, *, name: str, day: date) -> Any:
    """`text` as a `kind`; dates also as "today"/"yesterday" of business day `day`. WorkspaceError if it is none."""
    try:
        return _parse(kind, text, day)
    except (ValueError, InvalidOperation) as error:
        wanted = PLAIN.get(kind) or " | ".join(str(m.value) for m in kind)  # type: ignore[attr-defined]
        raise WorkspaceError(
            where=name, expected=f"{wanted}, not {text!r}", remedy=f"Set it with --set {name}=…"
        ) from error


def _parse(kind: type, text: Any, day: date) -> Any:
    if isinstance(text, kind) and not (kind is int and isinstance(text, bool)):
        return text
    words = str(text).strip()
    if kind is date:
        named = {"today": day, "yesterday": day - timedelta(days=1)}
        return named.get(words.lower()) or datetime.fromisoformat(words).date()
    if kind is bool:
        if words.lower() in _TRUE | _FALSE:
            return words.lower() in _TRUE
        raise ValueError(words)
    return kind(words)
