"""The latest picture of a run's screen, masked like evidence; made only while somebody asks for it, kept in memory."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from PIL import Image

from nightclerk.domain.privacy import mask
from nightclerk.evidence.errors import BadPicture
from nightclerk.evidence.pictures import cover, decode, read_private
from nightclerk.ports import Frame

#: How old a picture may be for somebody who watches, and for somebody who holds the screen.
WATCHED_S, HELD_S = 1.0, 0.25
#: Nobody has asked for so long: nobody watches.
FORGOTTEN_S = 5.0
_QUALITY = 70


@dataclass(frozen=True, kw_only=True)
class Picture:
    """One picture for viewers, or why there is none. `secret`: only whoever holds the screen may see it."""

    number: int = 0
    data: bytes = field(default=b"", repr=False)
    size: tuple[int, int] = (0, 0)
    taken_at: datetime | None = None
    why: str = "not_yet"
    secret: bool = False
    where: str = ""


def painted(frame: Frame) -> tuple[bytes, tuple[int, int]]:
    """The frame as WebP with everything private covered. BadPicture when it cannot be read, and so not be masked."""
    image = decode(frame.pixels)
    cover(image, (*frame.private, *read_private(frame, image)))
    return webp(image), image.size


def webp(image: Image.Image) -> bytes:
    """Small and quick rather than exact: this is for the eye, never for evidence."""
    out = io.BytesIO()
    image.save(out, "WEBP", quality=_QUALITY, method=0)
    return out.getvalue()


class Easel:
    """Where pictures are put and looked at; `due` says when a new one is worth making. Any thread may call."""

    def __init__(self, *, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._lock = threading.Lock()
        self._asked_s = self._put_s = float("-inf")
        self.latest = Picture()

    def look(self) -> Picture:
        """The latest picture; asking keeps them coming."""
        self._asked_s = self._now_s()
        return self.latest

    def due(self, *, held: bool = False) -> bool:
        """Whether somebody watches and the picture is old."""
        now_s = self._now_s()
        watched = held or now_s - self._asked_s < FORGOTTEN_S
        return watched and now_s - self._put_s >= (HELD_S if held else WATCHED_S)

    def put(self, frame: Frame | None, *, held: bool = False, where: str = "") -> None:
        """Show this frame; one of a secret screen, or without pixels, shows as the reason why there is none."""
        why = _why(frame, held=held)
        data, size = b"", (0, 0)
        if not why and frame is not None:
            try:
                data, size = painted(frame)
            except BadPicture:
                why = "moving"
        self.show(data, size, why, secret=frame is not None and frame.secret_screen, where=mask(where))

    def again(self) -> None:
        """The picture of now is the one that is here."""
        self._put_s = self._now_s()

    def show(
        self, data: bytes, size: tuple[int, int], why: str, *, secret: bool = False, where: str = ""
    ) -> None:  # fmt: skip
        """Show a picture that is masked already; the same as before, or a screen that moves, leaves the last one."""
        with self._lock:
            self._put_s = self._now_s()
            last = self.latest
            new = Picture(number=last.number, data=data, size=size, why=why, secret=secret, where=where)
            if (why == "moving" and last.data) or new == replace(last, taken_at=None):
                return
            self.latest = replace(new, number=last.number + 1, taken_at=datetime.now(UTC))


def _why(frame: Frame | None, *, held: bool) -> str:
    if frame is None:
        return "no_screen"
    if frame.secret_screen and not (held and _has_pixels(frame)):
        return "secret_screen"
    return "" if _has_pixels(frame) else "moving"


def _has_pixels(frame: Frame) -> bool:
    return not isinstance(frame.pixels, bytes) or bool(frame.pixels)
