"""Layout files: what the committed ones hold, and how a broken one is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from tables_kit import layout

from nightclerk.documents import load_layouts
from nightclerk.documents.layouts import Reads
from nightclerk.documents.table_errors import LayoutFault

CONFIG = Path(__file__).parents[2] / "config" / "layouts"


def test_the_committed_layouts_are_good() -> None:
    """Every layout loads, and every order number in them is read as text that must be there."""
    layouts = load_layouts(CONFIG)
    assert {"taobao_orders", "taobao_items", "jd_orders", "douyin_orders"} <= set(layouts)
    numbers = [column for one in layouts.values() for column in one.columns if column.name == "number"]
    assert {(column.reads, column.filled) for column in numbers} == {(Reads.ID, True)}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("columns: {a: {header: A, raeds: id}}", "sample.yaml: columns.a: unknown key `raeds`; the nearest is `reads`"),
        ("columns: {a: {header: A, reads: number}}", "`reads: number` is none of id, code, text, money"),
        ("columns: {a: {reads: id}}", "columns.a: `header` is missing"),
        ("columns: {a: A}", "columns.a: a mapping (key: value) was expected"),
        ("columns: {}", "`columns` must name at least one column"),
        ("", "sample.yaml: a mapping (key: value) was expected"),
        ("columns: {a: {header: A}}\ntimezone: Asia/Nowhere", "there is no time zone Asia/Nowhere"),
        ("columns:\n  a: {header: [A}", "sample.yaml:2:"),
    ],
)
def test_a_broken_layout_is_told_at_its_place(tmp_path: Path, text: str, said: str) -> None:
    """File, key or line, what is wrong, and where the format is described."""
    with pytest.raises(LayoutFault) as caught:
        layout(tmp_path, text)
    assert said in str(caught.value)
    assert str(caught.value).endswith("described at the top of documents/layouts.py.")
    assert caught.value.sentence("zh").endswith("格式说明见 documents/layouts.py 开头。")
