"""The console's gate: every route against every role, and what comes from elsewhere or without the token."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from starlette.routing import WebSocketRoute
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from nightclerk.console.app import ROUTERS
from nightclerk.console.limits import Limits
from nightclerk.console.people import People
from nightclerk.console.rights import EVIDENCE, ROUTES, Right, Role, may
from nightclerk.console.serve import ConsoleHandle, start_console
from nightclerk.console.services import Services
from nightclerk.evidence.replay import load_run
from nightclerk.work.memory import MemoryStore


class NoBots:
    def bots(self) -> list[None]:
        return []

    def launch(self, *_: object, **__: object) -> str:
        return "run-1"

    def cancel(self, *_: object) -> None: ...
    def pause(self, *_: object) -> None: ...
    def resume(self, *_: object) -> None: ...

    def next_starts(self, *_: object) -> list[datetime]:
        return []


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ConsoleHandle]:
    home = tmp_path_factory.mktemp("workspace")
    services = Services(
        store=MemoryStore(), workspace=home, logs=home / "logs", launcher=NoBots(), load_run=load_run, language="en"
    )
    handle = start_console(services)
    yield handle
    handle.stop()


@pytest.fixture(scope="module")
def clients(console: ConsoleHandle) -> Iterator[dict[Role, httpx.Client]]:
    """One signed-in client a role; each sends its token with every request."""
    people: People = console.app.state.people
    now, signed_in = datetime.now(UTC), {}
    for role in Role:
        people.create_user(f"the {role}", role)
        client = httpx.Client(base_url=console.url, timeout=60)
        answer = client.post("/sign-in", data={"code": people.issue_code(f"the {role}", now=now)})
        client.headers["X-CSRF-Token"] = people.session(next(iter(answer.cookies.values())), now=now).csrf
        signed_in[role] = client
    yield signed_in
    for client in signed_in.values():
        client.close()


def test_whoever_sees_evidence_is_written_down(console: ConsoleHandle, clients: dict[Role, httpx.Client]) -> None:
    """Each route that hands out evidence tells who asked for which run from where; a page of lists tells nothing."""
    told: list[tuple[str, str, str]] = []

    class Book:
        def saw(self, *, who: str, what: str, run: str, place: str, facts: object) -> None:
            assert place == "console 127.0.0.1"
            told.append((who, what, run))

        def close(self) -> None: ...

    state = console.app.state
    before, state.services = state.services, replace(state.services, accesses=Book())
    try:
        for path in ("/runs", *(path for method, path in EVIDENCE if method == "GET")):
            clients[Role.ADMIN].get(_filled(path.replace("{run}", "r1")))
    finally:
        state.services = before
    words = {word for (method, _), word in EVIDENCE.items() if method == "GET"}
    assert {what for _, what, _ in told} == words
    assert {who for who, _, _ in told} == {"the admin"}
    assert {run for _, what, run in told if what not in ("invoice", "items")} == {"r1"}
    assert set(EVIDENCE) <= set(ROUTES)


def _routes() -> list[tuple[str, str]]:
    found = []
    for module in ROUTERS:
        for route in module.router.routes:
            methods = {"WS"} if isinstance(route, WebSocketRoute) else route.methods - {"HEAD"}
            found += [(method, route.path) for method in methods]
    return found


def _filled(path: str) -> str:
    return re.sub(r"\{[^}]+\}", "1", path)


def test_the_table_of_rights_lists_every_route_and_no_other() -> None:
    """A new route without a right fails here, and so does a right without a route."""
    assert sorted(_routes()) == sorted(ROUTES)


@pytest.mark.parametrize("role", Role)
def test_every_route_asks_for_its_right(clients: dict[Role, httpx.Client], role: Role) -> None:
    """403 where the role lacks the right, and never where it has it."""
    for (method, path), right in ROUTES.items():
        if method == "WS" or path == "/sign-out" or right is Right.PUBLIC:
            continue
        refused = clients[role].request(method, _filled(path)).status_code == 403
        assert refused != may(role, right), f"{role}: {method} {path}"


def test_nothing_but_signing_in_works_without_a_session(console: ConsoleHandle) -> None:
    """Pages lead to the sign-in page, forms do nothing, the API says 401, the socket is refused."""
    with httpx.Client(base_url=console.url, timeout=60) as stranger:
        for (method, path), right in ROUTES.items():
            if method != "WS" and right is not Right.PUBLIC:
                answer = stranger.request(method, _filled(path))
                assert answer.status_code == (401 if path.startswith("/api/") else 303), f"{method} {path}"
    with pytest.raises(InvalidStatus, match="403"), connect(_socket(console), origin=console.url):
        pass


def _socket(console: ConsoleHandle) -> str:
    return console.url.replace("http", "ws") + "/live"


def _cookie(client: httpx.Client) -> str:
    return "; ".join(f"{name}={value}" for name, value in client.cookies.items())


def test_a_foreign_page_can_do_nothing(console: ConsoleHandle, clients: dict[Role, httpx.Client]) -> None:
    """Another origin is refused with the right cookie and token, on forms and on the socket."""
    admin = clients[Role.ADMIN]
    for header in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert admin.post("/tasks/answer", data={"task": "x", "answer": "y"}, headers=header).status_code == 403
    cookies = {"Cookie": _cookie(admin)}
    with pytest.raises(InvalidStatus, match="403"):
        connect(_socket(console), origin="https://evil.example", additional_headers=cookies)
    with connect(_socket(console), origin=console.url, additional_headers=cookies) as socket:
        assert '"hello"' in socket.recv(timeout=5)


def test_a_form_without_its_token_changes_nothing(clients: dict[Role, httpx.Client]) -> None:
    """A missing and a wrong token are refused with the sentence that says what to do."""
    admin = clients[Role.ADMIN]
    for token in ("", "wrong"):
        answer = admin.post("/tasks/answer", data={"task": "x", "answer": "y"}, headers={"X-CSRF-Token": token})
        assert (answer.status_code, "reload it and try again" in answer.text) == (403, True)


def test_other_host_names_are_refused(clients: dict[Role, httpx.Client]) -> None:
    """A name that a stranger points at this machine reaches nothing (DNS rebinding)."""
    assert clients[Role.ADMIN].get("/tonight", headers={"Host": "evil.example"}).status_code == 400


def test_every_answer_carries_the_strict_headers(clients: dict[Role, httpx.Client]) -> None:
    """Pages, pictures that are not there, style sheets: same policy, nothing unsafe in it."""
    for path in ("/tonight", "/nowhere", "/static/tabler/tabler.min.css", "/api/runs"):
        headers = clients[Role.ADMIN].get(path).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_a_code_signs_in_once_and_not_for_ever(tmp_path: Path) -> None:
    """Used, replaced and old codes are all refused; spelling with blanks and small letters is fine."""
    people, now = People(tmp_path / "people.db"), datetime.now(UTC)
    people.create_user("lin", Role.OPERATOR)
    first = people.issue_code("lin", now=now)
    second = people.issue_code("lin", now=now)
    assert people.redeem(first, now=now) is None
    assert people.redeem(second.lower().replace("-", " "), now=now) is not None
    assert people.redeem(second, now=now) is None
    assert people.redeem(people.issue_code("lin", now=now), now=now + timedelta(days=1)) is None


def test_sessions_end_when_idle_or_when_the_role_changes(tmp_path: Path) -> None:
    """A night without a click ends a session, and so does a new role."""
    people, now = People(tmp_path / "people.db"), datetime.now(UTC)
    people.create_user("lin", Role.OPERATOR)
    token = people.redeem(people.issue_code("lin", now=now), now=now) or ""
    assert people.session(token, now=now + timedelta(hours=13)) is not None
    assert people.session(token, now=now + timedelta(hours=28)) is None
    token = people.redeem(people.issue_code("lin", now=now), now=now) or ""
    people.create_user("lin", Role.AUDITOR)
    assert people.session(token, now=now) is None


def test_guessing_codes_is_slowed_down(console: ConsoleHandle) -> None:
    """After ten wrong codes within a minute nobody there gets another try for a while."""
    console.app.state.limits = Limits(monotonic=lambda: 0.0)
    with httpx.Client(base_url=console.url, timeout=60) as stranger:
        codes = [stranger.post("/sign-in", data={"code": "AAAAA"}).status_code for _ in range(11)]
    assert codes == [403] * 10 + [429]
