"""Where people's data stands on a picture, by reading it: the same patterns as everywhere, on what OCR has read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from nightclerk.domain.privacy import find_private
from nightclerk.domain.split import Part, split_private
from nightclerk.ocr.reading import Line, read, stretch
from nightclerk.ports import Box

#: Letters are not all equally wide: a mask reaches so many of them further on each side.
SLACK_LETTERS = 1.5


def private_boxes(pixels: Any) -> tuple[Box, ...]:
    """The boxes of all that looks private on an RGB array. MissingPart without the extra `ocr`."""
    return tuple(boxes_of(read(pixels)))


def boxes_of(lines: Sequence[Line]) -> Iterator[Box]:
    """The boxes of private stretches in lines that were read, and of numbers and addresses cut up into several."""
    for at, line in enumerate(lines):
        label = lines[at - 1].text if at else ""
        for span in find_private(line.text, label=label):
            yield _part(line, span.start, span.end)
    parts = [_as_part(line, lines[at - 1].text if at else "") for at, line in enumerate(lines)]
    for part in split_private(parts):
        left, top, width, height = (round(edge) for edge in part.box)
        yield Box(x=left, y=top, width=width, height=height)


def _as_part(line: Line, label: str) -> Part:
    box = line.box
    return Part(text=line.text, label=label, box=(box.x, box.y, box.width, box.height))


def _part(line: Line, start: int, end: int) -> Box:
    return stretch(line, start, end, slack=SLACK_LETTERS)
