"""Find the picture of a form as it was right before its commit, in the journal of a run that may have crashed."""

from __future__ import annotations

from pathlib import Path

from nightclerk.evidence.chain import parse_line
from nightclerk.evidence.journal import JOURNAL


def filled_form(folder: Path, key: str) -> str:
    """The sha256 of the picture at the last commit of the item `key` in a run's folder; "" where there is none.

    A run that was killed right after the click may not have come to writing its last picture.
    """
    shot, pictures = 0, {}
    file = folder / JOURNAL
    for raw in file.read_bytes().split(b"\n") if file.is_file() else []:
        line = parse_line(raw)
        if line is None:
            continue
        if line.kind == "act" and line.body.get("class") == "commit" and line.body.get("item") == key:
            shot = int(line.body.get("shot", 0))
        if line.kind == "picture" and "sha256" in line.body:
            pictures[int(line.body["shot"])] = str(line.body["sha256"])
    return pictures.get(shot, "") if shot else ""
