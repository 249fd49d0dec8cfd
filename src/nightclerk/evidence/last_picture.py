"""The last picture on a run's film, for a screen that cannot be pictured any more (a browser that hangs)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from nightclerk.domain.heads import LastPicture
from nightclerk.evidence.chain import parse_line
from nightclerk.evidence.journal import JOURNAL


def last_picture(folder: Path) -> LastPicture | None:
    """The last picture that is stored in a run's folder; None where there is none. The run may be going on."""
    taken: dict[int, tuple[str, int]] = {}
    names: dict[int, str] = {}
    stored: dict[int, str] = {}
    file = folder / JOURNAL
    for raw in file.read_bytes().split(b"\n") if file.is_file() else []:
        line = parse_line(raw)
        if line is None:
            continue
        body, step = line.body, int(line.body.get("step", 0))
        if line.kind == "step":
            names[step] = str(body.get("name", ""))
        if line.kind == "picture" and "sha256" in body:
            stored[int(body["shot"])] = str(body["sha256"])
        elif "shot" in body:
            taken[int(body["shot"])] = (str(body["at"]), step)
    last = max(taken.keys() & stored.keys(), default=None)
    if last is None:
        return None
    at, step = taken[last]
    return LastPicture(sha256=stored[last], at=datetime.fromisoformat(at), step=names.get(step, ""))
