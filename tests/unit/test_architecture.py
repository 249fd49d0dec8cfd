"""Which part may import which, and a few rules over all files, read from the source."""

from __future__ import annotations

import ast
import os
import string
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML

import nightclerk
from nightclerk.texts import LANGUAGES, catalogue

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "nightclerk"
BASE = {"domain", "errors", "hush", "locks", "ports", "texts"}
AUTHORS = {"element", "flow", "gate", "limit", "locate", "once", "once_file", "perform", "records", "run", "screens"}

#: part of nightclerk -> the other parts that it may import. Parts that are not listed are free, but see ONLY_CLI.
DIRECTIONS: dict[str, set[str]] = {
    "domain": set(),
    "texts": set(),
    "errors": {"texts"},
    "hush": {"domain"},
    "ports": {"domain", "hush"},
    "speech": BASE,
    "records": BASE,
    "locate": BASE,
    "evidence": BASE,
    "documents": BASE,
    "terminal": BASE | {"locate"},
    "web": BASE | {"locate"},
    "desktop": BASE | {"locate", "ocr"},
    "live": BASE | {"desktop", "evidence", "locate", "terminal", "web"},
    "ocr": BASE,
    "settings": {"texts"},
    "workspace": BASE | {"settings"},
    "calendars": BASE | {"settings", "workspace"},
    "work": BASE | {"calendars", "records", "settings", "workspace"},
    "vault": BASE,
    "messages": BASE | {"settings", "work", "workspace"},
    "record": BASE | AUTHORS | {"desktop", "documents", "web", "workspace"},
    "sandbox": {"domain", "texts", "errors", "offspring"},
    "locks": set(),
    "offspring": set(),
    **dict.fromkeys(sorted(AUTHORS - {"locate", "records"}), BASE | AUTHORS | {"workspace"}),
}
ONLY_CLI = {"chaos", "console", "sandbox"}
FLOWS_MAY = ("nightclerk", "nightclerk.domain", "nightclerk.documents", "flows")
TEXT_SUFFIXES = {".py", ".toml", ".txt", ".md", ".yaml", ".yml", ".html", ".js", ".css", ".sh", ""}
SKIPPED = {"data", "logs", "__pycache__", "build", "dist", "test-results"}


def _modules(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.py") if "__pycache__" not in path.parts)


def _imports(file: Path) -> Iterator[tuple[str, int]]:
    """(module, line) of every import that really happens: those for type checkers alone are left out."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            node.body = [ast.Pass()]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules = {_module(node.module, alias.name) for alias in node.names}
            yield from ((module, node.lineno) for module in sorted(modules))


def _module(package: str, name: str) -> str:
    """What `from package import name` imports: a module of that name, or something in the package."""
    inside = ROOT / "src" / package.replace(".", "/") / name
    public = package == "nightclerk" and name in nightclerk.__all__
    is_module = inside.is_dir() or inside.with_suffix(".py").exists()
    return f"{package}.{name}" if is_module and not public else package


def _part(file: Path) -> str:
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def _imported_part(module: str) -> str:
    return module.split(".")[1] if module.startswith("nightclerk.") else ""


def _shown(file: Path, line: int, module: str) -> str:
    return f"{file.relative_to(ROOT)}:{line} imports {module}"


def test_parts_import_only_what_their_direction_allows() -> None:
    """A part imports itself and the parts below it, never one above."""
    wrong = [
        _shown(file, line, module)
        for file in _modules(PACKAGE)
        for module, line in _imports(file)
        if (part := _part(file)) in DIRECTIONS
        and (other := _imported_part(module))
        and other not in DIRECTIONS[part] | {part}
    ]
    assert wrong == []


def test_the_domain_knows_the_standard_library_only() -> None:
    """No browser, no database and no HTTP in the domain: it can be tested with nothing installed."""
    wrong = [
        _shown(file, line, module)
        for file in _modules(PACKAGE / "domain")
        for module, line in _imports(file)
        if module.split(".")[0] not in sys.stdlib_module_names and not module.startswith("nightclerk.domain")
    ]
    assert wrong == []


def test_only_the_command_line_imports_console_and_sandbox() -> None:
    """The engine can be used without its web UI, and never leans on the other side that it is tested against."""
    wrong = [
        _shown(file, line, module)
        for file in _modules(PACKAGE)
        for module, line in _imports(file)
        if (other := _imported_part(module)) in ONLY_CLI and _part(file) not in {"cli", other}
    ]
    assert wrong == []


def test_flows_import_only_the_public_names() -> None:
    """What a customer's flow leans on is small enough to be kept stable."""
    wrong = [
        _shown(file, line, module)
        for file in _modules(ROOT / "flows")
        for module, line in _imports(file)
        if module.split(".")[0] not in sys.stdlib_module_names
        and not (module in FLOWS_MAY or module.startswith(tuple(f"{name}." for name in FLOWS_MAY[1:])))
    ]
    assert wrong == []


def test_selectors_is_no_python_package() -> None:
    """An `__init__.py` there would shadow the standard library's `selectors` and break asyncio and subprocess."""
    assert list((ROOT / "selectors").rglob("*.py")) == []


@pytest.mark.parametrize("folder", ["src/nightclerk", "flows", "tests", "benchmarks"])
def test_every_module_opens_with_a_sentence(folder: str) -> None:
    """Somebody who arrived by search learns from the first line where they are."""
    silent = [
        str(file.relative_to(ROOT))
        for file in _modules(ROOT / folder)
        if file.read_text(encoding="utf-8").strip() and not _opening(file)
    ]
    assert silent == []


def _opening(file: Path) -> str:
    return ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""


def _texts() -> Iterator[tuple[Path, str]]:
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in SKIPPED and (name[0] != "." or name == ".ci")]
        for file in (Path(folder) / name for name in files):
            if file.suffix in TEXT_SUFFIXES:
                yield file, file.read_text(encoding="utf-8", errors="replace")


def test_no_file_names_a_registry_or_a_path_of_one_machine() -> None:
    """Where packages come from is the machine's business: mirrors and offline sites work unchanged."""
    parts = [
        ("pypi", ".org"),
        ("python", "hosted.org"),
        ("npmjs", ".org"),
        ("/ro", "ot/."),
        ("/wo", "rk/main"),
        ("/op", "t/pypi"),
    ]
    forbidden = ["".join(pair) for pair in parts]
    wrong = [f"{file.relative_to(ROOT)}: {word}" for file, text in _texts() for word in forbidden if word in text]
    assert wrong == []


def test_every_text_exists_in_both_languages() -> None:
    """No key of the catalogue lacks Chinese or English, and both fill in the same facts."""
    wrong = [
        key
        for key, texts in catalogue().items()
        if set(texts) != set(LANGUAGES) or _fields(texts["zh"]) != _fields(texts["en"])
    ]
    assert wrong == []


def _fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_no_key_stands_in_two_catalogue_files() -> None:
    """A second definition would silently win over the first."""
    seen: dict[str, str] = {}
    doubled = []
    for file in sorted((PACKAGE / "catalogue").glob("*.yaml")):
        for key in YAML(typ="safe").load(file.read_text(encoding="utf-8")) or {}:
            if key in seen:
                doubled.append(f"{key} in {seen[key]} and {file.name}")
            seen[key] = file.name
    assert doubled == []
