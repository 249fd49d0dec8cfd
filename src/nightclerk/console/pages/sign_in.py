"""Signing in with a one-time code, signing out, and each browser's language and look."""

from __future__ import annotations

import threading
from collections import deque
from datetime import datetime, timedelta
from typing import Annotated
from urllib.parse import unquote, urlsplit

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from nightclerk.console.guard import cookie_name
from nightclerk.console.pages.common import renderer_of, services_of, user_of
from nightclerk.texts import LANGUAGES

router = APIRouter()
LOOKS = ("light", "dark")
_YEAR_S = 365 * 24 * 3600
TRIES = 10


class Throttle:
    """Remembers wrong codes: after `TRIES` within a minute nobody may try until the minute is over."""

    def __init__(self) -> None:
        self._wrong: deque[datetime] = deque(maxlen=TRIES)
        self._lock = threading.Lock()

    def closed(self, now: datetime) -> bool:
        with self._lock:
            return len(self._wrong) == TRIES and now - self._wrong[0] < timedelta(minutes=1)

    def wrong(self, now: datetime) -> None:
        with self._lock:
            self._wrong.append(now)


@router.get("/sign-in")
def sign_in_page(request: Request, code: str = "", back: str = "") -> Response:
    return renderer_of(request).page(request, "sign_in.html", code=code, back=back, error="")


@router.post("/sign-in")
def sign_in(request: Request, code: Annotated[str, Form()] = "", back: Annotated[str, Form()] = "") -> Response:
    now, throttle = services_of(request).now(), request.app.state.throttle
    if throttle.closed(now):
        return _refused(request, "console.sign_in.slow", back, status=429)
    token = request.app.state.people.redeem(code, now=now)
    if token is None:
        throttle.wrong(now)
        return _refused(request, "console.sign_in.wrong", back, status=403)
    response = RedirectResponse(_own_path(back), status_code=303)
    response.set_cookie(
        cookie_name(request), token, httponly=True, samesite="lax", secure=request.url.scheme == "https"
    )
    return response


def _refused(request: Request, error: str, back: str, *, status: int) -> Response:
    return renderer_of(request).page(request, "sign_in.html", status=status, code="", back=back, error=error)


def _own_path(back: str) -> str:
    """Where to go next: only a path of this console, never another site."""
    path = unquote(back)
    parts = urlsplit(path)
    own = path.startswith("/") and not path.startswith(("//", "/\\")) and not parts.netloc
    return path if own else "/tonight"


@router.post("/sign-out")
def sign_out(request: Request) -> Response:
    request.app.state.people.sign_out(user_of(request))
    response = RedirectResponse("/sign-in", status_code=303)
    response.delete_cookie(cookie_name(request))
    return response


@router.post("/preferences")
def preferences(
    request: Request,
    language: Annotated[str, Form()] = "",
    look: Annotated[str, Form()] = "",
    back: Annotated[str, Form()] = "",
) -> Response:
    response = RedirectResponse(_own_path(back), status_code=303)
    if language in LANGUAGES:
        response.set_cookie("nightclerk_language", language, max_age=_YEAR_S, samesite="lax")
    if look in LOOKS:
        response.set_cookie("nightclerk_look", look, max_age=_YEAR_S, samesite="lax")
    return response
