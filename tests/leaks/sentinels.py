"""What must never be found in what a run leaves, what must be found in it, and how both are searched for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import numpy as np
from PIL import Image

from nightclerk import ocr

#: All synthetic: no number here belongs to anybody.
PERSONAL = {
    "phone": "13900017788",
    "id": "990101199001011230",
    "card": "6222000000000000004",
    "address": "浙江省杭州市样例区虚构路138号5幢201室",
    "email": "sentinel@leak.example",
    "plate": "苏A·D2345",
}
SECRETS = {"password": "Sentinel-Pw/7731!", "code": "604177"}
ORDER, AMOUNT = "372811000729001234", "1288.50"


def found_in_bytes(root: Path, wanted: dict[str, str]) -> list[str]:
    """Every (file, sentinel) under `root` whose bytes hold it, in any of the spellings that programs write."""
    files = [file for file in sorted(root.rglob("*")) if file.is_file() and not file.is_symlink()]
    return [
        f"{file.relative_to(root)}: {name}"
        for file in files
        for name, text in wanted.items()
        if any(spelling in file.read_bytes() for spelling in spellings(text))
    ]


def spellings(text: str) -> set[bytes]:
    escaped = json.dumps(text)[1:-1].encode()
    return {text.encode(), text.encode("utf-16-le"), text.encode("gb18030"), quote(text, safe="").encode(), escaped}


def read_pictures(root: Path) -> dict[str, str]:
    """What OCR reads on each picture under `root`: file name -> all its lines, without blanks."""
    pictures = [file for file in sorted(root.rglob("*")) if file.suffix in (".webp", ".png", ".jpeg", ".jpg")]
    return {file.name: squeezed(" ".join(told(file))) for file in pictures}


def told(file: Path) -> Iterator[str]:
    with Image.open(file) as image:
        yield from (line.text for line in ocr.read(np.asarray(image.convert("RGB"))))


def squeezed(text: str) -> str:
    """Text as OCR can be held to it: without blanks and dots, which it takes for each other."""
    return re.sub(r"[\s·•.\-]", "", text)


def seen_on(pictures: dict[str, str], wanted: dict[str, str]) -> list[str]:
    """Every (picture, sentinel) where it was read; half of a number counts too."""
    return [
        f"{picture}: {name}"
        for picture, text in pictures.items()
        for name, value in wanted.items()
        if any(part in text for part in parts(squeezed(value)))
    ]


def parts(value: str) -> Iterator[str]:
    """What would be enough to know the value: any seven letters of it in a row (of a short one all but one)."""
    enough = min(7, len(value) - 1)
    yield from (value[at : at + enough] for at in range(len(value) - enough + 1))
