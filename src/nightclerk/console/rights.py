"""Who may do what in the console: one table from route to right, one from role to rights, nothing else decides."""

from __future__ import annotations

from enum import StrEnum


class Right(StrEnum):
    """One thing that a person may be allowed to do."""

    PUBLIC = "public"  # no sign-in needed
    SIGNED_IN = "signed_in"
    SEE = "see"  # runs, pictures, items, tasks, bots
    LAUNCH = "launch"
    ANSWER = "answer"
    DECIDE = "decide"  # put an item back, close it, settle a doubt
    SEE_INVOICES = "see_invoices"
    REVIEW_INVOICES = "review_invoices"


class Role(StrEnum):
    """What a person is here for."""

    OPERATOR = "operator"
    FINANCE = "finance"
    AUTHOR = "author"
    AUDITOR = "auditor"
    ADMIN = "admin"


_EVERYBODY = frozenset({Right.PUBLIC, Right.SIGNED_IN, Right.SEE})

GRANTS: dict[Role, frozenset[Right]] = {
    Role.OPERATOR: _EVERYBODY | {Right.LAUNCH, Right.ANSWER, Right.DECIDE},
    Role.FINANCE: _EVERYBODY | {Right.ANSWER, Right.SEE_INVOICES, Right.REVIEW_INVOICES},
    Role.AUTHOR: _EVERYBODY | {Right.LAUNCH},
    Role.AUDITOR: _EVERYBODY | {Right.SEE_INVOICES},
    Role.ADMIN: frozenset(Right),
}

#: Every route of the app, by method and path as declared; a route that is missing here answers 403 to everybody.
ROUTES: dict[tuple[str, str], Right] = {
    ("GET", "/sign-in"): Right.PUBLIC,
    ("POST", "/sign-in"): Right.PUBLIC,
    ("POST", "/preferences"): Right.PUBLIC,
    ("POST", "/sign-out"): Right.SIGNED_IN,
    ("GET", "/"): Right.SIGNED_IN,
    ("WS", "/live"): Right.SEE,
    ("GET", "/tonight"): Right.SEE,
    ("GET", "/bots"): Right.SEE,
    ("GET", "/bots/{name}"): Right.SEE,
    ("POST", "/bots/{name}/launch"): Right.LAUNCH,
    ("GET", "/runs"): Right.SEE,
    ("GET", "/runs/{run}"): Right.SEE,
    ("POST", "/runs/{run}/cancel"): Right.LAUNCH,
    ("POST", "/runs/{run}/pause"): Right.LAUNCH,
    ("POST", "/runs/{run}/resume"): Right.LAUNCH,
    ("GET", "/runs/{run}/chain"): Right.SEE,
    ("GET", "/shots/{run}/{sha256}.webp"): Right.SEE,
    ("GET", "/kept/{run}/{sha256}"): Right.SEE,
    ("GET", "/tasks"): Right.SEE,
    ("POST", "/tasks/answer"): Right.ANSWER,
    ("GET", "/items"): Right.SEE,
    ("GET", "/items/{queue}/{key:path}"): Right.SEE,
    ("POST", "/items/{queue}/{key:path}"): Right.DECIDE,
    ("GET", "/invoices"): Right.SEE_INVOICES,
    ("GET", "/invoices/page/{number}/{key:path}"): Right.SEE_INVOICES,
    ("GET", "/invoices/{key:path}"): Right.SEE_INVOICES,
    ("POST", "/invoices/{key:path}"): Right.REVIEW_INVOICES,
    ("GET", "/api/runs"): Right.SEE,
    ("GET", "/api/runs/{run}"): Right.SEE,
    ("GET", "/api/items"): Right.SEE,
    ("GET", "/api/tasks"): Right.SEE,
    ("GET", "/api/openapi.json"): Right.SIGNED_IN,
}


#: Routes that hand out evidence: each use is written into the access journal under this word.
EVIDENCE: dict[tuple[str, str], str] = {
    ("GET", "/runs/{run}"): "view",
    ("WS", "/live"): "watch",
    ("GET", "/runs/{run}/chain"): "verify",
    ("GET", "/shots/{run}/{sha256}.webp"): "picture",
    ("GET", "/kept/{run}/{sha256}"): "file",
    ("GET", "/invoices/page/{number}/{key:path}"): "invoice",
}


def right_for(method: str, path: str) -> Right | None:
    """The right that a route asks for; None for a route that nobody has listed."""
    return ROUTES.get(("GET" if method == "HEAD" else method, path))


def may(role: Role, right: Right | None) -> bool:
    """Whether a role holds a right."""
    return right is not None and right in GRANTS[role]
