"""What is told of a run's evidence elsewhere: its head (lines and last hash) in reports, its last picture."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Head:
    """`key`: fingerprint of the key whose signature covers the head; "" while the run has not ended with one."""

    run: str
    lines: int
    hash: str
    key: str = ""


@dataclass(frozen=True, kw_only=True)
class LastPicture:
    """A stored (masked) picture: its sha256, the moment that it shows, and the step that it was taken in."""

    sha256: str
    at: datetime
    step: str
