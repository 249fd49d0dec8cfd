"""Pictures of a run: decode a frame, cover what is private, encode small, store by content, off the main path.

Nothing unmasked is ever written: masks are painted on the decoded pixels before the first byte is encoded.
Why posterised lossless WebP, and why in a worker thread: `docs/decisions/0005-evidence-pictures.md`.
"""

from __future__ import annotations

import hashlib
import io
import os
import queue
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from nightclerk.evidence.errors import BadPicture
from nightclerk.ports import Box, Frame

MASK_MARGIN_PX = 3
MASK_COLOUR = (40, 40, 40)
#: A screen has some dozen colours after posterising, a photograph thousands.
PHOTO_COLOURS = 512
_POSTER = [min(255, round(value / 17) * 17) for value in range(256)] * 3
_REMEMBERED = 256


@dataclass(frozen=True, kw_only=True)
class Stored:
    """One picture as it lies in `pictures/`."""

    sha256: str
    size_bytes: int
    width: int
    height: int
    masks: int


def decode(pixels: Any) -> Image.Image:
    """An RGB image of our own from PNG, JPEG or WebP bytes, or from an RGB array (height, width, 3)."""
    try:
        if isinstance(pixels, (bytes, bytearray, memoryview)):
            with Image.open(io.BytesIO(pixels), formats=("PNG", "JPEG", "WEBP")) as image:
                return image.convert("RGB")
        if pixels.ndim != 3:
            raise ValueError(f"an array of {pixels.ndim} dimensions")
        return Image.fromarray(pixels).convert("RGB")
    except (OSError, ValueError, TypeError, AttributeError, Image.DecompressionBombError) as error:
        raise BadPicture(cause=str(error)) from error


def cover(image: Image.Image, boxes: Iterable[Box]) -> int:
    """Paint each box solid, a little enlarged, in place; returns how many were painted."""
    draw = ImageDraw.Draw(image)
    count = 0
    for box in boxes:
        left, top = box.x - MASK_MARGIN_PX, box.y - MASK_MARGIN_PX
        right, bottom = box.x + box.width + MASK_MARGIN_PX, box.y + box.height + MASK_MARGIN_PX
        draw.rectangle((left, top, max(left, right - 1), max(top, bottom - 1)), fill=MASK_COLOUR)
        count += 1
    return count


def encode(image: Image.Image) -> bytes:
    """WebP: 16 shades a channel and lossless for screens; lossy for a screen full of photographs."""
    plain = image.point(_POSTER)
    out = io.BytesIO()
    if plain.resize((320, 200), Image.Resampling.NEAREST).getcolors(PHOTO_COLOURS) is None:
        image.save(out, "WEBP", quality=35, method=2)
    else:
        plain.save(out, "WEBP", lossless=True, quality=30, method=1)
    return out.getvalue()


def read_private(frame: Frame, image: Image.Image) -> tuple[Box, ...]:
    """What the frame's own reader finds on it; BadPicture when it cannot be read, so that it is not kept unmasked."""
    if frame.reader is None:
        return ()
    try:
        return tuple(frame.reader(np.asarray(image)))
    except Exception as error:
        raise BadPicture(cause=f"{type(error).__name__}: {error}") from error


def fingerprint(frame: Frame) -> bytes:
    """Equal for frames that give the same picture: a digest of the source pixels and the masks."""
    digest = hashlib.sha256(repr([(b.x, b.y, b.width, b.height) for b in frame.private]).encode())
    digest.update(repr((getattr(frame.pixels, "shape", ""), frame.reader is None)).encode())
    digest.update(frame.pixels)
    return digest.digest()


class PictureStore:
    """Turns frames into files of one folder, each content once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._seen: OrderedDict[bytes, Stored] = OrderedDict()

    def store(self, frame: Frame) -> tuple[Stored, int]:
        """The stored picture and how many new bytes went to the disk for it (0: it was there already)."""
        try:
            key = fingerprint(frame)
        except (TypeError, ValueError) as error:
            raise BadPicture(cause=str(error)) from error
        if (known := self._seen.get(key)) is not None:
            self._seen.move_to_end(key)
            return known, 0
        stored, written = self._write(frame)
        self._seen[key] = stored
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return stored, written

    def _write(self, frame: Frame) -> tuple[Stored, int]:
        image = decode(frame.pixels)
        masks = cover(image, (*frame.private, *read_private(frame, image)))
        data = encode(image)
        sha256 = hashlib.sha256(data).hexdigest()
        stored = Stored(sha256=sha256, size_bytes=len(data), width=image.width, height=image.height, masks=masks)
        return stored, write_once(self.folder / f"{sha256}.webp", data)


def write_once(path: Path, data: bytes) -> int:
    """Write a content-addressed file to the disk, whole or not at all; returns the new bytes (0: was there)."""
    if path.exists():
        return 0
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    try:
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)  # half a picture takes up the last of a full disk, and belongs to no line
        raise
    return len(data)


Report = Callable[[int, Stored | None, int, str], None]


class PictureWorker:
    """One thread that stores pictures behind the bot's back and reports each by its shot number.

    The queue is short: when pictures come faster than they can be encoded the bot waits, so memory stays
    flat and no picture is dropped. `report(shot, stored, new_bytes, fault)` runs in the thread.
    """

    def __init__(self, store: PictureStore, report: Report, *, waiting: int = 8) -> None:
        self._store = store
        self._report = report
        self._queue: queue.Queue[tuple[int, Frame] | None] = queue.Queue(maxsize=waiting)
        self._thread: threading.Thread | None = None
        self._failure: BaseException | None = None

    def take(self, shot: int, frame: Frame) -> None:
        """Hand over one frame (its pixels must not change any more)."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="nightclerk-pictures", daemon=True)
            self._thread.start()
        self._queue.put((shot, frame))

    def drain(self) -> None:
        """Wait until every frame that was handed over is stored and reported."""
        self._queue.join()
        if self._failure is not None:
            raise self._failure

    def close(self) -> None:
        """Drain, then end the thread."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join()
            self._thread = None
        if self._failure is not None:
            raise self._failure

    def _work(self) -> None:
        while (job := self._queue.get()) is not None:
            try:
                self._one(*job)
            except Exception as error:
                self._failure = self._failure or error
            finally:
                self._queue.task_done()
        self._queue.task_done()

    def _one(self, shot: int, frame: Frame) -> None:
        try:
            stored, written = self._store.store(frame)
        except (BadPicture, OSError) as error:
            self._report(shot, None, 0, str(error))
        else:
            self._report(shot, stored, written, "")
