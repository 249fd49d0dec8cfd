"""A seller center in the manner of 千牛: login in an iframe, list of sold items, export jobs, ship dialog, stock."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from nightclerk.sandbox import taobao_files, world
from nightclerk.sandbox.shop_books import Barred, LiveOrder, ShopBooks
from nightclerk.sandbox.shop_orders import Stage
from nightclerk.sandbox.shop_site import ShopPages, ShopSite, day_of, masked_name, masked_phone
from nightclerk.sandbox.taobao_import import StockImport
from nightclerk.sandbox.troubles import Troubles

PAGE_SIZE = 15
COOLDOWN_S = 2.0
TABS = {
    "all": "近三个月订单",
    "unpaid": "等待买家付款",
    "to_ship": "等待发货",
    "shipped": "已发货",
    "refund": "退款中",
    "done": "成功的订单",
    "closed": "关闭的订单",
}
OTHER_CARRIERS = (
    "韵达快递", "申通快递", "极兔速递", "邮政快递包裹", "EMS", "百世快递", "京东物流", "安能物流", "优速快递",
    "天天快递", "宅急送", "速尔快递", "跨越速运", "丹鸟", "壹米滴答", "信丰物流", "菜鸟速递", "加运美", "其他",
)  # fmt: skip


def carriers() -> list[str]:
    """What the carrier select offers: long enough that it has to scroll."""
    ours = [names["taobao"] for names in world.CARRIERS.values()]
    return [*OTHER_CARRIERS[:9], *ours, *OTHER_CARRIERS[9:]]


def create(state: Path, troubles: Troubles) -> Starlette:
    """The center as an app to mount at /taobao."""
    site = ShopSite(platform="taobao", books=ShopBooks(state, "taobao"), troubles=troubles, greet=_to_login)
    pages = _Taobao(site)
    work = "/home.htm/trade-platform/tp"
    return Starlette(
        routes=[
            Route("/", site.members(pages.home)),
            Route("/login", pages.login),
            Route("/login/frame", pages.login_frame, methods=["GET", "POST"]),
            Route("/logout", pages.logout),
            Route("/home.htm", site.members(pages.home)),
            Route(f"{work}/sold", site.members(pages.sold)),
            Route(f"{work}/export", site.members(pages.ask_export), methods=["POST"]),
            Route(f"{work}/export-list", site.members(pages.export_list)),
            Route(f"{work}/export-file/{{number}}", site.members(pages.export_file)),
            Route(f"{work}/consign", site.members(pages.ship), methods=["POST"]),
            Route("/home.htm/SellManage/stock", site.members(pages.stock)),
            Route("/home.htm/SellManage/stock/save", site.members(pages.save_stock), methods=["POST"]),
            *StockImport(site).routes(),
        ]
    )


def _to_login(site: ShopSite, request: Request) -> Response:
    return RedirectResponse(f"{request.scope['root_path']}/login", status_code=302)


class _Taobao(ShopPages):
    """The pages; each method answers one address."""

    shipped = "发货成功"
    stocked = "保存成功"

    async def login(self, request: Request) -> Response:
        return self.site.page(request, "login")

    async def login_frame(self, request: Request) -> Response:
        if request.method == "GET":
            return self.site.page(request, "login_frame", wrong=False)
        form = await request.form()
        inside = HTMLResponse(f"<script>top.location.href = '{request.scope['root_path']}/home.htm?first=1'</script>")
        if self.site.sign_in(str(form.get("user", "")), str(form.get("password", "")), inside):
            return inside
        return self.site.page(request, "login_frame", wrong=True)

    async def logout(self, request: Request) -> Response:
        self.site.sign_out(request)
        return _to_login(self.site, request)

    async def home(self, request: Request) -> Response:
        orders = self.books.orders()
        counts = {tab: sum(_in_tab(order, tab) for order in orders) for tab in TABS}
        survey = request.query_params.get("first") == "1"
        return self.site.page(request, "home", counts=counts, survey=survey, here="home")

    async def sold(self, request: Request) -> Response:
        asked = dict(request.query_params)
        orders = [order for order in self.books.orders() if _wanted(order, asked)]
        page = max(1, int(asked.get("page", "1")))
        pages = max(1, -(-len(orders) // PAGE_SIZE))
        return self.site.page(
            request, "sold", here="sold", orders=orders[(page - 1) * PAGE_SIZE : page * PAGE_SIZE], total=len(orders),
            page=page, pages=pages, asked=asked, tabs=TABS, tab=asked.get("tab", "all"), carriers=carriers(),
            fields=[h.strip() for h in taobao_files.ORDER_CELLS], more_fields=taobao_files.EMPTY_FIELDS,
            redesigned=self.site.troubles.on("redesign"), masked_name=masked_name, masked_phone=masked_phone,
        )  # fmt: skip

    async def ask_export(self, request: Request) -> Response:
        asked = await request.json()
        try:
            job = self.books.ask_export(
                _kind(asked), *_days(asked), fields=tuple(asked.get("fields", ())), cooldown_s=COOLDOWN_S
            )
        except Barred as why:
            return self.site.refused(why)
        return JSONResponse({"ok": True, "asked_at": f"{job.asked_at:%Y-%m-%d %H:%M:%S}"})

    async def export_list(self, request: Request) -> Response:
        return self.site.page(request, "export_list", here="exports", jobs=self.books.exports())

    async def export_file(self, request: Request) -> Response:
        job = self.books.export(request.path_params["number"])
        if job is None or not job.ready:
            return HTMLResponse("<h1>报表不存在或已过期</h1>", 404)
        name = quote(taobao_files.file_name(job))
        return Response(
            taobao_files.report(job, self.books.orders()), media_type="application/octet-stream",
            headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
        )  # fmt: skip


def _kind(asked: dict[str, Any]) -> str:
    return "items" if asked.get("kind") == "items" else "orders"


def _days(asked: dict[str, Any]) -> tuple[date, date]:
    return day_of(asked.get("first", ""), date(2026, 1, 1)), day_of(asked.get("last", ""), date(2099, 1, 1))


def _wanted(order: LiveOrder, asked: dict[str, str]) -> bool:
    number = asked.get("number", "").strip()
    if number and order.sold.number != number:
        return False
    try:
        first, last = _days(asked)
    except Barred:
        return False
    return first <= order.sold.created_at.date() <= last and _in_tab(order, asked.get("tab", "all"))


def _in_tab(order: LiveOrder, tab: str) -> bool:
    stage = order.sold.stage
    return {
        "all": True,
        "unpaid": stage is Stage.UNPAID,
        "to_ship": order.can_ship and not order.refund_asked,
        "shipped": stage is Stage.SHIPPED or (order.shipped and stage is Stage.TO_SHIP),
        "refund": stage is Stage.REFUND_OPEN or order.refund_asked,
        "done": stage is Stage.COMPLETED,
        "closed": stage in {Stage.CLOSED, Stage.REFUNDED},
    }.get(tab, True)
