"""Builders of the odd table files that platforms hand out, for the tests of documents/."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import pyzipper

from nightclerk.documents.layouts import Layout, load_layout

_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
)
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="{kind}" Target="{target}"/></Relationships>'
)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def layout(tmp_path: Path, text: str, name: str = "sample") -> Layout:
    """A layout from its YAML text."""
    file = tmp_path / f"{name}.yaml"
    file.write_text(text, encoding="utf-8")
    return load_layout(file)


def csv_file(path: Path, *lines: str, encoding: str = "gb18030", newline: str = "\r\n") -> Path:
    """A CSV of whole lines, each ended by `newline`."""
    path.write_bytes("".join(line + newline for line in lines).encode(encoding))
    return path


def raw_xlsx(path: Path, rows: Sequence[Sequence[str]], *, dimension: str = "A1") -> Path:
    """A workbook as platforms write it: inlineStr cells, no styles, a dimension record that lies.

    A cell that begins with "#" is written as a number with the text after it.
    """
    body = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in rows)
    sheet = f'<worksheet xmlns="{_MAIN}"><dimension ref="{dimension}"/><sheetData>{body}</sheetData></worksheet>'
    book = (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATION}"><sheets>'
        '<sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        target = _RELS.format(kind=f"{_RELATION}/officeDocument", target="xl/workbook.xml")
        archive.writestr("_rels/.rels", target)
        archive.writestr("xl/workbook.xml", book)
        sheet_target = _RELS.format(kind=f"{_RELATION}/worksheet", target="worksheets/sheet1.xml")
        archive.writestr("xl/_rels/workbook.xml.rels", sheet_target)
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
    return path


def _cell(text: str) -> str:
    if text.startswith("#"):
        return f"<c><v>{text[1:]}</v></c>"
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def gbk_zip(path: Path, members: Mapping[str, bytes], *, password: str = "") -> Path:
    """A zip whose names are GBK bytes without the UTF-8 flag, encrypted (AES) when there is a password."""
    method = pyzipper.WZ_AES if password else None
    stand_ins = {f"{n}".rjust(len(name.encode("gb18030")), "x"): name for n, name in enumerate(members)}
    with pyzipper.AESZipFile(path, "w", compression=pyzipper.ZIP_DEFLATED, encryption=method) as archive:
        if password:
            archive.setpassword(password.encode())
        for stand_in, name in stand_ins.items():
            archive.writestr(stand_in, members[name])
    packed = path.read_bytes()
    for stand_in, name in stand_ins.items():
        packed = packed.replace(stand_in.encode(), name.encode("gb18030"))
    path.write_bytes(packed)
    return path
