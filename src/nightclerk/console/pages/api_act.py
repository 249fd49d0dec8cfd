"""What programs may do under /api, by the rules of the pages: launch, answer, decide; with a request id only once."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, HTTPException, Request
from pydantic import BaseModel, Field

from nightclerk.console.pages.bots import bot_or_404
from nightclerk.console.pages.common import once, services_of, user_of
from nightclerk.console.pages.healings import decide_healing
from nightclerk.console.pages.invoices import decide_invoice
from nightclerk.console.pages.items import decide_item
from nightclerk.console.pages.runs import GOING_ON, record_or_404
from nightclerk.console.pages.tasks import answer_task
from nightclerk.console.parameters import checked_form
from nightclerk.domain.items import RunRecord, RunState, State
from nightclerk.errors import NightClerkError
from nightclerk.texts import say
from nightclerk.work.answers import AnsweredAlready

router = APIRouter(prefix="/api", tags=["act"])
RequestId = Annotated[str, Header(alias="Idempotency-Key", max_length=64)]


class Launch(BaseModel):
    """A run to start. `parameters` are texts as the bot's page takes them."""

    parameters: dict[str, str] = Field(default_factory=dict)
    rehearse: bool = False
    first: int | None = Field(default=None, ge=1)


class Answer(BaseModel):
    """An answer to a task."""

    task: str
    answer: str = Field(min_length=1)


class ItemDecision(BaseModel):
    """A person's word about an item, as its `version` was seen. In doubt: `done` needs the reference there."""

    version: int
    state: State
    why: str = ""
    reference: str = ""


class InvoiceDecision(BaseModel):
    """A person's word about an invoice, as its `version` was seen; `shares` is "PO-1 = 100.00; PO-2 = 50.00"."""

    version: int
    decision: Literal["accept", "reject", "rematch", "split"]
    orders: list[str] = Field(default_factory=list)
    shares: str = ""
    why: str = ""


class HealingDecision(BaseModel):
    """Whether an element was found again rightly."""

    decision: Literal["accept", "refuse"]


@router.post("/bots/{name}/runs", status_code=201)
def launch(request: Request, name: str, wanted: Launch, idempotency_key: RequestId = "") -> dict[str, str]:
    """Start a bot. The same Idempotency-Key starts it once and is told the same run."""
    services = services_of(request)
    bot = bot_or_404(services, name)
    values, wrong = checked_form(bot.parameters, wanted.parameters)
    if wrong:
        raise HTTPException(422, " ".join(wrong.values()))

    def start() -> str:
        return services.launcher.launch(name, values, by=user_of(request), rehearse=wanted.rehearse, first=wanted.first)

    try:
        return {"run": once(request, f"api {user_of(request)} {idempotency_key}" if idempotency_key else "", start)}
    except NightClerkError as error:
        raise HTTPException(422, error.sentence()) from error


@router.post("/runs/{run}/{word}")
def control(request: Request, run: str, word: Literal["pause", "resume", "cancel"]) -> RunRecord:
    """Pause, resume or cancel a run; 409 where it stands so that this cannot be done."""
    services = services_of(request)
    state = record_or_404(services, run).state
    fits = state is RunState.PAUSED if word == "resume" else state in GOING_ON
    if not fits and not (word == "cancel" and state is RunState.PAUSED):
        raise HTTPException(409, say("console.run.not_now", state=say(f"console.run_state.{state}")))
    getattr(services.launcher, word)(run, user_of(request))
    return record_or_404(services, run)


@router.post("/tasks/answer")
def answer(request: Request, given: Answer) -> dict[str, bool]:
    """Answer a task, once. `kept` is false when a second person has to agree first."""
    try:
        return {"kept": answer_task(request, given.task, given.answer.strip())}
    except AnsweredAlready as error:
        raise HTTPException(409, error.sentence()) from error


@router.post("/items/{queue}/{key:path}")
def item(request: Request, queue: str, key: str, given: ItemDecision) -> dict[str, bool]:
    """Decide about an item; 409 when it has changed since its version was seen."""
    done = decide_item(
        request, queue, key, version=given.version, wanted=given.state, why=given.why, reference=given.reference
    )
    if not done:
        raise HTTPException(409, "console.item.stale")
    return {"kept": True}


@router.post("/invoices/{key:path}")
def invoice(request: Request, key: str, given: InvoiceDecision) -> dict[str, str]:
    """Decide about an invoice; above the limit it waits for a second person (`asked_second`)."""
    facts: dict[str, Any] = {"version": given.version, "orders": given.orders, "shares": given.shares, "why": given.why}
    try:
        return {"said": decide_invoice(request, key, given.decision, **facts)}
    except NightClerkError as error:
        raise HTTPException(409, error.sentence()) from error


@router.post("/healings/{name}")
def healing(request: Request, name: str, given: HealingDecision) -> dict[str, str]:
    """Accept or refuse a healing."""
    try:
        return {"state": decide_healing(request, name, given.decision).state}
    except NightClerkError as error:
        raise HTTPException(409, error.sentence()) from error
