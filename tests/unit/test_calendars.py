"""The calendar: official days and one's own, words for days, and a fault at file:line for what makes no sense."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from nightclerk.calendars import Calendar, load_calendar
from nightclerk.calendars.official import guessed, is_make_up


@pytest.mark.parametrize(
    ("word", "day", "fits"),
    [
        ("workdays", date(2026, 2, 14), True),  # 调休: a Saturday that is worked
        ("make_up_days", date(2026, 2, 14), True),
        ("rest_days", date(2026, 2, 15), True),
        ("holidays", date(2026, 2, 15), True),  # within the Spring Festival
        ("holidays", date(2026, 11, 21), False),  # an ordinary Saturday
        ("first_workday", date(2026, 10, 8), True),
        ("last_workday", date(2026, 2, 28), True),  # a make-up Saturday
        ("last", date(2028, 2, 29), True),
        ("last-2", date(2026, 11, 28), True),
        ("618", date(2027, 6, 18), True),
        ("双11", date(2026, 11, 11), True),
        ("12-30..01-02", date(2027, 1, 1), True),
        ("2026-10-31..2026-11-11", date(2027, 11, 1), False),
        ("31", date(2026, 10, 31), True),
        ("sat", date(2026, 11, 21), True),
    ],
)
def test_words_for_days(word: str, day: date, fits: bool) -> None:
    """By China's notices as published, and by the plain calendar."""
    assert Calendar().fits(word, day) is fits


def test_ones_own_days_go_above_the_countrys() -> None:
    """A company's day off on a workday, and a worked Sunday."""
    calendar = Calendar(holidays=frozenset({date(2026, 11, 20)}), workdays=frozenset({date(2026, 11, 22)}))
    assert not calendar.is_workday(date(2026, 11, 20))
    assert calendar.is_workday(date(2026, 11, 22))
    assert calendar.fits("holidays", date(2026, 11, 20))


def test_a_year_without_a_notice_is_a_guess_and_says_so() -> None:
    """The lunar new year is off by computation; nobody invents a make-up day."""
    assert guessed(date(2050, 2, 1), "CN")
    assert not guessed(date(2026, 2, 1), "CN")
    assert not Calendar().is_workday(date(2050, 1, 23))
    assert not is_make_up(date(2050, 1, 29), "CN")


def test_other_countries() -> None:
    """Another country's public holidays, without make-up days."""
    german = Calendar(country="DE")
    assert (german.is_workday(date(2026, 10, 1)), german.is_workday(date(2026, 12, 25))) == (True, False)


RUBBISH = """\
country: ZZ
holidays: [tomorrow]
named:
  促销: [06-31, 双11]
  双11: nonsense
blackouts:
  month_end: {days: [lst], from: "20:00"}
  noon: {from: "12:00"}
  night: {days: [last], from: 25 o'clock, to: "08:00"}
weekends: []
"""


def test_every_mistake_is_told_at_its_line(tmp_path: Path) -> None:
    """What is sound still counts."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "calendars.yaml").write_text(RUBBISH, encoding="utf-8")
    calendar, faults = load_calendar(tmp_path)
    assert sorted(fault.where for fault in faults) == [
        "config/calendars.yaml:1", "config/calendars.yaml:10", "config/calendars.yaml:2", "config/calendars.yaml:4",
        "config/calendars.yaml:4", "config/calendars.yaml:5", "config/calendars.yaml:7", "config/calendars.yaml:8",
        "config/calendars.yaml:9", "config/calendars.yaml:9",
    ]  # fmt: skip
    sentences = [fault.sentence() for fault in faults]
    assert "config/calendars.yaml:7: a word for days, not 'lst'. Did you mean 'last'?" in sentences
    assert "config/calendars.yaml:2: a date, not 'tomorrow'. Write it as 2027-02-14" in sentences
    assert [blackout.name for blackout in calendar.blackouts] == ["night"]


def test_a_file_that_is_no_yaml_leaves_the_countrys_calendar(tmp_path: Path) -> None:
    """One fault with its line; the shift goes on with China's days."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "calendars.yaml").write_text("country: [CN\n", encoding="utf-8")
    calendar, [fault] = load_calendar(tmp_path)
    assert fault.where == "config/calendars.yaml:2"
    assert calendar == Calendar()
