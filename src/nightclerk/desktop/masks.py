"""Where people's data stands on the desktop: by the texts of the accessibility tree, else by reading the picture."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from nightclerk.desktop.tree import Node, Vanished
from nightclerk.domain.privacy import find_private
from nightclerk.domain.split import Part, split_private
from nightclerk.ports import AppSettings, Box

#: More nodes than a window shows; what comes after them is not searched, and the window then counts as unread.
MOST_NODES = 1500
#: A caret that blinks between two looks changes so many pixels at most.
CARET_PIXELS = 400


def text_boxes(root: Node) -> list[Box] | None:
    """The boxes of all nodes under `root` whose text looks private, cells of tables too; None: too many to be sure.

    A node is masked as a whole, also where only a part of its text is private.
    """
    parts = list(_parts(root))
    if len(parts) >= MOST_NODES:
        return None
    found = [part for part in parts if find_private(part.text, label=part.label)]
    return [_box(part) for part in dict.fromkeys((*found, *split_private(parts)))]


def _parts(root: Node) -> Iterator[Part]:
    """Every text that shows, with its place and the text before it, in the tree's order."""
    waiting, before, seen = deque([root]), "", 0
    while waiting and seen < MOST_NODES:
        node = waiting.popleft()
        seen += 1
        try:
            if node is not root and not node.showing():
                continue
            waiting.extendleft(reversed(list(node.children())))
            text, box = node.text() or node.name(), node.box()
            label = " ".join(node.labels()) or before
        except Vanished:
            continue
        if text.strip() and box is not None:
            yield Part(text=text, label=label, box=(box.x, box.y, box.width, box.height))
            before = text.strip()[-20:]
    for _ in waiting:
        yield Part(text="", label="", box=(0, 0, 0, 0))


def _box(part: Part) -> Box:
    left, top, width, height = part.box
    return Box(x=int(left), y=int(top), width=int(width), height=int(height))


def picture_reader(settings: AppSettings) -> Callable[[Any], Iterable[Box]] | None:
    """Finds private boxes by reading pictures, for an app whose facts ask for it (`masks: ocr`); else None.

    Never unasked: reading takes seconds of CPU for each picture that changed as a whole. MissingPart where it is asked
    for and the extra `ocr` is not installed: no picture is kept then that the owner wants read.
    """
    if settings.facts.get("masks") != "ocr":
        return None
    from nightclerk import ocr

    ocr.demand()
    return ocr.ScreenReader()


def held_still(before: Any, after: Any) -> bool:
    """Whether two looks at the screen are the same but for a caret, so that what was found in between fits both."""
    import numpy as np

    if before.shape != after.shape:
        return False
    rows, columns = np.nonzero((before != after).any(axis=2))
    if not rows.size:
        return True
    return int((np.ptp(rows) + 1) * (np.ptp(columns) + 1)) <= CARET_PIXELS
