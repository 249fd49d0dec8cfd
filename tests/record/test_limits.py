"""A recording has limits: a stuck browser is ended, no question is waited for without end, nothing is left behind."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from nightclerk.record.limits import Guard, RecordingStuck, ScriptFailed, own_profile
from nightclerk.record.live import Live
from nightclerk.record.recorder import recording_browser
from nightclerk.record.script import Person
from tests.record.kit import bar_box, desk, empty_workspace


def test_a_browser_that_does_not_answer_is_ended() -> None:
    """Without a beat the guard ends the browser, once, and says that it did."""
    ended = threading.Event()
    guard = Guard(ended.set, after_s=0.05)
    with guard.watching():
        assert ended.wait(30)
    assert guard.tripped


def test_a_browser_that_waits_for_the_person_is_left_alone() -> None:
    """A box of the browser's own that nobody answers for a while is no fault of the page."""
    asked = threading.Semaphore(0)

    def waits() -> bool:
        asked.release()
        return True

    guard = Guard(lambda: None, after_s=0.02)
    with guard.watching(waits=waits):
        for _ in range(20):
            assert asked.acquire(timeout=30)
    assert not guard.tripped


def test_the_profiles_of_killed_recorders_are_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A signed-in person's cookies do not stay behind in a folder of a recorder that runs no more."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    left, other = tmp_path / "nightclerk-recording-999999999-x", tmp_path / "something-else"
    left.mkdir()
    other.mkdir()
    with own_profile() as mine:
        assert (left.exists(), other.exists(), mine.is_dir()) == (False, True, True)
    assert not mine.exists()


def test_the_sentence_says_what_became_of_the_recording() -> None:
    """How long it waited, that nothing was written, and what to do."""
    error = RecordingStuck(waited_s=120.0)
    assert error.sentence("en").startswith("The page has not answered for 120 s: the recorder's browser was closed")
    assert "没有写入任何文件" in error.sentence("zh")


@pytest.mark.slow
def test_a_page_that_stops_does_not_keep_the_recorder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An endless script of the page ends the recording with a sentence, and nothing is written."""
    monkeypatch.setattr("nightclerk.record.recorder.STUCK_AFTER_S", 3.0)
    bench = empty_workspace(tmp_path)

    def person(person: Person) -> None:
        person.click(person.page.get_by_label("含赠品"))
        person.page.evaluate("() => { for (;;) ; }")

    with desk() as site, pytest.raises(RecordingStuck):
        bench.record(f"{site.url}/form.html", person, flow="stuck")
    assert list((tmp_path / "flows").glob("*.py")) == []


@pytest.mark.slow
def test_a_script_that_fails_is_told_by_its_line(tmp_path: Path) -> None:
    """What the browser said stands behind the script's own line; nothing is written."""
    bench = empty_workspace(tmp_path)

    def person(person: Person) -> None:
        person.click(person.page.get_by_role("button", name="nowhere"), timeout=200)

    with desk() as site, pytest.raises(ScriptFailed) as caught:
        bench.record(f"{site.url}/form.html", person, flow="lost")
    where = f"test_limits.py:{person.__code__.co_firstlineno + 1}"
    assert caught.value.sentence("en").startswith(f"{where}: here the browser told the script: Locator.click: Timeout")
    assert list((tmp_path / "flows").glob("*.py")) == []


@pytest.mark.slow
def test_a_question_survives_a_reload_and_ends_without_an_answer() -> None:
    """A page loaded anew shows the question again; unanswered, the recorder goes on without it."""
    with desk() as site, recording_browser(headless=True) as context:
        live = Live(context)
        live.start()
        page = context.pages[0]
        page.goto(f"{site.url}/form.html")
        live.pump()
        page.add_init_script("addEventListener('load', () => setTimeout(() => document.title = 'again', 300))")
        page.evaluate("() => { setTimeout(() => location.reload(), 200); }")
        choices = ["订单号", "客户"]
        assert live.ask("key", "?", choices, 0, within_s=4.0) is None
        assert page.title() == "again"
        x, y, _, height = bar_box(page)
        page.mouse.click(x + 40, y + height - 20)
        assert live.ask("key", "?", choices, 0, within_s=10.0) == 1
