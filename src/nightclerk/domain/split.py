"""Find people's data that a screen has cut up: a phone in three fields, a card in four, an address on two lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nightclerk.domain.privacy import find_private

#: Neighbours on one line stand at most so many line heights apart.
REACH = 2.5
#: How phones, cards and ID numbers are cut up; other rows of numbers are quantities and prices.
_GROUPS = {(3, 4, 4), (4, 4, 4, 4), *((4, 4, 4, 4, rest) for rest in (1, 2, 3)), (6, 8, 4), (6, 4, 4, 4)}
#: A number is cut into at most so many parts.
MOST_PARTS = 5
_CUT_UP = {"phone", "id", "card"}
_WRAPPED = {"address", "email"}


@dataclass(frozen=True, kw_only=True)
class Part:
    """One text on a screen: what it says, what stands before it, its box (left, top, width, height)."""

    text: str
    label: str
    box: tuple[float, float, float, float]


def split_private(parts: Sequence[Part]) -> tuple[Part, ...]:
    """The parts that are private only together with their neighbours: beside them, or on the next line."""
    found: dict[int, None] = {}
    for first in range(len(parts)):
        if _short_number(parts[first]):
            found.update(dict.fromkeys(_number(parts, first)))
        if first + 1 < len(parts) and _wraps(parts[first], parts[first + 1]):
            found.update(dict.fromkeys((first, first + 1)))
    return tuple(parts[index] for index in sorted(found))


def _short_number(part: Part) -> bool:
    text = part.text.strip()
    return (
        bool(text)
        and len(text) <= 12
        and all(c.isdigit() or c in "Xx+-—" for c in text)
        and any(map(str.isdigit, text))
    )


def _number(parts: Sequence[Part], first: int) -> Iterator[int]:
    """The indices of a row of short numbers, from `first` on, that is a phone, ID number or card when put together."""
    row = [first]
    for index in range(first + 1, min(first + MOST_PARTS, len(parts))):
        if not _short_number(parts[index]) or not _beside(parts[index - 1], parts[index]):
            return
        row.append(index)
        texts = [parts[n].text.strip() for n in row]
        if tuple(map(len, texts)) not in _GROUPS:
            continue
        for joined in ("".join(texts), " ".join(texts)):
            spans = find_private(joined, label=parts[first].label)
            if any(span.kind in _CUT_UP and span.end - span.start >= len(joined) - 1 for span in spans):
                yield from row
                return


def _wraps(upper: Part, lower: Part) -> bool:
    """Whether two texts, one under the other, are one address or e-mail only together."""
    x, y, _, height = upper.box
    if not (abs(lower.box[0] - x) <= 3 * height and 0 < lower.box[1] - y <= 2.2 * max(height, lower.box[3])):
        return False
    joined, seam = upper.text.strip() + lower.text.strip(), len(upper.text.strip())
    return any(span.kind in _WRAPPED and span.start < seam < span.end for span in find_private(joined))


def _beside(left: Part, right: Part) -> bool:
    """Whether `right` follows on the same line, near."""
    height = max(left.box[3], right.box[3])
    gap = right.box[0] - (left.box[0] + left.box[2])
    return abs(left.box[1] - right.box[1]) < height / 2 and -height <= gap <= REACH * height
