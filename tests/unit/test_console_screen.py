"""A run's screen in the console: seen by all who see its film, worked on by one person at a time, all written down."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import httpx
import pytest

from nightclerk.console.rights import Right, Role
from nightclerk.domain.items import RunRecord, RunState
from nightclerk.ports import Gesture, Then
from nightclerk.texts import say
from tests.unit.console_kit import Desk, desk_in
from tests.unit.screen_kit import SIZE, OneScreen

RUN = "r1"
CLICK = {"hands": [{"gesture": "down", "x": 10, "y": 20}, {"gesture": "up", "x": 10, "y": 20}]}


@pytest.fixture
def screen() -> OneScreen:
    return OneScreen(RUN)


@pytest.fixture
def desk(tmp_path: Path, screen: OneScreen) -> Iterator[Desk]:
    with desk_in(tmp_path, live=screen) as found:
        found.store.add_run(RunRecord(run=RUN, bot="key-orders", flow="f", state=RunState.RUNNING))
        yield found


def facts(answer: httpx.Response) -> dict[str, object]:
    found: dict[str, object] = json.loads(unquote(answer.headers["sight"]))
    return found


def test_a_picture_comes_once(desk: Desk) -> None:
    """With what it shows; asked again for the same one there is no body; who watched is written down once."""
    lin = desk.as_("lin", Role.AUDITOR)
    first = lin.get(f"/runs/{RUN}/sight")
    assert first.content.startswith(b"RIFF")
    assert facts(first) | {"number": 1, "size": list(SIZE), "phase": "working", "mine": False} == facts(first)
    assert lin.get(f"/runs/{RUN}/sight?after=1").content == b""
    assert [one[:3] for one in desk.book.told if one[1] == "watch"] == [("lin", "watch", RUN)]


def test_a_person_takes_the_screen_and_gives_it_back(desk: Desk, screen: OneScreen) -> None:
    """What they do arrives in its order; the record names them; the bot is told what to do next."""
    lin = desk.as_("lin", Role.OPERATOR)
    assert lin.post(f"/runs/{RUN}/take-over").headers["location"] == f"/runs/{RUN}/screen?said=screen_asked"
    assert facts(lin.get(f"/runs/{RUN}/sight"))["mine"] is True
    assert lin.post(f"/runs/{RUN}/hands", json=CLICK).status_code == 204
    assert [hand.gesture for hand in screen.did] == [Gesture.DOWN, Gesture.UP]
    lin.post(f"/runs/{RUN}/hand-back", data={"then": "ask"})
    assert screen.then == [Then.ASK]
    assert {"take_over", "hand_back"} <= {what for who, what, _, _ in desk.book.told if who == "lin"}


def test_one_person_holds_a_screen_at_a_time(desk: Desk, screen: OneScreen) -> None:
    """A second one is told who has it, and neither their hands nor their giving back count; a double click is one."""
    lin, su = desk.as_("lin", Role.OPERATOR), desk.as_("su", Role.OPERATOR)
    assert [lin.post(f"/runs/{RUN}/take-over").status_code for _ in range(2)] == [303, 303]
    assert "lin has the screen" in su.post(f"/runs/{RUN}/take-over").text
    assert "not in your hands" in su.post(f"/runs/{RUN}/hands", json=CLICK).json()["error"]
    assert su.post(f"/runs/{RUN}/hand-back").status_code == 409
    assert facts(su.get(f"/runs/{RUN}/sight"))["told"] == "lin has taken the screen over."
    assert (screen.did, screen.holder) == ([], "lin")


def test_whoever_may_not_launch_only_watches(desk: Desk, screen: OneScreen) -> None:
    """No button, and the forms are refused."""
    su = desk.as_("su", Role.FINANCE)
    assert 'id="take"' not in su.get(f"/runs/{RUN}/screen").text
    for path in ("take-over", "hands", "hand-back"):
        assert su.post(f"/runs/{RUN}/{path}", json=CLICK).status_code == 403
    assert screen.holder == ""


@pytest.mark.parametrize(
    "hand", [{"gesture": "jump"}, {"gesture": "down", "x": -1}, {"gesture": "text", "text": "x" * 5000}]
)
def test_no_strange_hands(desk: Desk, screen: OneScreen, hand: dict[str, object]) -> None:
    """What no browser of ours sends is refused whole."""
    lin = desk.as_("lin", Role.OPERATOR)
    lin.post(f"/runs/{RUN}/take-over")
    assert lin.post(f"/runs/{RUN}/hands", json={"hands": [*CLICK["hands"], hand]}).status_code == 400
    assert screen.did == []


def test_a_run_that_has_ended_says_so(desk: Desk, screen: OneScreen) -> None:
    """The page leads to the record; whoever still had the screen open is told in a sentence."""
    lin = desk.as_("lin", Role.OPERATOR)
    lin.post(f"/runs/{RUN}/take-over")
    screen.over = True
    assert "not at work on this machine" in lin.get(f"/runs/{RUN}/screen").text
    for answer in (lin.get(f"/runs/{RUN}/sight?after=1"), lin.post(f"/runs/{RUN}/hands", json=CLICK)):
        assert (answer.status_code, "is not at work on this machine" in answer.json()["error"]) == (409, True)


def test_a_screen_taken_back_is_not_held_any_more(desk: Desk, screen: OneScreen) -> None:
    """After two silent minutes the run takes it back; the page sees that, and its owner may ask for it again."""
    lin = desk.as_("lin", Role.OPERATOR)
    lin.post(f"/runs/{RUN}/take-over")
    screen.holder = ""
    assert facts(lin.get(f"/runs/{RUN}/sight"))["mine"] is False
    assert lin.post(f"/runs/{RUN}/hands", json=CLICK).status_code == 409
    lin.post(f"/runs/{RUN}/take-over")
    assert screen.holder == "lin"


def test_a_question_leads_to_the_screen(desk: Desk, screen: OneScreen) -> None:
    """Where the run is at work here; the run's own page shows the way as well."""
    lin = desk.as_("lin", Role.OPERATOR)
    assert f'href="/runs/{RUN}/screen"' in lin.get(f"/runs/{RUN}").text
    assert lin.post("/tasks/take-over", data={"run": RUN}).headers["location"].startswith(f"/runs/{RUN}/screen")
    assert screen.holder == "lin"


@pytest.mark.parametrize("why", ["secret_screen", "moving", "not_yet", "no_screen"])
def test_why_there_is_no_picture(desk: Desk, screen: OneScreen, why: str) -> None:
    """A login screen and the like: the page is told the reason in a sentence."""
    screen.why = why
    assert facts(desk.as_("lin", Role.AUDITOR).get(f"/runs/{RUN}/sight"))["why"] == say(f"live.why_{why}")


def test_a_held_screen_outlives_the_console_and_the_session(tmp_path: Path, screen: OneScreen) -> None:
    """After a restart and a new sign-in the same person still has it; a sign that the run took it back clears it."""
    with desk_in(tmp_path, live=screen) as desk:
        desk.store.add_run(RunRecord(run=RUN, bot="key-orders", flow="f", state=RunState.RUNNING))
        desk.as_("lin", Role.OPERATOR).post(f"/runs/{RUN}/take-over")
    with desk_in(tmp_path, live=screen) as desk:
        desk.store.add_run(RunRecord(run=RUN, bot="key-orders", flow="f", state=RunState.RUNNING))
        lin = desk.as_("lin", Role.OPERATOR)
        assert facts(lin.get(f"/runs/{RUN}/sight"))["mine"] is True
        assert lin.post(f"/runs/{RUN}/hands", json=CLICK).status_code == 204
        lin.post(f"/runs/{RUN}/hand-back", data={"then": "go_on"})
    assert (len(screen.did), screen.then) == (2, [Then.GO_ON])


def test_a_program_takes_over_by_its_token(desk: Desk, screen: OneScreen) -> None:
    """Under /api the same rules: one holder, sentences, and a token without the right does nothing."""
    desk.people.ensure_user("su", Role.OPERATOR)
    secret = desk.people.make_token("su", "robot", {Right.SEE, Right.LAUNCH}, days=1, now=desk.clock())
    robot = {"Authorization": f"Bearer {secret}"}
    at = f"/api/runs/{RUN}"
    assert desk.client.post(f"{at}/hands", json=CLICK, headers=robot).status_code == 409
    assert desk.client.post(f"{at}/take-over", headers=robot).json() == {"run": RUN, "phase": "asked"}
    assert facts(desk.client.get(f"{at}/sight", headers=robot))["mine"] is True
    assert desk.client.post(f"{at}/hands", json=CLICK, headers=robot).status_code == 204
    assert "su has the screen" in desk.as_("lin", Role.OPERATOR).post(f"/runs/{RUN}/take-over").text
    assert desk.client.post(f"{at}/hand-back", json={"then": "ask"}, headers=robot).json()["then"] == "ask"
    assert (len(screen.did), screen.then) == (2, [Then.ASK])


def test_a_console_without_screens(tmp_path: Path) -> None:
    """It says that the run is not to be seen from here; nothing can be taken."""
    with desk_in(tmp_path) as desk:
        desk.store.add_run(RunRecord(run=RUN, bot="key-orders", flow="f", state=RunState.RUNNING))
        lin = desk.as_("lin", Role.OPERATOR)
        assert "not at work on this machine" in lin.get(f"/runs/{RUN}/screen").text
        assert lin.get(f"/runs/{RUN}/sight").status_code == 404
