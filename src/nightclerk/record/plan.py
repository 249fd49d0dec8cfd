"""What a recording becomes, decided: apps with their new verbs, the flow's steps, where `once` stands."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from nightclerk.ports import Account, SelectorSet
from nightclerk.record.elements import Namer
from nightclerk.record.naming import class_name, unique
from nightclerk.record.sheets import Sheet
from nightclerk.record.signing import Login
from nightclerk.record.steps import Dialog
from nightclerk.record.values import Typed, Values
from nightclerk.record.verbs import Line, Verb


@dataclass(frozen=True, kw_only=True)
class AppFacts:
    """An app as the workspace knows it before the recording: empty sets for a new one."""

    name: str
    url: str
    known: SelectorSet
    class_name: str = ""
    module: str = ""
    verbs: frozenset[str] = frozenset()
    account: Account | None = None
    base: str = "WebApp"  # what its class is built on

    @property
    def is_new(self) -> bool:
        return not self.class_name


@dataclass
class AppPlan:
    """What a recording adds to one app."""

    facts: AppFacts
    namer: Namer
    verbs: list[Verb] = field(default_factory=list)
    dialogs: list[Dialog] = field(default_factory=list)
    signs_in: Login | None = None
    user: str = ""

    @property
    def owner(self) -> str:
        return self.facts.name

    @property
    def kind(self) -> str:
        return self.facts.class_name or class_name(self.facts.name)

    def add(self, verb: Verb) -> Verb:
        """Keep a verb under a name of its own."""
        taken = (
            {one.name for one in self.verbs}
            | self.facts.verbs
            | {"open", "reload", "url", "title", "user", "secret", "tab"}
        )
        named = replace(verb, name=unique(verb.name, taken))
        self.verbs.append(named)
        return named


@dataclass(frozen=True, kw_only=True)
class Block:
    """One `with tx.step(title):` of the flow and the lines in it (without indent)."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class OnceBlock:
    """The one `tx.once` of a flow: the look (None: nobody can look it up), what prepares, what commits."""

    title: str
    look: str | None
    prepare: tuple[str, ...]
    commit: str
    key: str
    result: str


@dataclass
class Plan:
    """A recording as it will be written."""

    name: str
    title: str
    apps: dict[str, AppPlan]
    values: Values
    blocks: list[Block | OnceBlock] = field(default_factory=list)
    sheet: Sheet | None = None
    key: str = ""
    lines: list[Line] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    held: str = ""
    record: str = "row"
    reached: str = ""

    @property
    def once(self) -> OnceBlock | None:
        return next((block for block in self.blocks if isinstance(block, OnceBlock)), None)

    @property
    def runner(self) -> str:
        return self.held or ("tx" if self.once or self.sheet else "run")

    @property
    def parameters(self) -> list[Typed]:
        """The flow's own parameters, in the order in which they came up."""
        needed = {typed.name: typed for line in self.lines for typed in line.needs if typed.source == "parameter"}
        used = {arg.name for app in self.apps.values() for verb in app.verbs for arg in verb.args}
        known = {typed.name: typed for typed in self.values.known.values() if typed.source == "parameter"}
        return [typed for name, typed in {**needed, **known}.items() if name in used or name in self._in_blocks()]

    def _in_blocks(self) -> str:
        return "\n".join(str(block) for block in self.blocks)
