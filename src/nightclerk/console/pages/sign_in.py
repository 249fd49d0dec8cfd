"""Signing in by password or one-time code, signing out, and each browser's language and look."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import unquote, urlsplit

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from nightclerk.console.guard import cookie_name, place_of
from nightclerk.console.limits import SIGN_INS, Limits
from nightclerk.console.pages.common import people_of, renderer_of, services_of, told, user_of
from nightclerk.console.people import People
from nightclerk.texts import LANGUAGES

router = APIRouter()
LOOKS = ("light", "dark")
_YEAR_S = 365 * 24 * 3600


@router.get("/sign-in")
def sign_in_page(request: Request, code: str = "", back: str = "", begun: str = "") -> Response:
    return show(request, back=back, code=code, begun=bool(begun))


@router.post("/sign-in")
def sign_in(request: Request, code: Annotated[str, Form()] = "", back: Annotated[str, Form()] = "") -> Response:
    """Let somebody in by the one-time code that the terminal or the admin gave them."""
    if not may_try(request):
        return show(request, back=back, error="console.sign_in.slow", status=429)
    token = people_of(request).redeem(code, now=services_of(request).now(), place=place_of(request))
    if token is None:
        return show(request, back=back, error="console.sign_in.wrong", status=403)
    return welcome(request, token, back)


@router.post("/sign-in/password")
def sign_in_by_password(
    request: Request,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    back: Annotated[str, Form()] = "",
) -> Response:
    if not may_try(request, name.strip()):
        return show(request, back=back, name=name, error="console.sign_in.slow", status=429)
    token = people_of(request).enter(name.strip(), password, now=services_of(request).now(), place=place_of(request))
    if token is None:
        return show(request, back=back, name=name, error="console.sign_in.no_fit", status=403)
    return welcome(request, token, back, name.strip())


def may_try(request: Request, name: str = "") -> bool:
    """Ten tries a minute from one address, and ten for one name from wherever they come."""
    limits: Limits = request.app.state.limits
    callers = [place_of(request), *([f"name {name}"] if name else [])]
    taken = [limits.take(caller, SIGN_INS) for caller in callers]
    return all(taken)


def welcome(request: Request, token: str, back: str, name: str = "") -> Response:
    """Let the browser in with its fresh session."""
    limits: Limits = request.app.state.limits
    for caller in (place_of(request), f"name {name}"):  # only wrong tries count
        limits.give_back(caller, SIGN_INS)
    people: People = people_of(request)
    request.state.session = people.session(token, now=services_of(request).now())
    told(request, "sign_in")
    response = RedirectResponse(_own_path(back), status_code=303)
    response.set_cookie(
        cookie_name(request), token, httponly=True, samesite="lax", secure=request.url.scheme == "https"
    )
    return response


def show(
    request: Request, *, back: str, code: str = "", name: str = "", error: str = "", begun: bool = False,
    sentence: str = "", status: int = 200,
) -> Response:  # fmt: skip
    return renderer_of(request).page(
        request, "sign_in.html", status=status, code=code, name=name, back=back, error=error, begun=begun,
        sentence=sentence,
        by_password=any(one.has_password for one in people_of(request).people()),
        company=request.app.state.company is not None,
    )  # fmt: skip


def _own_path(back: str) -> str:
    """Where to go next: only a path of this console, never another site."""
    path = unquote(back)
    parts = urlsplit(path)
    own = path.startswith("/") and not path.startswith(("//", "/\\")) and not parts.netloc
    return path if own else "/tonight"


@router.post("/sign-out")
def sign_out(request: Request) -> Response:
    people_of(request).sign_out(user_of(request))
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
