"""The lines of text on a picture, by RapidOCR (PP-OCR models that come inside its wheel; nothing is fetched)."""

from __future__ import annotations

import threading
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from typing import Any

from nightclerk.errors import MissingPart
from nightclerk.ports import Box
from nightclerk.texts import say

#: Less certain readings are kept for masks: better one box too many than one too few.
LEAST_SCORE = 0.3
#: Reading must not starve the bot: so many threads of the machine at most.
THREADS = 1
_one_at_a_time = threading.Lock()


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of text as it was read: what it says, where it stands (pixels), how sure that is (0 to 1)."""

    text: str
    box: Box
    score: float


def installed() -> bool:
    """Whether pictures can be read on this machine."""
    return find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None


def demand() -> None:
    """Raise MissingPart, with what to install, where pictures cannot be read."""
    if not installed():
        raise MissingPart(code="NO_OCR", part="RapidOCR", remedy=say("ocr.remedy"))


def read(pixels: Any) -> tuple[Line, ...]:
    """The lines of an RGB array (height, width, 3), top to bottom, left to right. MissingPart without the extra.

    Costs about two to three CPU seconds for a screen of 1280x800 on a slow core.
    """
    with _one_at_a_time:
        told = _engine()(pixels[:, :, ::-1], use_cls=False)
    if told.boxes is None:
        return ()
    lines = [_line(*one) for one in zip(told.boxes, told.txts, told.scores, strict=True)]
    return tuple(sorted(lines, key=lambda line: (line.box.y // 10, line.box.x)))


def read_again(pixels: Any) -> str:
    """What a small part of a screen says at twice its size: a second look, independent of how the first one cut it."""
    import cv2

    twice = cv2.resize(pixels, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    return " ".join(line.text for line in read(twice))


def stretch(line: Line, start: int, end: int, *, slack: float = 0.0) -> Box:
    """The box of some letters of a line, `slack` letters wider on each side; Chinese ones count as two."""
    widths = [2.0 if unicodedata.east_asian_width(letter) in "WF" else 1.0 for letter in line.text]
    unit = line.box.width / max(1.0, sum(widths))
    left = line.box.x + (sum(widths[:start]) - slack) * unit
    right = line.box.x + (sum(widths[:end]) + slack) * unit
    return Box(x=round(left), y=line.box.y, width=round(right - left), height=line.box.height)


def _line(corners: Any, text: str, score: float) -> Line:
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    box = Box(x=int(left), y=int(top), width=round(right - left), height=round(bottom - top))
    return Line(text=text, box=box, score=float(score))


@cache
def _engine() -> Any:
    demand()
    from rapidocr import RapidOCR

    threads = {
        "EngineConfig.onnxruntime.intra_op_num_threads": THREADS,
        "EngineConfig.onnxruntime.inter_op_num_threads": THREADS,
    }
    # the detector must not blow up a small part of a screen to its favourite size: that costs seconds
    size = {"Det.limit_type": "max", "Det.limit_side_len": 1280}
    return RapidOCR(params={"Global.text_score": LEAST_SCORE, "Global.log_level": "error", **threads, **size})
