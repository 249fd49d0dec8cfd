"""Dates and amounts by what they mean: 2026/11/20 is 2026-11-20, and 1,280.00 is 1280."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

_DAY = re.compile(r"(\d{4})([-/.年])(\d{1,2})([-/.月])(\d{1,2})日?(?:[ T]0{1,2}:00(?::00)?)?")
_COMPACT_DAY = re.compile(r"(20\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])")
_AMOUNT = re.compile(r"[¥￥$]?\s*(-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)\s*元?")


def day_of(value: Any) -> date | None:
    """The day that a cell or a text says, None when it says none."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = str(value).strip()
    match = _DAY.fullmatch(text)
    parts = (match[1], match[3], match[5]) if match else None
    if parts is None and (compact := _COMPACT_DAY.fullmatch(text)):
        parts = (compact[1], compact[2], compact[3])
    if parts is None:
        return None
    try:
        return date(int(parts[0]), int(parts[1]), int(parts[2]))
    except ValueError:
        return None


def amount_of(value: Any) -> Decimal | None:
    """The number that a cell or a text says, None when it says none."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float | Decimal):
        return Decimal(str(value))
    match = _AMOUNT.fullmatch(str(value).strip())
    try:
        return Decimal(match[1].replace(",", "")) if match else None
    except InvalidOperation:
        return None


def day_format(text: str) -> str:
    """How a typed day was written, as the expression that writes `x` so: '{x:%Y/%m/%d}'."""
    text = text.strip()
    if _COMPACT_DAY.fullmatch(text):
        return "{x:%Y%m%d}"
    match = _DAY.fullmatch(text)
    assert match is not None, text
    after = "日" if text.endswith("日") else ""
    padded = len(match[3]) == 2 and len(match[5]) == 2
    month, day = ("{x:%m}", "{x:%d}") if padded else ("{x.month}", "{x.day}")
    if padded:
        return f"{{x:%Y{match[2]}%m{match[4]}%d{after}}}"
    return f"{{x.year}}{match[2]}{month}{match[4]}{day}{after}"


def amount_format(text: str) -> str:
    """How a typed amount was written, as the expression that writes `x` so: '{x:,.2f}'."""
    text = text.strip()
    sign = text[0] if text[:1] in "¥￥$" else ""
    comma = "," if "," in text else ""
    _, point, decimals = text.rstrip("元 ").partition(".")
    return f"{sign}{{x:{comma}.{len(decimals)}f}}" if point else f"{sign}{{x.normalize():{comma}f}}"
