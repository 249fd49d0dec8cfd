"""What tells one row of a list from the others: the number that it says, not the place where it stands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nightclerk.domain.privacy import find_private
from nightclerk.record.events import Facts

_KEY_HEADER = re.compile(r"单号|编号|号码|流水|订单|编码|number|\bno\.?\b|order|code|\bid\b|sku|name|名称", re.I)


@dataclass(frozen=True, kw_only=True)
class RowKey:
    """The text that names a row, and the header of the column that it stands in."""

    text: str
    column: str
    partial: bool = False


def row_key(facts: Facts, known: Mapping[str, Any], *, only_known: bool = False) -> RowKey | None:
    """What to find the row of an element by; None where it lives in no row of data.

    `only_known`: nothing but a value of the record itself will do (a look must not be about another row).
    """
    row = facts.get("row")
    if not row:
        return None
    cells = [str(cell) for cell in row.get("cells", ())]
    columns = [str(column) for column in row.get("columns", ())]
    named = [RowKey(text=cell, column=_column(columns, cells, cell)) for cell in cells]
    for key in named:
        if key.text in known and len(key.text) >= 2:
            return key
    attribute = _own_attribute(row)
    if attribute in known:
        return RowKey(text=attribute, column="")
    holding = [text for text in known if len(text) >= 4 and re.search(r"\d", text) and any(text in c for c in cells)]
    if holding:
        return RowKey(text=max(holding, key=len), column="", partial=True)
    if only_known:
        return None
    others = [[str(cell) for cell in other] for other in row.get("others", ())]
    own = str(facts.get("text", ""))
    telling = [key for key in named if _tells(key.text, others) and key.text != own]
    if not telling or not (row.get("tag") == "tr" or row.get("role") == "row" or attribute):
        return None
    return max(telling, key=lambda key: _score(key, attribute))


def _column(columns: list[str], cells: list[str], cell: str) -> str:
    place = cells.index(cell)
    return columns[place] if len(columns) == len(cells) else ""


def _own_attribute(row: Facts) -> str:
    data = row.get("data", {})
    return next((str(value) for value in data.values() if re.search(r"\d", str(value)) and len(str(value)) >= 2), "")


def _tells(text: str, others: list[list[str]]) -> bool:
    """Whether a cell can name its row: it has a figure, no other row says it, and it is nobody's data."""
    if not re.search(r"\d", text) or len(text) < 2 or len(text) > 40 or '"' in text or find_private(text):
        return False
    return all(text not in other for other in others)


def _score(key: RowKey, attribute: str) -> float:
    looks = 2.0 if re.fullmatch(r"[A-Za-z]{0,6}[-_]?\d{3,}[\w-]*", key.text) else 0.0
    is_date = re.match(r"\d{4}[-/年]\d", key.text) or re.search(r"\d\.\d\d$", key.text)
    return looks + 3 * bool(_KEY_HEADER.search(key.column)) + 2 * (key.text == attribute) - 3 * bool(is_date)
