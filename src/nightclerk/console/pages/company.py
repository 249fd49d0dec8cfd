"""Signing in with a company account: there and back again, where config/settings.yaml names an account service."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from nightclerk.console.guard import cookie_name, place_of
from nightclerk.console.oidc import AWAY, AccountService, OidcRefused, OidcUnreachable
from nightclerk.console.pages.common import people_of, services_of
from nightclerk.console.pages.sign_in import may_try, show, welcome
from nightclerk.errors import NightClerkError

router = APIRouter()
PATH = "/sign-in/company"


def _service(request: Request) -> AccountService:
    service: AccountService | None = request.app.state.company
    if service is None:
        raise HTTPException(404)
    return service


def _state_cookie(request: Request) -> str:
    return f"{cookie_name(request)}_away"


@router.get(PATH)
def leave(request: Request, back: str = "") -> Response:
    """Lead the browser to the account service, with a secret of its own that must come back with it."""
    service, now = _service(request), services_of(request).now()
    if not may_try(request):
        return show(request, back=back, error="console.sign_in.slow", status=429)
    try:
        address, state = service.leave(here=str(request.url_for("arrive")), back=back, now=now)
    except OidcUnreachable as error:
        return show(request, back=back, sentence=error.sentence(), status=502)
    response = RedirectResponse(address, status_code=303)
    response.set_cookie(
        _state_cookie(request), state, max_age=int(AWAY.total_seconds()), httponly=True, samesite="lax", path=PATH,
        secure=request.url.scheme == "https",
    )  # fmt: skip
    return response


@router.get(f"{PATH}/back")
def arrive(request: Request, state: str = "", error: str = "") -> Response:
    """Read what the account service says about whoever comes back, and let them in with the role they have there."""
    service, people, now = _service(request), people_of(request), services_of(request).now()
    if not may_try(request):
        return show(request, back="", error="console.sign_in.slow", status=429)
    try:
        if error:
            raise OidcRefused(why=error[:60])
        newcomer, back = service.arrive(
            str(request.url), here=str(request.url_for("arrive")), state=state,
            kept=request.cookies.get(_state_cookie(request), ""), now=now,
        )  # fmt: skip
        name = people.settle(newcomer.subject, newcomer.name, newcomer.role, now=now)
    except NightClerkError as refusal:
        return show(
            request, back="", sentence=refusal.sentence(), status=502 if isinstance(refusal, OidcUnreachable) else 403
        )
    token = people.begin(name, now=now, place=place_of(request))
    response = welcome(request, token, quote(back, safe=""), name)
    response.delete_cookie(_state_cookie(request), path=PATH)
    return response
