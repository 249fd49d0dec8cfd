"""What all page modules share: reaching the services, cutting long lists, going back with a word said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypedDict, TypeVar
from urllib.parse import urlencode

from fastapi import HTTPException, Request
from fastapi.responses import RedirectResponse

from nightclerk.console.guard import place_of
from nightclerk.console.people import People
from nightclerk.console.rendering import Renderer
from nightclerk.console.rights import Right
from nightclerk.console.services import BotInfo, Services
from nightclerk.console.sessions import Session
from nightclerk.domain.items import FOR_A_PERSON, State

T = TypeVar("T")
PAGE_ROWS = 30
LAST_PAGE = 100_000


def services_of(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


def renderer_of(request: Request) -> Renderer:
    renderer: Renderer = request.app.state.renderer
    return renderer


def people_of(request: Request) -> People:
    people: People = request.app.state.people
    return people


def session_now(request: Request) -> Session:
    """Who asks; the guard has made sure that there is somebody."""
    session: Session = request.state.session
    return session


def user_of(request: Request) -> str:
    return session_now(request).user


def must(request: Request, right: Right) -> None:
    """Refuse whoever lacks a right that the route's own does not cover."""
    if not session_now(request).may(right):
        raise HTTPException(403, "console.refused.right")


def told(request: Request, what: str, *, run: str = "", **facts: Any) -> None:
    """Write what somebody did into the signed access journal, where there is one."""
    services = services_of(request)
    if services.accesses is not None:
        services.accesses.saw(who=user_of(request), what=what, run=run, place=place_of(request), facts=facts)


def once(request: Request, form: str, act: Callable[[], str]) -> str:
    """Do what a form asks for, once: whoever sends the same form again is led to where the first one led."""
    people, now = people_of(request), services_of(request).now()
    if not form:
        return act()
    before = people.first_sent(form, now=now)
    if before is not None:
        return before or "/tonight"
    try:
        target = act()
    except BaseException:
        people.forget_sent(form)
        raise
    people.led_to(form, target)
    return target


@dataclass(frozen=True, kw_only=True)
class Page(Generic[T]):
    """One page of a long list."""

    rows: Sequence[T]
    number: int
    more: bool


def page_number(request: Request) -> int:
    """The page that the address asks for; nonsense means the first."""
    text = request.query_params.get("page", "1")
    return min(max(int(text), 1), LAST_PAGE) if text.isdecimal() else 1


class Window(TypedDict):
    """What of a long list the store should bring."""

    limit: int
    offset: int


def window(request: Request, rows: int = PAGE_ROWS) -> Window:
    """`limit` and `offset` for the store: one row more than shown, to know whether there is a next page."""
    return {"limit": rows + 1, "offset": (page_number(request) - 1) * rows}


def page_of(request: Request, found: Sequence[T], rows: int = PAGE_ROWS) -> Page[T]:
    """The page out of what `window` brought."""
    return Page(rows=found[:rows], number=page_number(request), more=len(found) > rows)


def back_to(path: str, said: str, **query: Any) -> RedirectResponse:
    """Answer a form: show `path` again with a short word about what happened."""
    return RedirectResponse(f"{path}?{urlencode({'said': said} | query)}", status_code=303)


def bots_by_name(services: Services) -> dict[str, BotInfo]:
    return {bot.name: bot for bot in services.launcher.bots()}


def state_from(text: str) -> State | None:
    """A state out of an address, None when it is none."""
    return State(text) if text in State._value2member_map_ else None


def attention(counts: dict[State, int]) -> int:
    """How many items of a queue wait for a person."""
    return sum(counts.get(state, 0) for state in FOR_A_PERSON)
