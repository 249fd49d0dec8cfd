"""The order-entry partner: what it does to a request on instruction, and what stands in its books afterwards."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from nightclerk.sandbox.partner import LOGIN, Server, serve
from nightclerk.sandbox.partner_books import PartnerBooks


class Visitor:
    """A signed-in client without a browser."""

    def __init__(self, address: str) -> None:
        self._address = address
        body = urlencode({"user": LOGIN[0], "password": LOGIN[1]})
        answer = self.ask("POST", "/till/login", body)
        self.cookie = answer.headers["Set-Cookie"].partition(";")[0]

    def ask(self, method: str, path: str, body: str | None = None) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection(self._address, timeout=10)
        connection.request(method, path, body, {"Cookie": getattr(self, "cookie", "")})
        return connection.getresponse()

    def save(self, ref: str, site: str = "till") -> http.client.HTTPResponse:
        return self.ask("POST", f"/{site}/save", json.dumps({"ref": ref, "quantity": 2}))

    def tell(self, at: str, do: str, seconds: float = 0.0) -> int:
        return int(json.load(self.ask("POST", "/_/tell", json.dumps({"at": at, "do": do, "seconds": seconds})))["id"])


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    listening = serve(tmp_path, port=0)
    thread = threading.Thread(target=listening.serve_forever, args=(0.01,))
    thread.start()
    yield listening
    listening.shutdown()
    thread.join()
    listening.server_close()


@pytest.fixture
def visitor(server: Server, tmp_path: Path) -> Visitor:
    return Visitor(urlsplit(json.loads((tmp_path / "partner.json").read_text())["url"]).netloc)


def test_the_same_reference_is_taken_twice(visitor: Visitor, tmp_path: Path) -> None:
    """This partner protects nobody: only then does a count of its books prove anything."""
    visitor.save("a")
    visitor.save("a")
    assert PartnerBooks(tmp_path).counts() == {"a": 2}


@pytest.mark.parametrize(("at", "standing"), [("arrived", {}), ("committed", {"a": 1})])
def test_a_dropped_answer_tells_nothing(visitor: Visitor, tmp_path: Path, at: str, standing: dict[str, int]) -> None:
    """The client sees the same cut connection, whether the order was written or not."""
    visitor.tell(at, "drop")
    with pytest.raises((ConnectionError, http.client.RemoteDisconnected)):
        visitor.save("a")
    assert PartnerBooks(tmp_path).counts() == standing


def test_a_held_request_waits_for_its_release(visitor: Visitor, tmp_path: Path) -> None:
    """A harness has all the time that it needs to kill whoever sent the request; then the order still lands."""
    order = visitor.tell("arrived", "hold")
    sending = threading.Thread(target=visitor.save, args=("a",))
    sending.start()
    while json.load(visitor.ask("GET", f"/_/told?id={order}")) != {"state": "met", "ref": "a"}:
        assert PartnerBooks(tmp_path).counts() == {}
    visitor.ask("POST", "/_/release", json.dumps({"id": order}))
    sending.join()
    assert PartnerBooks(tmp_path).counts() == {"a": 1}


def test_the_depot_shows_an_order_later_than_the_till(visitor: Visitor) -> None:
    """Its search lags by a second and a half: an empty answer right after a save proves nothing."""
    visitor.save("a", "depot")
    visitor.save("b", "till")
    assert b'data-ref="a"' not in visitor.ask("GET", "/depot/search?ref=a").read()
    assert b'data-ref="b"' in visitor.ask("GET", "/till/search?ref=b").read()


def test_a_forgotten_session_writes_nothing(visitor: Visitor, tmp_path: Path) -> None:
    """Sessions that expire while a save is under way turn it away before the books."""
    visitor.tell("arrived", "expire")
    assert visitor.save("a").status == 401
    assert PartnerBooks(tmp_path).counts() == {}


def test_an_instruction_for_a_point_that_does_not_exist_is_refused(server: Server) -> None:
    """A typing mistake in a harness must not look like a fault that never came."""
    with pytest.raises(ValueError, match="points are look, form, arrived, committed"):
        server.partner.orders.tell("answered", "drop")
