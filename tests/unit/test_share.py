"""Evidence of several machines comes together in one place, and is fetched from there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from nightclerk.errors import MissingPart, WorkspaceError
from nightclerk.evidence.keys import open_key
from nightclerk.evidence.share import Share

pytest.importorskip("fsspec")


@pytest.fixture(params=["folder", "memory"])
def share(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Share]:
    """A shared folder, and a store of objects (fsspec's own, in memory)."""
    opened = Share(str(tmp_path / "share") if request.param == "folder" else f"memory://{tmp_path.name}/night")
    yield opened
    if request.param == "memory":
        opened._files.store.clear()


def film(logs: Path, run: str, lines: str = "one\n") -> Path:
    folder = logs / run
    (folder / "pictures").mkdir(parents=True, exist_ok=True)
    (folder / "journal.jsonl").write_text(lines, encoding="utf-8")
    (folder / "pictures" / "a.webp").write_bytes(b"picture")
    return folder


def test_what_one_machine_brings_another_fetches(share: Share, tmp_path: Path) -> None:
    """Journal, pictures and public key arrive as they were; what is there already is not copied again."""
    here, there = tmp_path / "here", tmp_path / "there"
    key = open_key(tmp_path / "keys", logs=here)
    assert share.push(film(here, "r1")) == 2
    assert share.push(here / "r1") == 0
    share.push_keys(here)
    assert share.names() == ["r1"]
    assert share.gather(there) == 3
    assert (there / "r1" / "pictures" / "a.webp").read_bytes() == b"picture"
    assert [path.stem for path in (there / "keys").iterdir()] == [key.name]


def test_a_run_that_goes_on_is_brought_again(share: Share, tmp_path: Path) -> None:
    """Only the journal that has grown is copied; our own films are not fetched over themselves."""
    here, there = tmp_path / "here", tmp_path / "there"
    share.push(film(here, "r1"))
    share.gather(there)
    assert share.push(film(here, "r1", "one\ntwo\n")) == 1
    assert share.gather(there, but={"r1"}) == 0
    assert share.gather(there) == 1
    assert (there / "r1" / "journal.jsonl").read_text(encoding="utf-8") == "one\ntwo\n"


def test_nobody_meets_half_a_file(tmp_path: Path) -> None:
    """In a folder a file gets its name last, and what was left half-written there is not fetched."""
    share = Share(str(tmp_path / "share"))
    share.push(film(tmp_path / "here", "r1"))
    (tmp_path / "share" / "r1" / ".journal.jsonl.ab12").write_bytes(b"on")
    assert share.gather(tmp_path / "there") == 2
    assert not list((tmp_path / "there").rglob(".*"))


def test_an_unknown_place_is_refused_in_words() -> None:
    """A protocol that nobody knows, and one whose package is missing, each say what to do."""
    with pytest.raises(WorkspaceError, match=r"evidence: a folder or a URL such as s3://bucket/night"):
        Share("nowhere://x")
    with pytest.raises(MissingPart, match=r"NO_FSSPEC: s3 is missing\. Install s3fs"):
        Share("s3://bucket/night")
