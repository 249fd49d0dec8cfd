"""Which day is it for a bot: workday, public holiday, 调休 make-up day, a platform's peak day, a closed hour."""

from __future__ import annotations

from nightclerk.calendars.days import Calendar as Calendar
from nightclerk.calendars.files import load_calendar as load_calendar
