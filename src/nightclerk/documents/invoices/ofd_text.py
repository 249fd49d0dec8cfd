"""Where each character of an OFD page stands, from its text objects (GB/T 33190-2016, 11.3)."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from nightclerk.documents.invoices.glyphs import Glyph
from nightclerk.documents.invoices.markup import local, walk

#: An OFD measures in millimetres.
POINTS = 72 / 25.4
_UPRIGHT = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0]


def text_objects(root: Element) -> Iterator[Element]:
    """Those that are shown, in the order in which they are drawn."""
    for node in root.iter():
        if local(node) == "TextObject" and node.get("Visible", "true").strip().lower() != "false":
            yield node


def glyphs_of(root: Element, page: int) -> Iterator[Glyph]:
    """Every upright character of a page or template."""
    for run, node in enumerate(text_objects(root)):
        box, size = numbers(node.get("Boundary", "")), (numbers(node.get("Size", "")) or [3.0])[0]
        ctm = numbers(node.get("CTM", "")) or _UPRIGHT
        if len(box) != 4 or len(ctm) != 6 or abs(ctm[1]) > 0.01 or abs(ctm[2]) > 0.01:
            continue
        x = y = 0.0
        for code in walk(node, "TextCode"):  # one without its own X or Y begins where the last one began
            x, y = (numbers(code.get("X", "")) or [x])[0], (numbers(code.get("Y", "")) or [y])[0]
            yield from _text_code(code, x, y, box, ctm, size, run, page)


def _text_code(
    code: Element, x: float, y: float, box: list[float], ctm: list[float], size: float, run: int, page: int
) -> Iterator[Glyph]:
    """Characters from x, y on inside the boundary, each as far from the one before as DeltaX and DeltaY say."""
    text = (code.text or "").strip("\r\n")
    across, down = (_deltas(code.get(name, ""), len(text) - 1) for name in ("DeltaX", "DeltaY"))
    for index, char in enumerate(text):
        width = size * (1.0 if ord(char) > 0x2E80 else 0.5)
        unsaid = 0.0 if down else width  # 购买方信息 is written downwards
        step = across[index] if index < len(across) else unsaid
        if not char.isspace():
            left = (box[0] + ctm[4] + ctm[0] * x) * POINTS
            right = left + abs(ctm[0]) * min(width, step or width) * POINTS
            base, height = (box[1] + ctm[5] + ctm[3] * y) * POINTS, size * abs(ctm[3]) * POINTS
            yield Glyph(char, left, right, base, height, run, page, index > 0 and text[index - 1].isspace())
        x += step
        y += down[index] if index < len(down) else 0.0


def _deltas(text: str, count: int) -> list[float]:
    """`3 3 g 4 1.5` -> [3, 3, 1.5, 1.5, 1.5, 1.5]; empty when it is no list of figures."""
    steps: list[float] = []
    words = text.split()
    try:
        while words and len(steps) < max(count, 0):
            word = words.pop(0)
            if word == "g" and len(words) >= 2:
                times, step = int(float(words.pop(0))), float(words.pop(0))
                steps += [step] * min(times, count)
            elif word != "g":
                steps.append(float(word))
    except ValueError:
        return []
    return steps


def numbers(text: str) -> list[float]:
    """The figures of an attribute such as Boundary; empty when one of its words is none."""
    try:
        return [float(word) for word in text.split()]
    except ValueError:
        return []
