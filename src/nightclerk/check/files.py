"""The data files of a workspace: selectors, layouts, accounts, and whatever other YAML stands in `config/`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from nightclerk.check.source import Source
from nightclerk.documents.layouts import load_layout
from nightclerk.documents.mapping_faults import MappingFault, MappingFaults
from nightclerk.documents.mapping_tables import load_mappings
from nightclerk.errors import NightClerkError
from nightclerk.evidence.retention import load_retention
from nightclerk.locate.files import LoadedSelectors
from nightclerk.messages import load_messaging
from nightclerk.texts import current_language, say
from nightclerk.workspace import Fault, Workspace, nearest

#: Read, and their faults told, by load_workspace and the checks here and beside.
_READ_ELSEWHERE = {
    "settings.yaml", "apps.yaml", "accounts.yaml", "retention.yaml", "messages.yaml", "calendars.yaml",
}  # fmt: skip


def config_faults(workspace: Workspace) -> Iterator[Fault]:
    """Faults of `config/` beyond what loading the workspace has found."""
    yield from account_faults(workspace)
    yield from layout_faults(workspace.root)
    yield from mapping_faults(workspace.root)
    yield from yaml_faults(workspace.root)
    yield from shadow_faults(workspace.root)
    yield from retention_faults(workspace.root)
    yield from load_messaging(workspace.root)[1]


def selector_faults(selectors: Mapping[str, LoadedSelectors], source: Source) -> Iterator[Fault]:
    """What reading the selector files has found; a missing folder is told at the class that wants it."""
    for app, loaded in selectors.items():
        for error in loaded.faults:
            where = str(error.facts["where"])
            if where == f"selectors/{app}":
                where = next((one.where for one in source.apps.values() if one.app == app), where)
            expected, remedy = str(error.facts["expected"]), str(error.facts["remedy"])
            yield Fault(where=where, expected=expected, remedy=remedy)


def retention_faults(root: Path) -> Iterator[Fault]:
    """Terms of evidence that make no sense, alone or beside each other."""
    for error in load_retention(root).faults:
        yield Fault(where=error.facts["where"], expected=error.facts["expected"], remedy=error.facts["remedy"])


def account_faults(workspace: Workspace) -> Iterator[Fault]:
    """Accounts for apps that `config/apps.yaml` does not know."""
    for account in workspace.accounts.values():
        if account.app not in workspace.apps:
            line = line_of(workspace.root / "config/accounts.yaml", account.name)
            expected = say("check.unknown_app", app=account.app)
            yield Fault(
                where=f"config/accounts.yaml:{line}", expected=expected,
                remedy=nearest(account.app, workspace.apps),
            )  # fmt: skip


def layout_faults(root: Path) -> Iterator[Fault]:
    """File layouts that their own reader refuses."""
    for file in sorted((root / "config/layouts").glob("*.yaml")):
        try:
            load_layout(file)
        except NightClerkError as error:
            yield Fault(where=f"config/layouts/{file.name}", expected=str(error))


def mapping_faults(root: Path) -> Iterator[Fault]:
    """Every cell of the Excel tables that staff edit, as far as there are any."""
    folder = root / "config/mapping"
    if not any(folder.glob("*.xlsx")):
        return
    try:
        load_mappings(folder)
    except MappingFaults as error:
        yield from (_of_cell(fault) for fault in error.faults)


def _of_cell(fault: MappingFault) -> Fault:
    words = fault.sentence(current_language()).removeprefix(fault.where).lstrip("：: ")
    return Fault(where=f"config/mapping/{fault.where}", expected=words, remedy=say("check.mend_cell"))


def yaml_faults(root: Path) -> Iterator[Fault]:
    """YAML files in `config/` that nobody else reads here: at least they must parse."""
    for file in sorted((root / "config").glob("*.yaml")):
        if file.name in _READ_ELSEWHERE:
            continue
        try:
            YAML(typ="safe").load(file.read_text(encoding="utf-8"))
        except (MarkedYAMLError, ValueError) as error:
            mark = getattr(error, "problem_mark", None)
            where = f"config/{file.name}:{mark.line + 1 if mark else 1}"
            why = getattr(error, "problem", None) or str(error)
            yield Fault(where=where, expected=say("check.bad_yaml", why=why), remedy=say("check.mend"))


def shadow_faults(root: Path) -> Iterator[Fault]:
    """`selectors/__init__.py` would shadow the standard library's module of that name and break asyncio."""
    file = root / "selectors" / "__init__.py"
    if file.exists():
        yield Fault(
            where="selectors/__init__.py:1", expected=say("check.shadow"), remedy=say("check.shadow_remedy")
        )  # fmt: skip


def line_of(file: Path, *keys: str) -> int:
    """The line on which the innermost of `keys` stands, as far as they can be followed; 1 when not at all."""
    line = 1
    try:
        node = YAML(typ="rt").load(file.read_text(encoding="utf-8"))
        for key in keys:
            line = node.lc.key(key)[0] + 1
            node = node[key]
    except (AttributeError, KeyError, TypeError, OSError, MarkedYAMLError, ValueError):
        return line
    return line
