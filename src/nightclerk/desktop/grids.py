"""Tables on a screen: by what was copied (tab-separated lines) or by what was read, each cell with a second look."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nightclerk.desktop.faults import UnsureReading
from nightclerk.desktop.sight import squeezed
from nightclerk.ocr import Line
from nightclerk.ports import Box

#: A cell is cut out with so much around it: letters that touch the edge are misread.
_AROUND_PX = 4


def copied_rows(text: str) -> list[dict[str, str]]:
    """A copied grid as one mapping a row; its first line is the header."""
    lines = [line.split("\t") for line in text.splitlines() if line.strip()]
    return [dict(zip(lines[0], line, strict=False)) for line in lines[1:]]


def read_rows(lines: Sequence[Line], again: Callable[[Box], str], *, element: str) -> list[dict[str, str]]:
    """Lines of text that were read as one mapping a row; the topmost row is the header.

    `again` reads one box anew, enlarged. UnsureReading when it does not say the same: no cell is guessed.
    """
    rows = _rows(lines)
    header = rows[0] if rows else []
    names = [head.text.strip() for head in header]
    found = []
    for row in rows[1:]:
        cells = dict.fromkeys(names, "")
        for line in row:
            name = names[_column(line, header)]
            cells[name] = f"{cells[name]} {sure(line, again, element=element)}".strip()
        found.append(cells)
    return found


def sure(line: Line, again: Callable[[Box], str], *, element: str) -> str:
    """What a line says, if a second look says the same; UnsureReading else."""
    second = again(around(line.box))
    if squeezed(second) != squeezed(line.text):
        raise UnsureReading(element=element, first=line.text, second=second)
    return line.text.strip()


def around(box: Box) -> Box:
    """A box with a margin."""
    left, top = max(0, box.x - _AROUND_PX), max(0, box.y - _AROUND_PX)
    right, bottom = box.x + box.width + _AROUND_PX, box.y + box.height + _AROUND_PX
    return Box(x=left, y=top, width=right - left, height=bottom - top)


def _rows(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines that stand on one height, from left to right; the rows from top to bottom."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: line.box.y + line.box.height / 2):
        middle = line.box.y + line.box.height / 2
        last = rows[-1][0].box if rows else None
        if last is not None and last.y <= middle <= last.y + last.height:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda line: line.box.x) for row in rows]


def _column(line: Line, header: Sequence[Line]) -> int:
    """The column whose heading a cell stands under: the one that it shares most with, else the nearest."""

    def shared(head: Line) -> int:
        """Pixels in common; negative is the gap between them."""
        right = min(line.box.x + line.box.width, head.box.x + head.box.width)
        return right - max(line.box.x, head.box.x)

    return max(range(len(header)), key=lambda index: shared(header[index]))
