"""What can be wrong with the mapping tables that staff edit, collected and told cell by cell."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from nightclerk.documents.table_errors import BadCell
from nightclerk.documents.tables import Row
from nightclerk.errors import BusinessError, WorkspaceError
from nightclerk.texts import current_language


class UnmappedNames(BusinessError):
    """An order or parcel names something that no table knows. Facts: subject, names, platform, file."""

    en = "{subject}: {names} ({platform}) is not mapped. Add it to config/mapping/{file}, then let the item run again."
    zh = "{subject}：{platform} 的 {names} 没有对照。请在 config/mapping/{file} 中补上，然后重新处理该条。"


@dataclass(frozen=True, kw_only=True)
class MappingFault:
    """One fault in one cell (or file) of a mapping table."""

    where: str
    expected_zh: str
    expected_en: str
    found: str = ""
    nearest: str = ""

    def sentence(self, language: str) -> str:
        """In `zh` or `en`, e.g. "skus.xlsx!商品对照!B12: expected …; found “…”; nearest “…”"."""
        zh = language == "zh"
        text = f"{self.where}：应为{self.expected_zh}" if zh else f"{self.where}: expected {self.expected_en}"
        if self.found:
            text += f"；现为“{self.found}”" if zh else f"; found “{self.found}”"
        if self.nearest:
            text += f"；最接近的是“{self.nearest}”" if zh else f"; nearest “{self.nearest}”"
        return text


class MappingFaults(WorkspaceError):
    """All faults of the mapping tables. Facts: faults (MappingFault, …)."""

    def sentence(self, language: str | None = None) -> str:
        chosen = language or current_language()
        end = "请修改这些单元格，保存并关闭 Excel。" if chosen == "zh" else "Mend these cells, save, and close Excel."
        return "\n".join([*(fault.sentence(chosen) for fault in self.faults), end])

    @property
    def faults(self) -> tuple[MappingFault, ...]:
        return tuple(self.facts["faults"])


def cell_fault(error: BadCell) -> MappingFault:
    """A cell that could not be read, as a fault of its table."""
    facts = error.facts
    return MappingFault(
        where=facts["file"],
        expected_zh=facts["expected_zh"],
        expected_en=facts["expected_en"],
        found=facts["value"],
    )


def word_fault(row: Row, column: str, words: Iterable[str]) -> MappingFault:
    """A word that is none of `words`."""
    known = list(words)
    listed = "、".join(known)
    nearest = difflib.get_close_matches(row[column], known, n=1, cutoff=0.0)
    return MappingFault(
        where=row.cell(column),
        expected_zh=f"以下之一：{listed}",
        expected_en=f"one of {listed}",
        found=row[column],
        nearest=nearest[0],
    )


def least_fault(row: Row, column: str, least: int) -> MappingFault:
    """A number that is too small."""
    return MappingFault(
        where=row.cell(column),
        expected_zh=f"不小于 {least} 的数",
        expected_en=f"a number of at least {least}",
        found=str(row[column]),
    )


def doubled_fault(row: Row, column: str, first: Row) -> MappingFault:
    """An entry that stands there already."""
    return MappingFault(
        where=row.cell(column),
        expected_zh=f"不重复的条目（{first.cell(column)} 已有）",
        expected_en=f"an entry of its own ({first.cell(column)} has it already)",
        found=str(row[column]),
    )


def file_fault(file: str, zh: str, en: str) -> MappingFault:
    """A file that is missing or cannot be read as a table."""
    return MappingFault(where=file, expected_zh=zh, expected_en=en)
