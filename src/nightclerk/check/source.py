"""What flows and app classes say, read from their source without running it: apps, flows, named elements."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from nightclerk.texts import say
from nightclerk.workspace import Fault


@dataclass(frozen=True, kw_only=True)
class Mention:
    """`self["screen.element"]` somewhere in the code. `app_class` is the class that it is asked of.

    `given` are the names in an `.of(name=…)` that follows at once, None where there is none (or `**values`).
    """

    app_class: str
    element: str
    where: str
    given: frozenset[str] | None = None


@dataclass(frozen=True, kw_only=True)
class AppClass:
    """One class under `flows/`; `app` is what `selectors="…"` says, "" for a base without screens of its own."""

    name: str
    bases: tuple[str, ...]
    app: str
    where: str
    mentions: tuple[Mention, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Source:
    """All Python files of a workspace, read."""

    apps: Mapping[str, AppClass] = field(default_factory=dict)
    flows: Mapping[str, str] = field(default_factory=dict)  # "flows.module:function" -> file:line
    mentions: tuple[Mention, ...] = ()  # those in functions outside app classes
    strings: frozenset[str] = frozenset()
    prefixes: frozenset[str] = frozenset()  # constant starts of names that are put together at run time
    faults: tuple[Fault, ...] = ()

    def lineage(self, name: str) -> Iterator[AppClass]:
        """A class and its ancestors, as far as they stand in the workspace."""
        app = self.apps.get(name)
        if app is not None:
            yield app
            for base in app.bases:
                yield from self.lineage(base)

    def app_of(self, name: str) -> str:
        """The app whose selectors a class uses, its own or its nearest ancestor's; "" when there is none."""
        return next((app.app for app in self.lineage(name) if app.app), "")


def read_source(root: Path) -> Source:
    """Read every Python file under `flows/`; one that does not parse is a fault."""
    trees: dict[str, ast.Module] = {}
    faults: list[Fault] = []
    for file in sorted((root / "flows").rglob("*.py")):
        shown = file.relative_to(root).as_posix()
        try:
            trees[shown] = ast.parse(file.read_text(encoding="utf-8"))
        except (SyntaxError, ValueError) as error:
            faults.append(_syntax_fault(shown, error))
    apps = {app.name: app for shown, tree in trees.items() for app in _app_classes(shown, tree)}
    texts = [text for tree in trees.values() for text in _texts(tree)]
    return Source(
        apps=apps,
        flows={name: where for shown, tree in trees.items() for name, where in _flows(shown, tree)},
        mentions=tuple(one for shown, tree in trees.items() for one in _outside(shown, tree, apps)),
        strings=frozenset(text for text, whole in texts if whole),
        prefixes=frozenset(text for text, whole in texts if not whole and "." in text),
        faults=tuple(faults),
    )


def _syntax_fault(shown: str, error: SyntaxError | ValueError) -> Fault:
    line = getattr(error, "lineno", None) or 1
    why = getattr(error, "msg", None) or str(error)
    return Fault(where=f"{shown}:{line}", expected=say("check.syntax", why=why), remedy=say("check.mend"))


def _app_classes(shown: str, tree: ast.Module) -> Iterator[AppClass]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield AppClass(
                name=node.name,
                bases=tuple(_last_name(base) for base in node.bases),
                app=_keyword(node, "selectors"),
                where=f"{shown}:{node.lineno}",
                mentions=tuple(_subscripts(node, shown, {"self": node.name})),
            )


def _keyword(node: ast.ClassDef, name: str) -> str:
    values = [keyword.value for keyword in node.keywords if keyword.arg == name]
    return str(values[0].value) if values and isinstance(values[0], ast.Constant) else ""


def _flows(shown: str, tree: ast.Module) -> Iterator[tuple[str, str]]:
    module = shown.removesuffix(".py").replace("/", ".")
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and any(_is_flow(mark) for mark in node.decorator_list):
            yield f"{module}:{node.name}", f"{shown}:{node.lineno}"


def _is_flow(mark: ast.expr) -> bool:
    return isinstance(mark, ast.Call) and _last_name(mark.func) == "flow"


def _outside(shown: str, tree: ast.Module, apps: Mapping[str, AppClass]) -> Iterator[Mention]:
    """Elements asked of a parameter that is annotated with an app class."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            owners = {
                argument.arg: _last_name(argument.annotation)
                for argument in [*node.args.args, *node.args.kwonlyargs]
                if argument.annotation is not None and _last_name(argument.annotation) in apps
            }
            yield from _subscripts(node, shown, owners)


def _subscripts(scope: ast.AST, shown: str, owners: Mapping[str, str]) -> Iterator[Mention]:
    filled = {id(of.value): call for call in ast.walk(scope) if (of := _of(call)) and isinstance(call, ast.Call)}
    for node in ast.walk(scope):
        if (
            isinstance(node, ast.Subscript)
            and isinstance(node.value, ast.Name)
            and node.value.id in owners
            and isinstance(node.slice, ast.Constant)
            and isinstance(node.slice.value, str)
        ):
            yield Mention(
                app_class=owners[node.value.id],
                element=node.slice.value,
                where=f"{shown}:{node.lineno}",
                given=_given(node, filled),
            )


def _of(node: ast.AST) -> ast.Attribute | None:
    """The `x.of` of a call `x.of(…)`."""
    called = node.func if isinstance(node, ast.Call) else None
    return called if isinstance(called, ast.Attribute) and called.attr == "of" else None


def _given(node: ast.expr, filled: Mapping[int, ast.Call]) -> frozenset[str] | None:
    """All names that a chain of `.of(…)` gives to the element."""
    names: set[str] = set()
    call = filled.get(id(node))
    if call is None:
        return None
    while call is not None:
        if any(keyword.arg is None for keyword in call.keywords):
            return None
        names |= {str(keyword.arg) for keyword in call.keywords}
        call = filled.get(id(call))
    return frozenset(names)


def _texts(tree: ast.Module) -> Iterator[tuple[str, bool]]:
    """Every text in the code; False with the constant start of an f-string."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            if node.values and isinstance(node.values[0], ast.Constant):
                yield str(node.values[0].value), False
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value, True


def _last_name(node: ast.expr | None) -> str:
    """`Taobao` of Taobao, taobao.Taobao, "Taobao" and Taobao[...]."""
    if isinstance(node, ast.Constant):
        return str(node.value).rpartition(".")[2]
    if isinstance(node, ast.Subscript):
        return _last_name(node.value)
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
