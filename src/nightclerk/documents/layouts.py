"""File layouts: what the columns of an export are called, and how their cells are read.

A layout is one YAML file in `config/layouts/`; its file name is its name. Staff may edit it.

    title: {zh: 淘宝订单导出, en: Taobao order export}
    encoding: gb18030            # optional; tried first for text files (a byte order mark always wins)
    sheet: 订单                   # optional; workbooks only. Default: the first sheet that holds the header
    member: "*订单*.csv"          # optional; zip files only. Default: every member
    timezone: Asia/Shanghai      # optional; of times that carry none. Default: Asia/Shanghai
    blanks: ["-", "–"]           # optional; cell texts that mean "nothing", for every column
    footers: [合计, 总计]          # optional; a row whose first filled cell says this is not data
    columns:                     # our name -> their header
      number:  {header: 订单编号, reads: id, required: true}
      paid:    {header: [买家实付金额, 买家实际支付金额], reads: money}      # aliases, best first
      refund:  {header: 退款金额, reads: money, blanks: [无退款申请]}
      paid_at: {header: 订单付款时间, reads: datetime}

`reads`   id        text; cleaned of `="…"`, a leading ' or `, tabs. A number that lost digits is a fault
          code      like id, but a workbook cell that is a number is a fault (leading zeros may be gone)
          text      text, cleaned of `="…"` and blanks round it (the default)
          money     Decimal; `¥`, 元 and thousands commas are taken off
          int       whole number
          date      datetime.date
          datetime  aware datetime in UTC
`required`  the file must have the column (else the whole file is refused, with the nearest header named).
            Other columns may be missing: their cells read as blank.
`filled`    the cell must not be blank (else that row has a fault; implies `required`).

Columns are found by header name only: order, extra columns and blanks round a header do not matter, and
full-width and half-width brackets are the same. Where two aliases are both there, the first that has a
value wins. The header row is the first of the top 20 rows that holds all required headers.
A blank cell reads as "" (id, code, text) or None (money, int, date, datetime).
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from nightclerk.documents.table_errors import LayoutFault


class Reads(StrEnum):
    """How the cells of a column are read."""

    ID = "id"
    CODE = "code"
    TEXT = "text"
    MONEY = "money"
    INT = "int"
    DATE = "date"
    DATETIME = "datetime"


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: our `name`, their `headers` (aliases, best first), and how its cells are read."""

    name: str
    headers: tuple[str, ...]
    reads: Reads = Reads.TEXT
    required: bool = False
    filled: bool = False
    blanks: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Layout:
    """One kind of export file."""

    name: str
    columns: tuple[Column, ...]
    title: Mapping[str, str] = field(default_factory=dict)
    encoding: str = ""
    sheet: str = ""
    member: str = ""
    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))
    footers: tuple[str, ...] = ()


_LAYOUT_KEYS = {"title", "encoding", "sheet", "member", "timezone", "blanks", "footers", "columns"}
_COLUMN_KEYS = {"header", "reads", "required", "filled", "blanks"}


def load_layout(path: Path) -> Layout:
    """Read one layout file; LayoutFault names the file, the key and the remedy."""
    try:
        raw = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise _fault(f"{path.name}:{line}", f"YAML 语法错误（{error.problem}）", str(error.problem)) from error
    _check_keys(path.name, "", raw, _LAYOUT_KEYS)
    if not isinstance(raw.get("columns"), Mapping) or not raw["columns"]:
        raise _fault(path.name, "columns 至少要有一列", "`columns` must name at least one column")
    shared = frozenset(_texts(raw.get("blanks")))
    return Layout(
        name=path.stem,
        columns=tuple(_column(path.name, name, spec, shared) for name, spec in raw["columns"].items()),
        title=raw.get("title") or {},
        encoding=raw.get("encoding", ""),
        sheet=raw.get("sheet", ""),
        member=raw.get("member", ""),
        timezone=_zone(path.name, raw.get("timezone", "Asia/Shanghai")),
        footers=_texts(raw.get("footers")),
    )


def load_layouts(folder: Path) -> dict[str, Layout]:
    """All layouts of a folder, by name."""
    return {path.stem: load_layout(path) for path in sorted(folder.glob("*.yaml"))}


def _column(file: str, name: str, spec: Any, shared: frozenset[str]) -> Column:
    where = f"{file}: columns.{name}"
    _check_keys(file, f"columns.{name}", spec, _COLUMN_KEYS)
    headers = _texts(spec.get("header"))
    if not headers:
        raise _fault(where, "缺少 header", "`header` is missing")
    reads = spec.get("reads", "text")
    if reads not in list(Reads):
        known = ", ".join(Reads)
        raise _fault(where, f"reads: {reads} 不是 {known} 之一", f"`reads: {reads}` is none of {known}")
    filled = bool(spec.get("filled", False))
    return Column(
        name=name,
        headers=headers,
        reads=Reads(reads),
        required=filled or bool(spec.get("required", False)),
        filled=filled,
        blanks=shared | frozenset(_texts(spec.get("blanks"))),
    )


def _check_keys(file: str, inside: str, found: Any, known: set[str]) -> None:
    where = f"{file}: {inside}" if inside else file
    if not isinstance(found, Mapping):
        raise _fault(where, "应为“键: 值”", "a mapping (key: value) was expected")
    for key in found:
        if key not in known:
            nearest = difflib.get_close_matches(str(key), known, n=1, cutoff=0.0)[0]
            raise _fault(
                where, f"没有 {key} 这个键；最接近的是 {nearest}", f"unknown key `{key}`; the nearest is `{nearest}`"
            )


def _zone(file: str, name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise _fault(file, f"没有时区 {name}", f"there is no time zone {name}") from error


def _fault(where: str, zh: str, en: str) -> LayoutFault:
    return LayoutFault(where=where, problem_zh=zh, problem_en=en)


def _texts(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(str(one) for one in value) if isinstance(value, list) else (str(value),)
