"""Who may do what in the console: one table from route to right, one from role to rights, nothing else decides."""

from __future__ import annotations

from enum import StrEnum


class Right(StrEnum):
    """One thing that a person, or a token of theirs, may be allowed to do."""

    PUBLIC = "public"  # no sign-in needed
    SIGNED_IN = "signed_in"
    SEE = "see"  # runs, pictures, items, tasks, bots
    LAUNCH = "launch"  # start, pause and cancel bots, take a screen over
    ANSWER = "answer"
    DECIDE = "decide"  # put an item back, mend it, close it, settle a doubt
    SEE_INVOICES = "see_invoices"
    REVIEW_INVOICES = "review_invoices"  # and answer what is meant for finance
    HEAL = "heal"  # accept or refuse where an element was found again
    MAP = "map"  # replace mapping tables
    FIGURES = "figures"
    SETTINGS = "settings"  # see accounts, calendars, messages
    EXPORT = "export"  # take evidence out
    AUDIT = "audit"  # see who looked at what; agree to opening private values
    UNMASK = "unmask"  # ask for private values
    AGREE = "agree"  # be the second person
    PEOPLE = "people"  # accounts and roles


class Role(StrEnum):
    """What a person is here for."""

    OPERATOR = "operator"
    FINANCE = "finance"
    AUTHOR = "author"
    AUDITOR = "auditor"
    ADMIN = "admin"


_R = Right
_EVERYBODY = frozenset({_R.PUBLIC, _R.SIGNED_IN, _R.SEE})

GRANTS: dict[Role, frozenset[Right]] = {
    Role.OPERATOR: _EVERYBODY | {_R.LAUNCH, _R.ANSWER, _R.DECIDE, _R.MAP, _R.FIGURES, _R.UNMASK},
    Role.FINANCE: _EVERYBODY | {_R.ANSWER, _R.SEE_INVOICES, _R.REVIEW_INVOICES, _R.FIGURES, _R.UNMASK, _R.AGREE},
    Role.AUTHOR: _EVERYBODY | {_R.LAUNCH, _R.HEAL, _R.MAP, _R.FIGURES, _R.SETTINGS},
    Role.AUDITOR: _EVERYBODY | {_R.SEE_INVOICES, _R.FIGURES, _R.SETTINGS, _R.EXPORT, _R.AUDIT, _R.UNMASK, _R.AGREE},
    Role.ADMIN: frozenset(Right),
}

#: Every route of the app, by method and path as declared; a route that is missing here answers 403 to everybody.
ROUTES: dict[tuple[str, str], Right] = {
    ("GET", "/sign-in"): Right.PUBLIC,
    ("POST", "/sign-in"): Right.PUBLIC,
    ("POST", "/sign-in/password"): Right.PUBLIC,
    ("GET", "/sign-in/company"): Right.PUBLIC,
    ("GET", "/sign-in/company/back"): Right.PUBLIC,
    ("POST", "/preferences"): Right.PUBLIC,
    ("POST", "/sign-out"): Right.SIGNED_IN,
    ("GET", "/"): Right.SIGNED_IN,
    ("WS", "/live"): Right.SEE,
    ("GET", "/me"): Right.SIGNED_IN,
    ("POST", "/me/password"): Right.SIGNED_IN,
    ("POST", "/me/tokens"): Right.SIGNED_IN,
    ("POST", "/me/tokens/{token}/drop"): Right.SIGNED_IN,
    ("GET", "/second"): Right.SEE,
    ("POST", "/second/{pledge}"): Right.SEE,  # taking one's own word back needs no more; agreeing asks for AGREE inside
    ("GET", "/tonight"): Right.SEE,
    ("GET", "/bots"): Right.SEE,
    ("GET", "/bots/{name}"): Right.SEE,
    ("POST", "/bots/{name}/launch"): Right.LAUNCH,
    ("GET", "/runs"): Right.SEE,
    ("GET", "/runs/{run}"): Right.SEE,
    ("GET", "/runs/{run}/compare"): Right.SEE,
    ("POST", "/runs/{run}/cancel"): Right.LAUNCH,
    ("POST", "/runs/{run}/pause"): Right.LAUNCH,
    ("POST", "/runs/{run}/resume"): Right.LAUNCH,
    ("GET", "/runs/{run}/screen"): Right.SEE,
    ("GET", "/runs/{run}/sight"): Right.SEE,
    ("POST", "/runs/{run}/take-over"): Right.LAUNCH,
    ("POST", "/runs/{run}/hands"): Right.LAUNCH,
    ("POST", "/runs/{run}/hand-back"): Right.LAUNCH,
    ("POST", "/runs/{run}/pack"): Right.EXPORT,
    ("GET", "/runs/{run}/chain"): Right.SEE,
    ("GET", "/shots/{run}/{sha256}.webp"): Right.SEE,
    ("GET", "/kept/{run}/{sha256}"): Right.SEE,
    ("GET", "/tasks"): Right.SEE,
    ("POST", "/tasks/answer"): Right.ANSWER,
    ("POST", "/tasks/take-over"): Right.LAUNCH,
    ("GET", "/t/{token}"): Right.PUBLIC,  # whoever holds the signed link may answer that one task
    ("POST", "/t/{token}"): Right.PUBLIC,
    ("GET", "/items"): Right.SEE,
    ("GET", "/where"): Right.SEE,
    ("GET", "/items.xlsx"): Right.DECIDE,
    ("POST", "/items/requeue"): Right.DECIDE,
    ("GET", "/edit/{queue}/{key:path}"): Right.DECIDE,
    ("POST", "/edit/{queue}/{key:path}"): Right.DECIDE,
    ("POST", "/unmask/{queue}/{key:path}"): Right.UNMASK,
    ("GET", "/items/{queue}/{key:path}"): Right.SEE,
    ("POST", "/items/{queue}/{key:path}"): Right.DECIDE,
    ("GET", "/invoices"): Right.SEE_INVOICES,
    ("GET", "/invoices.xlsx"): Right.SEE_INVOICES,
    ("GET", "/invoices/page/{number}/{key:path}"): Right.SEE_INVOICES,
    ("GET", "/invoices/{key:path}"): Right.SEE_INVOICES,
    ("POST", "/invoices/{key:path}"): Right.REVIEW_INVOICES,
    ("GET", "/teach/{key:path}"): Right.REVIEW_INVOICES,
    ("POST", "/teach/{key:path}"): Right.REVIEW_INVOICES,
    ("GET", "/healings"): Right.SEE,
    ("GET", "/healings/{name}"): Right.SEE,
    ("POST", "/healings/{name}"): Right.HEAL,
    ("GET", "/figures"): Right.FIGURES,
    ("GET", "/metrics"): Right.FIGURES,
    ("GET", "/settings"): Right.SEE,
    ("GET", "/settings/accounts"): Right.SETTINGS,
    ("GET", "/settings/calendars"): Right.SEE,
    ("GET", "/settings/messages"): Right.SETTINGS,
    ("GET", "/settings/mapping"): Right.MAP,
    ("GET", "/settings/mapping/{name}"): Right.MAP,
    ("POST", "/settings/mapping/{name}"): Right.MAP,
    ("GET", "/settings/people"): Right.PEOPLE,
    ("POST", "/settings/people"): Right.PEOPLE,
    ("POST", "/settings/people/{name}"): Right.PEOPLE,
    ("GET", "/settings/audit"): Right.AUDIT,
    ("GET", "/api/bots"): Right.SEE,
    ("GET", "/api/bots/{name}"): Right.SEE,
    ("POST", "/api/bots/{name}/runs"): Right.LAUNCH,
    ("GET", "/api/runs"): Right.SEE,
    ("GET", "/api/runs/{run}"): Right.SEE,
    ("GET", "/api/runs/{run}/moments"): Right.SEE,
    ("GET", "/api/runs/{run}/verification"): Right.SEE,
    ("GET", "/api/runs/{run}/pack"): Right.EXPORT,
    ("GET", "/api/runs/{run}/pictures/{sha256}"): Right.SEE,
    ("GET", "/api/runs/{run}/files/{sha256}"): Right.SEE,
    ("GET", "/api/runs/{run}/sight"): Right.SEE,
    ("POST", "/api/runs/{run}/take-over"): Right.LAUNCH,
    ("POST", "/api/runs/{run}/hands"): Right.LAUNCH,
    ("POST", "/api/runs/{run}/hand-back"): Right.LAUNCH,
    ("POST", "/api/runs/{run}/{word}"): Right.LAUNCH,
    ("GET", "/api/slots"): Right.SEE,
    ("GET", "/api/tasks"): Right.SEE,
    ("POST", "/api/tasks/answer"): Right.ANSWER,
    ("GET", "/api/where"): Right.SEE,
    ("GET", "/api/items"): Right.SEE,
    ("GET", "/api/items/{queue}/{key:path}"): Right.SEE,
    ("POST", "/api/items/{queue}/{key:path}"): Right.DECIDE,
    ("GET", "/api/effects"): Right.SEE,
    ("GET", "/api/healings"): Right.SEE,
    ("POST", "/api/healings/{name}"): Right.HEAL,
    ("GET", "/api/invoices"): Right.SEE_INVOICES,
    ("GET", "/api/invoices/{key:path}"): Right.SEE_INVOICES,
    ("POST", "/api/invoices/{key:path}"): Right.REVIEW_INVOICES,
    ("POST", "/api/files"): Right.LAUNCH,
    ("GET", "/api/workbooks/items"): Right.DECIDE,
    ("POST", "/api/workbooks/items"): Right.DECIDE,
    ("GET", "/api/workbooks/invoices"): Right.SEE_INVOICES,
    ("GET", "/api/mapping/{name}"): Right.MAP,
    ("PUT", "/api/mapping/{name}"): Right.MAP,
    ("GET", "/api/second"): Right.SEE,
    ("POST", "/api/second/{pledge}"): Right.SEE,
    ("GET", "/api/figures"): Right.FIGURES,
    ("GET", "/api/accesses"): Right.AUDIT,
    ("GET", "/api/openapi.json"): Right.SIGNED_IN,
}

#: Routes that hand out evidence: each use is written into the access journal under this word.
EVIDENCE: dict[tuple[str, str], str] = {
    ("GET", "/runs/{run}"): "view",
    ("GET", "/runs/{run}/compare"): "view",
    ("WS", "/live"): "watch",
    ("GET", "/runs/{run}/chain"): "verify",
    ("POST", "/runs/{run}/pack"): "pack",
    ("GET", "/shots/{run}/{sha256}.webp"): "picture",
    ("GET", "/kept/{run}/{sha256}"): "file",
    ("GET", "/invoices/page/{number}/{key:path}"): "invoice",
    ("GET", "/invoices.xlsx"): "invoice",
    ("GET", "/items.xlsx"): "items",
    ("GET", "/api/runs/{run}/moments"): "view",
    ("GET", "/api/runs/{run}/pictures/{sha256}"): "picture",
    ("GET", "/api/runs/{run}/files/{sha256}"): "file",
    ("GET", "/api/workbooks/items"): "items",
    ("GET", "/api/workbooks/invoices"): "invoice",
    ("GET", "/api/runs/{run}/verification"): "verify",
    ("GET", "/api/runs/{run}/pack"): "pack",
}

#: Where a token may be used instead of a sign-in.
TOKEN_PATHS = ("/api/", "/metrics")


def right_for(method: str, path: str) -> Right | None:
    """The right that a route asks for; None for a route that nobody has listed."""
    return ROUTES.get(("GET" if method == "HEAD" else method, path))


def may(role: Role, right: Right | None) -> bool:
    """Whether a role holds a right."""
    return right is not None and right in GRANTS[role]
