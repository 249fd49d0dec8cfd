"""Masks by reading a picture, for programs that show their texts in no other way."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest
from film_kit import act, new_film
from PIL import Image, ImageDraw, ImageFont

from nightclerk import ocr
from nightclerk.evidence.verify import verify
from nightclerk.ocr.masks import boxes_of
from nightclerk.ocr.reading import Line
from nightclerk.ports import Box, Frame

needs_ocr = pytest.mark.skipif(not ocr.installed(), reason="the extra ocr is not installed")


def line(text: str, *, x: int = 100, y: int = 50, width: int = 0) -> Line:
    return Line(text=text, box=Box(x=x, y=y, width=width or 10 * len(text), height=20), score=0.9)


def test_the_private_part_of_a_line_is_boxed() -> None:
    """The phone at the end is covered, the order number before it stays readable."""
    (box,) = boxes_of([line("order 372811000729001234 tel 13900017788")])
    assert box.x <= 100 + 290
    assert box.x > 100 + 250
    assert box.x + box.width >= 100 + 400


def test_the_line_before_is_the_label() -> None:
    """A name is one beside its label, and a number cut up into fields is one number."""
    assert next(boxes_of([line("收货人"), line("王小样", x=200)])).x < 200
    assert list(boxes_of([line("商品"), line("王小样", x=200)])) == []
    fields = [line("139", x=100, width=40), line("0001", x=150, width=40), line("7788", x=200, width=40)]
    assert len(list(boxes_of(fields))) == 3


def test_a_picture_that_cannot_be_read_is_not_kept(tmp_path: Path) -> None:
    """The reader fails: the line says why, no picture is written, the run goes on."""

    def reader(pixels: object) -> list[Box]:
        raise RuntimeError("no model")

    film = new_film(tmp_path)
    film.begin({})
    film.act(act(), frame=Frame(pixels=np.zeros((40, 60, 3), np.uint8), reader=reader))
    film.end("done", {})
    assert list(film.folder.glob("pictures/*")) == []
    assert "RuntimeError: no model" in (film.folder / "journal.jsonl").read_text(encoding="utf-8")
    assert verify(film.folder).ok


def test_what_the_reader_finds_is_masked(tmp_path: Path) -> None:
    """A frame that brings a reader is masked by it before it is encoded, also where the same pixels came without."""
    film, pixels = new_film(tmp_path), np.full((40, 60, 3), 255, np.uint8)
    film.begin({})
    plain = film.picture(Frame(pixels=pixels))
    masked = film.picture(Frame(pixels=pixels, reader=lambda _: [Box(x=10, y=10, width=20, height=10)]))
    film.end("done", {})
    with Image.open(film.folder / f"pictures/{masked}.webp") as image:
        assert max(image.convert("RGB").getpixel((20, 15))) < 60
    assert plain != masked


def test_only_what_changed_is_read_again() -> None:
    """The second picture differs in one row: the rows around it are read; an equal one costs nothing."""
    sizes: list[int] = []

    def reader(pixels: np.ndarray) -> tuple[Line, ...]:
        sizes.append(len(pixels))
        return (line("13900017788", y=10 if len(pixels) < 400 else 300),)

    screen, first = ocr.ScreenReader(reader), np.zeros((400, 300, 3), np.uint8)
    second = first.copy()
    second[100] = 255
    assert [box.y for box in screen(first)] == [300]
    assert [box.y for box in screen(second)] == [100 - 24 + 10, 300]
    assert [box.y for box in screen(second)] == [86, 300]
    assert sizes == [400, 49]


@needs_ocr
def test_personal_data_is_read_off_a_picture(tmp_path: Path) -> None:
    """Phone and ID number drawn on a picture are found where they stand; order number and amount are not."""
    font = subprocess.run(["fc-match", "-f", "%{file}", "Noto Sans CJK SC"], capture_output=True, text=True, check=True)
    image = Image.new("RGB", (640, 220), "white")
    texts = ("订单编号 372811000729001234", "金额 1288.50", "电话 13900017788", "身份证 990101199001011230")
    for row, text in enumerate(texts):
        ImageDraw.Draw(image).text((20, 15 + 50 * row), text, "black", ImageFont.truetype(font.stdout, 22))
    boxes = ocr.private_boxes(np.asarray(image))
    assert sorted(round((box.y + box.height / 2 - 27) / 50) for box in boxes) == [2, 3]
