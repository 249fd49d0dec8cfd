"""Selectors that lean on another element, and placeholders in places where only numbers make sense."""

from __future__ import annotations

from pathlib import Path

from nightclerk.locate.files import load_selectors
from nightclerk.locate.reads import first_group
from nightclerk.locate.ways import filled, main_key, relation


def load(tmp_path: Path, text: str) -> list[str]:
    file = tmp_path / "selectors" / "shop" / "orders.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    return [str(fault) for fault in load_selectors("shop", workspace=tmp_path).faults]


def test_a_way_of_a_page_may_name_its_neighbour(tmp_path: Path) -> None:
    """`near`, `right_of` and `below` beside a way of a page name another element."""
    way = {"css": "input", "right_of": "orders.amount"}
    assert main_key(way) == "css"
    assert relation(way) == ("right_of", "orders.amount")
    assert load(tmp_path, "orders:\n  amount: {text: 金额}\n  field: {css: input, below: orders.amount}\n") == []


def test_an_unknown_neighbour_is_a_fault(tmp_path: Path) -> None:
    """The file, the line and the nearest name."""
    (fault,) = load(tmp_path, "orders:\n  amount: {text: 金额}\n  field: {css: input, near: orders.amout}\n")
    assert "selectors/shop/orders.yaml:3" in fault
    assert "orders.amount" in fault


def test_two_that_lean_on_each_other_are_a_fault(tmp_path: Path) -> None:
    """Neither could ever be found."""
    text = "orders:\n  a: {css: a, near: orders.b}\n  b: {css: b, near: orders.a}\n"
    assert load(tmp_path, text)


def test_a_number_stays_a_number_in_css() -> None:
    """`:nth-child({n})` takes digits as they are; anything else there is escaped and fits nothing."""
    way = {"css": "tr:nth-child({n})"}
    assert filled(way, {"n": "12"}, element="e", where="")["css"] == "tr:nth-child(12)"
    assert filled(way, {"n": "1) td"}, element="e", where="")["css"] != "tr:nth-child(1) td)"


def test_group_one_of_a_pattern_with_a_placeholder() -> None:
    """The pattern that found the text also cuts it, with the value of this use as literal text."""
    ways = ({"text": r"/^{item}: (\d+) 件$/"},)
    assert first_group("台灯(白): 12 件", ways, {"item": "台灯(白)"}) == "12"
    assert first_group("书架: 3 件", ways, {"item": "台灯(白)"}) == "书架: 3 件"
