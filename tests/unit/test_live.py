"""Watching a run and taking its screen over: who sees what, who has the screen, and what the journal says of it."""

from __future__ import annotations

import contextlib
import contextvars
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nightclerk.desktop.clipboard import wait_until
from nightclerk.errors import HandedBack, NeedsPerson
from nightclerk.gate import CommitGate
from nightclerk.live import NotHolding, NotLive, TakenAlready, open_live
from nightclerk.live.looking import Subject
from nightclerk.live.run_side import RunSide
from nightclerk.live.shown import committing
from nightclerk.live.takeover import SILENT_S, TakeOver
from nightclerk.ports import Box, Frame, Gesture, Hand, LiveRuns, Phase, Then, Touched
from tests.conftest import ListFilm

SOON_S = 30.0
WHITE = np.full((60, 80, 3), 255, dtype=np.uint8)


class FakeScreen:
    """A surface that remembers what a person's hands did, and shows a login screen where it is told to."""

    app, beside, where = "shop", False, "Orders of 13812345678"
    subject = Subject(app="shop", root=Path())

    def __init__(self) -> None:
        self.done: list[str] = []
        self.secret = False

    def frame(self) -> Frame:
        return Frame(pixels=WHITE, private=(Box(x=0, y=0, width=20, height=20),), secret_screen=self.secret)

    def hands(self) -> FakeScreen:
        return self

    def glance(self) -> Frame:
        return self.frame()

    def do(self, hand: Hand) -> Touched:
        self.done.append(hand.text or hand.key or f"{hand.gesture} {hand.x},{hand.y}")
        return Touched(element="text Amount", where="Orders", secret=self.secret)

    def rest(self, seconds: float) -> None:
        threading.Event().wait(seconds)

    def close(self) -> None:
        self.done.append("let go")


class Night:
    """A run that comes to a safe point again and again in its own thread, and this machine's console beside it."""

    def __init__(self, data: Path) -> None:
        self.film, self.screen, self.gate = ListFilm(), FakeScreen(), CommitGate()
        self.stop = threading.Event()
        self.noted: list[list[str]] = []
        self.side = RunSide(
            data=data, run="r1", film=self.film, screen=lambda: self.screen, stopped=lambda: None,
            committing=lambda: committing([self.gate]), time_out=contextlib.nullcontext, item=lambda: "A-1",
            touched=lambda: self.noted.append(list(self.screen.done)),
        )  # fmt: skip
        self.live: LiveRuns = open_live(data)
        self.expected = False

    def work(self) -> int:
        while not self.stop.is_set():
            if done := self.side.safe_point(expected=self.expected):
                return done
            self.stop.wait(0.005)
        return 0

    def phase(self) -> Phase:
        return self.live.sight("r1").phase

    def held(self, token: str) -> bool:
        return wait_until(lambda: self.live.sight("r1", token=token).phase is Phase.HELD, timeout_s=SOON_S)


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    night = Night(tmp_path)
    with night.side:
        yield night
        night.stop.set()


@pytest.fixture
def going(night: Night) -> Iterator[Future[int]]:
    with ThreadPoolExecutor(max_workers=1) as thread:
        yield thread.submit(contextvars.copy_context().run, night.work)
        night.stop.set()


def see(night: Night, fits: Callable[[Any], bool], *, token: str = "") -> bool:
    return wait_until(lambda: fits(night.live.sight("r1", token=token)), timeout_s=SOON_S)


def test_whoever_watches_sees_what_evidence_would_show(night: Night, going: Future[int]) -> None:
    """The picture is masked, and so is where the screen is; the item in hand shows."""
    assert see(night, lambda sight: bool(sight.picture))
    sight = night.live.sight("r1")
    assert (sight.phase, sight.size, sight.app, sight.item) == (Phase.WORKING, (80, 60), "shop", "A-1")
    assert "13812345678" not in sight.where
    assert night.live.sight("r1", after=sight.number).picture == b""


def test_a_login_screen_is_not_shown_to_whoever_watches(night: Night, going: Future[int]) -> None:
    """Only whoever has taken the screen over sees it."""
    night.screen.secret = True
    assert see(night, lambda sight: sight.why == "secret_screen")
    token = night.live.take_over("r1", who="lin")
    assert night.held(token)
    assert see(night, lambda sight: bool(sight.picture), token=token)
    assert night.live.sight("r1").picture == b""
    night.live.hand_back("r1", token=token)


def test_what_a_person_does_is_done_in_order_and_on_film(night: Night, going: Future[int]) -> None:
    """Clicks and keys as acts by hand, a text by its length; then the attempt begins anew."""
    token = night.live.take_over("r1", who="lin")
    assert night.held(token)
    click = [Hand(gesture=Gesture.DOWN, x=5, y=6), Hand(gesture=Gesture.UP, x=5, y=6)]
    typed = [Hand(gesture=Gesture.TEXT, text="上海"), Hand(gesture=Gesture.TEXT, text="市")]
    night.live.act("r1", token=token, hands=[*click, *typed, Hand(gesture=Gesture.KEY, key="Enter")])
    night.live.hand_back("r1", token=token)
    with pytest.raises(HandedBack, match="lin took the screen over and did 5 things"):
        going.result(timeout=SOON_S)
    assert night.screen.done == ["down 5,6", "up 5,6", "上海", "市", "Enter", "let go"]
    assert night.noted == [[]], "the books know of a person's hands before they have done anything"
    acts = [(act.verb, act.value, act.way) for act in night.film.kinds("act")]
    by_hand = "by hand: lin"
    assert acts == [("click", "left", by_hand), ("type", "3 characters", by_hand), ("press", "Enter", by_hand)]
    assert "上海" not in str(night.film.lines)


def test_a_secret_is_on_film_without_its_length(night: Night, going: Future[int]) -> None:
    """What is typed on a login screen leaves that something was typed there."""
    night.screen.secret = True
    token = night.live.take_over("r1", who="lin")
    assert night.held(token)
    night.live.act("r1", token=token, hands=[Hand(gesture=Gesture.TEXT, text="s3cret!")])
    night.live.hand_back("r1", token=token)
    with pytest.raises(HandedBack):
        going.result(timeout=SOON_S)
    assert [(act.verb, act.value) for act in night.film.kinds("act")] == [("type", None)]


def test_a_flow_that_waits_for_a_person_goes_on_with_what_they_did(night: Night, going: Future[int]) -> None:
    """A captcha that the flow has asked for: no new attempt, the same one goes on."""
    night.expected = True
    token = night.live.take_over("r1", who="lin")
    assert night.held(token)
    night.live.act("r1", token=token, hands=[Hand(gesture=Gesture.KEY, key="Enter")])
    night.live.hand_back("r1", token=token, then=Then.ASK)
    assert going.result(timeout=SOON_S) == 1
    assert night.noted == []


def test_a_person_may_want_to_be_asked_before_it_goes_on(night: Night, going: Future[int]) -> None:
    """The item waits for their word."""
    token = night.live.take_over("r1", who="lin")
    assert night.held(token)
    night.live.hand_back("r1", token=token, then=Then.ASK)
    with pytest.raises(NeedsPerson, match="lin had the screen"):
        going.result(timeout=SOON_S)


def test_nobody_comes_between_a_commit_and_its_look(night: Night, going: Future[int]) -> None:
    """While the gate is open the wish waits; it is granted once the gate is shut."""
    with night.gate.open():
        token = night.live.take_over("r1", who="lin")
        assert night.phase() is Phase.ASKED
        with pytest.raises(NotHolding, match="not in your hands"):
            night.live.act("r1", token=token, hands=[Hand(gesture=Gesture.KEY, key="Enter")])
        assert night.screen.done == []
    assert night.held(token)
    night.live.hand_back("r1", token=token)


def test_a_screen_has_one_holder(night: Night, going: Future[int]) -> None:
    """The second is told who has it; after it is handed back nothing has changed, and the run goes on as it was."""
    token = night.live.take_over("r1", who="lin")
    with pytest.raises(TakenAlready, match="lin has the screen of r1"):
        night.live.take_over("r1", who="wang")
    assert night.held(token)
    night.live.hand_back("r1", token=token)
    assert see(night, lambda sight: sight.phase is Phase.WORKING)
    with pytest.raises(NotHolding):
        night.live.sight("r1", token=token)
    assert not going.done()


def test_a_holder_who_went_away_is_not_waited_for() -> None:
    """After two silent minutes the run takes the screen back and asks what was done."""
    now_s = [0.0]
    takeover = TakeOver("r1", now_s=lambda: now_s[0])
    takeover.ask("lin")
    assert takeover.begin()
    assert takeover.handed_back() is None
    now_s[0] = SILENT_S + 1
    assert takeover.handed_back() is Then.ASK


def test_a_wish_that_was_left_alone_is_dropped() -> None:
    """Whoever asked and closed the browser does not stop the run at its next safe point."""
    now_s = [0.0]
    takeover = TakeOver("r1", now_s=lambda: now_s[0])
    takeover.ask("lin")
    now_s[0] = SILENT_S + 1
    assert not takeover.wanted
    assert takeover.ask("wang")


@pytest.mark.parametrize("run", ["r2", "../r1", ""])
def test_a_run_that_is_not_at_work_here_says_so(tmp_path: Path, run: str) -> None:
    """It has ended, or works on another machine."""
    with pytest.raises(NotLive, match="is not at work on this machine"):
        open_live(tmp_path).sight(run)


def test_the_door_opens_to_its_key_only(night: Night, tmp_path: Path) -> None:
    """Another program of this machine that finds the port learns nothing; the key is its owner's to read."""
    sign = tmp_path / "live" / "r1.json"
    assert sign.stat().st_mode & 0o077 == 0
    assert night.live.runs() == ["r1"]
    sign.write_text(sign.read_text().replace('"key": "', '"key": "x'))
    with pytest.raises(NotLive):
        night.live.sight("r1")


def test_a_run_that_was_killed_is_taken_off_the_list(tmp_path: Path) -> None:
    """Its sign is still up, nobody is behind the door."""
    night = Night(tmp_path)
    with night.side:
        sign = tmp_path / "live" / "r1.json"
        left = sign.read_text()
    sign.write_text(left)
    assert night.live.runs() == []
    assert not sign.exists()
