"""The temporary workspace in which chaos works: the starter, the chaos bot, and a partner of its own."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from nightclerk.app import vault_of
from nightclerk.chaos.faults import Partner
from nightclerk.clocks import CHAOS_CLOCK
from nightclerk.init import create_workspace
from nightclerk.workspace import Workspace, load_workspace

STARTER = Path(__file__).parent / "starter"
PASSWORDS = {"partner-night": "Chaos-Partner<01>", "erp-night": "Yun-Shan-Erp<01>"}
BOTS = {Partner.WEB: "chaos-orders", Partner.DESKTOP: "chaos-erp"}
QUEUES = {Partner.WEB: "chaos", Partner.DESKTOP: "orders"}


def make_home(folder: Path, *, partner: Partner, url: str, database: str = "") -> Workspace:
    """A workspace in `folder` (new or empty) whose one bot works `partner`; `url` is where the web partner listens."""
    create_workspace(folder)
    shutil.rmtree(folder / "bots")
    shutil.copytree(STARTER, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    for file in (folder / "bots").glob("*.yaml"):
        if file.stem != BOTS[partner]:
            file.unlink()
    _write(folder / "config" / "apps.yaml", _apps(folder, url))
    _write(folder / "config" / "accounts.yaml", _accounts())
    _write(folder / "config" / "settings.yaml", _settings(database))
    home = load_workspace(folder)
    for name, password in PASSWORDS.items():
        vault_of(home).set(name, password)
    return home


def state_of(home: Workspace) -> Path:
    """The folder of the partners' own books."""
    return home.data / "sandbox"


def environment(clock: Path) -> dict[str, str]:
    """What every process of a chaos workspace gets: the clock that can be moved."""
    return {**os.environ, CHAOS_CLOCK: str(clock)}


def _apps(folder: Path, url: str) -> dict[str, Any]:
    erp = [sys.executable, "-m", "nightclerk.sandbox.erp", "--plain", "--state", str(folder / "data" / "sandbox")]
    return {
        "partner": {"url": url, "timeout_s": 5},
        "legacy_erp": {"command": erp, "window": "云杉ERP", "timeout_s": 20},
    }


def _accounts() -> dict[str, Any]:
    return {
        "partner-night": {"app": "partner", "user": "night01", "secret": "partner-night"},
        "erp-night": {"app": "legacy_erp", "user": "night01", "secret": "erp-night"},
    }


def _settings(database: str) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "language": "zh",
        "timezone": "Asia/Shanghai",
        "day": "2026-11-20",
        "retry_base_s": 0.1,
        # Alone on its database a worker performs two runs, so that the second takes over from one that is frozen.
        "parallel": {"web": 1, "desktop": 1} if database else {"web": 2, "desktop": 2},
    }
    return {**settings, "database": database} if database else settings


def _write(file: Path, content: Mapping[str, Any]) -> None:
    with file.open("w", encoding="utf-8") as out:
        YAML().dump(dict(content), out)
