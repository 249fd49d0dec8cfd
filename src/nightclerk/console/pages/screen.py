"""A run's screen as it is now: watched by whoever may see its film, worked on by whoever takes it over."""

from __future__ import annotations

import json
from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field

from nightclerk.console.holdings import Holdings
from nightclerk.console.pages.common import back_to, bots_by_name, renderer_of, services_of, told, user_of
from nightclerk.console.pages.runs import record_or_404, watchable
from nightclerk.errors import NightClerkError
from nightclerk.ports import Gesture, Hand, Sight, Then
from nightclerk.texts import say

router = APIRouter()
#: More gestures in one message are no person's.
MOST_HANDS = 200
_MOST_PIXELS = 20_000
_Pixel = Annotated[int, Field(ge=0, le=_MOST_PIXELS)]


class OneHand(BaseModel):
    """One gesture as a browser sends it; see `ports.Hand`."""

    gesture: Gesture
    x: _Pixel = 0
    y: _Pixel = 0
    button: Literal["left", "middle", "right"] = "left"
    clicks: int = Field(1, ge=1, le=3)
    wheel: int = Field(0, ge=-_MOST_PIXELS, le=_MOST_PIXELS)
    key: str = Field("", max_length=60)
    text: str = Field("", max_length=4000)


class Hands(BaseModel):
    hands: list[OneHand] = Field(max_length=MOST_HANDS)


def holdings_of(request: Request) -> Holdings:
    """The console's way to the screens; 404 where this console has none."""
    found: Holdings | None = request.app.state.holdings
    if found is None:
        raise HTTPException(404)
    return found


@router.get("/runs/{run}/screen")
def screen_page(request: Request, run: str) -> Response:
    services = services_of(request)
    record = record_or_404(services, run)
    return renderer_of(request).page(
        request, "screen.html", run=record, bots=bots_by_name(services), watchable=watchable(request, run),
        tasks=services.store.tasks(open_only=True, run=run, limit=5),
    )  # fmt: skip


@router.get("/runs/{run}/sight")
def sight(request: Request, run: str, after: int = 0) -> Response:
    """The picture of now, with its facts in the header `Sight`; no body when it is the one that the page has."""
    holdings, record = holdings_of(request), record_or_404(services_of(request), run)
    try:
        seen, mine = holdings.sight(record.run, who=user_of(request), after=max(0, after))
    except NightClerkError as error:
        return JSONResponse({"error": error.sentence()}, 409)
    if not after:
        told(request, "watch", run=run)
    return Response(seen.picture, media_type="image/webp", headers={"Sight": quote(json.dumps(_facts(seen, mine)))})


def _facts(seen: Sight, mine: bool) -> dict[str, object]:
    who = {"held": "screen.mine", "asked": "screen.coming"} if mine else {"held": "screen.held", "asked": "screen.held"}
    return {
        "number": seen.number, "size": seen.size, "phase": seen.phase, "mine": mine, "acts": seen.acts,
        "why": say(f"live.why_{seen.why}") if seen.why else "", "app": seen.app, "where": seen.where, "item": seen.item,
        "told": say(f"console.{who.get(seen.phase.value, 'screen.working')}", who=seen.holder),
    }  # fmt: skip


@router.post("/runs/{run}/take-over")
def take_over(request: Request, run: str) -> Response:
    """Ask for the screen, and show it."""
    ask_for(request, run)
    return back_to(f"/runs/{run}/screen", "screen_asked")


def ask_for(request: Request, run: str) -> None:
    """Ask for the screen; the bot gives it at its next safe point. Who asked is written down first. 409 and why not."""
    holdings, record = holdings_of(request), record_or_404(services_of(request), run)
    told(request, "take_over", run=run)
    try:
        holdings.take(record.run, who=user_of(request))
    except NightClerkError as error:
        raise HTTPException(409, error.sentence()) from error


@router.post("/runs/{run}/hands")
def act(request: Request, run: str, what: Hands) -> Response:
    """Do what a person did on the picture, in their order."""
    holdings, record = holdings_of(request), record_or_404(services_of(request), run)
    hands = [Hand(**one.model_dump()) for one in what.hands]
    try:
        holdings.act(record.run, hands, who=user_of(request))
    except NightClerkError as error:
        return JSONResponse({"error": error.sentence()}, 409)
    return Response(status_code=204)


@router.post("/runs/{run}/hand-back")
def hand_back(request: Request, run: str, then: Annotated[str, Form()] = "go_on") -> Response:
    """Give the screen back: the bot looks first and goes on, or asks a person what became of the item."""
    if then not in Then._value2member_map_:
        raise HTTPException(400, "console.refused.400")
    give_back(request, run, Then(then))
    return back_to(f"/runs/{run}", "handed_back")


def give_back(request: Request, run: str, then: Then) -> None:
    """Give the screen back, and write it down. 409 when it is not in this person's hands."""
    holdings, record = holdings_of(request), record_or_404(services_of(request), run)
    try:
        holdings.hand_back(record.run, who=user_of(request), then=then)
    except NightClerkError as error:
        raise HTTPException(409, error.sentence()) from error
    told(request, "hand_back", run=run, then=then)
