"""Builds the console's web application out of its services."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from http import HTTPStatus

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from loguru import logger
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware

from nightclerk.console import assets, live
from nightclerk.console.guard import HEADERS, Envelope, SignInNeeded, guard, session_of
from nightclerk.console.holdings import Holdings
from nightclerk.console.limits import Limits
from nightclerk.console.live import Hub
from nightclerk.console.oidc import AccountService
from nightclerk.console.pages import PAGES
from nightclerk.console.people import People
from nightclerk.console.rendering import Renderer, words
from nightclerk.console.rights import Role
from nightclerk.console.services import Services
from nightclerk.console.whereabouts import Whereabouts
from nightclerk.texts import LANGUAGES, language, say

ADMIN = "admin"
ROUTERS = (*PAGES, live)
#: The statuses that have words of their own; the rest is told as "something went wrong".
KNOWN = (400, 403, 404, 409, 422, 429)
LOOPBACK = ("127.0.0.1", "localhost")


def create_app(services: Services, *, hosts: tuple[str, ...] = LOOPBACK) -> FastAPI:
    """The console. `hosts` are the names under which it answers; others are refused (DNS rebinding)."""
    app = FastAPI(
        title="NightClerk", docs_url=None, redoc_url=None, openapi_url=None, lifespan=_lifespan,
        dependencies=[Depends(guard)],
    )  # fmt: skip
    people = People(services.data / "console.db")
    app.state.services, app.state.people = services, people
    app.state.renderer, app.state.limits = Renderer(services), Limits()
    app.state.hub = Hub(services, people)
    app.state.holdings = Holdings(services.live, people) if services.live else None
    app.state.company = AccountService(services.oidc) if services.oidc else None
    app.state.index = Whereabouts(services.data / "console-index.db", store=services.store, logs=services.logs)
    for module in ROUTERS:
        app.include_router(module.router, include_in_schema=module.__name__.rpartition(".")[2].startswith("api"))
    assets.mount(app)
    app.add_exception_handler(SignInNeeded, _to_sign_in)  # type: ignore[arg-type]
    app.add_exception_handler(HTTPException, _refused)  # type: ignore[arg-type]
    app.add_exception_handler(Exception, _broken)
    app.add_exception_handler(RequestValidationError, _malformed)  # type: ignore[arg-type]
    app.add_middleware(Envelope, default_language=services.language)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False)
    return app


@contextlib.asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    watching = asyncio.create_task(app.state.hub.watch())
    yield
    watching.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await watching
    app.state.people.close()
    app.state.index.close()
    if app.state.services.accesses is not None:
        await run_in_threadpool(app.state.services.accesses.close)


def first_code(app: FastAPI) -> str:
    """A fresh one-time code for the admin, who is made when there is none yet."""
    people: People = app.state.people
    people.ensure_user(ADMIN, Role.ADMIN)
    return people.issue_code(ADMIN, now=app.state.services.now())


def needs_code(app: FastAPI) -> bool:
    """Whether the admin has no password yet, so that only a one-time code can let them in."""
    people: People = app.state.people
    admin = people.person(ADMIN)
    return admin is None or (admin.closed_at is None and not admin.has_password)


async def _to_sign_in(request: Request, error: SignInNeeded) -> Response:
    query = "&".join([f"back={error.back}"] * bool(error.back) + ["begun=1"] * error.begun)
    target = f"/sign-in?{query}" if query else "/sign-in"
    if request.headers.get("hx-request"):
        return Response(status_code=401, headers={"HX-Redirect": target})
    if request.url.path.startswith("/api/"):
        return JSONResponse({"error": say("console.refused.sign_in")}, 401)
    return RedirectResponse(target, status_code=303)


async def _refused(request: Request, error: HTTPException) -> Response:
    """An error page in the console's own look; detail is a key of the catalogue where we raised it."""
    kind = error.status_code if error.status_code in KNOWN else 500
    detail = str(error.detail)
    own = detail if kind in (404, 409, 422) and detail != HTTPStatus(kind).phrase else ""
    sentence = words(detail, own or say(f"console.refused.{kind}"))
    if request.url.path.startswith("/api/"):
        return JSONResponse({"error": sentence}, error.status_code, headers=dict(error.headers or {}))
    if not hasattr(request.state, "session"):  # no route fitted, so the guard was not asked
        request.state.session = session_of(request)
    renderer: Renderer = request.app.state.renderer
    return renderer.page(request, "refused.html", status=error.status_code, code=error.status_code, sentence=sentence)


async def _broken(request: Request, error: Exception) -> Response:
    """A fault of ours: said in the console's own look; what happened stands in the log."""
    code = request.cookies.get("nightclerk_language", "")
    with language(code if code in LANGUAGES else request.app.state.services.language):
        logger.opt(exception=error).error("{} {} could not be answered", request.method, request.url.path)
        response = await _refused(request, HTTPException(500, "console.refused.500"))
    response.headers.update(HEADERS)
    return response


async def _malformed(request: Request, error: RequestValidationError) -> Response:
    return await _refused(request, HTTPException(400, "console.refused.400"))
