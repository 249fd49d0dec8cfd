"""Layouts that a site teaches by marking fields once: kept as YAML in `config/invoice_layouts/`, one file a layout.

    when: Example Supplies Ltd            # a text that only this issuer's pages print
    fields:
      number: {page: 1, box: [430, 88, 545, 102]}     # left, top, right, bottom in points from the upper left corner

A marked place wins over what the labels of a free layout say. It proves nothing: its value waits for the same checks.
Fapiao and embedded data need no teaching and are never touched by it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from nightclerk.documents.invoices.compare_lines import tight
from nightclerk.documents.invoices.latin import days, decimal_mark, figures
from nightclerk.documents.invoices.sheet import Sheet, box_of, text_of
from nightclerk.domain.invoices import FIELDS, Box, Field, Reading, Source, Value
from nightclerk.errors import WorkspaceError

FOLDER = Path("config") / "invoice_layouts"
#: What can be marked; `orders` and the parties are text, the rest is read by its kind.
TEACHABLE = tuple(
    name for name in FIELDS if name not in ("code", "kind", "gross_words", "red_of", "check_code", "drawer")
)
_AMOUNTS = ("net", "tax", "gross")
#: So many points around a mark still belong to it: other invoices of the issuer are printed a little off.
_MARGIN = 2.0


@dataclass(frozen=True, kw_only=True)
class Mark:
    """One field marked on a page; `box` in points from the upper left corner."""

    field: str
    page: int
    box: Box


@dataclass(frozen=True, kw_only=True)
class Layout:
    """One taught layout: it holds for documents that print `when`."""

    name: str
    when: str
    marks: tuple[Mark, ...]


def load_taught(folder: Path) -> tuple[Layout, ...]:
    """Every taught layout of a workspace's folder, by name; WorkspaceError at file:line for one that makes no sense."""
    return tuple(_layout(path) for path in sorted(folder.glob("*.yaml"))) if folder.is_dir() else ()


def _layout(path: Path) -> Layout:
    try:
        raw = YAML(typ="rt").load(path.read_text(encoding="utf-8"))
    except (YAMLError, ValueError) as error:
        raise _fault(path, 1, "YAML", str(error).splitlines()[0]) from error
    if not isinstance(raw, Mapping) or not str(raw.get("when") or "").strip() or not raw.get("fields"):
        raise _fault(path, 1, "`when` and `fields`", "Teach it again: nightclerk invoices teach")
    marks = tuple(_mark(path, raw["fields"], name) for name in raw["fields"])
    return Layout(name=path.stem, when=str(raw["when"]).strip(), marks=marks)


def _mark(path: Path, fields: Any, name: str) -> Mark:
    line, found = int(fields.lc.key(name)[0]) + 1, fields[name]
    if name not in TEACHABLE:
        near = difflib.get_close_matches(str(name), TEACHABLE, n=1)
        raise _fault(
            path,
            line,
            f"a field ({', '.join(TEACHABLE)})",
            f"Did you mean {near[0]!r}?" if near else f"It says {name!r}",
        )
    try:
        left, top, right, bottom = (float(edge) for edge in found["box"])
        page = int(found.get("page", 1))
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise _fault(path, line, "{page: 1, box: [left, top, right, bottom]}", f"It says {found!r}") from error
    if left >= right or top >= bottom or page < 1:
        raise _fault(path, line, "left < right, top < bottom, page from 1", f"It says {found!r}")
    return Mark(field=name, page=page, box=(left, top, right, bottom))


def _fault(path: Path, line: int, expected: str, remedy: str) -> WorkspaceError:
    return WorkspaceError(
        where=f"{FOLDER.as_posix()}/{path.name}:{line}", expected=f"expected {expected}", remedy=remedy
    )


def save_taught(folder: Path, layout: Layout) -> Path:
    """Write one layout; a layout of the same name is replaced as a whole."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{layout.name}.yaml"
    fields = {mark.field: {"page": mark.page, "box": [round(edge, 1) for edge in mark.box]} for mark in layout.marks}
    yaml = YAML()
    yaml.default_flow_style = None
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8") as file:
        yaml.dump({"when": layout.when, "fields": fields}, file)
    part.replace(path)
    return path


def layout_of(sheets: Sequence[Sheet], layouts: Sequence[Layout]) -> Layout | None:
    """The layout whose text the pages print; of several the one that asks for the longest text."""
    printed = tight("".join(sheet.text for sheet in sheets))
    fitting = [layout for layout in layouts if tight(layout.when) in printed]
    return max(fitting, key=lambda layout: (len(layout.when), layout.name), default=None)


def with_taught(reading: Reading, sheets: Sequence[Sheet], layouts: Sequence[Layout]) -> Reading:
    """The reading with what the marked places of its layout say; one that says nothing leaves its field as it was."""
    layout = layout_of(sheets, layouts)
    if layout is None:
        return reading
    found = {mark.field: field for mark in layout.marks if (field := marked_field(mark, sheets)) is not None}
    return replace(reading, fields={**reading.fields, **{name: (field,) for name, field in found.items()}})


def marked_field(mark: Mark, sheets: Sequence[Sheet]) -> Field | None:
    """What stands at a marked place, read by the kind of its field; None when nothing there can be that."""
    left, top, right, bottom = mark.box
    rows = [
        row
        for sheet in sheets
        if sheet.page.number == mark.page
        for row in sheet.between(top - _MARGIN, bottom + _MARGIN, left - _MARGIN, right + _MARGIN)
    ]
    glyphs = [glyph for row in rows for glyph in row.glyphs]
    text = " ".join(text_of(row.glyphs) for row in rows).strip()
    value = _value(mark.field, text, sheets) if glyphs else None
    if value is None or value == "":
        return None
    return Field(value=value, source=Source.TEXT, page=mark.page, box=box_of(glyphs))


def _value(field: str, text: str, sheets: Sequence[Sheet]) -> Value | None:
    if field == "issued_on":
        return next((day for day, _ in days(text)), None)
    if field in _AMOUNTS:
        point = decimal_mark(row.text for sheet in sheets for row in sheet.rows)
        return next((figure.value for figure in figures(text, point)), None)
    return re.sub(r"^[\w\s./°-]{0,24}[:：]\s*", "", text) if field == "number" else text
