"""A seller center in the manner of 京麦: cards in a scroll box, a route that moves by itself, encrypted exports."""

from __future__ import annotations

import json
import secrets
from datetime import date
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from nightclerk.sandbox import jd_files, world
from nightclerk.sandbox.messages import Messages
from nightclerk.sandbox.shop_books import Barred, LiveOrder, ShopBooks
from nightclerk.sandbox.shop_orders import Stage
from nightclerk.sandbox.shop_site import ShopPages, ShopSite, day_of, masked_name, masked_phone
from nightclerk.sandbox.troubles import Troubles

#: Cards that one scroll to the end of the box brings.
BATCH = 10
COOLDOWN_S = 2.0
TABS = {
    "allOrders": "全部订单",
    "notPay": "未付款",
    "suspend": "暂停",
    "waitOut": "待出库",
    "hadOut": "已出库",
    "completed": "已完成",
    "canceled": "已取消",
    "locked": "已锁定",
}
_PASSWORD_LETTERS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789"


def carriers() -> list[str]:
    """What the carrier select of the ship page offers."""
    return ["京东快递", *[names["jd"] for names in world.CARRIERS.values()], "韵达快递", "申通快递", "厂家自送"]


def create(state: Path, troubles: Troubles) -> Starlette:
    """The center as an app to mount at /jd."""
    site = ShopSite(platform="jd", books=ShopBooks(state, "jd"), troubles=troubles, greet=_passport)
    pages = _Jd(site, Messages(state))
    return Starlette(
        routes=[
            Route("/", site.members(pages.orders)),
            Route("/passport/login", pages.login, methods=["GET", "POST"]),
            Route("/logout", pages.logout),
            Route("/jdm/trade/orders", site.members(pages.orders)),
            Route("/jdm/trade/cards", site.members(pages.cards)),
            Route("/jdm/trade/export", site.members(pages.exports)),
            Route("/jdm/trade/export/ask", site.members(pages.ask_export), methods=["POST"]),
            Route("/jdm/trade/export/file/{number}", site.members(pages.export_file)),
            Route("/order/singleOut/{number}", site.members(pages.single_out)),
            Route("/order/singleOut/{number}/out", site.members(pages.ship), methods=["POST"]),
            Route("/jdm/ware/stock", site.members(pages.stock)),
            Route("/jdm/ware/stock/save", site.members(pages.save_stock), methods=["POST"]),
        ]
    )


def _passport(site: ShopSite, request: Request) -> Response:
    """The login page under the address that was asked for: only the title gives it away."""
    return site.page(request, "login", wrong=False, back=request.url.path)


class _Jd(ShopPages):
    """The pages; each method answers one address."""

    shipped = "出库成功"
    stocked = "修改成功"
    ships_again = False

    def __init__(self, site: ShopSite, messages: Messages) -> None:
        super().__init__(site)
        self.messages = messages

    async def login(self, request: Request) -> Response:
        root = request.scope["root_path"]
        back = f"{root}/jdm/trade/orders"
        if request.method == "GET":
            return self.site.page(request, "login", wrong=False, back=back)
        form = await request.form()
        asked = str(form.get("back", back))
        inside = RedirectResponse(asked if asked.startswith(f"{root}/") else back, status_code=303)
        if self.site.sign_in(str(form.get("loginname", "")), str(form.get("nloginpwd", "")), inside):
            return inside
        return self.site.page(request, "login", wrong=True, back=back)

    async def logout(self, request: Request) -> Response:
        self.site.sign_out(request)
        return RedirectResponse(f"{request.scope['root_path']}/passport/login", status_code=302)

    async def orders(self, request: Request) -> Response:
        return self.site.page(request, "orders", here="orders", tabs=TABS)

    async def cards(self, request: Request) -> Response:
        """One batch of cards as JSON."""
        asked = request.query_params
        orders = [o for o in self.books.orders() if _in_tab(o, asked.get("tab", "allOrders"))]
        number = asked.get("number", "").strip()
        found = [o for o in orders if not number or o.sold.number == number]
        start = int(asked.get("from", "0"))
        return JSONResponse({"total": len(found), "cards": [_card(o) for o in found[start : start + BATCH]]})

    async def exports(self, request: Request) -> Response:
        jobs = [job for job in self.books.exports() if job.kind == "orders"]
        asked = request.query_params.get("asked", "")
        return self.site.page(request, "exports", here="exports", jobs=jobs, asked=asked)

    async def ask_export(self, request: Request) -> Response:
        asked = json.loads(await request.body())
        password = "".join(secrets.choice(_PASSWORD_LETTERS) for _ in range(8))
        try:
            first = day_of(asked.get("first", ""), date(2026, 1, 1))
            last = day_of(asked.get("last", ""), date(2099, 1, 1))
            job = self.books.ask_export("orders", first, last, password=password, cooldown_s=COOLDOWN_S)
        except Barred as why:
            return self.site.refused(why)
        self.messages.send(
            "京麦", f"【京麦】您的订单导出文件（任务号 {job.number}）解压密码为 {password}，24小时内有效。"
        )
        return JSONResponse({"ok": True, "message": f"任务 {job.number} 已提交", "number": job.number})

    async def export_file(self, request: Request) -> Response:
        job = self.books.export(request.path_params["number"])
        if job is None or not job.ready:
            return HTMLResponse("<h1>抱歉主人，此页面没有找到</h1>", 404)
        name = jd_files.file_name(job)
        return Response(
            jd_files.archive(job, self.books.orders()), media_type="application/zip",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )  # fmt: skip

    async def single_out(self, request: Request) -> Response:
        order = self.books.order(request.path_params["number"])
        return self.site.page(
            request, "single_out", here="orders", number=request.path_params["number"], order=order,
            carriers=carriers(), status=_status(order) if order else "", masked_name=masked_name,
            masked_phone=masked_phone,
        )  # fmt: skip


def _status(order: LiveOrder) -> str:
    if order.refund_asked:
        return "锁定订单"
    return "等待确认收货" if order.shipped and order.sold.stage is Stage.TO_SHIP else order.sold.status


def _card(order: LiveOrder) -> dict[str, object]:
    sold = order.sold
    return {
        "number": sold.number,
        "created": f"{sold.created_at:%Y-%m-%d %H:%M:%S}",
        "status": _status(order),
        "total": f"{sold.total:.2f}",
        "buyer": sold.buyer,
        "name": masked_name(sold.recipient),
        "phone": masked_phone(sold.phone),
        "address": sold.address,
        "memo": sold.memo,
        "lines": [{"title": x.title, "sku": x.sku, "count": x.quantity, "price": f"{x.price:.2f}"} for x in sold.lines],
        "carrier": order.carrier,
        "tracking": order.tracking,
        "can_ship": order.can_ship and not order.refund_asked,
    }


def _in_tab(order: LiveOrder, tab: str) -> bool:
    stage = order.sold.stage
    locked = order.refund_asked or order.sold.status == "锁定订单"
    return {
        "allOrders": True,
        "notPay": stage is Stage.UNPAID,
        "suspend": order.sold.status == "暂停订单",
        "waitOut": order.can_ship and not locked,
        "hadOut": order.shipped and stage is not Stage.COMPLETED,
        "completed": stage is Stage.COMPLETED,
        "canceled": stage is Stage.CLOSED,
        "locked": locked,
    }.get(tab, True)
