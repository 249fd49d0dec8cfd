"""A seller center in the manner of 抖店: hashed class names, virtual tables, two status axes, xlsx exports."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from nightclerk.sandbox import douyin_files, world
from nightclerk.sandbox.shop_books import Barred, LiveOrder, ShopBooks
from nightclerk.sandbox.shop_orders import Stage
from nightclerk.sandbox.shop_site import ShopPages, ShopSite, day_of, masked_name, masked_phone
from nightclerk.sandbox.troubles import Troubles

COOLDOWN_S = 2.0


def carriers() -> list[str]:
    """What the carrier select of the ship drawer offers."""
    others = ["韵达快递", "申通快递", "极兔速递", "邮政快递包裹", "EMS", "京东物流", "安能物流", "优速快递"]
    return [*others[:5], *[names["douyin"] for names in world.CARRIERS.values()], *others[5:], "丹鸟", "其他物流"]


def create(state: Path, troubles: Troubles) -> Starlette:
    """The center as an app to mount at /douyin."""
    site = ShopSite(platform="douyin", books=ShopBooks(state, "douyin"), troubles=troubles, greet=_to_login)
    pages = _Douyin(site)
    work = "/ffa/morder/order"
    return Starlette(
        routes=[
            Route("/", site.members(pages.orders)),
            Route("/login/common", pages.login, methods=["GET", "POST"]),
            Route("/logout", pages.logout),
            Route(f"{work}/list", site.members(pages.orders)),
            Route(f"{work}/rows", site.members(pages.rows)),
            Route(f"{work}/export", site.members(pages.ask_export), methods=["POST"]),
            Route(f"{work}/exports", site.members(pages.exports)),
            Route(f"{work}/export-file/{{number}}", site.members(pages.export_file)),
            Route(f"{work}/ship", site.members(pages.ship), methods=["POST"]),
            Route("/ffa/g/stock", site.members(pages.stock)),
            Route("/ffa/g/stock/rows", site.members(pages.stock_rows)),
            Route("/ffa/g/stock/save", site.members(pages.save_stock), methods=["POST"]),
        ]
    )


def _to_login(site: ShopSite, request: Request) -> Response:
    return RedirectResponse(f"{request.scope['root_path']}/login/common", status_code=302)


class _Douyin(ShopPages):
    """The pages; each method answers one address."""

    shipped = "发货成功"
    stocked = "库存已更新"

    async def login(self, request: Request) -> Response:
        if request.method == "GET":
            return self.site.page(request, "login", wrong="")
        form = await request.form()
        if form.get("agree") != "on":
            return self.site.page(request, "login", wrong="请先阅读并同意用户协议与隐私政策")
        inside = RedirectResponse(f"{request.scope['root_path']}/ffa/morder/order/list", status_code=303)
        if self.site.sign_in(str(form.get("email", "")), str(form.get("password", "")), inside):
            return inside
        return self.site.page(request, "login", wrong="邮箱或密码错误，请重新输入")

    async def logout(self, request: Request) -> Response:
        self.site.sign_out(request)
        return _to_login(self.site, request)

    async def orders(self, request: Request) -> Response:
        return self.site.page(request, "orders", here="orders", carriers=carriers())

    async def rows(self, request: Request) -> Response:
        """The rows of the order table as JSON; the page draws only those in view."""
        number = request.query_params.get("number", "").strip()
        orders = [o for o in self.books.orders() if not number or o.sold.number == number]
        return JSONResponse({"rows": [_row(o) for o in orders]})

    async def ask_export(self, request: Request) -> Response:
        asked = json.loads(await request.body())
        try:
            first = day_of(asked.get("first", ""), date(2026, 1, 1))
            last = day_of(asked.get("last", ""), date(2099, 1, 1))
            job = self.books.ask_export("orders", first, last, cooldown_s=COOLDOWN_S)
        except Barred as why:
            return self.site.refused(why)
        return JSONResponse({"ok": True, "number": job.number})

    async def exports(self, request: Request) -> Response:
        """The drawer 导出记录 as JSON."""
        jobs = [j for j in self.books.exports() if j.kind == "orders"]
        return JSONResponse(
            {
                "jobs": [
                    {
                        "number": j.number,
                        "asked_at": f"{j.asked_at:%Y-%m-%d %H:%M:%S}",
                        "range": f"{j.first} 至 {j.last}",
                        "ready": j.ready,
                    }
                    for j in jobs
                ]
            }
        )

    async def export_file(self, request: Request) -> Response:
        job = self.books.export(request.path_params["number"])
        if job is None or not job.ready:
            return HTMLResponse("<h1>文件不存在</h1>", 404)
        return Response(
            douyin_files.workbook(job, self.books.orders()),
            media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(douyin_files.file_name(job))}"},
        )

    async def stock(self, request: Request) -> Response:
        name = "stock_redesigned" if self.site.troubles.on("redesign") else "stock"
        return self.site.page(request, name, here="stock")

    async def stock_rows(self, request: Request) -> Response:
        rows = self.books.stock(request.query_params.get("text", ""))
        return JSONResponse({"rows": [vars(row) for row in rows]})


def _row(order: LiveOrder) -> dict[str, object]:
    sold = order.sold
    shipped_since = order.shipped and sold.stage is Stage.TO_SHIP
    return {
        "number": sold.number,
        "created": f"{sold.created_at:%Y-%m-%d %H:%M:%S}",
        "goods": "；".join(f"{line.title} ×{line.quantity}" for line in sold.lines),
        "total": f"{sold.total:.2f}",
        "to": f"{masked_name(sold.recipient)} {masked_phone(sold.phone)}",
        "status": "已发货" if shipped_since else sold.status,
        "after_sale": "待商家处理" if order.refund_asked else sold.after_sale,
        "carrier": order.carrier,
        "tracking": order.tracking,
        "can_ship": order.can_ship,
    }
