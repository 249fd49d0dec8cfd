"""`config/messages.yaml`: which channels there are, what each is told, and when the morning report goes out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from nightclerk.settings import seconds, words
from nightclerk.texts import say
from nightclerk.workspace import Fault, nearest

FILE = "config/messages.yaml"
#: What people can be told.
KINDS = ("person_needed", "slot_missed", "bot_failed", "bot_hangs", "budget_overdrawn", "morning_report")
KEYS = ("channels", "group", "morning", "console")
_CHANNEL_KEYS = ("secret", "url", "tell")
#: Addresses that carry no secret by themselves, and may stand in the file.
_OPEN_SCHEMES = ("json", "jsons", "xml", "xmls", "form", "forms", "mailto")


@dataclass(frozen=True, kw_only=True)
class Channel:
    """A way to people. `secret`: the vault's name for its Apprise address; `url`: an address without a secret in it."""

    name: str
    secret: str = ""
    url: str = ""
    tell: tuple[str, ...] = KINDS


@dataclass(frozen=True, kw_only=True)
class Messaging:
    """`group_s`: messages of so many seconds go out together; `morning`: local time of the morning report (None: no
    report); `console`: the console's address as people reach it, for links ("" for no links)."""

    channels: Mapping[str, Channel]
    group_s: float = 60.0
    morning: time | None = None
    console: str = ""

    def told(self, kind: str) -> list[str]:
        """The channels that are told of a kind of thing."""
        return [channel.name for channel in self.channels.values() if kind in channel.tell]


def load_messaging(root: Path) -> tuple[Messaging, tuple[Fault, ...]]:
    """The workspace's channels (none where the file is absent), and what is wrong in its file."""
    reader = _Reader()
    file = root / FILE
    try:
        data = (YAML(typ="rt").load(file.read_text(encoding="utf-8")) or {}) if file.exists() else {}
    except (YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        why = getattr(error, "problem", None) or str(error).splitlines()[0]
        fault = Fault(
            where=f"{FILE}:{mark.line + 1 if mark else 1}", expected=say("calendar.yaml", why=why),
            remedy=say("calendar.mend"),
        )  # fmt: skip
        return Messaging(channels={}), (fault,)
    return reader.messaging(data), tuple(reader.faults)


class _Reader:
    """Reads the parts of the file and remembers what is wrong with them."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def messaging(self, data: Any) -> Messaging:
        if not isinstance(data, Mapping):
            self._fault({}, "", say("calendar.mapping"), say("calendar.mend"))
            return Messaging(channels={})
        for key in data:
            if key not in KEYS:
                self._fault(data, key, say("calendar.key", name=key), nearest(str(key), KEYS))
        given = data.get("channels") or {}
        if not isinstance(given, Mapping):
            self._fault(data, "channels", say("calendar.part", name="channels"), say("calendar.mend"))
            given = {}
        channels = {one.name: one for name in given if (one := self._channel(given, name)) is not None}
        return Messaging(
            channels=channels, group_s=self._group(data), morning=self._morning(data),
            console=self._console(data),
        )  # fmt: skip

    def _channel(self, given: Mapping[str, Any], name: str) -> Channel | None:
        entry = given[name]
        if not isinstance(entry, Mapping) or bool(entry.get("secret")) == bool(entry.get("url")):
            self._fault(given, name, say("messages.channel", name=name), say("messages.channel_remedy", name=name))
            return None
        for key in entry:
            if key not in _CHANNEL_KEYS:
                self._fault(entry, key, say("calendar.key", name=key), nearest(str(key), _CHANNEL_KEYS))
        url = str(entry.get("url") or "")
        if url and not _is_open(url):
            self._fault(
                entry, "url", say("messages.secret_url", name=name), say("messages.secret_url_remedy", name=name)
            )
            return None
        tell = words(entry.get("tell") or KINDS)
        for kind in tell:
            if kind not in KINDS:
                self._fault(entry, "tell", say("messages.unknown_kind", kind=kind), nearest(kind, KINDS))
        return Channel(name=str(name), secret=str(entry.get("secret") or ""), url=url, tell=tell)

    def _group(self, data: Mapping[str, Any]) -> float:
        try:
            return max(1.0, seconds(data.get("group", 60)))
        except ValueError:
            self._fault(data, "group", say("messages.group", value=data["group"]), say("calendar.mend"))
            return 60.0

    def _console(self, data: Mapping[str, Any]) -> str:
        """The console's address; one without http(s):// would make links that nobody can open."""
        address = str(data.get("console") or "").rstrip("/")
        if address and not address.startswith(("https://", "http://")):
            self._fault(data, "console", say("messages.console", value=address), say("messages.console_remedy"))
            return ""
        return address

    def _morning(self, data: Mapping[str, Any]) -> time | None:
        if data.get("morning") is None:
            return None
        try:
            return time.fromisoformat(str(data["morning"]))
        except ValueError:
            expected = say("calendar.time", name="morning", value=data["morning"])
            self._fault(data, "morning", expected, say("calendar.time_remedy"))
            return None

    def _fault(self, data: Any, key: Any, expected: str, remedy: str) -> None:
        try:
            line = data.lc.key(key)[0] + 1
        except (AttributeError, KeyError):
            line = 1
        self.faults.append(Fault(where=f"{FILE}:{line}", expected=expected, remedy=remedy))


def _is_open(url: str) -> bool:
    """Whether an address carries no password and no token."""
    scheme, _, rest = url.partition("://")
    login = rest.partition("/")[0].rpartition("@")[0]
    return scheme in _OPEN_SCHEMES and ":" not in login and "pass=" not in rest


def secrets_of(messaging: Messaging) -> Iterator[tuple[str, str]]:
    """(channel, secret) for each channel whose address lies in the vault."""
    return ((channel.name, channel.secret) for channel in messaging.channels.values() if channel.secret)
