"""What the practice shops' web sides share: pages, sessions that can be lost, answers that can get lost."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

import anyio
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from nightclerk.sandbox import world
from nightclerk.sandbox.shop_books import Barred, ShopBooks
from nightclerk.sandbox.troubles import Troubles

PAGES = Path(__file__).parent / "pages"
Endpoint = Callable[[Request], Awaitable[Response]]
#: Requests of a signed-in user before the one-time loss of the session.
_LOST_AFTER = {"taobao": 12, "jd": 11, "douyin": 14}


def environment() -> Environment:
    """The Jinja environment of all sandbox pages."""
    loader = FileSystemLoader(PAGES)
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


@dataclass
class ShopSite:
    """One shop's pages, sessions and books. `greet` answers a request whose session is not (or no longer) there."""

    platform: str
    books: ShopBooks
    troubles: Troubles
    greet: Callable[[ShopSite, Request], Response]
    sessions: set[str] = field(default_factory=set)
    pages: Environment = field(default_factory=environment)

    @property
    def cookie(self) -> str:
        return f"{self.platform}_session"

    def page(self, request: Request, name: str, **facts: Any) -> HTMLResponse:
        """Render one page of this platform; now and then with the unknown pop-up on it."""
        popup = self.signed_in(request) and self.troubles.strike("popup", self.platform, after=4)
        text = self.pages.get_template(f"{self.platform}/{name}.html").render(
            root=request.scope["root_path"],
            shop=next(s for s in world.SHOPS if s.platform == self.platform),
            user=world.LOGINS[self.platform][0],
            unknown_popup=popup,
            **facts,
        )
        return HTMLResponse(text, headers={"Cache-Control": "no-store"})

    def signed_in(self, request: Request) -> bool:
        return request.cookies.get(self.cookie, "") in self.sessions

    def sign_in(self, user: str, password: str, response: Response) -> bool:
        """Set the session cookie on `response` when the login is right."""
        if (user.strip(), password) != world.LOGINS[self.platform]:
            return False
        token = secrets.token_urlsafe(16)
        self.sessions.add(token)
        response.set_cookie(self.cookie, token, httponly=True, samesite="lax")
        return True

    def sign_out(self, request: Request) -> None:
        self.sessions.discard(request.cookies.get(self.cookie, ""))

    def members(self, endpoint: Callable[[Request], Any]) -> Endpoint:
        """Only for signed-in users; others are greeted. The place where a session gets lost, once."""

        async def guarded(request: Request) -> Response:
            if self.signed_in(request) and self.troubles.strike(
                "lost-session", self.platform, after=_LOST_AFTER[self.platform]
            ):
                self.sessions.clear()
            if not self.signed_in(request):
                return self._turned_away(request)
            return await endpoint(request)

        return guarded

    def _turned_away(self, request: Request) -> Response:
        if "application/json" in request.headers.get("accept", ""):
            return JSONResponse({"ok": False, "message": "登录已失效，请重新登录", "login": True}, status_code=401)
        return self.greet(self, request)

    def written(self, spot: str, **facts: Any) -> Response:
        """The answer to a write that stands in the books; twice a spot it gets lost on the way."""
        if self.troubles.strike("lost-answer", self.platform, spot=spot, after=1, every=4, at_most=2):
            return Lost() if spot == "ship" else Response("<h1>502 Bad Gateway</h1>", 502, media_type="text/html")
        return JSONResponse({"ok": True, **facts})

    def refused(self, why: Barred) -> Response:
        """The answer to a write that the shop does not take."""
        return JSONResponse({"ok": False, "message": str(why)})


class ShopPages:
    """What every shop answers in the same way: only its words and its say on a second parcel differ."""

    shipped: ClassVar[str]
    stocked: ClassVar[str]
    #: Whether an order that has been sent may be sent again.
    ships_again: ClassVar[bool] = True

    def __init__(self, site: ShopSite) -> None:
        self.site = site
        self.books = site.books

    async def ship(self, request: Request) -> Response:
        """Enter carrier and tracking number; the order's number comes in the body or in the address."""
        asked = await request.json()
        number = request.path_params.get("number") or asked["number"]
        try:
            self.books.ship(number, asked["carrier"], asked["tracking"], again=self.ships_again)
        except Barred as why:
            return self.site.refused(why)
        return self.site.written("ship", message=self.shipped)

    async def stock(self, request: Request) -> Response:
        text = request.query_params.get("text", "")
        return self.site.page(request, "stock", here="stock", rows=self.books.stock(text), text=text)

    async def save_stock(self, request: Request) -> Response:
        asked = await request.json()
        try:
            quantity = self.books.set_stock(asked["sku"], str(asked["quantity"]))
        except Barred as why:
            return self.site.refused(why)
        return self.site.written("stock", message=self.stocked, quantity=quantity)


class Lost(Response):
    """An answer that breaks off: headers promise a body, then the connection is gone."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        head = [(b"content-type", b"application/json"), (b"content-length", b"400")]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": b'{"ok": ', "more_body": True})


class SlowPages:
    """ASGI wrapper: with the trouble `slow`, every third request takes 0.3 to 1.5 seconds longer."""

    def __init__(self, app: ASGIApp, troubles: Troubles, system: str) -> None:
        self.app = app
        self.troubles = troubles
        self.system = system
        self._seen = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self.troubles.on("slow") and "/static/" not in scope["path"]:
            self._seen += 1
            if self._seen % 3 == 0:
                await anyio.sleep(0.3 + (self._seen * 7 % 13) / 10)
        await self.app(scope, receive, send)


def day_of(text: str, otherwise: date) -> date:
    """A date from a form field such as 2026-11-20 or 2026-11-20 00:00:00; Barred when it is none."""
    if not text.strip():
        return otherwise
    try:
        return date.fromisoformat(text.strip()[:10].replace("/", "-"))
    except ValueError:
        raise Barred(f"日期格式不正确：{text}") from None


def masked_name(name: str) -> str:
    """A recipient as the platforms show it: the family name only."""
    return name[:1] + "*" * (len(name) - 1)


def masked_phone(number: str) -> str:
    """A phone as the platforms show it."""
    return f"{number[:3]}****{number[-4:]}"
