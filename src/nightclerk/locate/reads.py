"""Turn what the screen says into the type that a selector's `reads` names: str, int, money, date, datetime."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from nightclerk.errors import ApplicationError
from nightclerk.locate.ways import filled_text, pattern_of

Value = str | int | Decimal | date | datetime

#: Screens show local time of the workspace's shops and systems.
SCREEN_ZONE = ZoneInfo("Asia/Shanghai")


class UnreadableValue(ApplicationError):
    """Facts: element, reads, text."""

    en: ClassVar[str] = "{element} says “{text}”, which is no {reads}. Compare the page with `reads` in its selector."
    zh: ClassVar[str] = "{element} 显示“{text}”，无法读成 {reads}。请对照页面检查定位文件中的 reads。"


def _int(text: str) -> int:
    return int(_number(text))


def _number(text: str) -> str:
    match = re.fullmatch(r"[¥￥$]?\s*([-−+]?)\s*[¥￥$]?\s*([\d,，]*\d(?:\.\d+)?)\s*(?:元|CNY|RMB)?", text.strip())
    if not match:
        raise ValueError(text)
    sign = "-" if match[1] in ("-", "−") else ""
    return sign + re.sub("[,，]", "", match[2])


def _money(text: str) -> Decimal:
    return Decimal(_number(text))


def _day_parts(text: str) -> list[int]:
    match = re.fullmatch(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?", text.strip())
    if not match:
        raise ValueError(text)
    return [int(part) for part in match.groups()]


def _date(text: str) -> date:
    year, month, day = _day_parts(text)
    return date(year, month, day)


def _datetime(text: str) -> datetime:
    match = re.fullmatch(r"(.+?日?)[\sT]*(\d{1,2}):(\d{2})(?::(\d{2}))?", text.strip())
    if not match:
        raise ValueError(text)
    year, month, day = _day_parts(match[1])
    return datetime(year, month, day, int(match[2]), int(match[3]), int(match[4] or 0), tzinfo=SCREEN_ZONE)


READERS: Mapping[str, Callable[[str], Value]] = {
    "str": str.strip,
    "int": _int,
    "money": _money,
    "decimal": _money,
    "date": _date,
    "datetime": _datetime,
}


def first_group(text: str, ways: Sequence[Mapping[str, Any]], values: Mapping[str, str] | None = None) -> str:
    """Group 1 of the first way whose `text` is a pattern with a group that fits; else the whole text.

    `values` fill the pattern's `{placeholders}`, each as literal text.
    """
    for way in ways:
        pattern = pattern_of(filled_text(str(way.get("text", "")), values or {}))
        match = pattern.search(text) if pattern and pattern.groups else None
        if match and match[1] is not None:
            return match[1]
    return text


def typed(text: str, reads: str, *, element: str) -> Value:
    """`text` as the type that `reads` names ("" is str)."""
    try:
        return READERS[reads or "str"](text)
    except (ValueError, ArithmeticError):
        raise UnreadableValue(element=element, reads=reads, text=text) from None
