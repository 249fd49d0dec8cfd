"""The operator's phone: a page that lists the text messages which the practice systems send out."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from nightclerk.sandbox.shop_books import now
from nightclerk.sandbox.shop_site import environment
from nightclerk.sandbox.troubles import Troubles

_SMALL_TALK = (
    ("样例银行", "【样例银行】您尾号0011的账户11月19日入账人民币12,800.00元。", 1560),
    ("快递驿站", "【驿站】您有1个包裹已到站，取件码 6-2-0481。", 900),
    ("京麦", "【京麦】您的订单导出文件（任务号 20261119210455000）解压密码为 Old-1119，24小时内有效。", 1380),
)


class Messages:
    """The messages under DIR/books/messages.db, newest first."""

    def __init__(self, state: Path) -> None:
        self._file = state / "books" / "messages.db"
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with closing(self._open()) as books, books:
            books.execute("CREATE TABLE IF NOT EXISTS messages(sender TEXT, text TEXT, at TEXT)")
            if not books.execute("SELECT count(*) FROM messages").fetchone()[0]:
                for sender, text, minutes in _SMALL_TALK:
                    at = now() - timedelta(minutes=minutes)
                    books.execute("INSERT INTO messages VALUES (?, ?, ?)", (sender, text, at.isoformat()))

    def send(self, sender: str, text: str) -> None:
        """Put one message into the inbox."""
        with closing(self._open()) as books, books:
            books.execute("INSERT INTO messages VALUES (?, ?, ?)", (sender, text, now().isoformat()))

    def all(self) -> list[tuple[str, str, datetime]]:
        with closing(self._open()) as books:
            rows = books.execute("SELECT sender, text, at FROM messages ORDER BY at DESC").fetchall()
        return [(sender, text, datetime.fromisoformat(at)) for sender, text, at in rows]

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self._file, timeout=10)


def create(state: Path, troubles: Troubles) -> Starlette:
    """The inbox as an app to mount at /messages."""
    messages = Messages(state)
    page = environment().get_template("messages/inbox.html")

    async def inbox(request: Request) -> Response:
        return HTMLResponse(page.render(messages=messages.all()), headers={"Cache-Control": "no-store"})

    return Starlette(routes=[Route("/", inbox)])
