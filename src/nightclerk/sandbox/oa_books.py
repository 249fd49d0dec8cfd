"""What really stands in the practice OA: forms, their lines and attachments, in its own SQLite books."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
CEILING = Decimal(50000)
GENERAL_MANAGER_FROM = Decimal(5000)
TOO_HIGH = "付款金额超过 50,000.00 元，不能提交。请拆分付款，或改走合同付款流程。"

_SCHEMA = """
CREATE TABLE IF NOT EXISTS forms(number TEXT PRIMARY KEY, title TEXT, payee TEXT, amount TEXT, level TEXT,
                                 status TEXT, submitted_by TEXT, submitted_at TEXT, purpose TEXT, step INT);
CREATE TABLE IF NOT EXISTS form_lines(form TEXT, invoice_number TEXT, order_number TEXT, amount TEXT);
CREATE TABLE IF NOT EXISTS attachments(form TEXT, file_name TEXT, sha256 TEXT);
CREATE TABLE IF NOT EXISTS uploads(id TEXT PRIMARY KEY, file_name TEXT, sha256 TEXT, size INT);
CREATE TABLE IF NOT EXISTS opinions(form TEXT, node TEXT, who TEXT, verdict TEXT, opinion TEXT, at TEXT);
"""
#: Books status -> what the pages call it.
STATUSES = {"draft": "草稿", "pending": "审批中", "approved": "已通过", "returned": "已退回"}
_ROUTES = {
    "manager_finance": ("直属经理", "财务"),
    "general_manager": ("直属经理", "财务", "总经理"),
}


class Barred(Exception):
    """The OA does not take a form; the text is what its page says."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One detail row of a form."""

    invoice_number: str
    order_number: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file that was uploaded, perhaps not yet on any form."""

    upload: str
    file_name: str
    sha256: str
    size: int


@dataclass(frozen=True, kw_only=True)
class Form:
    """One payment request as the OA keeps it."""

    number: str
    title: str
    payee: str
    amount: Decimal
    level: str
    status: str
    submitted_by: str
    submitted_at: str
    purpose: str
    step: int

    @property
    def route(self) -> tuple[str, ...]:
        return _ROUTES[self.level]

    @property
    def node(self) -> str:
        """Whose turn it is."""
        return self.route[self.step] if self.status == "pending" else "–"

    @property
    def status_text(self) -> str:
        return STATUSES[self.status]


def level_of(amount: Decimal) -> str:
    """Which way a form of this amount goes."""
    return "general_manager" if amount >= GENERAL_MANAGER_FROM else "manager_finance"


def money_of(text: str) -> Decimal:
    """An amount from a form field; Barred when it is none or not above zero."""
    try:
        amount = Decimal(text.replace(",", "").strip())
    except InvalidOperation:
        raise Barred(f"金额格式不正确：{text or '（空）'}") from None
    if not amount.is_finite() or amount <= 0 or amount != amount.quantize(Decimal("0.01")):
        raise Barred(f"金额必须大于 0，且最多两位小数：{text}")
    return amount.quantize(Decimal("0.01"))


class OaBooks:
    """The books under DIR/books/oa.db, and the uploaded files beside them."""

    def __init__(self, state: Path) -> None:
        self._file = state / "books" / "oa.db"
        self._files = state / "oa_files"
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._files.mkdir(parents=True, exist_ok=True)
        with self._write() as books:
            books.executescript(_SCHEMA)

    def upload(self, file_name: str, content: bytes) -> Upload:
        """Keep one uploaded file."""
        if not content:
            raise Barred(f"附件“{file_name}”是空文件")
        found = Upload(
            upload=secrets.token_hex(8),
            file_name=file_name,
            sha256=hashlib.sha256(content).hexdigest(),
            size=len(content),
        )
        (self._files / found.sha256).write_bytes(content)
        with self._write() as books:
            books.execute(
                "INSERT INTO uploads VALUES (?, ?, ?, ?)",
                (found.upload, found.file_name, found.sha256, found.size),
            )
        return found

    def enter(
        self,
        *,
        title: str,
        payee: str,
        purpose: str,
        lines: Sequence[Line],
        uploads: Sequence[str],
        user: str,
        draft: bool,
    ) -> Form:
        """Write one form; committed before it returns. Barred when it is incomplete or too high."""
        amount = sum((line.amount for line in lines), Decimal("0.00"))
        if not draft:
            _check(title, payee, lines, uploads, amount)
        at = datetime.now(SHANGHAI).isoformat(timespec="seconds")
        status = "draft" if draft else "pending"
        with self._write() as books:
            number = f"LC{at[:10].replace('-', '')}{self._count(books) + 1:04d}"
            row = (number, title, payee, f"{amount:.2f}", level_of(amount), status, user, at, purpose, 0)
            books.execute("INSERT INTO forms VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
            books.executemany(
                "INSERT INTO form_lines VALUES (?, ?, ?, ?)",
                [(number, line.invoice_number, line.order_number, f"{line.amount:.2f}") for line in lines],
            )
            books.executemany(
                "INSERT INTO attachments SELECT ?, file_name, sha256 FROM uploads WHERE id = ?",
                [(number, upload) for upload in uploads],
            )
        form = self.form(number)
        assert form is not None
        return form

    def form(self, number: str) -> Form | None:
        with self._read() as books:
            row = books.execute("SELECT * FROM forms WHERE number = ?", (number,)).fetchone()
        return _form(row) if row else None

    def lines(self, number: str) -> list[Line]:
        with self._read() as books:
            rows = books.execute(
                "SELECT invoice_number, order_number, amount FROM form_lines WHERE form = ?", (number,)
            ).fetchall()
        return [Line(invoice_number=i, order_number=o, amount=Decimal(a)) for i, o, a in rows]

    def attachments(self, number: str) -> list[str]:
        with self._read() as books:
            rows = books.execute("SELECT file_name FROM attachments WHERE form = ?", (number,)).fetchall()
        return [name for (name,) in rows]

    def opinions(self, number: str) -> list[tuple[str, str, str, str, str]]:
        """(node, who, verdict, opinion, at) of those who have answered."""
        with self._read() as books:
            return books.execute(
                "SELECT node, who, verdict, opinion, at FROM opinions WHERE form = ?", (number,)
            ).fetchall()

    def mine(self, user: str, text: str = "") -> list[Form]:
        """A user's own requests, newest first, whose title or number contains `text`."""
        with self._read() as books:
            rows = books.execute(
                "SELECT * FROM forms WHERE submitted_by = ? AND (instr(title, ?) OR instr(number, ?))"
                " ORDER BY number DESC",
                (user, text, text),
            ).fetchall()
        return [_form(row) for row in rows]

    def waiting_for(self, node: str) -> list[Form]:
        """The forms that wait for one node of the route."""
        with self._read() as books:
            rows = books.execute("SELECT * FROM forms WHERE status = 'pending' ORDER BY number").fetchall()
        return [form for form in map(_form, rows) if form.node == node]

    def answer(self, number: str, *, node: str, who: str, agree: bool, opinion: str) -> Form:
        """An approver's word; Barred when it is not that node's turn."""
        form = self.form(number)
        if form is None or form.node != node:
            raise Barred("该流程当前不在您的待办中")
        last = form.step + 1 == len(form.route)
        status = "returned" if not agree else ("approved" if last else "pending")
        at = datetime.now(SHANGHAI).isoformat(timespec="seconds")
        with self._write() as books:
            books.execute(
                "UPDATE forms SET status = ?, step = ? WHERE number = ? AND step = ?",
                (status, form.step + (agree and not last), number, form.step),
            )
            books.execute(
                "INSERT INTO opinions VALUES (?, ?, ?, ?, ?, ?)",
                (number, node, who, "同意" if agree else "退回", opinion, at),
            )
        answered = self.form(number)
        assert answered is not None
        return answered

    @staticmethod
    def _count(books: sqlite3.Connection) -> int:
        return int(books.execute("SELECT count(*) FROM forms").fetchone()[0])

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._file, timeout=10, isolation_level=None)) as books:
            books.execute("PRAGMA journal_mode=WAL")
            books.execute("BEGIN IMMEDIATE")
            yield books
            if books.in_transaction:
                books.execute("COMMIT")

    @contextmanager
    def _read(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._file, timeout=10)) as books:
            yield books


def _check(title: str, payee: str, lines: Sequence[Line], uploads: Sequence[str], amount: Decimal) -> None:
    checks = (
        ("标题", bool(title.strip())),
        ("收款单位", bool(payee)),
        ("付款明细", bool(lines)),
        ("附件", bool(uploads)),
    )
    for name, there in checks:
        if not there:
            raise Barred(f"“{name}”未填写，不能提交")
    if any(not line.invoice_number or not line.order_number for line in lines):
        raise Barred("明细中的“发票号码”和“采购订单号”为必填项")
    if amount > CEILING:
        raise Barred(TOO_HIGH)


def _form(row: tuple[str, str, str, str, str, str, str, str, str, int]) -> Form:
    number, title, payee, amount, level, status, submitted_by, submitted_at, purpose, step = row
    return Form(
        number=number,
        title=title,
        payee=payee,
        amount=Decimal(amount),
        level=level,
        status=status,
        submitted_by=submitted_by,
        submitted_at=submitted_at.replace("T", " ")[:19],
        purpose=purpose,
        step=step,
    )
