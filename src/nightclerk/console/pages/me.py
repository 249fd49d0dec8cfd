"""One's own account: choosing a password, and tokens for programs that use /api."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import Response

from nightclerk.console.pages.common import back_to, people_of, renderer_of, services_of, session_now, told, user_of
from nightclerk.console.rights import GRANTS, Right
from nightclerk.errors import BusinessError

router = APIRouter()
_NO_SCOPE = frozenset({Right.PUBLIC, Right.SIGNED_IN})


@router.get("/me")
def me_page(request: Request) -> Response:
    return _show(request)


def _show(request: Request, *, error: str = "", secret: str = "", status: int = 200) -> Response:
    session = session_now(request)
    return renderer_of(request).page(
        request, "me.html", status=status, error=error, secret=secret,
        company=(person := people_of(request).person(session.user)) is not None and bool(person.subject),
        tokens=people_of(request).tokens(session.user), rights=sorted(GRANTS[session.role] - _NO_SCOPE),
    )  # fmt: skip


@router.post("/me/password")
def choose_password(
    request: Request, password: Annotated[str, Form()] = "", old: Annotated[str, Form()] = ""
) -> Response:
    try:
        people_of(request).set_password(user_of(request), password, old=old)
    except BusinessError as error:
        return _show(request, error=error.sentence(), status=422)
    told(request, "password")
    return back_to("/me", "password")


@router.post("/me/tokens")
async def make_token(request: Request) -> Response:
    """A token's secret is shown in this one answer and never again."""
    form = await request.form()
    session = session_now(request)
    wanted = {Right(str(one)) for one in form.getlist("scope") if str(one) in Right._value2member_map_}
    days = str(form.get("days", ""))
    try:
        secret = people_of(request).make_token(
            session.user, str(form.get("name", "")), wanted & GRANTS[session.role],
            days=int(days) if days.isdecimal() else 0, now=services_of(request).now(),
        )  # fmt: skip
    except BusinessError as error:
        return _show(request, error=error.sentence(), status=422)
    told(request, "token", name=str(form.get("name", ""))[:60], scopes=sorted(wanted))
    return _show(request, secret=secret)


@router.post("/me/tokens/{token}/drop")
def drop_token(request: Request, token: str) -> Response:
    if not people_of(request).drop_token(user_of(request), token):
        raise HTTPException(404)
    told(request, "token", dropped=token)
    return back_to("/me", "token_dropped")
