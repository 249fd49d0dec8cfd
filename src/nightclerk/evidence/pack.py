"""Make one folder or zip for an auditor: a replay that opens offline, the raw run, the verifier, the public keys.

A run that several machines worked on is packed whole, whichever of its parts is asked for.

index.html            the replay: timeline, pictures with boxes, values, healings, downloads and their hashes
part-2.html …         the replay of what the next machine did, where one took the run over
README.md             what this is and how to check it (zh, en)
verify_evidence.py    the second verifier; evidence-format.md beside it
heads.json            what the database knew of the run's last line
runs/<run>/           the run as it lies in logs/, and <run>+2 … beside it
runs/keys/            the public keys that it needs
"""

from __future__ import annotations

import base64
import glob
import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from types import MappingProxyType
from typing import Any

from nightclerk.evidence.errors import NoEvidence
from nightclerk.evidence.journal import JOURNAL
from nightclerk.evidence.keys import KeyRing, publish
from nightclerk.evidence.moments import kept, moments, words_for
from nightclerk.evidence.removed import RECEIPTS, REMOVED
from nightclerk.evidence.replay import KeptFile, RunStory, load_run
from nightclerk.evidence.verdict import RunReport
from nightclerk.evidence.verify import Anchors, verify
from nightclerk.texts import LANGUAGES, language, say

_PAGE = Path(__file__).parent / "pack_page"
_RAW = (JOURNAL, REMOVED, "pictures", "files")
_WORST_FIRST = ("broken", "open", "removed", "sealed")


@dataclass(frozen=True, kw_only=True)
class Packed:
    """A pack that was made. `state` is what verifying the pack's own copy gave."""

    path: Path
    run: str
    state: str
    size_bytes: int
    sentences: tuple[str, ...]


def make_pack(run: Path, out: Path, *, ring: KeyRing, anchors: Anchors = lambda run: None) -> Packed:
    """Write the pack of one run to `out`: a zip if it ends in .zip, else a folder (which must not be there yet).

    `anchors` answers a run's (number, hash) of its last line as the database knows it.
    """
    parts = parts_of(run)
    if run not in parts:
        raise NoEvidence(path=run)
    if out.exists():
        raise FileExistsError(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".pack-", dir=out.parent) as folder:
        draft = Path(folder) / out.name.removesuffix(".zip")
        reports = _fill(parts, draft, ring, anchors)
        if out.suffix == ".zip":
            made = Path(shutil.make_archive(str(Path(folder) / "made"), "zip", folder, draft.name))
            made.replace(out)
        else:
            draft.replace(out)
    size = out.stat().st_size if out.is_file() else sum(f.stat().st_size for f in out.rglob("*") if f.is_file())
    faults = tuple(fault.sentence() for report in reports for fault in report.faults)
    worst = min((report.state for report in reports), key=_WORST_FIRST.index)
    return Packed(path=out, run=run.name, state=worst, size_bytes=size, sentences=faults)


def parts_of(run: Path) -> list[Path]:
    """All folders of a run, oldest first: <run>, and <run>+2 … where other machines took it over."""
    first = run.name.partition("+")[0]
    found = [folder for folder in run.parent.glob(f"{glob.escape(first)}*") if _part_number(folder, first)]
    marked = [folder for folder in found if any((folder / mark).is_file() for mark in (JOURNAL, REMOVED))]
    return sorted(marked, key=lambda folder: _part_number(folder, first))


def _part_number(folder: Path, first: str) -> int:
    """1 for the run's own folder, 2 … for its further parts, 0 for another run's folder."""
    name, plus, number = folder.name.partition("+")
    if name != first or bool(plus) != number.isdecimal():
        return 0
    return int(number or 1)


def _fill(parts: list[Path], draft: Path, ring: KeyRing, anchors: Anchors) -> list[RunReport]:
    """Copy the raw run first, and tell the rest from the copy: the pack shows what it holds."""
    copies = [_copied(part, draft / "runs" / part.name) for part in parts]
    for key in ring.values():
        publish(key, draft / "runs" / "keys")
    names = [name for part in parts for name in (part.name, f"{RECEIPTS}/{part.name}")]
    heads = {name: head for name in names if (head := anchors(name))}
    (draft / "heads.json").write_text(json.dumps(heads), encoding="utf-8")
    reports = [verify(copy, draft / "runs" / "keys", heads.get).runs[0] for copy in copies]
    for name in ("verify_evidence.py", "evidence-format.md"):
        shutil.copy2(_document(name), draft / name)
    (draft / "README.md").write_text(_readme(reports[-1]), encoding="utf-8")
    pages = {copy.name: f"part-{n}.html" if n > 1 else "index.html" for n, copy in enumerate(copies, start=1)}
    for copy, report in zip(copies, reports, strict=True):
        (draft / pages[copy.name]).write_text(page(_story(copy), report, pages), encoding="utf-8")
    return reports


def _copied(run: Path, copy: Path) -> Path:
    copy.mkdir(parents=True)
    for name in _RAW:
        if (run / name).is_dir():
            shutil.copytree(run / name, copy / name, symlinks=True)
        elif (run / name).is_file():
            shutil.copy2(run / name, copy / name)
    return copy


def _story(copy: Path) -> RunStory:
    return load_run(copy) if (copy / JOURNAL).is_file() else RunStory(run=copy.name, folder=copy)


def _document(name: str) -> Path:
    """A page of `docs/`: beside this module in an installed package, in `docs/` of a checkout."""
    beside = Path(__file__).parent / name
    return beside if beside.is_file() else Path(__file__).parents[3] / "docs" / name


def _readme(report: RunReport) -> str:
    facts = {"run": report.run, "key": report.key, "seq": report.head[0], "hash": report.head[1]}
    parts = []
    for code in LANGUAGES:
        with language(code):
            parts.append(say("pack.readme", **facts))
    return "\n\n---\n\n".join(parts) + "\n"


# ------------------------------------------------------------------------------------------- the page


def page(story: RunStory, report: RunReport, pages: Mapping[str, str] = MappingProxyType({})) -> str:
    """The replay as one HTML text that asks for nothing but the pictures and files beside it.

    `pages`: the page of each part of the run, by the part's name.

    The data stands in the page as JSON that no value can break out of (see `inlined`), is put on the screen as text
    only, and the page's policy lets no other script than its own run, whatever a journal says.
    """
    style = (_PAGE / "page.css").read_text(encoding="utf-8")
    script = (_PAGE / "page.js").read_text(encoding="utf-8")
    return Template((_PAGE / "page.html").read_text(encoding="utf-8")).substitute(
        style=style, script=script, style_hash=_source_hash(style), script_hash=_source_hash(script),
        data=inlined({**page_data(story, report), "parts": [{"run": run, "page": pages[run]} for run in pages]}),
    )  # fmt: skip


def page_data(story: RunStory, report: RunReport) -> dict[str, Any]:
    """All that the page shows, as plain values."""
    found, files = moments(story), [kept(file) for file in _each_once(story.files)]
    said: dict[str, list[str]] = {}
    for code in LANGUAGES:
        with language(code):
            said[code] = [report.sentence(), *(fault.sentence() for fault in report.faults)]
    return {
        "run": story.run, "facts": _plain(story.facts), "began": story.began_at and story.began_at.isoformat(),
        "ended": story.ended_at and story.ended_at.isoformat(), "outcome": story.outcome,
        "closing": _plain(story.closing), "state": report.state, "verdict": said, "key": report.key,
        "head": {"seq": report.head[0], "hash": report.head[1]}, "steps": len(story.steps),
        "items": [{"key": one.key, "attempt": one.attempt, "outcome": one.outcome} for one in story.items],
        "removed": [record.as_json() for record in report.removed],
        "moments": found, "files": files, "words": words_for(found, files),
    }  # fmt: skip


def _each_once(files: Iterable[KeptFile]) -> Iterable[KeptFile]:
    """A file that was kept several times, as by each attempt of an item, is one file of the folder."""
    return {file.path: file for file in files}.values()


def _plain(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: fact for name, fact in facts.items() if fact not in ("", None, {}, [], False)}


def inlined(data: Any) -> str:
    """JSON that can stand in a script element: no character in it can end the element or begin a comment or tag."""
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"))
    for letter in "<>&":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text


def _source_hash(source: str) -> str:
    """How a content security policy names an inline style or script."""
    return f"sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}"
