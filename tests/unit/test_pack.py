"""The evidence pack: what is in it, that its own verifier passes it, and that no value can break out of its page."""

from __future__ import annotations

import importlib.util
import json
import re
import zipfile
from pathlib import Path
from types import ModuleType

import pytest
from film_kit import act, frame, new_film, short_run

from nightclerk.evidence.errors import NoEvidence
from nightclerk.evidence.keys import trusted_keys
from nightclerk.evidence.moments import moments
from nightclerk.evidence.pack import Packed, inlined, make_pack
from nightclerk.evidence.replay import load_run
from nightclerk.evidence.verify import Anchors, verify

HOSTILE = "</script><script>alert(1)</script><!--<b onload=x>]]>\u2028&amp;'\"`${1}"


def pack(root: Path, name: str = "pack", run: str = "run-1") -> Packed:
    ring = trusted_keys(root / "data/keys") or {}
    return make_pack(root / "logs" / run, root / name, ring=ring, anchors=_heads(root / "logs"))


def _heads(logs: Path) -> Anchors:
    return {report.run: report.head for report in verify(logs).runs}.get


def own_verifier(pack: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("packed_verifier", pack / "verify_evidence.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def data_of(page: str) -> dict[str, object]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.S)
    assert found is not None
    return json.loads(found[1])


def test_a_pack_verifies_with_its_own_verifier(tmp_path: Path) -> None:
    """Replay, README, verifier, format, heads, keys and the raw run are in it; a changed byte in it is found."""
    short_run(tmp_path)
    packed = pack(tmp_path)
    assert packed.state == "sealed"
    assert sorted(path.name for path in packed.path.iterdir()) == [
        "README.md", "evidence-format.md", "heads.json", "index.html", "runs", "verify_evidence.py",
    ]  # fmt: skip
    check = own_verifier(packed.path)
    assert check.main(packed.path / "runs", heads=packed.path / "heads.json") == 0
    journal = packed.path / "runs/run-1/journal.jsonl"
    journal.write_bytes(b"".join(journal.read_bytes().splitlines(keepends=True)[:-3]))
    assert check.main(packed.path / "runs", heads=packed.path / "heads.json") == 1


def test_a_zip_holds_one_folder(tmp_path: Path) -> None:
    """`--out X.zip` gives a zip whose only top folder bears its name, and leaves no draft behind."""
    short_run(tmp_path)
    packed = pack(tmp_path, "night.zip")
    with zipfile.ZipFile(packed.path) as archive:
        assert {name.partition("/")[0] for name in archive.namelist()} == {"night"}
        assert "night/index.html" in archive.namelist()
    assert [path.name for path in tmp_path.glob(".pack*")] == []


def test_no_value_can_break_out_of_the_page(tmp_path: Path) -> None:
    """Markup, comments and script ends in every place of a journal stay data in the one script element."""
    film = new_film(tmp_path)
    film.begin({"bot": HOSTILE, "parameters": {HOSTILE: HOSTILE}})
    film.item(HOSTILE, attempt=1)
    film.step(HOSTILE)
    film.act(act(HOSTILE), frame=frame(3))
    film.note("note", {"text": HOSTILE, HOSTILE: HOSTILE})
    film.step_end("failed", frame=None, reason=HOSTILE)
    film.item(None, outcome=HOSTILE)
    film.end(HOSTILE, {"counts": {HOSTILE: 1}})
    page = (pack(tmp_path).path / "index.html").read_text(encoding="utf-8")
    assert page.count("</script>") == 2
    assert "<b onload" not in page
    assert "alert(1)</script>" not in page
    assert data_of(page)["outcome"] == HOSTILE


def test_the_page_lets_only_its_own_script_run(tmp_path: Path) -> None:
    """Its policy names one script and one style by hash, and nothing in it asks for the net."""
    short_run(tmp_path)
    page = (pack(tmp_path).path / "index.html").read_text(encoding="utf-8")
    assert re.search(r"default-src 'none'; .*script-src 'sha256-[^']+'", page)
    assert not re.search(r"(?:src|href)=[\"']?(?:https?:)?//", page)
    assert "innerHTML" not in page


def test_inlined_json_reads_back() -> None:
    """What cannot stand in a script element comes back as it was."""
    assert json.loads(inlined({"x": [HOSTILE, 1, None]})) == {"x": [HOSTILE, 1, None]}
    assert not set("<>&\u2028") & set(inlined(HOSTILE))


def test_moments_come_in_order_with_what_matters(tmp_path: Path) -> None:
    """A step stands before what happened in it; an act has its value, box and picture; failures are marked."""
    film = short_run(tmp_path)
    found = moments(load_run(film.folder))
    assert [(one["kind"], one.get("depth", 0)) for one in found[:4]] == [
        ("step", 0),
        ("act", 1),
        ("step", 1),
        ("step", 0),
    ]
    assert found[1]["value"] == "run-1 A-1"
    assert found[1]["box"] == [5, 6, 20, 10]
    assert len(found[1]["picture"]) == 64
    assert not any("bad" in one for one in found)


def test_a_broken_run_is_packed_and_says_so(tmp_path: Path) -> None:
    """An auditor gets broken evidence as it is: the state and the sentence are in the result and on the page."""
    folder = short_run(tmp_path).folder
    anchors = _heads(folder.parent)
    kept = next(folder.glob("files/*"))
    kept.write_bytes(b"changed")
    packed = make_pack(folder, tmp_path / "pack", ring=trusted_keys(tmp_path / "data/keys") or {}, anchors=anchors)
    assert packed.state == "broken"
    assert kept.name in packed.sentences[0]
    assert data_of((packed.path / "index.html").read_text(encoding="utf-8"))["state"] == "broken"


def test_nothing_is_overwritten_and_no_run_is_no_pack(tmp_path: Path) -> None:
    """A file that is there stays; a folder without a journal is refused."""
    short_run(tmp_path)
    pack(tmp_path)
    with pytest.raises(FileExistsError):
        pack(tmp_path)
    with pytest.raises(NoEvidence):
        make_pack(tmp_path / "logs/keys", tmp_path / "other", ring={})


@pytest.mark.parametrize("asked", ["run-1", "run-1+2"])
def test_a_run_of_several_machines_is_packed_whole(tmp_path: Path, asked: str) -> None:
    """Whichever part is asked for: every part is there, checked, and has a page that leads to the others."""
    for name in ("run-1", "run-1+2", "run-10", "run-1+x"):
        short_run(tmp_path, name)
    packed = pack(tmp_path, run=asked)
    assert sorted(path.name for path in (packed.path / "runs").iterdir()) == ["keys", "run-1", "run-1+2"]
    first, second = (data_of((packed.path / name).read_text("utf-8")) for name in ("index.html", "part-2.html"))
    assert (first["run"], second["run"], packed.state) == ("run-1", "run-1+2", "sealed")
    assert first["parts"] == [{"run": "run-1", "page": "index.html"}, {"run": "run-1+2", "page": "part-2.html"}]
    assert set(json.loads((packed.path / "heads.json").read_text())) == {"run-1", "run-1+2"}


def test_one_bad_part_makes_a_bad_pack(tmp_path: Path) -> None:
    """The state of a pack is that of its worst part."""
    short_run(tmp_path)
    short_run(tmp_path, "run-1+2", end=False).close()
    assert pack(tmp_path).state == "open"
    (tmp_path / "logs/run-1+2/journal.jsonl").write_bytes(b"rubbish\n")
    assert pack(tmp_path, "other").state == "broken"


def test_a_file_that_was_kept_again_is_listed_once(tmp_path: Path) -> None:
    """Each attempt of an item may keep the same page; the folder has it once, and so has the list."""
    page = tmp_path / "page.html"
    page.write_text("<p>样例</p>", encoding="utf-8")
    film = new_film(tmp_path)
    film.begin({})
    for _ in range(2):
        film.keep_file(page, kind="page")
    film.end("done", {})
    files = data_of((pack(tmp_path).path / "index.html").read_text(encoding="utf-8"))["files"]
    assert [(file["name"], file["kind"]) for file in files] == [("page.html", "page")]
