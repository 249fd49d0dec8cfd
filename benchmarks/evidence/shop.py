"""The local site that all four ways work on: customers, a voucher form, a search, each answer after a set time."""

from __future__ import annotations

import html
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

#: Fields of the voucher form: name in the form, label on the page.
FIELDS = {
    "order": "订单编号",
    "customer": "客户",
    "sku": "货号",
    "quantity": "数量",
    "price": "单价",
    "buyer": "收货人",
    "phone": "联系电话",
    "address": "收货地址",
    "note": "备注",
}
WAREHOUSES = ("杭州一仓", "义乌二仓", "广州三仓")
_CSS = """
body { font: 14px/1.5 "Noto Sans CJK SC", sans-serif; margin: 0; color: #222; }
header { background: #1f4e79; color: #fff; padding: 10px 20px; } nav a { color: #fff; margin-right: 18px; }
main { padding: 14px 20px; } table { border-collapse: collapse; width: 100%; }
td, th { border-bottom: 1px solid #ddd; padding: 3px 8px; text-align: left; font-weight: normal; }
form.voucher { display: grid; grid-template-columns: 110px 320px 110px 320px; gap: 8px; }
input, select { font: inherit; padding: 3px 6px; } button { font: inherit; padding: 4px 16px; }
"""


@dataclass
class Books:
    """What one way has saved: voucher number -> fields."""

    vouchers: dict[str, dict[str, str]] = field(default_factory=dict)

    def save(self, fields: dict[str, str]) -> str:
        number = f"PZ-2026-{len(self.vouchers) + 1:06}"
        self.vouchers[number] = fields
        return number

    def of_order(self, order: str) -> list[str]:
        return [number for number, fields in self.vouchers.items() if fields["order"] == order]


class Shop:
    """One server on a port of its own; `url` is its address."""

    def __init__(self, *, latency_s: float) -> None:
        self.books = Books()
        handler = type("Handler", (_Handler,), {"books": self.books, "latency_s": latency_s})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    books: Books
    latency_s: float

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(asked.query).items()}
        if asked.path == "/site.css":
            return self._answer(_CSS, kind="text/css", max_age_s=3600)
        self._think()
        pages = {"/customers": self._customers, "/vouchers": self._vouchers, "/new": self._form}
        if asked.path in pages:
            return self._answer(_page(pages[asked.path](query)))
        if asked.path.startswith("/voucher/"):
            return self._answer(_page(self._voucher(asked.path.rpartition("/")[2])))
        return self._answer("", status=404)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        fields = {name: values[0] for name, values in parse_qs(body, keep_blank_values=True).items()}
        self._think()
        self.send_response(303)
        self.send_header("Location", f"/voucher/{self.books.save(fields)}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _think(self) -> None:
        threading.Event().wait(self.latency_s)

    def _customers(self, query: dict[str, str]) -> str:
        wanted = query.get("q", "")
        names = [f"样例商行{number:03}" for number in range(1, 301)]
        rows = [(name, "华东", "月结 30 天", "正常") for name in names if wanted in name][:25]
        return _search("客户", wanted) + _table(("客户名称", "大区", "结算", "状态"), rows)

    def _vouchers(self, query: dict[str, str]) -> str:
        wanted, books = query.get("q", ""), self.books
        numbers = books.of_order(wanted) if wanted else list(books.vouchers)[-25:][::-1]
        rows = [self._row(number, books.vouchers[number]) for number in numbers]
        return _search("凭证", wanted) + _table(("凭证号", "订单编号", "客户", "货号", "数量", "金额"), rows)

    def _row(self, number: str, fields: dict[str, str]) -> tuple[str, ...]:
        link = f'<a href="/voucher/{number}">{number}</a>'
        return (link, fields["order"], fields["customer"], fields["sku"], fields["quantity"], _total(fields))

    def _form(self, query: dict[str, str]) -> str:
        rows = [
            f'<label for="{name}">{label}</label><input id="{name}" name="{name}" autocomplete="off">'
            for name, label in FIELDS.items()
        ]
        options = "".join(f"<option>{name}</option>" for name in ("请选择", *WAREHOUSES))
        rows.append(f'<label for="warehouse">仓库</label><select id="warehouse" name="warehouse">{options}</select>')
        fields = "".join(rows)
        return (
            f'<h2>新建凭证</h2><form class="voucher" method="post" action="/new">{fields}<button>保存</button></form>'
        )

    def _voucher(self, number: str) -> str:
        fields = self.books.vouchers[number]
        rows = [(label, html.escape(fields[name])) for name, label in FIELDS.items()]
        total = f'<p>合计 <b class="total">{_total(fields)}</b></p>'
        return f'<h2>凭证 <span class="number">{number}</span> 已保存</h2>{_table(("项目", "内容"), rows)}{total}'

    def _answer(self, text: str, *, status: int = 200, kind: str = "text/html", max_age_s: int = 0) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", f"max-age={max_age_s}" if max_age_s else "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep quiet: the benchmark prints its own table."""


def _total(fields: dict[str, str]) -> str:
    return f"{int(fields['quantity']) * float(fields['price']):.2f}"


def _page(main: str) -> str:
    links = '<a href="/customers">客户</a><a href="/vouchers">凭证</a><a href="/new">新建</a>'
    head = '<!doctype html><meta charset="utf-8"><title>样例 ERP</title><link rel="stylesheet" href="/site.css">'
    return f"{head}<header><nav>{links}</nav></header><main>{main}</main>"


def _search(what: str, wanted: str) -> str:
    field = f'<input id="q" name="q" value="{html.escape(wanted)}" autocomplete="off">'
    return f'<h2>{what}查询</h2><form><label for="q">关键字</label> {field} <button>查询</button></form>'


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    top = "".join(f"<th>{name}</th>" for name in head)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    none = "" if rows else '<p class="none">没有记录</p>'
    return f'<table class="found"><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>{none}'
