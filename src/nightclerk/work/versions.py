"""Which flows a machine has: one short name for all that decides what a run does, the same on every machine."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from nightclerk.records import dump
from nightclerk.workspace import Bot, Workspace


def flows_version(workspace: Workspace) -> str:
    """A fingerprint (12 hex digits) of `flows/**/*.py` and of what the bots run, as whom and with what.

    Left out: schedules, titles, settings and selectors, which may differ or change without changing what a run means.
    Line endings do not count.
    """
    digest = hashlib.sha256()
    for file in sorted((workspace.root / "flows").rglob("*.py")):
        digest.update(file.relative_to(workspace.root).as_posix().encode() + b"\0" + _text(file) + b"\0")
    digest.update(json.dumps([_facts(bot) for bot in workspace.bots.values()], sort_keys=True).encode())
    return digest.hexdigest()[:12]


def _text(file: Path) -> bytes:
    return file.read_bytes().replace(b"\r\n", b"\n")


def _facts(bot: Bot) -> dict[str, Any]:
    return {
        "bot": bot.name, "flow": bot.flow, "apps": dict(bot.apps), "accounts": list(bot.accounts),
        "with": dump(dict(bot.parameters)), "needs": bot.needs,
    }  # fmt: skip
