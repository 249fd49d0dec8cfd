"""A small picture of an element: 64 bits that tell looks apart and from which no text can be read back."""

from __future__ import annotations

import io
import itertools

from PIL import Image

WIDTH, HEIGHT = 9, 8


def look_of(png: bytes) -> str:
    """The difference hash of a picture, as 16 hex digits: whether each of 8 by 8 places is brighter than its left."""
    with Image.open(io.BytesIO(png)) as picture:
        shades = list(picture.convert("L").resize((WIDTH, HEIGHT)).tobytes())
    rows = [shades[start : start + WIDTH] for start in range(0, WIDTH * HEIGHT, WIDTH)]
    bits = [right > left for row in rows for left, right in itertools.pairwise(row)]
    return f"{sum(bit << place for place, bit in enumerate(bits)):016x}"


def unlike(before: str, now: str) -> int:
    """In how many of the 64 bits two looks differ; -1 when one of them is not known."""
    return (int(before, 16) ^ int(now, 16)).bit_count() if before and now else -1
