"""A run's screen under /api: watched and taken over by the rules of the page, one holder at a time, all on film."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel

from nightclerk.console.pages import screen
from nightclerk.ports import Then

router = APIRouter(prefix="/api/runs/{run}", tags=["screen"])


class HandBack(BaseModel):
    """What comes next: `go_on` (the bot looks first), or `ask` a person what became of the item."""

    then: Then = Then.GO_ON


@router.get("/sight")
def sight(request: Request, run: str, after: int = 0) -> Response:
    """The picture of now as WebP; its facts stand in the header `Sight` (JSON, percent-encoded). 409: not at work here.

    With `after` (the number in the last `Sight`) the body is empty when nothing has changed since.
    """
    return screen.sight(request, run, after)


@router.post("/take-over", status_code=202)
def take_over(request: Request, run: str) -> dict[str, str]:
    """Ask for the screen; it is yours once `Sight` says `held` and `mine`. 409 while somebody else has it."""
    screen.ask_for(request, run)
    return {"run": run, "phase": "asked"}


@router.post("/hands", status_code=204)
def hands(request: Request, run: str, what: screen.Hands) -> Response:
    """Do these gestures in their order. 409 when the screen is not in your hands; then nothing was done."""
    return screen.act(request, run, what)


@router.post("/hand-back")
def hand_back(request: Request, run: str, given: HandBack) -> JSONResponse:
    """Give the screen back. 409 when it is not in your hands."""
    screen.give_back(request, run, given.then)
    return JSONResponse({"run": run, "then": given.then})
