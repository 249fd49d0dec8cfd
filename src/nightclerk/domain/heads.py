"""The head of a run's evidence, as a report notes it down: how long its journal was, the hash of its last line."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Head:
    """`key`: fingerprint of the key whose signature covers the head; "" while the run has not ended with one."""

    run: str
    lines: int
    hash: str
    key: str = ""
