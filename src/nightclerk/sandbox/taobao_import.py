"""The import page of the practice shop: a CSV of stock levels, taken row by row, now and then only half of it."""

from __future__ import annotations

import csv
import io

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from nightclerk.sandbox.shop_books import Barred
from nightclerk.sandbox.shop_site import Lost, ShopSite

PATH = "/home.htm/SellManage/stock/import"
HEADER = ["商家编码", "可售库存"]


class StockImport:
    """The page and what takes its file."""

    def __init__(self, site: ShopSite) -> None:
        self.site = site

    def routes(self) -> list[Route]:
        return [
            Route(PATH, self.site.members(self.page)),
            Route(f"{PATH}/send", self.site.members(self.take), methods=["POST"]),
        ]

    async def page(self, request: Request) -> Response:
        return self.site.page(request, "stock_import", here="stock")

    async def take(self, request: Request) -> Response:
        """Write each row; with `lost-answer` the connection breaks once, when half of the rows stand."""
        form = await request.form()
        upload = form["file"]
        try:
            rows = _rows("" if isinstance(upload, str) else (await upload.read()).decode("utf-8-sig"))
        except Barred as why:
            return self.site.refused(why)
        if self.site.troubles.strike("lost-answer", self.site.platform, spot="import"):
            self._write(rows[: len(rows) // 2])
            return Lost()
        return JSONResponse({"ok": True, "message": "导入完成", "faults": self._write(rows), "rows": len(rows)})

    def _write(self, rows: list[list[str]]) -> list[dict[str, str]]:
        """Write the rows; what the shop said no to."""
        faults = []
        for sku, quantity in rows:
            try:
                self.site.books.set_stock(sku, quantity)
            except Barred as why:
                faults.append({"sku": sku, "why": str(why)})
        return faults


def _rows(text: str) -> list[list[str]]:
    header, *rows = list(csv.reader(io.StringIO(text))) or [[]]
    if header != HEADER or any(len(row) != len(HEADER) for row in rows):
        raise Barred(f"文件格式不正确，表头应为：{'、'.join(HEADER)}")
    return rows
