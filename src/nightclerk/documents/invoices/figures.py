"""Figures and dates as invoices print them: yuan signs, thousands, percent words, Chinese and numeric dates."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation

_MONEY = re.compile(r"^[¥$€]?(-?)[¥$€]?(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?$")
_RATE = re.compile(r"^(\d{1,2}(?:\.\d+)?)%$")
#: What stands in the rate column where no rate applies.
NO_RATE = ("免税", "不征税", "出口零税率", "普通零税率")
STARS = re.compile(r"^\*+$")
_DAY = re.compile(r"(\d{4})(?:年|-|/|\.)?(\d{1,2})(?:月|-|/|\.)?(\d{1,2})日?")


def money(text: str) -> Decimal | None:
    """`¥-2,511.60` -> Decimal("-2511.60"); None when it is no figure."""
    match = _MONEY.match("".join(text.split()))
    if match is None:
        return None
    sign, whole, rest = match.groups()
    try:
        return Decimal(f"{sign}{whole.replace(',', '')}{rest or ''}")
    except InvalidOperation:
        return None


def is_rate(text: str) -> bool:
    """Whether a cell of the rate column holds a rate, a word for none, or the stars of 差额征税."""
    return bool(_RATE.match(text) or text in NO_RATE or STARS.match(text))


def rate(text: str) -> Decimal | None:
    """`13%` -> Decimal("0.13"); None for 免税, 不征税 and stars."""
    match = _RATE.match(text)
    return Decimal(match.group(1)) / 100 if match else None


def day(text: str) -> date | None:
    """The first date in a text; blanks are ignored."""
    match = _DAY.search("".join(text.split()))
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None
