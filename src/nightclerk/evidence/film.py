"""The film of one run: writes journal lines, pictures and kept files under `logs/<run>/` as the run goes on."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC
from pathlib import Path
from typing import Any

from nightclerk.domain import privacy
from nightclerk.evidence.budget import Budget, Worth
from nightclerk.evidence.chain import FORMAT
from nightclerk.evidence.errors import FilmClosed, StepNotBegun
from nightclerk.evidence.files import keep_whole, safe_name
from nightclerk.evidence.journal import JOURNAL, JournalWriter, Left
from nightclerk.evidence.keys import SigningKey, open_key
from nightclerk.evidence.pictures import PictureStore, PictureWorker, Stored
from nightclerk.evidence.scrub import Mask, Scrubber, writable
from nightclerk.ports import Act, ActClass, Clock, Frame


@dataclass(frozen=True, kw_only=True)
class _OpenStep:
    number: int
    began_s: float


class RunFilm:
    """`ports.Film` on disk. One run, one film, one writer; reopening a crashed run's folder goes on with it.

    Safe against kill -9 at any moment: what stands before the last signed line stays provable. Values of
    secrets never come here (`Act.value` is None); `hide` removes a known secret from texts all the same.
    """

    def __init__(
        self,
        *,
        logs: Path,
        run: str,
        key: SigningKey,
        clock: Clock,
        salt: bytes,
        mask: Mask = privacy.mask,
        budget: Budget | None = None,
    ) -> None:
        self.folder = logs / run
        self._run = run
        self._key = key
        self._clock = clock
        self._scrub = Scrubber(salt=salt, mask=mask)
        self._budget = budget or Budget()
        self._store = PictureStore(self.folder / "pictures")
        self._worker = PictureWorker(self._store, self._pictured)
        self._results: dict[int, Stored | None] = {}
        self._asked: set[int] = set()
        self._journal = JournalWriter(self.folder / JOURNAL, key=key)
        self._item, self._item_began_s = "", 0.0
        self._open_steps: list[_OpenStep] = []
        self._steps = self._shots = self._bytes = 0
        self._least_worth: Worth | None = Worth.ACT
        self._state = "new"
        self.last_app = ""  #: the app of the last act

    # ------------------------------------------------------------------------------- ports.Film

    def begin(self, facts: Mapping[str, Any]) -> None:
        """The opening line; in the folder of a run that crashed, the line that goes on with it."""
        if self._state != "new":
            raise FilmClosed(run=self._run, what="begin", state=self._state)
        self._state = "rolling"
        opening = {"run": self._run, "format": FORMAT, "key": self._key.name, "facts": self._scrub.facts(facts)}
        opening["salt"] = self._scrub.salt_digest()
        if self._journal.left.lines:
            self._go_on()
            self._write("resume", {**opening, **self._journal.left.facts()})
        else:
            self._write("begin", opening)
        self._journal.left = Left()
        self._journal.sync()

    def item(self, key: str | None, *, attempt: int = 0, outcome: str = "") -> None:
        if key is not None:
            self._item, self._item_began_s = writable(key), self._clock.monotonic()
            self._write("item", {"attempt": attempt})
            return
        took = self._took_ms(self._item_began_s)
        self._write("item_end", {"outcome": outcome, "ms": took})
        self._item = ""
        self._journal.sync()

    def step(self, name: str) -> None:
        parent = self._open_steps[-1].number if self._open_steps else 0
        self._steps += 1
        self._open_steps.append(_OpenStep(number=self._steps, began_s=self._clock.monotonic()))
        self._write("step", {"name": self._scrub.text(name), "parent": parent})

    def step_end(self, outcome: str, *, frame: Frame | None, reason: str = "") -> None:
        if not self._open_steps:
            raise StepNotBegun(run=self._run)
        worth = Worth.STEP if outcome == "ok" else Worth.TROUBLE
        pictured = self._shoot(frame, worth)
        took = self._took_ms(self._open_steps[-1].began_s)
        body = {"outcome": outcome, "reason": self._scrub.text(reason), "ms": took, **pictured}
        self._write("step_end", body)
        self._open_steps.pop()

    def act(self, act: Act, *, frame: Frame | None = None) -> None:
        self.last_app = act.app
        worth = Worth.STEP if act.act_class is ActClass.COMMIT else Worth.ACT
        pictured = self._shoot(frame, worth)
        box = act.box and [round(edge) for edge in (act.box.x, act.box.y, act.box.width, act.box.height)]
        self._write(
            "act",
            {
                "verb": act.verb,
                "class": act.act_class.value,
                "app": act.app,
                "element": act.element,
                "way": self._scrub.text(act.way),
                "box": box,
                "where": self._scrub.text(act.where),
                **self._scrub.value(act.value, private=act.private),
                **pictured,
            },
        )
        if act.act_class is ActClass.COMMIT:
            self._journal.sync()

    def note(self, kind: str, facts: Mapping[str, Any], *, frame: Frame | None = None) -> None:
        pictured = self._shoot(frame, Worth.STEP)
        self._write("note", {"what": kind, "facts": self._scrub.facts(facts), **pictured})

    def keep_file(self, path: Path, *, kind: str = "download") -> str:
        name = safe_name(self._scrub.text(path.name))
        sha256, size_bytes = keep_whole(path, self.folder / "files", name)
        self._write("file", {"sha256": sha256, "name": name, "bytes": size_bytes, "what": kind})
        return sha256

    def picture(self, frame: Frame | None) -> str:
        pictured = self._shoot(frame, Worth.TROUBLE, wait=True)
        stored = self._results.pop(pictured.get("shot", 0), None)
        return stored.sha256 if stored else ""

    def end(self, outcome: str, facts: Mapping[str, Any]) -> None:
        self._worker.close()
        counts = {"steps": self._steps, "shots": self._shots, "picture_bytes": self._bytes}
        self._write("end", {"outcome": outcome, "facts": self._scrub.facts(facts), **counts})
        self._journal.sync()
        self._journal.close()
        self._state = "ended"

    def head(self) -> tuple[int, str]:
        """Sequence number and hash of the last line; it is on the disk when this returns, so that an anchor
        never knows of more than a power cut leaves. Any thread may ask."""
        link = self._journal.sync()
        return link.seq, link.hash

    # --------------------------------------------------------------------------- beyond the port

    def hide(self, value: str) -> None:
        """Remove this secret from every text that comes from now on, should one carry it by mistake."""
        self._scrub.hide(value)

    def close(self) -> None:
        """Leave the film without an end (the run goes on later or has failed to start)."""
        if self._state == "ended":
            return
        self._state = "ended"
        try:
            self._worker.close()
            self._journal.sync()
        finally:
            self._journal.close()

    # -------------------------------------------------------------------------------- internals

    def _write(self, kind: str, body: Mapping[str, Any]) -> None:
        if self._state != "rolling":
            raise FilmClosed(run=self._run, what=kind, state=self._state)
        step = self._open_steps[-1].number if self._open_steps else 0
        at = self._clock.now().astimezone(UTC).isoformat(timespec="milliseconds")
        full = {"at": at.replace("+00:00", "Z"), "step": step, "item": self._item, **body}
        said = {name: value for name, value in full.items() if value not in ("", None) or name == "value"}
        self._journal.append(kind, said)

    def _shoot(self, frame: Frame | None, worth: Worth, *, wait: bool = False) -> dict[str, Any]:
        """Hand a frame to the worker; the fields that tie the line to its picture, or say why there is none."""
        if frame is None:
            return {}
        if frame.secret_screen:
            return {"unpictured": "secret screen"}
        if frame.unpictured:
            return {"unpictured": frame.unpictured}
        self._mind_budget()
        if self._least_worth is None or worth < self._least_worth:
            return {"unpictured": "budget"}
        self._shots += 1
        shot = self._shots
        if wait:
            self._asked.add(shot)
        self._worker.take(shot, _own(frame))
        if wait:
            self._worker.drain()
        return {"shot": shot}

    def _mind_budget(self) -> None:
        """Say in the journal when the budget makes pictures rarer (once each time it does)."""
        least = self._budget.least_worth(size_bytes=self._bytes, pictures=self._shots)
        if least is not self._least_worth:
            self._least_worth = least
            facts = {"kept_from_now_on": least.name.lower() if least else "nothing", "bytes": self._bytes}
            self.note("picture_budget", {**facts, "pictures": self._shots})

    def _pictured(self, shot: int, stored: Stored | None, written: int, fault: str) -> None:
        """Runs in the worker: one line for each shot, with the file's hash or why there is no file."""
        self._bytes += written
        if shot in self._asked:
            self._results[shot] = stored
            self._asked.discard(shot)
        if stored is None:
            body: dict[str, Any] = {"shot": shot, "lost": self._scrub.text(fault)}
        else:
            size = [stored.width, stored.height]
            body = {"shot": shot, "sha256": stored.sha256, "bytes": stored.size_bytes, "size": size}
            body["masks"] = stored.masks or None
        self._write_picture(body)

    def _write_picture(self, body: Mapping[str, Any]) -> None:
        """A picture line belongs to its shot, not to the step that happens to be open when it is ready."""
        at = self._clock.now().astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        self._journal.append("picture", {"at": at, **{k: v for k, v in body.items() if v is not None}})

    def _go_on(self) -> None:
        """Take up the counts where the crash left them; drop files that no line had come to speak of."""
        named: set[str] = set()
        for line in self._journal.left.lines:
            self._steps = max(self._steps, int(line.body.get("step", 0)))
            self._shots = max(self._shots, int(line.body.get("shot", 0)))
            if line.kind == "picture" and "sha256" in line.body:
                named.add(f"{line.body['sha256']}.webp")
                self._bytes += int(line.body["bytes"])
            if line.kind == "file":
                named.add(f"{line.body['sha256']}-{line.body['name']}")
        for path in (*self.folder.glob("pictures/*"), *self.folder.glob("files/*")):
            if path.name not in named:
                path.unlink()

    def _took_ms(self, began_s: float) -> int:
        return round((self._clock.monotonic() - began_s) * 1000)


def open_film(*, logs: Path, data: Path, run: str, clock: Clock, budget: Budget | None = None) -> RunFilm:
    """The film of one run of a workspace: key under `data`/keys, the run's salt under `data`/salts."""
    key = open_key(data / "keys", logs=logs)
    return RunFilm(logs=logs, run=run, key=key, clock=clock, salt=run_salt(data / "salts", run), budget=budget)


def run_salt(folder: Path, run: str) -> bytes:
    """The run's own salt for digests of private values; deleting it makes them meaningless for good."""
    path = folder / f"{run}.salt"
    with contextlib.suppress(FileNotFoundError):
        return path.read_bytes()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    salt = secrets.token_bytes(32)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(salt)
    return salt


def _own(frame: Frame) -> Frame:
    """A frame whose pixels nobody else can change: bytes are so anyway, arrays and buffers are copied."""
    pixels = frame.pixels
    if isinstance(pixels, (bytearray, memoryview)):
        return replace(frame, pixels=bytes(pixels))
    return replace(frame, pixels=pixels.copy(order="C")) if hasattr(pixels, "shape") else frame
