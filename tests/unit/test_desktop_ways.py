"""How desktop selectors are understood."""

from __future__ import annotations

from pathlib import Path

from nightclerk.desktop.ways import desktop_ways
from nightclerk.ports import Selector


def test_keys_with_placeholders() -> None:
    """The row of a grid goes into the keyboard path of its cell."""
    selector = Selector(name="voucher.price", ways=({"keys": "Alt+L Down*{row} Enter*2", "window": "新增$"},))
    (way,) = desktop_ways(selector, {"row": "2"})
    assert way.keys == (("alt", "l"), ("down",), ("down",), ("enter",), ("enter",))
    assert (way.window, way.by_window) == ("新增$", False)


def test_a_window_alone_means_the_window() -> None:
    """A way that names only a window is about the window itself."""
    (way,) = desktop_ways(Selector(name="box.any", ways=({"window": "提示$"},)), {})
    assert way.by_window


def test_a_label_beside_a_field() -> None:
    """right_of takes its offset from the way, and the journal gets the file's name without its folder."""
    raw = {"right_of": {"picture": "/somewhere/label.png"}, "offset": [5, 0], "window": "单据"}
    (way,) = desktop_ways(Selector(name="a.b", ways=(raw,)), {})
    assert way.anchor is not None
    assert (way.anchor.file, way.anchor.offset, way.anchor.side) == (Path("/somewhere/label.png"), (5, 0), "right_of")
    assert "somewhere" not in way.words
