"""A web OA in the manner of 泛微: a payment request form with a payee chooser, detail rows, thresholds, approvers.

Bots draft and submit as 夜班机器人; people sign in as approvers and agree. Forms wait until they do.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from nightclerk.sandbox import world
from nightclerk.sandbox.oa_books import CEILING, GENERAL_MANAGER_FROM, Barred, Line, OaBooks, money_of
from nightclerk.sandbox.shop_site import environment
from nightclerk.sandbox.troubles import Troubles

COOKIE = "oa_session"
#: Requests of a signed-in user before the one-time loss of the session.
_LOST_AFTER = 25
Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, kw_only=True)
class User:
    """Somebody who can sign in; `node` is the step of the route that waits for them."""

    login: str
    password: str
    name: str
    department: str
    node: str = ""


def _users() -> dict[str, User]:
    login, password = world.LOGINS["oa"]
    people = (
        User(login=login, password=password, name="夜班机器人", department="财务共享中心"),
        User(login="lujx", password="Yun-Shan-Oa-11", name="陆景行", department="采购部", node="直属经理"),
        User(login="xuqh", password="Yun-Shan-Oa-12", name="许清欢", department="财务部", node="财务"),
        User(login="jiangwq", password="Yun-Shan-Oa-13", name="江晚晴", department="总经办", node="总经理"),
    )
    return {user.login: user for user in people}


USERS = _users()


def create(state: Path, troubles: Troubles) -> Starlette:
    """The OA as an app to mount at /oa."""
    oa = _Oa(books=OaBooks(state), troubles=troubles)
    return Starlette(
        routes=[
            Route("/", oa.members(oa.home)),
            Route("/login", oa.login, methods=["GET", "POST"]),
            Route("/logout", oa.logout),
            Route("/workflow/new", oa.members(oa.new)),
            Route("/workflow/payees", oa.members(oa.payees)),
            Route("/workflow/upload", oa.members(oa.upload), methods=["POST"]),
            Route("/workflow/enter", oa.members(oa.enter), methods=["POST"]),
            Route("/workflow/mine", oa.members(oa.mine)),
            Route("/workflow/todo", oa.members(oa.todo)),
            Route("/workflow/view/{number}", oa.members(oa.view)),
            Route("/workflow/answer/{number}", oa.members(oa.answer), methods=["POST"]),
        ]
    )


@dataclass
class _Oa:
    """The pages, who is signed in, and the books behind them."""

    books: OaBooks
    troubles: Troubles
    sessions: dict[str, User] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.pages = environment()

    # ---------------------------------------------------------------------------------- sessions

    def user(self, request: Request) -> User | None:
        return self.sessions.get(request.cookies.get(COOKIE, ""))

    def members(self, endpoint: Callable[[Request], Any]) -> Endpoint:
        """Only for signed-in users. The place where a session gets lost, once."""

        async def guarded(request: Request) -> Response:
            if self.user(request) and self.troubles.strike("lost-session", "oa", after=_LOST_AFTER):
                self.sessions.clear()
            if self.user(request):
                return await endpoint(request)
            if "application/json" in request.headers.get("accept", ""):
                return JSONResponse({"ok": False, "message": "登录超时，请重新登录", "login": True}, 401)
            return RedirectResponse(f"{request.scope['root_path']}/login?timeout=1", 302)

        return guarded

    async def login(self, request: Request) -> Response:
        message = "登录已超时，请重新登录" if request.query_params.get("timeout") else ""
        if request.method == "POST":
            form = await request.form()
            user = USERS.get(str(form.get("login", "")).strip())
            if user and secrets.compare_digest(user.password, str(form.get("password", ""))):
                return self._welcome(request, user)
            message = "用户名或密码错误，请重新输入"
        return self.page(request, "login", message=message)

    def _welcome(self, request: Request, user: User) -> Response:
        token = secrets.token_urlsafe(16)
        self.sessions[token] = user
        answer = RedirectResponse(f"{request.scope['root_path']}/", 303)
        answer.set_cookie(COOKIE, token, httponly=True, samesite="lax")
        return answer

    async def logout(self, request: Request) -> Response:
        self.sessions.pop(request.cookies.get(COOKIE, ""), None)
        return RedirectResponse(f"{request.scope['root_path']}/login", 303)

    # ------------------------------------------------------------------------------------- pages

    def page(self, request: Request, name: str, **facts: Any) -> HTMLResponse:
        """Render one page; now and then with an unknown pop-up on it."""
        user = self.user(request)
        facts = {"user": user, "here": name, "company": world.COMPANY, "root": request.scope["root_path"], **facts}
        popup = bool(user) and name != "payees" and self.troubles.strike("popup", "oa", after=4)
        todo = len(self.books.waiting_for(user.node)) if user and user.node else 0
        text = self.pages.get_template(f"oa/{name}.html").render(unknown_popup=popup, todo_count=todo, **facts)
        return HTMLResponse(text, headers={"Cache-Control": "no-store"})

    async def home(self, request: Request) -> Response:
        user = self._signed_in(request)
        return self.page(request, "home", mine=self.books.mine(user.login)[:8], todo=self.books.waiting_for(user.node))

    async def new(self, request: Request) -> Response:
        day = world.business_day()
        return self.page(request, "new", day=day, ceiling=CEILING, general_manager_from=GENERAL_MANAGER_FROM)

    async def payees(self, request: Request) -> Response:
        text = request.query_params.get("text", "").strip()
        found = [s for s in world.SUPPLIERS if text in s.name or text == s.code]
        return self.page(request, "payees", suppliers=found, text=text)

    async def mine(self, request: Request) -> Response:
        text = request.query_params.get("text", "").strip()
        forms = self.books.mine(self._signed_in(request).login, text)
        return self.page(request, "mine", forms=forms, text=text)

    async def todo(self, request: Request) -> Response:
        user = self._signed_in(request)
        forms = self.books.waiting_for(user.node) if user.node else []
        return self.page(request, "todo", forms=forms, names={u.login: u.name for u in USERS.values()})

    async def view(self, request: Request) -> Response:
        form = self.books.form(request.path_params["number"])
        if form is None:
            return self.page(request, "gone")
        payee = next((s for s in world.SUPPLIERS if s.name == form.payee), None)
        return self.page(
            request,
            "view",
            form=form,
            payee=payee,
            lines=self.books.lines(form.number),
            attachments=self.books.attachments(form.number),
            opinions=self.books.opinions(form.number),
            author=USERS[form.submitted_by],
            my_turn=form.node == self._signed_in(request).node,
        )

    # ------------------------------------------------------------------------------------ writes

    async def upload(self, request: Request) -> Response:
        form = await request.form()
        file = form.get("file")
        if not isinstance(file, UploadFile):
            return JSONResponse({"ok": False, "message": "没有收到附件"})
        try:
            kept = self.books.upload(file.filename or "附件", await file.read())
        except Barred as why:
            return JSONResponse({"ok": False, "message": str(why)})
        return JSONResponse({"ok": True, "id": kept.upload, "name": kept.file_name, "size": kept.size})

    async def enter(self, request: Request) -> Response:
        """Save a draft or submit. With the trouble `lost-answer` the form stands and its answer breaks off."""
        facts = json.loads(await request.body())
        draft = facts.get("action") != "submit"
        try:
            form = self.books.enter(
                title=str(facts.get("title", "")),
                payee=str(facts.get("payee", "")),
                purpose=str(facts.get("purpose", "")),
                lines=[_line(row) for row in facts.get("lines", [])],
                uploads=[str(upload) for upload in facts.get("uploads", [])],
                user=self._signed_in(request).login,
                draft=draft,
            )
        except Barred as why:
            return JSONResponse({"ok": False, "message": str(why)})
        if not draft and self.troubles.strike("lost-answer", "oa"):
            return _BrokenOff()
        return JSONResponse({"ok": True, "number": form.number})

    async def answer(self, request: Request) -> Response:
        """An approver agrees or sends the form back."""
        user, form = self._signed_in(request), await request.form()
        number = request.path_params["number"]
        try:
            self.books.answer(
                number,
                node=user.node,
                who=user.name,
                agree=form.get("verdict") == "agree",
                opinion=str(form.get("opinion", "")),
            )
        except Barred:
            return RedirectResponse(f"{request.scope['root_path']}/workflow/view/{number}", 303)
        return RedirectResponse(f"{request.scope['root_path']}/workflow/todo", 303)

    def _signed_in(self, request: Request) -> User:
        user = self.user(request)
        assert user is not None, "members() lets only signed-in users through"
        return user


def _line(row: dict[str, Any]) -> Line:
    return Line(
        invoice_number=str(row.get("invoice", "")).strip(),
        order_number=str(row.get("order", "")).strip(),
        amount=money_of(str(row.get("amount", ""))),
    )


class _BrokenOff(Response):
    """An answer whose connection ends before its body has come."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"application/json"), (b"content-length", b"200")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b'{"ok"', "more_body": True})
