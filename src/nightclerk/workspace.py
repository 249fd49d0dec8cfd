"""A customer's folder as the engine sees it: settings, apps, accounts and bots, with every fault at file:line."""

from __future__ import annotations

import difflib
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from nightclerk.domain.budgets import share
from nightclerk.errors import WorkspaceError
from nightclerk.ports import Account, AppSettings
from nightclerk.settings import Settings, known_settings, read_settings, seconds, words

SANDBOX_ENDPOINTS = Path("data/sandbox/endpoints.json")
_BOT_KEYS = {
    "bot": True, "title": False, "flow": True, "apps": False, "account": False, "accounts": False, "with": False,
    "schedule": False, "after": False, "timeout": False, "attempts": False, "needs": False, "manual_minutes": False,
    "item_timeout": False, "error_budget": False, "hangs_after": False,
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing wrong in a file that the user owns."""

    where: str
    expected: str
    remedy: str = ""

    def sentence(self) -> str:
        return WorkspaceError(where=self.where, expected=self.expected, remedy=self.remedy).sentence()


@dataclass(frozen=True, kw_only=True)
class Bot:
    """Who runs what, when, as whom: one file of `bots/`.

    `apps` maps a flow's parameter to "module:Class" where its annotation is too general; `schedule` is the YAML
    mapping as written (see docs/how-to/schedules.md); `after` names bots whose end this one waits for.
    `manual_minutes`: what one item takes by hand; `error_budget`: the share of items that may need a person;
    `hangs_after_s`: how long a run may neither begin a step nor file an item before people are told.
    """

    name: str
    titles: Mapping[str, str]
    flow: str
    apps: Mapping[str, str] = field(default_factory=dict)
    accounts: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    schedule: Mapping[str, Any] = field(default_factory=dict)
    after: tuple[str, ...] = ()
    needs: str = "web"
    timeout_s: float = 3600.0
    attempts: int = 3
    item_timeout_s: float = 300.0
    manual_minutes: float = 0.0
    error_budget: Decimal | None = None
    hangs_after_s: float = 900.0
    where: str = ""


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """One workspace, read. `faults` is empty when everything in it made sense."""

    root: Path
    settings: Settings = field(default_factory=Settings)
    apps: Mapping[str, AppSettings] = field(default_factory=dict)
    accounts: Mapping[str, Account] = field(default_factory=dict)
    bots: Mapping[str, Bot] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def database_url(self) -> str:
        return self.settings.database or f"sqlite:///{self.data / 'books.db'}"

    def bot(self, name: str) -> Bot:
        """The bot of that name; WorkspaceError names the nearest one."""
        if name in self.bots:
            return self.bots[name]
        if broken := self.broken(name):
            raise WorkspaceError(where=broken[0].where, expected=broken[0].expected, remedy=broken[0].remedy)
        raise WorkspaceError(where=f"bots/{name}.yaml", expected=f"a bot {name!r}", remedy=nearest(name, self.bots))

    def broken(self, name: str) -> list[Fault]:
        """What is wrong with the file of a bot; [] when it is sound, or gone."""
        return [f for f in self.faults if f.where.startswith(f"bots/{name}.yaml")]

    def app(self, name: str) -> AppSettings:
        """Settings of one app; WorkspaceError when `config/apps.yaml` has none, or the sandbox is not up."""
        if name not in self.apps:
            raise WorkspaceError(where="config/apps.yaml", expected=f"an app {name!r}", remedy=nearest(name, self.apps))
        settings = self.apps[name]
        if settings.url != "sandbox" and settings.command != ("sandbox",):
            return settings
        return self._sandbox_app(settings)

    def _sandbox_app(self, settings: AppSettings) -> AppSettings:
        endpoints = self.sandbox_endpoints()
        if settings.name not in endpoints:
            raise WorkspaceError(
                where="config/apps.yaml", expected=f"the sandbox to serve {settings.name!r}, and it is not up",
                remedy="Start it: nightclerk sandbox up",
            )  # fmt: skip
        found = endpoints[settings.name]
        return AppSettings(
            name=settings.name, url=found.get("url", ""), command=tuple(found.get("command", ())),
            window=found.get("window", settings.window), timeout_s=settings.timeout_s, facts=settings.facts,
        )  # fmt: skip

    def sandbox_endpoints(self) -> dict[str, Any]:
        """Where the running sandbox's systems are, by app name; empty when it is not up."""
        file = self.root / SANDBOX_ENDPOINTS
        return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}

    def account_for(self, bot: Bot, app: str) -> Account | None:
        """The account with which `bot` logs into `app`, if it has one."""
        return next((self.accounts[a] for a in bot.accounts if self.accounts[a].app == app), None)


def nearest(name: str, known: Mapping[str, Any] | Sequence[str] | set[str]) -> str:
    """A remedy that names the closest known name, or all of them."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    if close:
        return f"Did you mean {close[0]!r}?"
    return "Known: " + (", ".join(sorted(known)) or "none")


def find_root(start: Path | None = None) -> Path:
    """The workspace that holds `start` (default: the current folder): the nearest folder with bots/ and flows/."""
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "bots").is_dir() and (folder / "flows").is_dir():
            return folder
    raise WorkspaceError(
        where=str(here), expected="a workspace (a folder with bots/ and flows/)",
        remedy="Make one: nightclerk init DIR",
    )  # fmt: skip


def load_workspace(root: Path) -> Workspace:
    """Read a whole workspace; faults are collected, not raised. Appends it to `sys.path` so that flows import."""
    root = root.resolve()
    if str(root) not in sys.path:
        sys.path.append(str(root))
    reader = _Reader(root)
    settings, apps, accounts = reader.settings(), reader.apps(), reader.accounts()
    bots = reader.bots(accounts)
    return Workspace(root=root, settings=settings, apps=apps, accounts=accounts, bots=bots, faults=tuple(reader.faults))


class _Reader:
    """Reads the YAML files of a workspace and remembers what is wrong with them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.faults: list[Fault] = []

    def settings(self) -> Settings:
        file = "config/settings.yaml"
        data, known = self._file(file), list(known_settings())
        for key in data:
            if key not in known:
                self._fault(file, data, key, f"a known setting, not {key!r}", nearest(key, known))
        settings, misfits = read_settings(data)
        for misfit in misfits:
            self._fault(file, data, misfit.key, misfit.expected, misfit.remedy)
        return settings

    def apps(self) -> dict[str, AppSettings]:
        data, found = self._file("config/apps.yaml"), {}
        for name, entry in data.items():
            if not isinstance(entry, Mapping) or not ({"url", "command"} & set(entry)):
                self._fault("config/apps.yaml", data, name, f"url or command for {name!r}", "Add url: https://…")
                continue
            command = entry.get("command", ())
            found[name] = AppSettings(
                name=name, url=str(entry.get("url", "")),
                command=tuple(command.split() if isinstance(command, str) else map(str, command)),
                window=str(entry.get("window", "")), timeout_s=float(entry.get("timeout_s", 15)),
                facts={k: str(v) for k, v in (entry.get("facts") or {}).items()},
            )  # fmt: skip
        return found

    def accounts(self) -> dict[str, Account]:
        data, found = self._file("config/accounts.yaml"), {}
        for name, entry in data.items():
            if not isinstance(entry, Mapping) or "app" not in entry:
                self._fault("config/accounts.yaml", data, name, f"app for account {name!r}", "Add app: NAME")
                continue
            if "password" in entry:
                self._fault(
                    "config/accounts.yaml", data, name, f"no password in account {name!r}: secrets live in the vault",
                    f"Remove it and run: nightclerk vault set {entry.get('secret', name)}",
                )  # fmt: skip
            found[name] = Account(
                name=name, app=str(entry["app"]), user=str(entry.get("user", "")),
                secret=str(entry.get("secret", "")), otp=str(entry.get("otp", "")),
                facts={k: str(v) for k, v in (entry.get("facts") or {}).items()},
            )  # fmt: skip
        return found

    def bots(self, accounts: Mapping[str, Account]) -> dict[str, Bot]:
        found: dict[str, Bot] = {}
        for file in sorted((self.root / "bots").glob("*.yaml")):
            name = f"bots/{file.name}"
            before = len(self.faults)
            data = self._file(name)
            if not data and len(self.faults) == before:
                self.faults.append(Fault(where=f"{name}:1", expected="bot: and flow:", remedy="See bots/ for examples"))
            bot = self._bot(name, data, accounts) if data else None
            if bot is not None and bot.name in found:
                self.faults.append(
                    Fault(where=name, expected=f"a name of its own; {found[bot.name].where} is {bot.name!r} too")
                )
            elif bot is not None:
                found[bot.name] = bot
        for bot in found.values():
            for other in bot.after:
                if other not in found:
                    self.faults.append(
                        Fault(where=bot.where, expected=f"a bot {other!r} (after)", remedy=nearest(other, found))
                    )
        return found

    def _bot(self, name: str, data: Mapping[str, Any], accounts: Mapping[str, Account]) -> Bot | None:
        before = len(self.faults)
        for key in data:
            if key not in _BOT_KEYS:
                self._fault(name, data, key, f"a known key, not {key!r}", nearest(key, _BOT_KEYS))
        for key, required in _BOT_KEYS.items():
            if required and not data.get(key):
                self.faults.append(Fault(where=f"{name}:1", expected=f"{key}: …", remedy=f"Add a line {key}:"))
            elif required and isinstance(data[key], Mapping | list):
                self._fault(name, data, key, f"one word for {key}, not {data[key]!r}", f"Mend {key}:")
        used = words(data.get("accounts") or data.get("account") or ())
        for account in used:
            if account not in accounts:
                key = "accounts" if "accounts" in data else "account"
                self._fault(name, data, key, f"a known account, not {account!r}", nearest(account, accounts))
        timeout_s = self._seconds(name, data, "timeout", 3600.0)
        item_timeout_s = self._seconds(name, data, "item_timeout", 300.0)
        hangs_after_s = self._seconds(name, data, "hangs_after", 900.0)
        attempts = self._number(name, data, "attempts", int, 3)
        manual_minutes = self._number(name, data, "manual_minutes", float, 0.0)
        error_budget = self._number(name, data, "error_budget", share, None)
        for key in ("schedule", "with", "apps"):
            if data.get(key) is not None and not isinstance(data[key], Mapping):
                self._fault(name, data, key, f"{key}: {{name: value}}, not {data[key]!r}", f"Mend {key}:")
        if len(self.faults) > before:
            return None
        title = data.get("title") or data["bot"]
        return Bot(
            name=str(data["bot"]), flow=str(data["flow"]),
            titles=dict(title) if isinstance(title, Mapping) else {"zh": str(title), "en": str(title)},
            apps={k: str(v) for k, v in (data.get("apps") or {}).items()}, accounts=used,
            parameters=dict(data.get("with") or {}), schedule=dict(data.get("schedule") or {}),
            after=words(data.get("after") or ()), needs=str(data.get("needs", "web")), timeout_s=timeout_s,
            attempts=attempts, manual_minutes=manual_minutes, error_budget=error_budget, hangs_after_s=hangs_after_s,
            where=f"{name}:1", item_timeout_s=item_timeout_s,
        )  # fmt: skip

    def _number(self, name: str, data: Mapping[str, Any], key: str, read: Callable[[Any], Any], default: Any) -> Any:
        if data.get(key) is None:
            return default
        try:
            return read(data[key])
        except (ValueError, TypeError):
            self._fault(name, data, key, f"a number for {key}, not {data[key]!r}", f"Mend {key}:")
            return default

    def _seconds(self, name: str, data: Mapping[str, Any], key: str, default: float) -> float:
        if key not in data:
            return default
        try:
            return seconds(data[key])
        except ValueError:
            self._fault(name, data, key, f"a duration such as 20m for {key}, not {data[key]!r}", "Use s, m or h")
            return default

    def _file(self, name: str) -> Mapping[str, Any]:
        file = self.root / name
        if not file.exists():
            return {}
        try:
            data = YAML(typ="rt").load(file.read_text(encoding="utf-8"))
        except (YAMLError, ValueError) as error:
            mark = getattr(error, "problem_mark", None)
            line = mark.line + 1 if mark else 1
            why = getattr(error, "problem", None) or str(error).splitlines()[0]
            self.faults.append(Fault(where=f"{name}:{line}", expected=f"valid YAML ({why})", remedy="Mend the file"))
            return {}
        if data is not None and not isinstance(data, Mapping):
            self.faults.append(
                Fault(where=f"{name}:1", expected="a mapping of names to values", remedy="Write lines name: value")
            )
            return {}
        return data or {}

    def _fault(self, file: str, data: Any, key: str, expected: str, remedy: str = "") -> None:
        try:
            line = data.lc.key(key)[0] + 1
        except (AttributeError, KeyError):
            line = 1
        self.faults.append(Fault(where=f"{file}:{line}", expected=expected, remedy=remedy))
