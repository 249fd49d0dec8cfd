"""One cell of a table to a typed value: ids stay text, money is Decimal, times are aware and in UTC."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from openpyxl.utils.datetime import from_excel

from nightclerk.documents.layouts import Column, Reads

_FIRST_EIGHT_DIGITS = 10_000_000  # below it a number is an Excel day, from it on a date like 20261120
_SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+?\d+")
_DATE = re.compile(
    r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))"
    r"(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?"
)

#: What a column of each kind expects, (zh, en), for error sentences.
EXPECTED = {
    Reads.ID: ("各位数字完整的文本编号", "an id as text with all its digits"),
    Reads.CODE: ("文本格式的编码", "a code that is stored as text"),
    Reads.TEXT: ("文本", "text"),
    Reads.MONEY: ("金额，如 12.50", "an amount like 12.50"),
    Reads.INT: ("整数", "a whole number"),
    Reads.DATE: ("日期，如 2026-11-20", "a date like 2026-11-20"),
    Reads.DATETIME: ("时间，如 2026-11-20 08:30:00", "a time like 2026-11-20 08:30:00"),
}
#: What a cell that must be filled expects.
FILLED = ("内容（此列不能为空）", "a value (this column must not be blank)")


def clean(raw: Any) -> str:
    """The text of a cell without blanks and tabs round it and without the `="…"` that keeps ids text."""
    text = str(raw).strip()
    if text.startswith('="') and text.endswith('"'):
        text = text[2:-1].strip()
    return text


def value_of(raw: Any, column: Column, zone: ZoneInfo) -> Any:
    """The typed value of a cell; ValueError when it does not fit the column."""
    if raw is None:
        return blank(column.reads)
    text = clean(raw)
    if column.reads in (Reads.ID, Reads.CODE):
        text = text.lstrip("'`").strip()
    if not text or text in column.blanks:
        return blank(column.reads)
    return _READERS[column.reads](raw, text, zone)


def blank(reads: Reads) -> Any:
    """What a blank cell reads as."""
    return "" if reads in (Reads.ID, Reads.CODE, Reads.TEXT) else None


def _id(raw: Any, text: str, zone: ZoneInfo) -> str:
    if isinstance(raw, float):
        if not raw.is_integer() or abs(raw) >= 1e15:
            raise ValueError(text)
        return str(int(raw))
    if isinstance(raw, bool | date) or _SCIENTIFIC.fullmatch(text):
        raise ValueError(text)
    return text


def _code(raw: Any, text: str, zone: ZoneInfo) -> str:
    if not isinstance(raw, str):
        raise ValueError(text)
    return text


def _text(raw: Any, text: str, zone: ZoneInfo) -> str:
    return text


def _money(raw: Any, text: str, zone: ZoneInfo) -> Decimal:
    if isinstance(raw, bool | date):
        raise ValueError(text)
    if isinstance(raw, float):  # 12.5 stored as binary: its shortest text is what the sheet showed
        text = repr(raw)
    bare = text.replace("￥", "").replace("¥", "").replace(",", "").removesuffix("元").strip()
    try:
        amount = Decimal(bare)
    except InvalidOperation as error:
        raise ValueError(text) from error
    if not amount.is_finite():
        raise ValueError(text)
    return amount


def _int(raw: Any, text: str, zone: ZoneInfo) -> int:
    amount = _money(raw, text, zone)
    if amount != int(amount):
        raise ValueError(text)
    return int(amount)


def _datetime(raw: Any, text: str, zone: ZoneInfo) -> datetime:
    moment = _moment(raw, text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _date(raw: Any, text: str, zone: ZoneInfo) -> date:
    return _moment(raw, text).date()


def _moment(raw: Any, text: str) -> datetime:
    """A time cell of a workbook: a real date, a day number of Excel, 20261120, or text."""
    if isinstance(raw, datetime):
        return raw
    if isinstance(raw, int | float) and 0 < raw < _FIRST_EIGHT_DIGITS:
        moment = from_excel(raw)
        if isinstance(moment, datetime):
            return moment
        raise ValueError(text)
    return _parse_time(text)


def _parse_time(text: str) -> datetime:
    found = _DATE.fullmatch(text)
    if found is None:
        raise ValueError(text)
    year, month, day, month8, day8, hour, minute, second = (int(part or 0) for part in found.groups())
    fields = (year, month or month8, day or day8, hour, minute, second)
    try:
        return datetime(*fields)  # noqa: DTZ001 - the zone is the layout's
    except ValueError as error:  # 2026-02-30
        raise ValueError(text) from error


_READERS = {
    Reads.ID: _id,
    Reads.CODE: _code,
    Reads.TEXT: _text,
    Reads.MONEY: _money,
    Reads.INT: _int,
    Reads.DATE: _date,
    Reads.DATETIME: _datetime,
}
