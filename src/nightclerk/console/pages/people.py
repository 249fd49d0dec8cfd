"""People and roles: inviting somebody with a one-time code, changing a role, closing an account."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import Response

from nightclerk.console.pages.common import back_to, people_of, renderer_of, services_of, told
from nightclerk.console.rights import GRANTS, Right, Role
from nightclerk.errors import BusinessError

router = APIRouter()
_SILENT = frozenset({Right.PUBLIC, Right.SIGNED_IN})


@router.get("/settings/people")
def people_page(request: Request) -> Response:
    return _show(request)


def _show(request: Request, *, error: str = "", code: str = "", name: str = "", status: int = 200) -> Response:
    """The list; a code that was just made is shown in this one answer and never again."""
    return renderer_of(request).page(
        request, "people.html", status=status, people=people_of(request).people(), roles=list(Role), error=error,
        code=code, name=name, grants={role: sorted(GRANTS[role] - _SILENT) for role in Role},
    )  # fmt: skip


def _role(text: str) -> Role:
    if text not in Role._value2member_map_:
        raise HTTPException(400, "console.refused.400")
    return Role(text)


@router.post("/settings/people")
def invite(request: Request, name: Annotated[str, Form()] = "", role: Annotated[str, Form()] = "") -> Response:
    wanted, name = _role(role), name.strip()
    try:
        code = people_of(request).invite(name, wanted, now=services_of(request).now())
    except BusinessError as error:
        return _show(request, error=error.sentence(), status=422)
    told(request, "people", name=name, role=wanted.value, said="invited")
    return _show(request, code=code, name=name)


@router.post("/settings/people/{name}")
def change(request: Request, name: str, act: Annotated[str, Form()], role: Annotated[str, Form()] = "") -> Response:
    """Another role, a new one-time code, or the end of an account."""
    people, now = people_of(request), services_of(request).now()
    known = people.person(name)
    if known is None or known.closed_at is not None or act not in ("role", "code", "close"):
        raise HTTPException(404)
    told(request, "people", name=name, said=act, **({"role": role} if act == "role" else {}))
    try:
        if act == "code":
            return _show(request, code=people.issue_code(name, now=now), name=name)
        if act == "role":
            people.change_role(name, _role(role))
        else:
            people.close_account(name, now=now)
    except BusinessError as error:
        return _show(request, error=error.sentence(), status=409)
    return back_to("/settings/people", "people")
