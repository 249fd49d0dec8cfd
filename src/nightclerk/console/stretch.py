"""A stretch of a journal as the search index takes it in: its steps, how they ended, and the last picture of each."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from typing import Any

from nightclerk.evidence.chain import parse_line

SHORTEST_WORD = 4
#: A journal's keys stand in order, and quotes inside its texts are escaped: no value can look like this.
_ACT = re.compile(rb'^\{"body":\{.*"kind":"act".*"shot":(\d+).*"step":(\d+)')
_WANTED = re.compile(rb'"kind":"(?:step|step_end|picture)"')


def words_of(key: str) -> set[str]:
    """What a person may type to find a business key: the whole, and each of its parts that is long enough."""
    return {part.lower() for part in (key, *re.split(r"[:|/\s]+", key)) if len(part) >= SHORTEST_WORD}


class Stretch:
    """Some whole lines of one run's journal. Only the lines that matter are parsed."""

    def __init__(self, run: str, raws: Iterable[bytes]) -> None:
        self.run = run
        self._began: list[tuple[Any, ...]] = []
        self._ended: list[tuple[Any, ...]] = []
        self._shots: dict[int, int] = {}  # step -> its latest shot
        self._pictures: dict[int, str] = {}  # shot -> sha256
        self._keys: set[str] = set()
        for raw in raws:
            self._take(raw)

    def _take(self, raw: bytes) -> None:
        if act := _ACT.match(raw):
            self._shots[int(act[2])] = int(act[1])
            return
        line = parse_line(raw) if _WANTED.search(raw) else None
        if line is None:
            return
        body = line.body
        if line.kind == "step":
            self._began.append((self.run, body["step"], body.get("item", ""), body["name"], body["at"]))
            self._keys |= {body["item"]} if body.get("item") else set()
        elif line.kind == "step_end":
            self._ended.append(
                (body.get("ms"), body.get("outcome", ""), body.get("reason", ""), self.run, body["step"])
            )
            if body.get("shot"):
                self._shots[body["step"]] = body["shot"]
        elif line.kind == "picture" and body.get("sha256"):
            self._pictures[body["shot"]] = body["sha256"]

    def write(self, db: sqlite3.Connection) -> None:
        """Add what was found; a picture that came in an earlier or later stretch than its step finds it by the shot."""
        db.executemany("INSERT OR IGNORE INTO steps (run, step, key, name, at) VALUES (?, ?, ?, ?, ?)", self._began)
        db.executemany("UPDATE steps SET ms = ?, outcome = ?, reason = ? WHERE run = ? AND step = ?", self._ended)
        pictured = [(shot, self._pictures.pop(shot, ""), self.run, step) for step, shot in self._shots.items()]
        db.executemany("UPDATE steps SET shot = ?, picture = ? WHERE run = ? AND step = ?", pictured)
        late = [(sha256, self.run, shot) for shot, sha256 in self._pictures.items()]
        db.executemany("UPDATE steps SET picture = ? WHERE run = ? AND shot = ? AND picture = '' AND shot > 0", late)
        known = ((word, "", key) for key in self._keys for word in words_of(key))
        db.executemany("INSERT OR IGNORE INTO words VALUES (?, ?, ?)", known)
