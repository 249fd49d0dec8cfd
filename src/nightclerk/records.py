"""Frozen records to JSON values and back, by their type annotations: money, dates, enums and nested records survive."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

R = TypeVar("R")


def dump(value: Any) -> Any:
    """A JSON value for `value`. Decimal and dates become strings; TypeError names what cannot be written."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: dump(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Decimal | Path):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): dump(item) for key, item in value.items()}
    if isinstance(value, Sequence | set | frozenset):
        return [dump(item) for item in value]
    raise TypeError(f"cannot write a {type(value).__name__} into a record")


def load(kind: type[R], data: Any) -> R:
    """Build a `kind` from what `dump` wrote. ValueError names the field that does not fit."""
    return typing.cast(R, _load(kind, data, getattr(kind, "__name__", str(kind))))


def _load(kind: Any, data: Any, path: str) -> Any:
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if kind is Any or kind is object:
        return data
    if origin in (typing.Union, types.UnionType):
        return _load_union(args, data, path)
    if origin in (tuple, list, Sequence, typing.Sequence) and args:
        items = [_load(args[0], item, f"{path}[{i}]") for i, item in enumerate(data)]
        return items if origin is list else tuple(items)
    if origin in (dict, Mapping, typing.Mapping):
        return {key: _load(args[1], item, f"{path}.{key}") for key, item in data.items()}
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return _load_record(kind, data, path)
    return _load_plain(kind, data, path)


def _load_union(args: tuple[Any, ...], data: Any, path: str) -> Any:
    if data is None and type(None) in args:
        return None
    kinds = [arg for arg in args if arg is not type(None)]
    return _load(kinds[0], data, path) if len(kinds) == 1 else data


def _load_record(kind: type, data: Any, path: str) -> Any:
    if not isinstance(data, Mapping):
        raise ValueError(f"{path}: expected the fields of {kind.__name__}, got {data!r}")
    hints = typing.get_type_hints(kind)
    fields = {f.name for f in dataclasses.fields(kind)}
    return kind(**{k: _load(hints[k], v, f"{path}.{k}") for k, v in data.items() if k in fields})


def _load_plain(kind: Any, data: Any, path: str) -> Any:
    try:
        if kind in (datetime, date):
            return data if isinstance(data, kind) else kind.fromisoformat(data)
        if kind in (Decimal, Path) or (isinstance(kind, type) and issubclass(kind, Enum)):
            return kind(data)
        if kind is float and isinstance(data, int):
            return float(data)
    except (TypeError, ValueError, ArithmeticError) as error:
        raise ValueError(f"{path}: {data!r} is no {getattr(kind, '__name__', kind)}") from error
    if isinstance(kind, type) and not isinstance(data, kind):
        raise ValueError(f"{path}: expected {kind.__name__}, got {data!r}")
    return data
