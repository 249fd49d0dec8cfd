"""Public holidays and make-up workdays by country, from calendars that others keep: what is decreed, and until when.

China: `chinesecalendar` holds the State Council's yearly notices, make-up workdays (调休) included; a year whose notice
is not out yet is answered from the lunar rules of `holidays`, without make-up days, and counts as a guess.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Any

import chinese_calendar
import holidays

WEEKEND = 5


def is_workday(day: date, country: str) -> bool:
    """Whether a day is worked by decree: a make-up Saturday is, a public holiday is not."""
    if country == "CN" and not guessed(day, country):
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < WEEKEND and day not in _holidays(country, day.year)


def holiday_name(day: date, country: str) -> str:
    """The public holiday's name in English, "" for none. Weekends that are no holiday have none."""
    if country == "CN" and not guessed(day, country):
        is_off, name = chinese_calendar.get_holiday_detail(day)
        return str(name) if is_off and name else ""
    return str(_holidays(country, day.year).get(day, ""))


def is_make_up(day: date, country: str) -> bool:
    """Whether a Saturday or Sunday is worked in exchange for a holiday (调休)."""
    return day.weekday() >= WEEKEND and is_workday(day, country)


def guessed(day: date, country: str) -> bool:
    """Whether the year's official notice was not known when the calendar was last updated."""
    return country == "CN" and not _first_year() <= day.year <= last_known_year()


@cache
def last_known_year() -> int:
    """The last year of which China's notice is known."""
    return max(chinese_calendar.holidays).year


@cache
def _first_year() -> int:
    return min(chinese_calendar.holidays).year


@cache
def countries() -> frozenset[str]:
    """The countries (ISO letters) whose public holidays are known."""
    return frozenset(holidays.list_supported_countries())


@cache
def _holidays(country: str, year: int) -> Any:
    if not country:
        return MappingProxyType({})
    return holidays.country_holidays(country, years=year)
