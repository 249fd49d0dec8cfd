"""The one gate before every page, form, picture and socket: session, right, same origin, token, strict headers."""

from __future__ import annotations

import hmac
from typing import Any
from urllib.parse import quote, urlsplit

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from nightclerk.console.limits import HANDS, HEAVY, READS, WRITES, Limits, Rate
from nightclerk.console.people import People
from nightclerk.console.rights import EVIDENCE, TOKEN_PATHS, Right, right_for
from nightclerk.console.services import Services
from nightclerk.console.sessions import Session
from nightclerk.texts import LANGUAGES, language, say

MAX_BODY_BYTES = 64 * 1024 * 1024
_SAFE_METHODS = {"GET", "HEAD", "WS"}
_HEAVY_WORDS = frozenset({"verify", "pack", "items"})
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class SignInNeeded(Exception):
    """There is no living session; `back` is where to go after signing in, `begun` that a form was being sent."""

    def __init__(self, back: str, *, begun: bool = False) -> None:
        super().__init__(back)
        self.back, self.begun = back, begun


def cookie_name(connection: HTTPConnection) -> str:
    """One cookie for each port: browsers share cookies between all consoles of one machine."""
    return f"nightclerk_{connection.url.port or 80}"


def same_origin(connection: HTTPConnection, *, required: bool = False) -> bool:
    """Whether the request was made by a page of this console (or by a program that is no browser)."""
    origin = connection.headers.get("origin")
    if origin is not None:
        return urlsplit(origin).netloc == connection.headers.get("host")
    if required:
        return False
    return connection.headers.get("sec-fetch-site", "none") in {"same-origin", "none"}


def session_of(connection: HTTPConnection) -> Session | None:
    """Who asks: a program by its token (where tokens are taken), else the living session that the cookie names."""
    people: People = connection.app.state.people
    services: Services = connection.app.state.services
    scheme, _, secret = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and connection.url.path.startswith(TOKEN_PATHS):
        return people.bearer(secret.strip(), now=services.now())
    token = connection.cookies.get(cookie_name(connection), "")
    return people.session(token, now=services.now()) if token else None


def place_of(connection: HTTPConnection) -> str:
    """Where somebody sits, as the access journal writes it."""
    return f"console {connection.client.host}" if connection.client else "console"


def _rate(connection: HTTPConnection, method: str) -> Rate:
    """How often the route may be asked for; work of seconds less often."""
    what = EVIDENCE.get((method, connection.scope["route"].path), "")
    if what in _HEAVY_WORDS:
        return HEAVY
    if connection.scope["route"].path.endswith("/runs/{run}/hands"):
        return HANDS
    return READS if method in _SAFE_METHODS else WRITES


def _check_rate(connection: HTTPConnection, method: str, session: Session | None) -> None:
    limits: Limits = connection.app.state.limits
    caller = session.user if session else place_of(connection)
    if not limits.take(caller, _rate(connection, method)):
        raise HTTPException(429, "console.refused.429", headers={"Retry-After": "5"})


async def guard(connection: HTTPConnection) -> None:
    """The app-wide dependency: lets a connection through, or raises what the person gets to see."""
    method = "WS" if connection.scope["type"] == "websocket" else connection.scope["method"]
    right = right_for(method, connection.scope["route"].path)
    if method not in _SAFE_METHODS and not same_origin(connection):
        raise HTTPException(403, "console.refused.origin")
    if method == "WS" and not same_origin(connection, required=True):
        raise HTTPException(403, "console.refused.origin")
    session = session_of(connection)
    connection.state.session = session
    _check_rate(connection, method, session)
    if right is Right.PUBLIC:
        return
    if session is None:
        raise SignInNeeded(_back(connection, method), begun=method not in _SAFE_METHODS)
    if right is None or not session.may(right):
        raise HTTPException(403, "console.refused.right")
    if method not in _SAFE_METHODS and session.scopes is None:  # a token comes from no browser: nothing to forge
        await _check_token(connection, session)
    _note_access(connection, method, session)


def _note_access(connection: HTTPConnection, method: str, session: Session) -> None:
    """Write down who is about to see which evidence; it costs the request a hand-over to another thread, no more."""
    what = EVIDENCE.get(("GET" if method == "HEAD" else method, connection.scope["route"].path))
    services: Services = connection.app.state.services
    run = connection.path_params.get("run") or connection.query_params.get("run", "")
    if what is None or services.accesses is None or (what == "watch" and not run):
        return
    rest = {name: value for name, value in connection.path_params.items() if name != "run"}
    facts: dict[str, Any] = {"pictures": [rest["sha256"]]} if what == "picture" else rest
    services.accesses.saw(who=session.user, what=what, run=run[:140], place=place_of(connection), facts=facts)


def _back(connection: HTTPConnection, method: str) -> str:
    """Where to go after signing in: this page, or the one whose form was being sent."""
    if method != "GET":
        page = urlsplit(connection.headers.get("referer", ""))
        query = f"?{page.query}" if page.query else ""
        return quote(page.path + query, safe="") if page.netloc == connection.headers.get("host") else ""
    query = f"?{connection.url.query}" if connection.url.query else ""
    return quote(connection.url.path + query, safe="")


async def _check_token(request: HTTPConnection, session: Session) -> None:
    assert isinstance(request, Request)  # FastAPI hands in the very request whose form the page reads
    token = request.headers.get("x-csrf-token") or str((await request.form()).get("csrf", ""))
    if not hmac.compare_digest(token.encode(), session.csrf.encode()):
        raise HTTPException(403, "console.refused.token")


class Envelope:
    """ASGI wrapper around every answer: chooses the language, sets the headers, refuses oversized bodies."""

    def __init__(self, app: ASGIApp, default_language: str) -> None:
        self.app = app
        self.default_language = default_language

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        chosen = connection.cookies.get("nightclerk_language", "")
        with language(chosen if chosen in LANGUAGES else self.default_language):
            if scope["type"] == "websocket":
                await self.app(scope, receive, send)
            elif int(connection.headers.get("content-length") or 0) > MAX_BODY_BYTES:
                await PlainTextResponse(say("console.refused.size"), 413)(scope, receive, _sealed(send))
            else:
                await self.app(scope, receive, _sealed(send))


def _sealed(send: Send) -> Send:
    async def sealed(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return sealed
