"""Accounts: passwords, invitations, roles, tokens with few rights, and floods that are slowed down."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from nightclerk.console.accounts import BadName, LastAdmin, WeakPassword, WrongPassword
from nightclerk.console.limits import WRITES, Limits, Rate
from nightclerk.console.people import People
from nightclerk.console.rights import Right, Role
from nightclerk.console.tokens import BadToken
from nightclerk.errors import BusinessError
from tests.unit.console_kit import NOW, Desk, desk_in

PASSWORD = "a long lamp at night"


@pytest.fixture
def people(tmp_path: Path) -> Iterator[People]:
    found = People(tmp_path / "console.db")
    yield found
    found.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_in(tmp_path) as found:
        yield found


def test_a_password_signs_in_and_is_not_stored(people: People, tmp_path: Path) -> None:
    """The right one opens a session, another one and another name do not, and no file holds it."""
    people.create_user("lin", Role.OPERATOR)
    people.set_password("lin", PASSWORD)
    assert people.enter("lin", PASSWORD, now=NOW) is not None
    assert people.enter("lin", PASSWORD + "x", now=NOW) is None
    assert people.enter("su", PASSWORD, now=NOW) is None
    assert not any(PASSWORD.encode() in file.read_bytes() for file in tmp_path.iterdir())


@pytest.mark.parametrize(
    ("password", "old", "error", "sentence"),
    [
        ("short", "", WeakPassword, "A password has at least 10 characters"),
        ("another long one", "wrong", WrongPassword, "The old password is wrong"),
    ],
)
def test_a_password_is_changed_by_the_old_one(
    people: People, password: str, old: str, error: type[BusinessError], sentence: str
) -> None:
    """Too short ones and changes without the old one are refused in a sentence."""
    people.create_user("lin", Role.OPERATOR)
    people.set_password("lin", PASSWORD)
    with pytest.raises(error) as caught:
        people.set_password("lin", password, old=old)
    assert caught.value.sentence("en").startswith(sentence)
    assert people.password_fits("lin", PASSWORD)


def test_an_invited_person_comes_in_by_a_code_once(people: People) -> None:
    """A name is given once; the code opens one session and no second."""
    code = people.invite("林知远", Role.FINANCE, now=NOW)
    assert people.redeem(code, now=NOW) is not None
    assert people.redeem(code, now=NOW) is None
    for name in ("林知远", " su", "", "x" * 41, "a\nb"):
        with pytest.raises(BadName):
            people.invite(name, Role.FINANCE, now=NOW)


def test_a_closed_account_opens_nothing(people: People) -> None:
    """Session, password, code and token end together; the last admin stays."""
    people.create_user("admin", Role.ADMIN)
    people.create_user("lin", Role.OPERATOR)
    people.set_password("lin", PASSWORD)
    session, code = people.begin("lin", now=NOW), people.issue_code("lin", now=NOW)
    token = people.make_token("lin", "nightly", [Right.SEE], days=3, now=NOW)
    people.close_account("lin", now=NOW)
    opened = (people.session(session, now=NOW), people.enter("lin", PASSWORD, now=NOW), people.redeem(code, now=NOW))
    assert (opened, people.bearer(token, now=NOW)) == ((None, None, None), None)
    with pytest.raises(LastAdmin):
        people.close_account("admin", now=NOW)
    with pytest.raises(LastAdmin):
        people.change_role("admin", Role.AUDITOR)


def test_a_session_ends_after_three_days_of_use(people: People) -> None:
    """However often it is used."""
    people.create_user("lin", Role.OPERATOR)
    session = people.begin("lin", now=NOW)
    lived = [hour for hour in range(0, 80, 8) if people.session(session, now=NOW + timedelta(hours=hour))]
    assert lived[-1] == 72


def test_a_token_holds_no_more_than_its_owner_and_ends(people: People) -> None:
    """Its rights are the smaller of scopes and role, also after the role has changed."""
    people.create_user("lin", Role.OPERATOR)
    secret = people.make_token("lin", "nightly", [Right.SEE, Right.LAUNCH], days=3, now=NOW)
    asked = people.bearer(secret, now=NOW)
    assert asked is not None
    assert (asked.may(Right.LAUNCH), asked.may(Right.DECIDE)) == (True, False)
    people.change_role("lin", Role.AUDITOR)
    asked = people.bearer(secret, now=NOW)
    assert asked is not None
    assert (asked.may(Right.SEE), asked.may(Right.LAUNCH)) == (True, False)
    assert people.bearer(secret, now=NOW + timedelta(days=4)) is None
    with pytest.raises(BadToken):
        people.make_token("lin", "all", [], days=3, now=NOW)


def test_a_token_opens_the_api_and_nothing_else(desk: Desk) -> None:
    """With it a program launches by its scope; a page asks it to sign in, another act is refused."""
    desk.people.create_user("lin", Role.OPERATOR)
    secret = desk.people.make_token("lin", "nightly", [Right.SEE, Right.LAUNCH], days=3, now=NOW)
    headers = {"Authorization": f"Bearer {secret}"}
    started = desk.client.post("/api/bots/key-orders/runs", json={"parameters": {"limit": "7"}}, headers=headers)
    assert (started.status_code, desk.bots.launched) == (201, [("key-orders", {"limit": "7"}, "lin")])
    refused = desk.client.post("/api/tasks/answer", json={"task": "t", "answer": "a"}, headers=headers)
    assert (refused.status_code, "role does not allow" in refused.json()["error"]) == (403, True)
    assert desk.client.get("/tonight", headers=headers).headers["location"].startswith("/sign-in")
    assert desk.client.get("/api/runs", headers={"Authorization": "Bearer nc_wrong"}).status_code == 401


def test_signing_in_by_password(desk: Desk) -> None:
    """The page asks for name and password once somebody has one, and says which sentence when they do not fit."""
    desk.people.create_user("lin", Role.OPERATOR)
    desk.people.set_password("lin", PASSWORD)
    assert "Password" in desk.client.get("/sign-in").text
    wrong = desk.client.post("/sign-in/password", data={"name": "lin", "password": "nonsense nonsense"})
    assert (wrong.status_code, "do not fit together" in wrong.text) == (403, True)
    right = desk.client.post("/sign-in/password", data={"name": "lin", "password": PASSWORD, "back": "%2Fruns"})
    assert (right.status_code, right.headers["location"]) == (303, "/runs")
    assert ("lin", "sign_in") in [(who, what) for who, what, _, _ in desk.book.told]


def test_a_form_of_an_ended_session_is_not_lost(desk: Desk) -> None:
    """Who sends a form after the session has ended signs in, is told so, and comes back to the page it was on."""
    lin = desk.as_("lin", Role.OPERATOR)
    desk.people.sign_out("lin")
    headers = {"Referer": "http://127.0.0.1/tasks?task=t1"}
    sent = lin.post("/tasks/answer", data={"task": "t1", "answer": "yes"}, headers=headers)
    assert sent.headers["location"] == "/sign-in?back=%2Ftasks%3Ftask%3Dt1&begun=1"
    assert "your session had ended" in lin.get(sent.headers["location"]).text.lower()


def test_the_admin_invites_and_closes(desk: Desk) -> None:
    """The code is shown once; a doubled name and the last admin are refused in a sentence."""
    admin = desk.as_("admin")
    page = admin.post("/settings/people", data={"name": "su", "role": "auditor"}).text
    assert "One-time code for su" in page
    assert "nobody else" in admin.post("/settings/people", data={"name": "su", "role": "auditor"}).text
    assert admin.post("/settings/people/su", data={"act": "role", "role": "finance"}).status_code == 303
    assert desk.people.person("su").role is Role.FINANCE  # type: ignore[union-attr]
    assert "One admin has to stay" in admin.post("/settings/people/admin", data={"act": "close"}).text


def test_a_burst_passes_and_a_flood_does_not() -> None:
    """So many at once, then so many a second; one caller does not use up another's."""
    seconds = [0.0]
    limits, rate = Limits(monotonic=lambda: seconds[0]), Rate(burst=3, per_s=1)
    assert [limits.take("lin", rate) for _ in range(4)] == [True, True, True, False]
    assert limits.take("su", rate)
    seconds[0] = 1.0
    assert [limits.take("lin", rate) for _ in range(2)] == [True, False]


def test_too_many_writes_are_told_to_wait(desk: Desk) -> None:
    """After the burst a form is answered 429 with a sentence, and nothing is done."""
    desk.client.app.state.limits = Limits(monotonic=lambda: 0.0)  # type: ignore[attr-defined]
    lin = desk.as_("lin", Role.OPERATOR)
    answers = [lin.post("/tasks/take-over", data={"run": "none"}).status_code for _ in range(WRITES.burst + 1)]
    assert (set(answers[:-1]), answers[-1]) == ({404}, 429)
