"""A site with sentinels in every place that a page has, for the leak test: login, code, form, frames, boxes, errors."""

from __future__ import annotations

import threading
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote

from sentinels import AMOUNT, ORDER, PERSONAL

PHONE, ID, CARD = PERSONAL["phone"], PERSONAL["id"], PERSONAL["card"]
ADDRESS, EMAIL, PLATE = PERSONAL["address"], PERSONAL["email"], PERSONAL["plate"]
_STYLE = """
body { font: 15px/1.6 "Noto Sans CJK SC", sans-serif; margin: 10px 20px; } p { margin: 2px; }
#drawn::after { content: attr(data-phone); } .narrow { width: 150px; word-break: break-all; }
.pane { height: 26px; overflow: auto; } iframe, input, textarea { font: inherit; } input { width: 220px; }
"""
_FORM = f"""
<h3>订单 <b id="order">{ORDER}</b> 金额 <b id="amount">{AMOUNT}</b></h3>
<p id="phone">电话 {PHONE}</p><p>手机 <span>{PHONE[:3]}</span><b>{PHONE[3:7]}</b><i>{PHONE[7:]}</i></p>
<p>{PHONE[:3]} {PHONE[3:7]} {PHONE[7:]}</p>
<p><input value="{PHONE[:3]}" style="width:40px"> <input value="{PHONE[3:7]}" style="width:50px">
<input value="{PHONE[7:]}" style="width:50px"></p>
<p id="drawn" data-phone="{PHONE}">由样式写出：</p>
<p>身份证 {ID} 卡号 {CARD[:4]} {CARD[4:8]} {CARD[8:12]} {CARD[12:16]} {CARD[16:]}</p>
<p class="narrow">{ADDRESS}</p><p>{EMAIL} 车牌 {PLATE}</p>
<p><input placeholder="{PHONE}"> <input id="mail" value="{EMAIL}"> <input id="note"></p>
<p><textarea rows="1" cols="46">{ADDRESS}</textarea> <select><option>{PHONE}</option></select></p>
<p title="{PHONE}">提示</p><div class="pane"><p>卷</p><p id="below">{PHONE}</p></div>
<iframe srcdoc="<p style='font:15px sans-serif'>{escape(PHONE)} {escape(EMAIL)}</p>" height="60"></iframe>
<p id="shadow"></p><div style="zoom:1.3">{PHONE}</div>
<p>
<button onclick="alert('给 {PHONE} 发送到 {ADDRESS}')">弹窗</button> <button>保存</button></p>
<script>document.querySelector("#shadow").attachShadow({{mode: "open"}}).innerHTML = "<b>影 {PHONE}</b>";
document.title = "客户 {PHONE}"; localStorage.seen = "yes";</script>
"""
_LOGIN = """<form action="/code" method="post">用户 <input name="user"> 密码 <input type="password" name="password">
<button>登录</button></form>"""
_CODE = """<form action="/form" method="get"><p>短信验证码</p><input name="one" id="code" autocomplete="off">
<input type="hidden" name="phone" value="%s"><button>确定</button></form>"""


class LeakySite:
    """The site on a port of its own."""

    def __init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        page = _FORM if self.path.startswith("/form") else _LOGIN
        self._answer(page)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(_CODE % quote(PHONE))

    def _answer(self, main: str) -> None:
        body = f'<!doctype html><meta charset="utf-8"><style>{_STYLE}</style>{main}'.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""
