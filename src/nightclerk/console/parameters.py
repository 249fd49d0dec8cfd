"""Checks what a person typed for a bot's parameters, before anything is launched, and keeps the files they dropped."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, BinaryIO

from nightclerk.console.services import Parameter
from nightclerk.errors import BusinessError

RELATIVE_DAYS = ("today", "yesterday")
_UNSAFE_IN_NAMES = re.compile(r"[^\w.()\- ]+")


class BadParameter(BusinessError):
    """Facts: name, expected_zh, expected_en."""

    zh = "{name}：应填{expected_zh}。"
    en = "{name}: {expected_en} is expected."


def _bad(name: str, zh: str, en: str) -> BadParameter:
    return BadParameter(name=name, expected_zh=zh, expected_en=en)


def checked(parameter: Parameter, text: str) -> Any:
    """One typed value out of the text of a form field; BadParameter says what was expected."""
    text = text.strip()
    if parameter.type == "bool":
        return text in {"on", "true", "1", "yes"}
    if not text:
        if parameter.required:
            raise _bad(parameter.name, "内容，不能为空", "a value")
        return parameter.default
    if parameter.choices and text not in parameter.choices:
        options = ", ".join(parameter.choices)
        raise _bad(parameter.name, f"以下之一：{options}", f"one of {options}")
    return _typed(parameter, text)


def _typed(parameter: Parameter, text: str) -> Any:
    name = parameter.name
    try:
        if parameter.type == "int":
            return int(text)
        if parameter.type == "Decimal":
            amount = Decimal(text.replace(",", ""))
            if not amount.is_finite():
                raise InvalidOperation
            return str(amount)
        if parameter.type == "date" and text not in RELATIVE_DAYS:
            return date.fromisoformat(text).isoformat()
    except (ValueError, InvalidOperation):
        raise _bad(name, *_EXPECTED[parameter.type]) from None
    return text


_EXPECTED = {
    "int": ("整数", "a whole number"),
    "Decimal": ("金额，例如 128.00", "an amount such as 128.00"),
    "date": ("日期，例如 2026-11-20，或 today、yesterday", "a date such as 2026-11-20, or today or yesterday"),
}


def checked_form(parameters: tuple[Parameter, ...], form: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """All typed values, and the sentence of each field that is wrong."""
    values: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for parameter in parameters:
        try:
            values[parameter.name] = checked(parameter, form.get(parameter.name, ""))
        except BadParameter as error:
            wrong[parameter.name] = error.sentence()
    return values, wrong


def checked_first(text: str) -> int | None:
    """The number for "first N items": empty means all."""
    if not text.strip():
        return None
    if text.strip().isdecimal() and int(text) > 0:
        return int(text)
    raise _bad("first", "大于 0 的整数，或留空表示全部", "a whole number above 0, or nothing for all")


def keep_upload(folder: Path, name: str, stream: BinaryIO) -> Path:
    """Save a dropped file under its content's hash and its own name; nothing of the name can leave the folder."""
    content = stream.read()
    plain = _UNSAFE_IN_NAMES.sub("_", Path(name.replace("\\", "/")).name).strip(". ") or "file"
    target = folder / hashlib.sha256(content).hexdigest()[:16] / plain[-120:]
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        partial = target.with_name(target.name + ".part")
        partial.write_bytes(content)
        partial.replace(target)
    return target
