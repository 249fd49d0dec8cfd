"""The film of a run: what stands in its journal, what never does, and going on after a crash."""

from __future__ import annotations

import io
import json
import os
import stat
import subprocess
import sys
import tracemalloc
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from film_kit import ADDRESS, PASSWORD, PHONE, act, frame, new_film, short_run

from nightclerk.errors import EvidenceError
from nightclerk.evidence import Budget
from nightclerk.evidence.chain import START, forge
from nightclerk.evidence.errors import FileNotKept, JournalBusy, JournalLost, KeyChanged, SignatureBad
from nightclerk.evidence.files import safe_name
from nightclerk.evidence.replay import Follower, follow, load_run, picture_path
from nightclerk.evidence.verify import verify
from nightclerk.ports import ActClass, Box, Film, Frame, Secret


def bodies(folder: Path) -> list[dict[str, Any]]:
    text = (folder / "journal.jsonl").read_text(encoding="utf-8")
    return [json.loads(line)["body"] for line in text.splitlines()]


def test_a_film_tells_its_run(tmp_path: Path) -> None:
    """Items, nested steps, acts with boxes, pictures and files come back from the folder."""
    story = load_run(short_run(tmp_path).folder)
    assert story.outcome == "done"
    assert [(item.key, item.outcome, item.steps) for item in story.items] == [
        ("A-1", "done", (1, 2)),
        ("A-2", "done", (3, 4)),
    ]
    assert [(step.number, step.parent, step.outcome) for step in story.steps] == [
        (1, 0, "ok"), (2, 1, "ok"), (3, 0, "ok"), (4, 3, "ok"),
    ]  # fmt: skip
    told = story.steps[0].events[0]
    assert told.facts["value"] == "run-1 A-1"
    assert told.box is not None
    assert picture_path(story.folder, told.picture).is_file()
    assert story.files[0].path.read_bytes().endswith(b"run-1\n")


def test_head_is_the_last_line(tmp_path: Path) -> None:
    """The head that the store anchors is what the folder shows."""
    film = short_run(tmp_path)
    assert film.head() == load_run(film.folder).head
    assert film.head()[0] == len(bodies(film.folder))


def test_the_film_fulfils_its_port(tmp_path: Path) -> None:
    """Every call of ports.Film is there."""
    film = new_film(tmp_path)
    calls = [name for name in vars(Film) if not name.startswith("_")]
    assert [name for name in calls if not hasattr(film, name)] == []
    film.close()


def test_private_and_secret_values_stay_out_of_every_file(tmp_path: Path) -> None:
    """Sentinels put in every place that takes a text are found in no file under logs."""
    film = new_film(tmp_path)
    film.hide(PASSWORD)
    film.begin({"who": Secret("shop", PASSWORD), "note": f"call {PHONE}", "to": [ADDRESS, {"n": int(PHONE)}]})
    film.item("A-1", attempt=1)
    film.step(f"Ring {PHONE} with {PASSWORD}")
    film.act(act(PHONE, private=True))
    film.act(act(f"{ADDRESS} {PHONE} {PASSWORD}"))
    film.note("popup_closed", {"text": f"sent to {ADDRESS}", "error": ValueError(PASSWORD)})
    film.step_end("failed", frame=frame(), reason=f"{PHONE} refused {PASSWORD}")
    film.item(None, outcome="failed")
    film.end("failed", {"last": PHONE})
    written = b"".join(path.read_bytes() for path in (tmp_path / "logs").rglob("*") if path.is_file())
    assert [text for text in (PHONE, PASSWORD, ADDRESS, "文三路90") if text.encode() in written] == []


def test_private_values_are_digested_under_the_run_salt(tmp_path: Path) -> None:
    """Equal private values of one run have equal digests, those of two runs do not, and the salt is no log."""
    digests = []
    for run in ("run-1", "run-2"):
        film = new_film(tmp_path, run)
        film.begin({})
        film.act(act(PHONE, private=True))
        film.act(act(PHONE, private=True))
        film.act(act(None))
        film.close()
        digests.append([body.get("digest") for body in bodies(film.folder) if body["kind"] == "act"])
    assert digests[0][0] == digests[0][1] != digests[1][0]
    assert digests[0][2] is None
    assert [path.name for path in (tmp_path / "logs").rglob("*salt*")] == []


def test_audit_values_stay_readable(tmp_path: Path) -> None:
    """Order numbers and amounts are not taken for people's data."""
    film = new_film(tmp_path)
    film.begin({"total": Decimal("1234.50")})
    film.act(act("372811000729180042"))
    film.close()
    assert bodies(film.folder)[0]["facts"] == {"total": "1234.50"}
    assert bodies(film.folder)[1]["value"] == "372811000729180042"


def test_an_empty_field_is_told_from_a_secret(tmp_path: Path) -> None:
    """Reading an empty field leaves an empty value; a secret leaves none."""
    film = new_film(tmp_path)
    film.begin({})
    film.act(act(""))
    film.act(act(None))
    film.close()
    assert [body.get("value") for body in bodies(film.folder)[1:]] == ["", None]


def test_no_text_and_no_box_can_break_the_journal(tmp_path: Path) -> None:
    """Half characters from a clipboard and fractions of a pixel are written as what comes closest."""
    film = new_film(tmp_path)
    film.begin({"title": "half \ud83d", "at": float("nan"), 3: {1, 2}, "n": np.int64(4)})
    film.item("A-\udc00", attempt=1)
    film.act(replace(act("line\nfeed \udfff\x00"), box=Box(x=1.6, y=2.2, width=3, height=4)))  # type: ignore[arg-type]
    film.end("done", {})
    told = bodies(film.folder)
    assert told[0]["facts"] == {"title": "half ?", "at": "nan", "3": [1, 2], "n": "4"}
    assert (told[1]["item"], told[2]["value"], told[2]["box"]) == ("A-?", "line\nfeed ?\x00", [2, 2, 3, 4])
    assert verify(film.folder).ok


def test_a_secret_screen_is_not_pictured(tmp_path: Path) -> None:
    """A login screen leaves a line that says so and no picture."""
    film = new_film(tmp_path)
    film.begin({})
    film.step("Sign in")
    film.step_end("ok", frame=frame(secret_screen=True))
    assert film.picture(frame(secret_screen=True)) == ""
    film.end("done", {})
    assert bodies(film.folder)[2]["unpictured"] == "secret screen"
    assert list(film.folder.glob("pictures/*")) == []


def test_a_picture_for_a_question_is_ready_at_once(tmp_path: Path) -> None:
    """`picture` returns the name of a file that is there."""
    film = new_film(tmp_path)
    film.begin({})
    sha256 = film.picture(frame(90))
    assert picture_path(film.folder, sha256).is_file()
    assert film.picture(None) == ""
    film.end("done", {})


def test_pixels_may_be_reused_by_the_driver(tmp_path: Path) -> None:
    """An array that changes after the call does not change the picture."""
    film = new_film(tmp_path)
    film.begin({})
    pixels = np.zeros((40, 60, 3), np.uint8)
    film.act(act(), frame=Frame(pixels=pixels))
    pixels[:] = 255
    black = film.picture(frame(0))
    film.end("done", {})
    assert [path.stem for path in film.folder.glob("pictures/*")] == [black]


@pytest.mark.parametrize("pixels", [b"no picture", None, bytearray(b"\x89PNG"), np.zeros(7)])
def test_pictures_that_cannot_be_decoded_are_told_and_stop_nothing(tmp_path: Path, pixels: object) -> None:
    """A broken frame leaves a line with the reason; the run goes on and verifies."""
    film = new_film(tmp_path)
    film.begin({})
    film.act(act(), frame=Frame(pixels=pixels))
    assert film.picture(Frame(pixels=pixels)) == ""
    film.end("done", {})
    assert [body["lost"] != "" for body in bodies(film.folder) if body["kind"] == "picture"] == [True, True]
    report = verify(film.folder)
    assert report.ok
    assert report.runs[0].lost_pictures == 2


def test_a_full_disk_stops_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that did not get through is an error at the bot, at once and ever after; what was written holds."""
    film = new_film(tmp_path)
    film.begin({})
    film.step("One")

    class FullDisk(io.BytesIO):
        def flush(self) -> None:
            raise OSError(28, "No space left on device")

    real = film._journal._file
    monkeypatch.setattr(film._journal, "_file", FullDisk())
    with pytest.raises(JournalLost, match="No space left"):
        film.act(act("x"))
    monkeypatch.setattr(film._journal, "_file", real)
    with pytest.raises(JournalLost, match="run-1"):
        film.note("goes on", {})
    film.close()
    assert verify(film.folder).ok


def test_the_budget_thins_pictures_and_never_the_journal(tmp_path: Path) -> None:
    """Act pictures go first, then those of good steps; failures stay, every line is written, notes say so."""
    film = new_film(tmp_path, budget=Budget(pictures=8))
    film.begin({})
    for number in range(12):
        film.step(f"step {number}")
        film.act(act(), frame=frame(number))
        film.step_end("ok", frame=frame(100 + number))
    film.step("bad")
    film.step_end("failed", frame=frame(1))
    film.end("done", {})
    lines = bodies(film.folder)
    assert sum(body["kind"] == "step_end" for body in lines) == 13
    notes = [body["facts"]["kept_from_now_on"] for body in lines if body.get("what") == "picture_budget"]
    assert notes == ["step", "trouble"]
    assert [body for body in lines if body["kind"] == "step_end"][-1]["shot"] == 9
    assert verify(film.folder).ok


def test_commits_are_pictured_when_reads_no_longer_are(tmp_path: Path) -> None:
    """A commit is worth as much as a step."""
    film = new_film(tmp_path, budget=Budget(pictures=4))
    film.begin({})
    for _ in range(3):
        film.picture(frame())
    film.act(act(act_class=ActClass.READ), frame=frame())
    film.act(act(act_class=ActClass.COMMIT), frame=frame())
    film.end("done", {})
    acts = [body for body in bodies(film.folder) if body["kind"] == "act"]
    assert acts[0]["unpictured"] == "budget"
    assert acts[1]["shot"] == 4


def test_a_crashed_run_goes_on_in_its_own_chain(tmp_path: Path) -> None:
    """The half line of a crash is cut off and told of, numbers go on, orphaned pictures go, all verifies."""
    crashed = short_run(tmp_path, end=False)
    with (crashed.folder / "journal.jsonl").open("ab") as file:
        file.write(b'{"body":{"at":"20')
    (crashed.folder / "pictures" / ("0" * 64 + ".webp")).write_bytes(b"half")
    film = new_film(tmp_path)
    film.begin({"bot": "export"})
    film.step("Go on")
    film.step_end("ok", frame=frame(7))
    film.end("done", {})
    resumed = next(body for body in bodies(film.folder) if body["kind"] == "resume")
    assert resumed["torn_bytes"] == 17
    story = load_run(film.folder)
    assert (story.resumed, story.steps[-1].number, story.outcome) == (1, 5, "done")
    assert verify(film.folder).ok


def test_a_tampered_journal_is_not_gone_on_with(tmp_path: Path) -> None:
    """A film refuses to add to a chain that does not hold."""
    journal = short_run(tmp_path, end=False).folder / "journal.jsonl"
    journal.write_bytes(journal.read_bytes().replace(b"A-1", b"B-1"))
    with pytest.raises(EvidenceError, match="2"):
        new_film(tmp_path)


def test_a_recomputed_chain_is_not_signed_over(tmp_path: Path) -> None:
    """Going on with a run never seals what somebody rewrote while it lay crashed."""
    journal = short_run(tmp_path, end=False).folder / "journal.jsonl"
    link, rewritten = START, b""
    for raw in journal.read_bytes().splitlines():
        line = json.loads(raw)
        changed = {**line["body"], "facts": {"bot": "other"}} if line["body"]["seq"] == 1 else line["body"]
        new, link = forge(link, changed, (lambda message: b"x" * 64) if "sig" in line else None)
        rewritten += new
    journal.write_bytes(rewritten)
    with pytest.raises(SignatureBad):
        new_film(tmp_path)


def test_a_run_does_not_go_on_under_another_key(tmp_path: Path) -> None:
    """A lost key ends its open runs: they can be verified, not continued."""
    short_run(tmp_path, end=False)
    (tmp_path / "data/keys/evidence.key").unlink()
    with pytest.raises(KeyChanged):
        new_film(tmp_path)


def test_one_journal_has_one_writer(tmp_path: Path) -> None:
    """A second film on the same run is refused while the first one is open."""
    film = new_film(tmp_path)
    film.begin({})
    with pytest.raises(JournalBusy):
        new_film(tmp_path)
    film.close()


def test_nothing_is_added_after_the_end(tmp_path: Path) -> None:
    """A late call is refused with a sentence that names the run."""
    film = short_run(tmp_path)
    with pytest.raises(EvidenceError, match="run-1"):
        film.note("late", {})


def test_a_live_view_reads_on_from_where_it_was(tmp_path: Path) -> None:
    """`follow` gives the new lines only and leaves a half line for later."""
    film = new_film(tmp_path)
    film.begin({})
    film.step("One")
    seen = follow(film.folder, 0)
    film.act(act("x"))
    film.close()
    with (film.folder / "journal.jsonl").open("ab") as file:
        file.write(b'{"body"')
    assert [event.kind for event in seen] == ["begin", "step"]
    assert [event.facts["value"] for event in follow(film.folder, seen[-1].seq)] == ["x"]


def test_a_follower_reads_each_line_once(tmp_path: Path) -> None:
    """Whole lines come once and in order, a half line when it is whole; nothing that was read is read again."""
    film = new_film(tmp_path)
    film.begin({})
    follower = Follower(film.folder)
    assert [event.kind for event in follower.news()] == ["begin"]
    film.act(act("x"))
    film.close()
    journal = film.folder / "journal.jsonl"
    whole = journal.read_bytes()
    journal.write_bytes(whole[:-5])
    assert follower.news() == []
    journal.write_bytes(b"?" * (whole.index(b"\n") + 1) + whole[whole.index(b"\n") + 1 :])
    assert [event.facts["value"] for event in follower.news()] == ["x"]
    assert follower.news() == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no owner-only mode bits")
def test_the_key_is_its_owners_alone(tmp_path: Path) -> None:
    """Private key and salt can be read by their owner only; logs hold the public half."""
    short_run(tmp_path)
    kept = [tmp_path / "data/keys/evidence.key", tmp_path / "data/salts/run-1.salt"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept} == {0o600}
    public = list((tmp_path / "logs/keys").iterdir())
    assert len(public) == 1
    assert b"BEGIN PUBLIC KEY" in public[0].read_bytes()


def test_kill_9_in_the_middle_leaves_provable_evidence(tmp_path: Path) -> None:
    """A process that dies without a word leaves an open run whose sealed part verifies."""
    code = (
        "import os, sys; from pathlib import Path; from film_kit import *\n"
        "film = new_film(Path(sys.argv[1])); film.begin({})\n"
        "film.step('One'); film.act(act('x'), frame=frame(3)); film.step_end('ok', frame=frame(4))\n"
        "film.step('Two'); film.act(act('y')); os.kill(os.getpid(), 9)"
    )
    here = Path(__file__).parent
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=here, check=False, timeout=60)
    report = verify(tmp_path / "logs")
    assert report.ok
    assert report.runs[0].state == "open"
    assert report.runs[0].unsealed >= 2


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("ex:port?.csv", "ex_port_.csv"),
        ("..", "file"),
        ("订单 2026.xlsx", "订单 2026.xlsx"),
        ("a" * 200 + ".xlsx", "a" * 75 + ".xlsx"),
    ],
)
def test_file_names_fit_every_system(given: str, kept: str) -> None:
    """Letters that a system refuses are replaced, long names are shortened before their ending."""
    assert safe_name(given) == kept


def test_kept_files_hide_people_in_their_names(tmp_path: Path) -> None:
    """A phone number in a file's name is masked; the file itself is an original and is kept as it is."""
    film = new_film(tmp_path)
    film.begin({})
    original = tmp_path / f"call {PHONE}.txt"
    original.write_text("original")
    sha256 = film.keep_file(original)
    film.end("done", {})
    (kept,) = film.folder.glob("files/*")
    assert PHONE not in kept.name
    assert kept.name.startswith(sha256)
    assert kept.read_text() == "original"


def test_a_file_that_is_gone_is_one_sentence(tmp_path: Path) -> None:
    """Keeping a missing file says which one, and leaves nothing half copied."""
    film = new_film(tmp_path)
    film.begin({})
    with pytest.raises(FileNotKept, match=r"gone\.csv"):
        film.keep_file(tmp_path / "gone.csv")
    film.end("done", {})
    assert verify(film.folder).ok


def test_memory_stays_flat(tmp_path: Path) -> None:
    """A film of many steps holds no more in memory than one of few."""
    film = new_film(tmp_path)
    film.begin({})

    def roll(steps: int) -> int:
        for _ in range(steps):
            film.step("step")
            film.act(act("x"))
            film.step_end("ok", frame=None)
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    before, after = roll(30), roll(150)
    tracemalloc.stop()
    film.end("done", {})
    assert after - before < 20_000
