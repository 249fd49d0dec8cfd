"""How much one person or address may ask of the console: buckets that refill, so that bursts pass and floods do not."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

MOST_CALLERS = 5000


@dataclass(frozen=True, kw_only=True)
class Rate:
    """`burst` requests at once, then `per_s` a second."""

    burst: int
    per_s: float


#: Replaying by a held arrow key asks for about 60 pictures a second.
READS = Rate(burst=600, per_s=60)
WRITES = Rate(burst=60, per_s=5)
#: Verifying a chain, packing evidence, reading a workbook: seconds of work each.
HEAVY = Rate(burst=20, per_s=0.5)
#: A hand on a taken-over screen sends what it did some ten times a second.
HANDS = Rate(burst=60, per_s=15)
SIGN_INS = Rate(burst=10, per_s=10 / 60)


class Limits:
    """Counts per caller and kind of request, in memory. Any thread."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._left: OrderedDict[tuple[str, Rate], tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, caller: str, rate: Rate) -> bool:
        """Whether this caller may do one more of these now."""
        now = self._monotonic()
        with self._lock:
            left, at = self._left.pop((caller, rate), (float(rate.burst), now))
            left = min(float(rate.burst), left + (now - at) * rate.per_s)
            fits = left >= 1
            self._left[(caller, rate)] = (left - 1 if fits else left, now)
            while len(self._left) > MOST_CALLERS:
                self._left.popitem(last=False)
        return fits

    def give_back(self, caller: str, rate: Rate) -> None:
        """What was taken turned out to be harmless."""
        with self._lock:
            if (known := self._left.get((caller, rate))) is not None:
                self._left[(caller, rate)] = (known[0] + 1, known[1])
