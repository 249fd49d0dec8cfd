"""What the console needs from the rest of the house, handed in as one frozen record by the command line."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from nightclerk.console.oidc import Oidc
from nightclerk.domain.approvals import ApprovalRules
from nightclerk.ports import LiveRuns
from nightclerk.work.store import SqlStore


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One parameter of a bot. `type`: str, int, bool, Decimal, date, Path or Enum (then `choices` says which)."""

    name: str
    type: str = "str"
    default: Any = None
    required: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class BotInfo:
    """A bot as its file in `bots/` describes it. `title` maps zh and en; `after` names the bots that go first.

    `queue`: where its items come from, "" for a flow that has none; `needs`: what a worker must have for it.
    """

    name: str
    title: Mapping[str, str]
    flow: str
    parameters: tuple[Parameter, ...] = ()
    after: tuple[str, ...] = ()
    schedule: str = ""
    account: str = ""
    queue: str = ""
    needs: str = ""


class Launcher(Protocol):
    """Starts and stops bots, and knows when they start by themselves."""

    def bots(self) -> Sequence[BotInfo]: ...

    def launch(
        self,
        bot: str,
        parameters: Mapping[str, Any],
        *,
        by: str,
        rehearse: bool = False,
        first: int | None = None,
    ) -> str:
        """Queue one run and return its id. Dates, amounts and paths come as text, numbers and ticks typed."""

    def cancel(self, run: str, by: str) -> None: ...
    def pause(self, run: str, by: str) -> None: ...
    def resume(self, run: str, by: str) -> None: ...
    def next_starts(self, bot: str, n: int = 5) -> list[datetime]: ...


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Accesses(Protocol):
    """Who looked at which evidence is written down here, without making anybody wait."""

    def saw(self, *, who: str, what: str, run: str, place: str, facts: Mapping[str, Any]) -> None: ...
    def close(self) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Services:
    """The console's whole world. `load_run` and `verify` come from the evidence room and take a run's folder.

    `pack(folder, out)` writes an evidence pack; `secrets()` names what is in the vault, never the values;
    `link_key()` signs links that answer tasks. From `two_person_from` on, an amount needs a second person's word.
    `oidc`: the account service of the company, None where people sign in by password only.
    `live`: the screens of the runs at work on this machine.
    """

    store: SqlStore
    workspace: Path
    logs: Path
    launcher: Launcher
    load_run: Callable[[Path], Any]
    verify: Callable[[Path], Any] | None = None
    language: str = "zh"
    timezone: str = "Asia/Shanghai"
    now: Callable[[], datetime] = field(default=_utc_now)
    accesses: Accesses | None = None
    pack: Callable[[Path, Path], Any] | None = None
    secrets: Callable[[], Sequence[str]] = tuple
    link_key: Callable[[], bytes] = bytes
    two_person_from: Decimal = ApprovalRules().general_manager_from
    oidc: Oidc | None = None
    live: LiveRuns | None = None

    def monotonic(self) -> float:
        """With `now`, what makes this a `ports.Clock`."""
        return time.monotonic()

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def data(self) -> Path:
        return self.workspace / "data"
