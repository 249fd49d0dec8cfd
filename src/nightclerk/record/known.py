"""The app classes that a workspace has already, read from their source without running it."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class KnownClass:
    """One app class: its name, its module, and every name that is taken in it."""

    class_name: str
    module: str
    verbs: frozenset[str]


def classes_of(root: Path) -> dict[str, KnownClass]:
    """App name -> its class under `flows/apps/`."""
    found = {}
    for file in sorted((root / "flows" / "apps").glob("*.py")):
        try:
            tree = ast.parse(file.read_text(encoding="utf-8"))
        except SyntaxError:
            continue  # `nightclerk check` tells of it
        for node in (node for node in tree.body if isinstance(node, ast.ClassDef)):
            app = _selectors(node)
            if app:
                verbs = frozenset(one.name for one in node.body if isinstance(one, ast.FunctionDef))
                found[app] = KnownClass(class_name=node.name, module=f"flows.apps.{file.stem}", verbs=verbs)
    return found


def _selectors(node: ast.ClassDef) -> str:
    values = [keyword.value for keyword in node.keywords if keyword.arg == "selectors"]
    return str(values[0].value) if values and isinstance(values[0], ast.Constant) else ""
