"""A small order-entry site to be hard on: `python -m nightclerk.sandbox.partner --state DIR --port 0`.

Two sites in one process: `till`, whose search is complete and immediate, and `depot`, whose search lags. An order is
committed to the books before anything is answered, and a second order under one reference is taken as gladly as the
first: this partner protects nobody. Under /_/ a harness tells it what to do to which request. Loopback only; it
writes DIR/partner.json when it listens, and ends when its standard input closes (`--with-parent`).
"""

from __future__ import annotations

import argparse
import contextlib
import html
import json
import os
import secrets
import socket
import struct
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from nightclerk.sandbox.partner_books import PartnerBooks
from nightclerk.sandbox.partner_orders import Order, Orders

LOGIN = ("night01", "Chaos-Partner<01>")
SITES = ("till", "depot")
DEPOT_LAG_S = 1.5
PAGES = Path(__file__).parent / "pages" / "partner"


class Dropped(Exception):
    """The connection is to be cut without an answer."""


@dataclass
class Partner:
    """What the requests share. `answer_s` is how long every answer takes (a slow partner)."""

    books: PartnerBooks
    orders: Orders = field(default_factory=Orders)
    sessions: set[str] = field(default_factory=set)
    answer_s: float = 0.0

    def meet(self, at: str, site: str, ref: str) -> str:
        """Let the harness have its way with this request: "" to go on, or "fail". Raises Dropped."""
        order = self.orders.take(at, site, ref)
        return "" if order is None else self._meet(order)

    def _meet(self, order: Order) -> str:
        if order.do in ("hold", "delay"):
            self.orders.wait(order)
        if order.do == "expire":
            self.sessions.clear()
        if order.do == "drop":
            raise Dropped
        return "fail" if order.do == "fail" else ""


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    partner: Partner

    def do_GET(self) -> None:
        with self._dropping():
            self._get()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with self._dropping():
            self._post(body)

    def _get(self) -> None:
        parts = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        site, _, page = parts.path.strip("/").partition("/")
        if site == "_":
            self._json(self.partner.orders.told(int(asked["id"])))
        elif site not in SITES:
            self._send("", status=404)
        elif not self._signed_in():
            self._page("login", site=site)
        elif page == "search":
            self._search(site, asked.get("ref", ""))
        elif page == "new":
            self._form(site)
        else:
            self._page("home", site=site)

    def _post(self, body: bytes) -> None:
        site, _, act = urlsplit(self.path).path.strip("/").partition("/")
        if site == "_":
            self._told(act, json.loads(body))
        elif act == "login":
            self._log_in(site, {k: v[0] for k, v in parse_qs(body.decode()).items()})
        else:
            self._save(site, json.loads(body))

    def _search(self, site: str, ref: str) -> None:
        if self.partner.meet("look", site, ref) == "fail":
            self._send("<h1>502 Bad Gateway</h1>", status=502)
            return
        if not self._signed_in():
            self._page("login", site=site)
            return
        found = self.partner.books.find(site, ref)
        rows = "".join(
            f'<tr data-ref="{html.escape(o.ref)}"><td class=number>{o.number}</td>'
            f"<td>{html.escape(o.ref)}</td><td class=quantity>{o.quantity}</td></tr>"
            for o in found
        )
        self._page("search", site=site, ref=html.escape(ref), rows=rows, total=str(len(found)))

    def _form(self, site: str) -> None:
        if self.partner.meet("form", site, "") == "fail":
            self._send("<h1>502 Bad Gateway</h1>", status=502)
        elif not self._signed_in():
            self._page("login", site=site)
        else:
            self._page("new", site=site)

    def _save(self, site: str, asked: dict[str, Any]) -> None:
        ref, quantity = str(asked["ref"]), int(asked["quantity"])
        failed = self.partner.meet("arrived", site, ref)
        threading.Event().wait(self.partner.answer_s)
        if not failed and not self._signed_in():
            self._json({"ok": False, "message": "登录已失效，请重新登录"}, status=401)
            return
        number = 0 if failed else self.partner.books.save(site, ref, quantity, lag_s=_lag_s(site))
        if failed or self.partner.meet("committed", site, ref):
            self._send("<h1>502 Bad Gateway</h1>", status=502)
            return
        self._json({"ok": True, "number": number, "message": f"保存成功：{number}"})

    def _told(self, act: str, asked: dict[str, Any]) -> None:
        if act == "tell":
            self._json({"id": self.partner.orders.tell(**asked)})
        else:
            self.partner.orders.release(int(asked["id"]))
            self._json({"ok": True})

    # ---------------------------------------------------------------------------------------- inside

    def _signed_in(self) -> bool:
        cookies = self.headers.get("Cookie", "")
        return any(token in self.partner.sessions for token in cookies.replace("session=", "").split("; "))

    def _log_in(self, site: str, asked: dict[str, str]) -> None:
        if (asked.get("user", ""), asked.get("password", "")) != LOGIN:
            self._page("login", site=site)
            return
        token = secrets.token_urlsafe(12)
        self.partner.sessions.add(token)
        self.send_response(303)
        self.send_header("Location", f"/{site}/")
        self.send_header("Set-Cookie", f"session={token}; Path=/; HttpOnly; SameSite=Lax")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _page(self, name: str, **facts: str) -> None:
        text = (PAGES / f"{name}.html").read_text(encoding="utf-8")
        for key, value in facts.items():
            text = text.replace("{{" + key + "}}", value)
        self._send(text)

    def _json(self, value: Any, *, status: int = 200) -> None:
        self._send(json.dumps(value, ensure_ascii=False), status=status, kind="application/json")

    def _send(self, text: str, *, status: int = 200, kind: str = "text/html") -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    @contextlib.contextmanager
    def _dropping(self) -> Any:
        """Dropped cuts the connection at once (RST); a client that has gone away is no error of ours."""
        try:
            yield
        except Dropped:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def finish(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            super().finish()

    def log_message(self, format: str, *args: Any) -> None:
        """Nobody reads it."""


def _lag_s(site: str) -> float:
    return DEPOT_LAG_S if site == "depot" else 0.0


class Server(ThreadingHTTPServer):
    """Threads end with the process."""

    partner: Partner
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed in the middle is what this partner is for."""
        if not isinstance(sys.exc_info()[1], OSError | ValueError):
            super().handle_error(request, client_address)


def serve(state: Path, *, port: int, answer_s: float = 0.0) -> Server:
    """A listening server (not yet serving) whose address stands in DIR/partner.json."""
    partner = Partner(PartnerBooks(state), answer_s=answer_s)
    server = Server(("127.0.0.1", port), type("BoundHandler", (Handler,), {"partner": partner}))
    server.partner = partner
    draft = state / f"partner.{os.getpid()}.json"
    draft.write_text(json.dumps({"url": f"http://127.0.0.1:{server.server_port}"}), encoding="utf-8")
    draft.replace(state / "partner.json")
    return server


def _stop_with_parent(server: Server) -> None:
    sys.stdin.buffer.read()
    server.shutdown()


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="nightclerk.sandbox.partner", description=__doc__.split("\n")[0])
    parser.add_argument("--state", type=Path, required=True, help="folder of the partner's own books")
    parser.add_argument("--port", type=int, default=0, help="0: any free port")
    parser.add_argument("--answer-ms", type=float, default=0.0, help="how long every save takes")
    parser.add_argument("--with-parent", action="store_true", help="end when standard input closes")
    asked = parser.parse_args(arguments)
    asked.state.mkdir(parents=True, exist_ok=True)
    server = serve(asked.state.resolve(), port=asked.port, answer_s=asked.answer_ms / 1000)
    if asked.with_parent:
        threading.Thread(target=_stop_with_parent, args=(server,), daemon=True).start()
    server.serve_forever(poll_interval=0.2)


if __name__ == "__main__":
    main()
