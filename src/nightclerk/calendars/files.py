"""`config/calendars.yaml`: the workspace's own days and closed hours, with a fault at file:line for each mistake."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, time
from pathlib import Path
from typing import Any, TypeVar

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from nightclerk.calendars import official
from nightclerk.calendars.days import KINDS, PEAKS, Blackout, Calendar
from nightclerk.settings import words
from nightclerk.texts import say
from nightclerk.workspace import Fault, nearest

FILE = "config/calendars.yaml"
KEYS = ("country", "holidays", "workdays", "named", "blackouts")
_BLACKOUT_KEYS = ("days", "from", "until", "bots")
T = TypeVar("T")


def load_calendar(root: Path) -> tuple[Calendar, tuple[Fault, ...]]:
    """The workspace's calendar (China's, where the file is absent), and what is wrong in its file."""
    reader = _Reader()
    return reader.calendar(_load(root / FILE, reader.faults)), tuple(reader.faults)


def _load(file: Path, faults: list[Fault]) -> Mapping[str, Any]:
    if not file.exists():
        return {}
    try:
        data = YAML(typ="rt").load(file.read_text(encoding="utf-8")) or {}
    except (YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        why = getattr(error, "problem", None) or str(error).splitlines()[0]
        where = f"{FILE}:{mark.line + 1 if mark else 1}"
        faults.append(Fault(where=where, expected=say("calendar.yaml", why=why), remedy=say("calendar.mend")))
        return {}
    if not isinstance(data, Mapping):
        faults.append(Fault(where=f"{FILE}:1", expected=say("calendar.mapping"), remedy=say("calendar.mend")))
        return {}
    return data


class _Reader:
    """Reads the parts of the file and remembers what is wrong with them."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def calendar(self, data: Mapping[str, Any]) -> Calendar:
        for key in data:
            if key not in KEYS:
                self._fault(data, key, say("calendar.key", name=key), nearest(str(key), KEYS))
        named = dict(PEAKS) | self._named(data)
        return Calendar(
            country=self._country(data), holidays=self._dates(data, "holidays"),
            workdays=self._dates(data, "workdays"), named=named, blackouts=self._blackouts(data, named),
        )  # fmt: skip

    def _country(self, data: Mapping[str, Any]) -> str:
        country = str(data.get("country", "CN")).upper()
        if country in official.countries():
            return country
        self._fault(data, "country", say("calendar.country", name=data["country"]), say("calendar.country_remedy"))
        return "CN"

    def _dates(self, data: Mapping[str, Any], key: str) -> frozenset[date]:
        found = set()
        for given in _list(data.get(key)):
            try:
                found.add(given if isinstance(given, date) else date.fromisoformat(str(given)))
            except ValueError:
                self._fault(data, key, say("calendar.date", value=given), say("calendar.date_remedy"))
        return frozenset(found)

    def _named(self, data: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
        given = self._mapping(data, "named")
        found = {}
        for name, days in given.items():
            spans = tuple(str(day) for day in _list(days))
            if self._sound(given, name, spans, {}):
                found[str(name)] = spans
        return found

    def _blackouts(self, data: Mapping[str, Any], named: Mapping[str, tuple[str, ...]]) -> tuple[Blackout, ...]:
        given = self._mapping(data, "blackouts")
        found = (self._blackout(given, name, named) for name in given)
        return tuple(one for one in found if one is not None)

    def _blackout(self, given: Mapping[str, Any], name: str, named: Mapping[str, tuple[str, ...]]) -> Blackout | None:
        entry = given[name]
        if not isinstance(entry, Mapping) or not entry.get("days"):
            self._fault(given, name, say("calendar.blackout", name=name), say("calendar.blackout_remedy"))
            return None
        for key in entry:
            if key not in _BLACKOUT_KEYS:
                self._fault(entry, key, say("calendar.key", name=key), nearest(str(key), _BLACKOUT_KEYS))
        days = tuple(str(day) for day in _list(entry["days"]))
        if not self._sound(entry, "days", days, named):
            return None
        opens, until = self._time(entry, "from"), self._time(entry, "until")
        return Blackout(name=str(name), days=days, opens=opens, until=until, bots=words(entry.get("bots") or ()))

    def _sound(self, data: Any, key: str, days: tuple[str, ...], named: Mapping[str, tuple[str, ...]]) -> bool:
        """Whether every word of a list of days is known; those that are not are faults."""
        wrong = unknown_days(days, named)
        for word in wrong:
            self._fault(data, key, say("calendar.day", word=word), nearest(word, [*named, *KINDS]))
        return not wrong

    def _time(self, entry: Mapping[str, Any], key: str) -> time:
        return self._read(entry, key, lambda text: time.fromisoformat(str(text)), time(0))

    def _read(self, entry: Mapping[str, Any], key: str, read: Callable[[Any], T], default: T) -> T:
        if key not in entry:
            return default
        try:
            return read(entry[key])
        except ValueError:
            self._fault(entry, key, say("calendar.time", name=key, value=entry[key]), say("calendar.time_remedy"))
            return default

    def _mapping(self, data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        given = data.get(key) or {}
        if isinstance(given, Mapping):
            return given
        self._fault(data, key, say("calendar.part", name=key), say("calendar.mend"))
        return {}

    def _fault(self, data: Any, key: Any, expected: str, remedy: str) -> None:
        try:
            line = data.lc.key(key)[0] + 1
        except (AttributeError, KeyError):
            line = 1
        self.faults.append(Fault(where=f"{FILE}:{line}", expected=expected, remedy=remedy))


def unknown_days(days: tuple[str, ...], named: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The words among `days` that stand for no day."""
    calendar, wrong = Calendar(named=named), []
    for word in days:
        try:
            calendar.fits(word, date(2024, 2, 29))
        except ValueError:
            wrong.append(word)
    return wrong


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]
