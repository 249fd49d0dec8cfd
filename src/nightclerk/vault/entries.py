"""What both kinds of vault share: an entry with its time, the handle that a flow gets, files for the owner only."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nightclerk.errors import WorkspaceError
from nightclerk.ports import Secret
from nightclerk.vault.totp import code_now, is_seed

#: In a vault's folder: whoever holds it may change the vault.
LOCK = "vault.lock"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One secret: its value, and when it was last set (ISO, UTC; "" when an older program stored it)."""

    value: str
    at: str = ""


def entry_of(plain: Any) -> Entry:
    """An entry as it was stored: a mapping, or the bare value of an older program."""
    return Entry(**plain) if isinstance(plain, dict) else Entry(value=str(plain))


def now_text() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def handle(name: str, look_up: Callable[[], str]) -> Secret:
    """The handle on a secret; it is looked up when it is revealed. Of a TOTP seed only the code of that moment."""
    return Secret(name, lambda: _revealed(look_up()))


def _revealed(value: str) -> str:
    return code_now(value) if is_seed(value) else value


def missing(name: str) -> WorkspaceError:
    return WorkspaceError(where="vault", expected=f"a secret {name!r}", remedy=f"Store it: nightclerk vault set {name}")


def write_private(file: Path, content: bytes) -> None:
    """Write so that only the owner can read it, and so that a crash leaves the old content or the new."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=file.name)
    with os.fdopen(handle, "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    Path(name).replace(file)
