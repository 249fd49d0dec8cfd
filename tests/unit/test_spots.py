"""Which of several places is meant, what a text that was read says, and tables that are read off a picture."""

from __future__ import annotations

import numpy as np
import pytest

from nightclerk.desktop.faults import UnsureReading
from nightclerk.desktop.grids import around, copied_rows, read_rows
from nightclerk.desktop.sight import Sight, faded, said_at
from nightclerk.desktop.spots import Spot, beside, decide, within
from nightclerk.desktop.ways import Anchor, desktop_ways, inside
from nightclerk.errors import ElementAmbiguous
from nightclerk.ocr import Line, ScreenReader
from nightclerk.ports import Box, Selector

WINDOW = Box(x=100, y=50, width=400, height=300)


def box(x: int, y: int, width: int = 40, height: int = 20) -> Box:
    return Box(x=x, y=y, width=width, height=height)


def line(text: str, x: int, y: int, width: int = 40) -> Line:
    return Line(text=text, box=box(x, y, width), score=0.9)


def test_the_best_of_several_is_taken_only_with_a_margin() -> None:
    """A runner-up below the threshold still spoils a best that is hardly better."""
    first, close = Spot(box=box(0, 0), score=0.905), Spot(box=box(90, 0), score=0.89)
    far = Spot(box=box(9, 9), score=0.7)
    assert decide([first, far], 0.9, element="a.b") is first
    assert decide([close, far], 0.9, element="a.b") is None
    with pytest.raises(ElementAmbiguous, match=r"0\.905 at 0,0; 0\.890 at 90,0"):
        decide([first, close], 0.9, element="a.b")


def test_right_of_and_below_take_the_nearest_on_the_line() -> None:
    """What stands on another line, or on the other side, is not beside it."""
    label, field, far, under = box(10, 10), box(60, 12), box(200, 10), box(12, 40)
    spots = [Spot(box=one) for one in (far, field, under)]
    assert [spot.box for spot in beside(spots, "right_of", label)] == [field]
    assert [spot.box for spot in beside(spots, "below", label)] == [under]
    assert beside([Spot(box=label)], "right_of", field) == []


def test_two_equally_near_are_both_kept() -> None:
    """Then the decision sees two, and takes none."""
    spots = [Spot(box=box(0, 0)), Spot(box=box(200, 0))]
    assert beside(spots, "near", box(100, 0)) == spots


def test_a_region_counts_from_either_edge() -> None:
    """Negative places count from the right or the bottom; what reaches out of the window is cut off."""
    assert inside(box(10, 20), WINDOW) == box(110, 70)
    assert inside(box(-100, -30, 200, 100), WINDOW) == Box(x=400, y=320, width=100, height=30)
    assert within([Spot(box=box(0, 0)), Spot(box=box(110, 60))], WINDOW) == [Spot(box=box(110, 60))]


def test_a_text_way_is_understood() -> None:
    """A text with a region, and a field beside a text."""
    selector = Selector(
        name="a.b",
        ways=({"ocr": "保存", "region": [0, 0, 9, 9]}, {"right_of": {"ocr": "客户"}, "offset": [5, 0]}),
    )
    first, second = desktop_ways(selector, {})
    assert (first.anchor, first.region, first.reads) == (Anchor(text="保存"), box(0, 0, 9, 9), True)
    assert second.anchor == Anchor(text="客户", side="right_of", offset=(5, 0))


def test_blanks_and_full_width_do_not_matter_to_what_was_read() -> None:
    """OCR loses blanks and mixes widths; another text stays another text, a pattern gives its stretch."""
    assert said_at(line("保 存（Ｓ）：", 0, 0), "保存(S)") is not None
    assert said_at(line("保荐(S)", 0, 0), "保存(S)") is None
    part = said_at(line("共 12 条", 100, 0, 80), r"/\d+/")
    assert part is not None
    assert (part.text, 100 < part.box.x < 180) == ("12", True)


def test_grey_text_is_not_acted_on() -> None:
    """A disabled button says the same text in grey."""
    screen = np.full((60, 200, 3), 236, np.uint8)
    screen[5:20:3, 10:60] = 20
    screen[35:50:3, 10:60] = 170
    assert [faded(screen, box(5, y, 60, 20)) for y in (3, 33)] == [False, True]


def test_a_text_is_found_inside_of_its_area() -> None:
    """The place comes out in the pixels of the screen, and an unchanged part is not read again."""
    screen = np.full((300, 500, 3), 255, np.uint8)
    screen[110:126:2, 210:250] = 0
    times: list[int] = []

    class Grabbed:
        def grab(self, area: Box) -> np.ndarray:
            return screen[area.y : area.y + area.height, area.x : area.x + area.width]

    def read(_pixels: object) -> tuple[Line, ...]:
        times.append(1)
        return (line("保存", 110, 60),)

    sight = Sight(screen=Grabbed(), tree=lambda: None, reader=lambda: ScreenReader(read))  # type: ignore[arg-type]
    for _ in range(2):
        assert [spot.box for spot in sight.marks(Anchor(text="保存"), WINDOW)] == [box(210, 110)]
    assert len(times) == 1


def test_a_table_that_was_read_has_every_cell_read_twice() -> None:
    """Cells go under the heading that they share most with; an empty one stays empty; what is not sure is no cell."""
    lines = [
        line("编码", 0, 0),
        line("名称", 100, 1),
        line("A1", 0, 30, 18),
        line("杯子", 98, 31),
        line("B2", 2, 60, 18),
    ]

    def again(cell: Box) -> str:
        return next(one.text for one in lines if around(one.box) == cell)

    rows = read_rows(lines, again, element="list.rows")
    assert rows == [{"编码": "A1", "名称": "杯子"}, {"编码": "B2", "名称": ""}]
    with pytest.raises(UnsureReading, match=r"list\.rows was read as “A1” and then as “AI”"):
        read_rows(lines[:3], lambda _cell: "AI", element="list.rows")


def test_a_copied_table_is_keyed_by_its_first_line() -> None:
    """Tabs part the cells; blank lines are none."""
    assert copied_rows("编码\t名称\nA1\t杯子\n\n") == [{"编码": "A1", "名称": "杯子"}]
