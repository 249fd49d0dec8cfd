"""Teach a layout: check on one file that every marked place says something, then keep the marks as YAML."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from nightclerk.documents.invoices.fapiao import is_fapiao
from nightclerk.documents.invoices.glyphs import page_of
from nightclerk.documents.invoices.pdf import open_pdf
from nightclerk.documents.invoices.sheet import Sheet
from nightclerk.documents.invoices.taught import TEACHABLE, Layout, Mark, layout_of, marked_field, save_taught
from nightclerk.domain.invoices import Field
from nightclerk.errors import DocumentError

_NAME = re.compile(r"[\w-]{1,60}")


class CannotTeach(DocumentError):
    """Facts: file, why, remedy."""

    en = "{file}: this layout cannot be taught ({why}). {remedy}"
    zh = "{file}：无法据此建立版式（{why}）。{remedy}"


def teach(folder: Path, file: Path, *, name: str, when: str, marks: Sequence[Mark]) -> dict[str, Field]:
    """Keep a layout under `folder` and return what its marks read in `file`, so that a person sees it at once.

    CannotTeach, and nothing is kept, when the file does not print `when`, is a fapiao, or a mark says nothing.
    """
    if not _NAME.fullmatch(name):
        raise CannotTeach(file=file.name, why=f"name {name!r}", remedy="Letters, digits and - make a name.")
    unknown = [mark.field for mark in marks if mark.field not in TEACHABLE]
    if unknown or not marks:
        raise CannotTeach(
            file=file.name, why=", ".join(unknown) or "no field", remedy=f"Known: {', '.join(TEACHABLE)}."
        )
    sheets = _sheets(file)
    layout = Layout(name=name, when=when.strip(), marks=tuple(marks))
    if not layout.when or layout_of(sheets, [layout]) is None:
        raise CannotTeach(file=file.name, why=f"{when!r} is not printed", remedy="Name a text of the issuer's pages.")
    if any(is_fapiao(sheet) for sheet in sheets):
        raise CannotTeach(file=file.name, why="a fapiao", remedy="Fapiao are read without teaching.")
    found = {mark.field: marked_field(mark, sheets) for mark in marks}
    empty = [field for field, value in found.items() if value is None]
    if empty:
        raise CannotTeach(file=file.name, why=", ".join(empty), remedy="Mark the place of the value, not of its label.")
    save_taught(folder, layout)
    return {field: value for field, value in found.items() if value is not None}


def _sheets(file: Path) -> list[Sheet]:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise CannotTeach(file=file.name, why=str(error.strerror), remedy="Check the path.") from error
    document = open_pdf(content, file.name)
    try:
        return [Sheet(page_of(document, index)) for index in range(len(document))]
    finally:
        document.close()


def mark_of(text: str) -> Mark:
    """`gross=1:430,88,545,102` as a mark: field, page, left, top, right, bottom in points. ValueError otherwise."""
    field, _, place = text.partition("=")
    page, _, edges = place.partition(":")
    left, top, right, bottom = (float(edge) for edge in edges.split(","))
    if left >= right or top >= bottom:
        raise ValueError(text)
    return Mark(field=field.strip(), page=int(page), box=(left, top, right, bottom))
