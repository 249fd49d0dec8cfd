"""The bots: what each does and when, launched from here with checked parameters, dropped files, or as a rehearsal."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from nightclerk.console.pages.common import (
    bots_by_name,
    once,
    page_of,
    renderer_of,
    services_of,
    user_of,
    window,
)
from nightclerk.console.parameters import BadParameter, checked_first, checked_form, keep_upload
from nightclerk.console.progress import record_of
from nightclerk.console.services import BotInfo, Services
from nightclerk.domain.items import RunState
from nightclerk.errors import NightClerkError

router = APIRouter()
#: So many of the latest runs make a bot's success and person rates.
RUNS_JUDGED = 30
GOING_ON = (RunState.RUNNING, RunState.QUEUED, RunState.PAUSED)


@router.get("/bots")
def bots_page(request: Request) -> Response:
    services = services_of(request)
    bots = list(services.launcher.bots())
    latest = {bot.name: services.store.runs(bot=bot.name, limit=RUNS_JUDGED) for bot in bots}
    return renderer_of(request).page(
        request,
        "bots.html",
        bots=bots,
        by_name={bot.name: bot for bot in bots},
        last={name: runs[:8] for name, runs in latest.items()},
        records={name: record_of(runs) for name, runs in latest.items()},
        starts={bot.name: services.launcher.next_starts(bot.name, 1) for bot in bots},
    )


def bot_or_404(services: Services, name: str) -> BotInfo:
    bot = bots_by_name(services).get(name)
    if bot is None:
        raise HTTPException(404)
    return bot


@router.get("/bots/{name}")
def bot_page(request: Request, name: str) -> Response:
    return _show(request, bot_or_404(services_of(request), name), typed={}, wrong={})


def _show(
    request: Request, bot: BotInfo, *, typed: dict[str, str], wrong: dict[str, str], status: int = 200
) -> Response:
    services = services_of(request)
    runs = services.store.runs(bot=bot.name, **window(request, 15))
    return renderer_of(request).page(
        request,
        "bot.html",
        status=status,
        bot=bot,
        by_name=bots_by_name(services),
        page=page_of(request, runs, 15),
        starts=services.launcher.next_starts(bot.name, 5),
        record=record_of(services.store.runs(bot=bot.name, limit=RUNS_JUDGED)),
        running=services.store.runs(bot=bot.name, states=GOING_ON, limit=5),
        typed=typed,
        wrong=wrong,
    )


@router.post("/bots/{name}/launch")
async def launch(request: Request, name: str) -> Response:
    """Read the whole form ourselves: its fields are the bot's own parameters."""
    form = await request.form()
    return await run_in_threadpool(_launch, request, name, form)


def _launch(request: Request, name: str, form: FormData) -> Response:
    services = services_of(request)
    bot = bot_or_404(services, name)
    texts = _texts(services, form)
    values, wrong = checked_form(bot.parameters, texts)
    first: int | None = None
    try:
        first = checked_first(texts.get("run_first", ""))
    except BadParameter as error:
        wrong["run_first"] = error.sentence()
    if wrong:
        return _show(request, bot, typed=texts, wrong=wrong, status=422)
    rehearse = texts.get("run_mode") == "rehearse"

    def start() -> str:
        run = services.launcher.launch(name, values, by=user_of(request), rehearse=rehearse, first=first)
        return f"/runs/{run}?said=launched"

    try:
        target = once(request, texts.get("form_id", ""), start)
    except NightClerkError as error:
        return _show(request, bot, typed=texts, wrong={"": error.sentence()}, status=422)
    return RedirectResponse(target, status_code=303)


def _texts(services: Services, form: FormData) -> dict[str, str]:
    """The form's fields as text; a dropped file becomes the path under which it was kept."""
    texts: dict[str, str] = {}
    for field, value in form.multi_items():
        kept: Any = value
        if isinstance(value, UploadFile):
            if not value.filename:
                continue
            kept = keep_upload(services.data / "uploads", value.filename, value.file)
        texts[field] = str(kept)
    return texts
