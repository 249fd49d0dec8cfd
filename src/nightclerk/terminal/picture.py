"""Draw a terminal screen from its buffer for the evidence: what the cells say, never what a window looked like."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from nightclerk.domain.privacy import find_private
from nightclerk.ports import Box
from nightclerk.terminal.screen import Place, Screen, columns_of

CELL_WIDTH, CELL_HEIGHT = 10, 20
_GROUND, _INK, _BRIGHT, _INPUT, _CURSOR = (16, 20, 24), (150, 214, 160), (240, 244, 248), (32, 44, 52), (240, 200, 80)
_MOST_FACES = 20
_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "/System/Library/Fonts", "/Library/Fonts")
_FONTS = ("NotoSansMonoCJK", "NotoSansCJK", "wqy-microhei", "PingFang", "simsun", "msyh", "DejaVuSansMono", "consola")


def png(screen: Screen) -> bytes:
    """The screen as PNG: `CELL_WIDTH` by `CELL_HEIGHT` pixels a cell."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (screen.width * CELL_WIDTH, len(screen.cells) * CELL_HEIGHT), _GROUND)
    draw, font = ImageDraw.Draw(image), _font()
    for row, col in screen.marked:
        draw.rectangle(_cell(row, col), fill=_INPUT)
    for row, cells in enumerate(screen.cells):
        for col, character in enumerate(cells):
            if character.strip():
                ink = _BRIGHT if (row, col) in screen.bright else _INK
                draw.text((col * CELL_WIDTH, row * CELL_HEIGHT + 16), character, font=font, fill=ink, anchor="ls")
    row, col = screen.cursor
    left, _top, right, bottom = _cell(row, col)
    draw.rectangle((left, bottom - 2, right, bottom), fill=_CURSOR)
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=1)
    return out.getvalue()


def _cell(row: int, col: int) -> tuple[int, int, int, int]:
    left, top = col * CELL_WIDTH, row * CELL_HEIGHT
    return left, top, left + CELL_WIDTH - 1, top + CELL_HEIGHT - 1


def box(place: Place) -> Box:
    """A place in the picture's pixels."""
    return Box(
        x=place.col * CELL_WIDTH, y=place.row * CELL_HEIGHT, width=max(1, place.length) * CELL_WIDTH, height=CELL_HEIGHT
    )


def cell_at(x: int, y: int) -> tuple[int, int]:
    """The (row, column) that is drawn at a pixel of the picture."""
    return y // CELL_HEIGHT, x // CELL_WIDTH


def private_places(screen: Screen) -> Iterable[Place]:
    """Where a line looks like a phone, an ID number, a card, an address, an e-mail or a plate."""
    for row in range(len(screen.cells)):
        line = screen.line(row)
        for span in find_private(line):
            start = sum(columns_of(character) for character in line[: span.start])
            length = sum(columns_of(character) for character in line[span.start : span.end])
            yield Place(row=row, col=start, length=length)


@lru_cache(maxsize=1)
def _font() -> Any:
    """A font with Chinese in it, where the machine has one; of a collection the monospaced face."""
    from PIL import ImageFont

    for name in _FONTS:
        for file in _font_files():
            if file.name.lower().startswith(name.lower()) and "bold" not in file.name.lower():
                return _face(file)
    return ImageFont.load_default(16)


def _face(file: Path) -> Any:
    from PIL import ImageFont

    faces: list[Any] = []
    with contextlib.suppress(OSError):  # the end of the collection
        while file.suffix.lower() == ".ttc" and len(faces) < _MOST_FACES:
            faces.append(ImageFont.truetype(str(file), 18, index=len(faces)))
    mono = [face for face in faces if "Mono" in (face.getname()[0] or "")]
    simplified = [face for face in mono if (face.getname()[0] or "").endswith("SC")]
    return next(iter(simplified or mono or faces), None) or ImageFont.truetype(str(file), 16)


@lru_cache(maxsize=1)
def _font_files() -> tuple[Path, ...]:
    windows = Path(os.environ.get("WINDIR", "")) / "Fonts"
    folders = [Path(folder) for folder in _FOLDERS] + ([windows] if os.environ.get("WINDIR") else [])
    return tuple(
        file
        for folder in folders
        if folder.is_dir()
        for file in sorted(folder.rglob("*"))
        if file.suffix.lower() in (".ttf", ".ttc", ".otf")
    )
