"""Signing in with a company account: who comes in and as what, and everything that must not let anybody in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

pytest.importorskip("authlib", reason="the extra `oidc` is not installed")

from nightclerk.console.oidc import AWAY, Oidc, oidc_of
from nightclerk.console.rights import Role
from nightclerk.errors import ApplicationError
from nightclerk.settings import read_settings
from tests.unit.account_service import Provider, RSAKey, account_service
from tests.unit.console_kit import Desk, desk_in

START = "/sign-in/company"
ROLES = {"night-audit": Role.AUDITOR, "night-ops": Role.OPERATOR}


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with account_service() as found:
        found.claims["groups"] = ["everybody", "night-ops"]
        yield found


@pytest.fixture
def desk(tmp_path: Path, provider: Provider) -> Iterator[Desk]:
    settings = Oidc(issuer=provider.issuer, client="nightclerk", roles=ROLES, secret=lambda: "a client's secret")
    with desk_in(tmp_path, oidc=settings) as found:
        yield found


def come_back(desk: Desk, back: str = "") -> httpx.Response:
    """The way there and back; returns what the console says at its end."""
    there = desk.client.get(START, params={"back": back})
    assert there.status_code == 303, there.text
    sent_to = httpx.get(there.headers["location"], trust_env=False).headers["location"]
    return desk.client.get(sent_to)


def test_somebody_comes_in_with_the_role_of_their_group(desk: Desk) -> None:
    """The page offers it; who comes back is signed in, where they wanted to go, and stands among the people."""
    assert f'href="{START}"' in desk.client.get("/sign-in").text
    answer = come_back(desk, back="/items?q=3515")
    assert (answer.status_code, answer.headers["location"]) == (303, "/items?q=3515")
    assert "苏砚秋" in desk.client.get("/tonight").text
    assert desk.people.person("苏砚秋").role is Role.OPERATOR  # type: ignore[union-attr]
    assert desk.book.told[-1][:2] == ("苏砚秋", "sign_in")


def test_a_changed_group_changes_the_role(desk: Desk, provider: Provider) -> None:
    """At the next sign-in, under the name of the first time; without a group of ours nobody comes in."""
    come_back(desk)
    provider.claims |= {"groups": "night-audit", "preferred_username": "苏砚秋2"}
    assert come_back(desk).status_code == 303
    assert desk.people.person("苏砚秋").role is Role.AUDITOR  # type: ignore[union-attr]
    provider.claims["groups"] = ["everybody"]
    refused = come_back(desk)
    assert refused.status_code == 403
    assert "has no role here" in refused.text


def test_a_local_account_is_not_taken_over(desk: Desk, provider: Provider) -> None:
    """Whoever calls themselves admin at the account service is no admin here; a closed account stays closed."""
    desk.people.ensure_user("admin", Role.ADMIN)
    provider.claims["preferred_username"] = "admin"
    assert "cannot take it over" in come_back(desk).text
    provider.claims["preferred_username"] = "苏砚秋"
    come_back(desk)
    desk.people.close_account("苏砚秋", now=desk.clock())
    assert "is closed here" in come_back(desk).text


@pytest.mark.parametrize(
    "changes",
    [{"iss": "https://elsewhere.example"}, {"aud": "another-client"}, {"nonce": "another"}, {"exp": 1_000_000}],
)
def test_a_token_for_somebody_else_opens_nothing(desk: Desk, provider: Provider, changes: dict[str, object]) -> None:
    """Another issuer, another client, another sign-in, or too old."""
    provider.changes = changes
    answer = come_back(desk)
    assert answer.status_code == 403
    assert "This sign-in was not completed" in answer.text
    assert desk.people.person("苏砚秋") is None


def test_a_token_signed_by_another_key_opens_nothing(desk: Desk, provider: Provider) -> None:
    """Even under the right key's name."""
    provider.signer = RSAKey.generate_key(2048, {"kid": "one"})
    assert come_back(desk).status_code == 403


def test_an_answer_serves_one_browser_once(desk: Desk, provider: Provider) -> None:
    """Another browser, the same address twice, and an answer after ten minutes are refused in a sentence."""
    address = httpx.get(desk.client.get(START).headers["location"], trust_env=False).headers["location"]
    assert "came from another browser" in desk.as_("lin").get(address).text
    assert [desk.client.get(address).status_code for _ in range(2)] == [303, 403]
    address = httpx.get(desk.client.get(START).headers["location"], trust_env=False).headers["location"]
    desk.clock.at += AWAY + timedelta(seconds=1)
    assert "took too long" in desk.client.get(address).text


def test_a_service_that_is_away_is_told(tmp_path: Path) -> None:
    """The sign-in page comes back with a sentence; names and passwords still work."""
    settings = Oidc(issuer="http://127.0.0.1:9", client="nightclerk", roles=ROLES)
    with desk_in(tmp_path, oidc=settings) as desk:
        answer = desk.client.get(START)
        assert answer.status_code == 502
        assert "did not answer properly" in answer.text


def test_without_settings_there_is_no_company_account(tmp_path: Path) -> None:
    """Off unless configured: no button, no address."""
    with desk_in(tmp_path) as desk:
        assert START not in desk.client.get("/sign-in").text
        assert desk.client.get(START).status_code == 404


def test_company_people_choose_no_password(desk: Desk) -> None:
    """It would outlive their company account; the page does not offer it."""
    come_back(desk)
    assert 'name="password"' not in desk.client.get("/me").text
    token = desk.people.session(desk.client.cookies["nightclerk_80"], now=desk.clock()).csrf  # type: ignore[union-attr]
    answer = desk.client.post("/me/password", data={"password": "a long lamp at night", "csrf": token})
    assert "there is no password here" in answer.text


def test_the_settings_are_checked() -> None:
    """An address in the clear, a missing part and a role that nobody knows are told; good settings are read."""
    good = {"issuer": "https://login.example.com", "client": "nightclerk", "roles": {"ops": "operator"}}
    for change in ({"issuer": "http://login.example.com"}, {"client": ""}, {"roles": {}}, {"rolls": 1}):
        assert [one.key for one in read_settings({"oidc": good | change})[1]] == ["oidc"]
    settings, misfits = read_settings({"oidc": good | {"secret": "oidc-client"}})
    assert misfits == []
    found = oidc_of(settings.oidc, lambda name: f"the value of {name}")
    assert found is not None
    assert (found.secret(), found.role_of({"groups": ["ops"]})) == ("the value of oidc-client", Role.OPERATOR)
    with pytest.raises(ApplicationError, match="boss"):
        oidc_of(good | {"roles": {"ops": "boss"}}, str)
