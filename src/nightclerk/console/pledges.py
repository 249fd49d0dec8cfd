"""The two-person rule: what one person asks for here happens only when a second person agrees."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from nightclerk.console.cabinet import Cabinet
from nightclerk.errors import BusinessError

WAITS = timedelta(hours=24)
#: How long a private value stays open to the one who asked.
UNMASKED_FOR = timedelta(minutes=30)


class PledgeKind(StrEnum):
    """What needs two people."""

    INVOICE = "invoice"  # accept a match above the limit
    ANSWER = "answer"  # answer a question about an amount above the limit
    UNMASK = "unmask"  # see an item's private values


class SamePerson(BusinessError):
    """The one who asked cannot agree."""

    zh = "这一步要由另一个人同意，提出的人不能自己同意。没有改动。"
    en = "A second person has to agree to this; whoever asked cannot. Nothing was changed."


class SettledAlready(BusinessError):
    """Somebody was faster, or it waited too long."""

    zh = "这一步已有结论或已过期。没有改动。"
    en = "This has been settled already or has waited too long. Nothing was changed."


@dataclass(frozen=True, kw_only=True)
class Pledge:
    """One thing that waits for its second signature. `subject` is what it is about, `facts` what is to be done."""

    pledge: str
    kind: PledgeKind
    subject: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    asked_by: str
    asked_at: datetime
    expires_at: datetime
    settled_by: str = ""
    settled_at: datetime | None = None
    agreed: bool = False


class Pledges(Cabinet):
    """Signatures, one row each; settled ones stay for the auditors."""

    def ask_second(
        self, kind: PledgeKind, subject: str, facts: Mapping[str, Any], *, who: str, now: datetime
    ) -> tuple[Pledge, bool]:
        """Ask for a second signature; the same subject that is still open keeps its first asker (then False)."""
        known = [one for one in self.open_pledges(now=now) if (one.kind, one.subject) == (kind, subject)]
        if known:
            return known[0], False
        pledge = Pledge(
            pledge=secrets.token_hex(8), kind=kind, subject=subject, facts=dict(facts), asked_by=who, asked_at=now,
            expires_at=now + WAITS,
        )  # fmt: skip
        with self._write() as db:
            db.execute(
                "INSERT INTO pledges (pledge, kind, subject, facts, asked_by, asked_at, expires_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (pledge.pledge, kind.value, subject, json.dumps(dict(facts), ensure_ascii=False), who,
                 now.isoformat(), pledge.expires_at.isoformat()),
            )  # fmt: skip
        return pledge, True

    def open_pledges(self, *, now: datetime, limit: int = 200) -> list[Pledge]:
        """What waits for a second person, oldest first."""
        rows = self._rows(
            f"{_SELECT} WHERE settled_at IS NULL AND expires_at > ? ORDER BY asked_at LIMIT ?", now.isoformat(), limit
        )
        return [_pledge(row) for row in rows]

    def pledge(self, pledge: str) -> Pledge | None:
        rows = self._rows(f"{_SELECT} WHERE pledge = ?", pledge)
        return _pledge(rows[0]) if rows else None

    def settle_pledge(self, pledge: str, *, agreed: bool, who: str, now: datetime) -> Pledge:
        """The second person's word, once. Whoever asked may take it back but not agree. SamePerson, SettledAlready."""
        known = self.pledge(pledge)
        if known is None or known.settled_at is not None or known.expires_at <= now:
            raise SettledAlready()
        if agreed and known.asked_by == who:
            raise SamePerson()
        with self._write() as db:
            done = db.execute(
                "UPDATE pledges SET settled_by = ?, settled_at = ?, agreed = ? WHERE pledge = ? AND settled_at IS NULL",
                (who, now.isoformat(), int(agreed), pledge),
            )
        if done.rowcount != 1:
            raise SettledAlready()
        return self.pledge(pledge) or known

    def may_see(self, subject: str, who: str, *, now: datetime) -> Pledge | None:
        """The agreement that opens this subject's private values to this person right now."""
        rows = self._rows(
            f"{_SELECT} WHERE kind = ? AND subject = ? AND asked_by = ? AND agreed = 1 AND settled_at > ?"
            " ORDER BY settled_at DESC LIMIT 1",
            PledgeKind.UNMASK.value, subject, who, (now - UNMASKED_FOR).isoformat(),
        )  # fmt: skip
        return _pledge(rows[0]) if rows else None


_SELECT = (
    "SELECT pledge, kind, subject, facts, asked_by, asked_at, expires_at, settled_by, settled_at, agreed FROM pledges"
)


def _pledge(row: tuple[Any, ...]) -> Pledge:
    return Pledge(
        pledge=row[0], kind=PledgeKind(row[1]), subject=row[2], facts=json.loads(row[3]), asked_by=row[4],
        asked_at=datetime.fromisoformat(row[5]), expires_at=datetime.fromisoformat(row[6]), settled_by=row[7] or "",
        settled_at=datetime.fromisoformat(row[8]) if row[8] else None, agreed=bool(row[9]),
    )  # fmt: skip
