"""How many pictures a run may keep, decided from what it has spent: fewer pictures, never no journal (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Worth(IntEnum):
    """What a picture shows, in rising order of worth."""

    ACT = 1  # a read or an edit
    STEP = 2  # the end of a step that went well, or a commit
    TROUBLE = 3  # a step that did not go well, or what a person is asked about


@dataclass(frozen=True, kw_only=True)
class Budget:
    """A run's allowance. Past `thrifty_at` of it only steps and commits are pictured; past all of it only
    trouble; past `hard_limit` times the allowance nothing."""

    size_bytes: int = 64 * 1024 * 1024
    pictures: int = 5_000
    thrifty_at: float = 0.75
    hard_limit: float = 1.25

    def least_worth(self, *, size_bytes: int, pictures: int) -> Worth | None:
        """The least worth that is still pictured after this much was spent; None: nothing any more."""
        spent = max(size_bytes / self.size_bytes, pictures / self.pictures)
        if spent >= self.hard_limit:
            return None
        if spent >= 1:
            return Worth.TROUBLE
        return Worth.STEP if spent >= self.thrifty_at else Worth.ACT
