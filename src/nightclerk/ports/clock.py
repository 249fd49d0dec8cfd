"""Wall time and a monotonic count of seconds: the only way in which the engine learns how late it is."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol, runtime_checkable


@runtime_checkable
class Clock(Protocol):
    """Wall time (aware, UTC) and a monotonic count of seconds."""

    def now(self) -> datetime: ...
    def monotonic(self) -> float: ...
