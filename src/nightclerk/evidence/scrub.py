"""What may stand in a journal: secrets removed, private values digested, personal data in texts masked."""

from __future__ import annotations

import hashlib
import hmac
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import Any

from nightclerk.domain import privacy
from nightclerk.hush import hushed
from nightclerk.ports import Secret

SECRET = "•••"
LONGEST_TEXT = 400
#: Shorter secrets would blot out innocent text all over the journal.
SHORTEST_SECRET = 4

Mask = Callable[[str], str]


class Scrubber:
    """Cleans texts and facts for one run. `salt` makes the run's digests useless without it."""

    def __init__(self, *, salt: bytes, mask: Mask = privacy.mask) -> None:
        self._salt = salt
        self._mask = mask
        self._secrets: set[str] = set()

    def hide(self, value: str) -> None:
        """From now on remove this secret wherever it turns up (a second fence: it should never turn up)."""
        if len(value) >= SHORTEST_SECRET:
            self._secrets.add(value)

    def text(self, text: str, *, longest: int = LONGEST_TEXT) -> str:
        for secret in self._secrets:
            text = text.replace(secret, SECRET)
        text = hushed(text)
        clean = self._mask(writable(text))
        return clean if len(clean) <= longest else f"{clean[:longest]}…"

    def digest(self, value: str) -> str:
        """HMAC-SHA-256 under the run's salt: who holds the salt can test a guess, nobody else can."""
        return keyed_digest(self._salt, value)

    def salt_digest(self) -> str:
        """Which salt this is, told without telling it, so that another one cannot be put in its place later."""
        return salt_digest(self._salt)

    def value(self, value: str | None, *, private: bool) -> dict[str, str]:
        """The journal's fields for a value typed or read; none at all for a secret (`None`)."""
        if value is None:
            return {}
        if private:
            return {"digest": self.digest(value)}
        shown = self.text(value)
        if shown == value:
            return {"value": shown}
        return {"value": shown, "digest": self.digest(value)}

    def facts(self, facts: Any) -> Any:
        """Any facts as clean JSON values; what JSON does not know becomes text."""
        if facts is None or isinstance(facts, bool):
            return facts
        if isinstance(facts, Secret):
            return SECRET
        if isinstance(facts, Enum):
            return self.facts(facts.value)
        if isinstance(facts, (int, float)):
            return self._number(facts)
        if isinstance(facts, Mapping):
            return {self.text(str(key)): self.facts(value) for key, value in facts.items()}
        if isinstance(facts, (list, tuple, set, frozenset)):
            return [self.facts(value) for value in facts]
        if is_dataclass(facts) and not isinstance(facts, type):
            return self.facts(asdict(facts))
        return self.text(_in_words(facts))

    def _number(self, number: float) -> float | str:
        """The number itself, unless JSON cannot say it or it is somebody's phone number."""
        clean = self.text(str(number))
        return number if clean == str(number) and math.isfinite(number) else clean


def keyed_digest(salt: bytes, value: str) -> str:
    """HMAC-SHA-256 of a value under a run's salt."""
    return hmac.new(salt, value.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def salt_digest(salt: bytes) -> str:
    """What the first line of a journal says of its salt: SHA-256 of a label and the salt."""
    return hashlib.sha256(b"nightclerk-salt/1\n" + salt).hexdigest()


def _in_words(value: Any) -> str:
    if isinstance(value, (bytes, bytearray)):
        return f"({len(value)} bytes)"
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Path):
        return value.as_posix()
    return str(value)


def writable(text: str) -> str:
    """The text as UTF-8 can hold it: half characters, as clipboards and window titles give them, become “?”."""
    return text.encode("utf-8", "replace").decode()
