"""Make one folder or zip for an auditor: a replay that opens offline, the raw run, the verifier, the public keys.

index.html            the replay: timeline, pictures with boxes, values, healings, downloads and their hashes
README.md             what this is and how to check it (zh, en)
verify_evidence.py    the second verifier; evidence-format.md beside it
heads.json            what the database knew of the run's last line
runs/<run>/           the run as it lies in logs/
runs/keys/            the public keys that it needs
"""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

from nightclerk.evidence.errors import NoEvidence
from nightclerk.evidence.journal import JOURNAL
from nightclerk.evidence.keys import KeyRing, publish
from nightclerk.evidence.moments import kept, moments, words_for
from nightclerk.evidence.removed import REMOVED
from nightclerk.evidence.replay import RunStory, load_run
from nightclerk.evidence.verdict import RunReport
from nightclerk.evidence.verify import verify
from nightclerk.texts import LANGUAGES, language, say

_PAGE = Path(__file__).parent / "pack_page"
_RAW = (JOURNAL, REMOVED, "pictures", "files")


@dataclass(frozen=True, kw_only=True)
class Packed:
    """A pack that was made. `state` is what verifying the pack's own copy gave."""

    path: Path
    run: str
    state: str
    size_bytes: int
    sentences: tuple[str, ...]


def make_pack(run: Path, out: Path, *, ring: KeyRing, anchored: tuple[int, str] | None = None) -> Packed:
    """Write the pack of one run to `out`: a zip if it ends in .zip, else a folder (which must not be there yet)."""
    if not (run / JOURNAL).is_file() and not (run / REMOVED).is_file():
        raise NoEvidence(path=run)
    if out.exists():
        raise FileExistsError(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".pack-", dir=out.parent) as folder:
        draft = Path(folder) / out.name.removesuffix(".zip")
        report = _fill(run, draft, ring, anchored)
        if out.suffix == ".zip":
            made = Path(shutil.make_archive(str(Path(folder) / "made"), "zip", folder, draft.name))
            made.replace(out)
        else:
            draft.replace(out)
    size = out.stat().st_size if out.is_file() else sum(f.stat().st_size for f in out.rglob("*") if f.is_file())
    faults = tuple(fault.sentence() for fault in report.faults)
    return Packed(path=out, run=run.name, state=report.state, size_bytes=size, sentences=faults)


def _fill(run: Path, draft: Path, ring: KeyRing, anchored: tuple[int, str] | None) -> RunReport:
    """Copy the raw run first, and tell the rest from the copy: the pack shows what it holds."""
    copy = draft / "runs" / run.name
    copy.mkdir(parents=True)
    for name in _RAW:
        if (run / name).is_dir():
            shutil.copytree(run / name, copy / name, symlinks=True)
        elif (run / name).is_file():
            shutil.copy2(run / name, copy / name)
    for key in ring.values():
        publish(key, draft / "runs" / "keys")
    (draft / "heads.json").write_text(json.dumps({run.name: anchored} if anchored else {}), encoding="utf-8")
    anchors = {run.name: anchored} if anchored else {}
    report = verify(copy, draft / "runs" / "keys", anchors.get).runs[0]
    for name in ("verify_evidence.py", "evidence-format.md"):
        shutil.copy2(_document(name), draft / name)
    (draft / "README.md").write_text(_readme(report), encoding="utf-8")
    (draft / "index.html").write_text(page(_story(copy), report), encoding="utf-8")
    return report


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


def page(story: RunStory, report: RunReport) -> str:
    """The replay as one HTML text that asks for nothing but the pictures and files beside it.

    The data stands in the page as JSON that no value can break out of (see `inlined`), is put on the screen as text
    only, and the page's policy lets no other script than its own run, whatever a journal says.
    """
    style = (_PAGE / "page.css").read_text(encoding="utf-8")
    script = (_PAGE / "page.js").read_text(encoding="utf-8")
    return Template((_PAGE / "page.html").read_text(encoding="utf-8")).substitute(
        style=style, script=script, style_hash=_source_hash(style), script_hash=_source_hash(script),
        data=inlined(page_data(story, report)),
    )  # fmt: skip


def page_data(story: RunStory, report: RunReport) -> dict[str, Any]:
    """All that the page shows, as plain values."""
    found, files = moments(story), [kept(file) for file in story.files]
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
