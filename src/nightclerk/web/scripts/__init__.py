"""The scripts that run inside the page, one file each."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def script(name: str) -> str:
    """The source of `name`.js without its leading comment lines."""
    lines = (Path(__file__).parent / f"{name}.js").read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("//"))
