"""A workspace's calendar: which words fit a day (workdays, 双11, last, 06-18 …), and which hours are closed."""

from __future__ import annotations

import calendar as months
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from nightclerk.calendars import official

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
#: Words for days that every calendar knows.
KINDS = (
    "workdays", "rest_days", "holidays", "weekends", "make_up_days", "first_workday", "last_workday", "last", *WEEKDAYS,
)  # fmt: skip
#: Peak days of the platforms, unless the workspace names them otherwise.
PEAKS: Mapping[str, tuple[str, ...]] = {"618": ("06-18",), "双11": ("11-11",), "双12": ("12-12",)}
_DAY_OF_MONTH = re.compile(r"[1-9]|[12]\d|3[01]")
_LAST = re.compile(r"last-(\d{1,2})")
_SPAN = re.compile(r"(\d{4}-)?(\d{2}-\d{2})(?:\.\.(\d{4}-)?(\d{2}-\d{2}))?")


@dataclass(frozen=True, kw_only=True)
class Blackout:
    """Hours in which no bot (or none of `bots`) may start. `until` at or before `opens` is on the next day."""

    name: str
    days: tuple[str, ...]
    opens: time = time(0)
    until: time = time(0)
    bots: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """`holidays` and `workdays`: days off and on that the workspace adds to (or changes in) the country's own."""

    country: str = "CN"
    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()
    named: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: PEAKS)
    blackouts: tuple[Blackout, ...] = ()

    def is_workday(self, day: date) -> bool:
        """Whether people work on a day: the workspace's own word, else the country's decree."""
        if day in self.workdays or day in self.holidays:
            return day in self.workdays
        return official.is_workday(day, self.country)

    def fits(self, word: str, day: date) -> bool:
        """Whether a word for days fits a day. ValueError for a word that nobody knows."""
        if word in self.named:
            return any(self.fits(span, day) for span in self.named[word])
        if word in KINDS:
            return self._is_kind(word, day)
        if _DAY_OF_MONTH.fullmatch(word):
            return day.day == int(word)
        if last := _LAST.fullmatch(word):
            return day == _month_end(day) - timedelta(days=int(last[1]))
        if span := _SPAN.fullmatch(word):
            return _in_span(span, day)
        raise ValueError(word)

    def first_fitting(self, words: Iterable[str], day: date) -> str:
        """The first of several words that fits a day, "" for none."""
        return next((word for word in words if self.fits(word, day)), "")

    def names_of(self, day: date) -> list[str]:
        """The named days (peaks, the workspace's own) that a day is."""
        return [name for name in self.named if self.fits(name, day)]

    def closed(self, moment: datetime, *, bot: str, zone: ZoneInfo) -> str:
        """The blackout that a moment lies in for a bot, "" for none."""
        return next((b.name for b in self.blackouts if self._covers(b, moment.astimezone(zone), bot)), "")

    def _covers(self, blackout: Blackout, local: datetime, bot: str) -> bool:
        if blackout.bots and bot not in blackout.bots:
            return False
        wall = local.replace(tzinfo=None)
        for day in (wall.date(), wall.date() - timedelta(days=1)):
            opens, until = datetime.combine(day, blackout.opens), datetime.combine(day, blackout.until)
            until += timedelta(days=1) if until <= opens else timedelta()
            if opens <= wall < until and self.first_fitting(blackout.days, day):
                return True
        return False

    def _is_kind(self, word: str, day: date) -> bool:
        if word in WEEKDAYS:
            return day.weekday() == WEEKDAYS.index(word)
        if word == "last":
            return day == _month_end(day)
        if word == "weekends":
            return day.weekday() >= official.WEEKEND
        if word == "make_up_days":
            return day.weekday() >= official.WEEKEND and self.is_workday(day)
        if word in ("workdays", "rest_days"):
            return self.is_workday(day) == (word == "workdays")
        if word == "holidays":
            return not self.is_workday(day) and (day in self.holidays or bool(official.holiday_name(day, self.country)))
        nearer = range(1, day.day) if word == "first_workday" else range(day.day + 1, _month_end(day).day + 1)
        return self.is_workday(day) and not any(self.is_workday(day.replace(day=n)) for n in nearer)


def _month_end(day: date) -> date:
    return day.replace(day=months.monthrange(day.year, day.month)[1])


def _in_span(span: re.Match[str], day: date) -> bool:
    """ "06-16..06-20" every year (over New Year too), "2026-10-31..2026-11-11" once. ValueError where it is no date."""
    year, begin, other_year, end = span[1], span[2], span[3], span[4] or span[2]
    for text in (begin, end):
        date.fromisoformat(f"{year or '2024-'}{text}")
    if year:
        return f"{year}{begin}" <= day.isoformat() <= f"{other_year or year}{end}"
    today = f"{day:%m-%d}"
    return begin <= today <= end if begin <= end else today >= begin or today <= end
