"""The payment flow against the practice OA in a real browser: submitted once, through troubles, never approved."""

from __future__ import annotations

import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from flows.apps.oa import Oa
from flows.payments import payment_queue
from flows.request_payments import CHOICES, request_payment
from nightclerk.domain.approvals import PaidInvoice, PaymentRequest, payment_reference
from nightclerk.domain.items import RunRecord, State, WorkItem
from nightclerk.errors import CommitOutsideOnce, NeedsPerson, Refused
from nightclerk.gate import CommitGate
from nightclerk.locate.files import selector_set
from nightclerk.perform import Performer
from nightclerk.ports import Account, AppSettings, Secret
from nightclerk.run import Backstage
from nightclerk.sandbox import oa as sandbox_oa
from nightclerk.sandbox import world
from nightclerk.sandbox.shop_site import PAGES, SlowPages
from nightclerk.sandbox.troubles import Troubles
from nightclerk.screens import Session
from nightclerk.web import open_web
from nightclerk.work.memory import MemoryStore
from nightclerk.workspace import Settings, Workspace

ROOT = Path(__file__).parents[2]
LAMPS = world.SUPPLIERS[2].name


class RealClock:
    """The machine's own time."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


class OneVault:
    """A vault that holds the OA's password, or another one."""

    def __init__(self, password: str) -> None:
        self.password = password

    def get(self, name: str) -> Secret:
        return Secret(name, self.password)


class Night:
    """The OA on loopback, a browser on it, and the books on both sides."""

    def __init__(self, folder: Path, film: Any, troubles: tuple[str, ...], password: str = "") -> None:
        self.folder, self.film, self.state = folder, film, folder / "state"
        self.store, self.clock = MemoryStore(), RealClock()
        self.password = password or world.LOGINS["oa"][1]
        self._opened: Oa | None = None
        self._serve(troubles)

    def _serve(self, names: tuple[str, ...]) -> None:
        troubles = Troubles(self.state, names)
        app = SlowPages(sandbox_oa.create(self.state, troubles), troubles, "oa")
        static = Mount("/static", StaticFiles(directory=PAGES / "static"))
        listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}/oa"
        site = Starlette(routes=[Mount("/oa", app), static])
        self.server = uvicorn.Server(uvicorn.Config(site, log_level="critical"))
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [listener]})
        self.thread.start()

    def oa(self) -> Oa:
        """The app, opened and signed in."""
        if self._opened is None:
            settings = AppSettings(name="oa", url=self.url, timeout_s=8)
            surface = open_web(
                selectors=selector_set("oa", workspace=ROOT), settings=settings, profile=self.folder / "profile",
                downloads=self.folder, clock=self.clock,
            )  # fmt: skip
            account = Account(name="oa-night", app="oa", user=world.LOGINS["oa"][0], secret="oa-night")
            self._opened = Oa(
                Session(
                    surface=surface, film=self.film, gate=CommitGate(), clock=self.clock, account=account,
                    vault=OneVault(self.password), settings=settings,
                )
            )  # fmt: skip
            self._opened.sign_in()
        return self._opened

    def open(self) -> dict[str, Oa]:
        return {"oa": self.oa()}

    def close(self) -> None:
        if self._opened is not None:
            self._opened.session.surface.close()
            self._opened = None

    def run(self) -> None:
        """Work the queue as the engine would."""
        record = RunRecord(run="r1", bot="payments", flow=request_payment.name)
        self.store.add_run(record)
        stage = Backstage(
            record=record, workspace=Workspace(root=self.folder, settings=Settings(retry_base_s=0.1)),
            store=self.store, film=self.film, clock=self.clock, day=date(2026, 11, 20), files=self.folder,
            wait=lambda seconds: threading.Event().wait(seconds) and None,
            gates=lambda: [self._opened.session.gate] if self._opened else [],
        )  # fmt: skip
        Performer(request_payment, stage, self, {}, attempts=4).perform()

    def put(self, *amounts: str, supplier: str = LAMPS) -> PaymentRequest:
        """Queue one request with an invoice for each amount."""
        request = payment(*amounts, supplier=supplier)
        (self.folder / "invoice.pdf").write_bytes(b"%PDF-1.7 sample")
        self.store.put("payments", request.key, payment_queue.dump(request))
        return request

    def item(self, request: PaymentRequest) -> WorkItem:
        found = self.store.item("payments", request.key)
        assert found is not None
        return found

    def books(self, query: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.state / "books" / "oa.db")) as books:
            return books.execute(query).fetchall()

    def end(self) -> None:
        self.close()
        self.server.should_exit = True
        self.thread.join()


def payment(*amounts: str, supplier: str = LAMPS) -> PaymentRequest:
    numbers = [f"2699000000000000{n:04d}" for n in range(len(amounts))]
    invoices = tuple(
        PaidInvoice(number=number, order=f"PO2026{n:04d}", amount=Decimal(amount))
        for n, (number, amount) in enumerate(zip(numbers, amounts, strict=True))
    )
    return PaymentRequest(
        reference=payment_reference(supplier + "".join(amounts), numbers), supplier=supplier, invoices=invoices,
        amount=sum((i.amount for i in invoices), Decimal(0)), attachments=("invoice.pdf",),
    )  # fmt: skip


@pytest.fixture
def night(tmp_path: Path, film: Any) -> Iterator[Callable[..., Night]]:
    opened: list[Night] = []

    def start(*troubles: str, password: str = "") -> Night:
        opened.append(Night(tmp_path, film, troubles, password))
        return opened[-1]

    yield start
    for one in opened:
        one.end()


def test_requests_are_submitted_with_rows_files_and_level(night: Callable[..., Night]) -> None:
    """Two requests become two pending forms; 5,000 is where the general manager comes in; nothing is approved."""
    shift = night()
    small, large = shift.put("1234.50", "3765.49"), shift.put("4999.99", "0.01")
    shift.run()
    assert [shift.item(r).state for r in (small, large)] == [State.DONE, State.DONE]
    forms = dict(shift.books("SELECT number, level FROM forms WHERE status = 'pending'"))
    assert forms == {shift.item(small).result: "manager_finance", shift.item(large).result: "general_manager"}
    lines = shift.books("SELECT invoice_number, amount FROM form_lines ORDER BY rowid LIMIT 2")
    assert lines == [("26990000000000000000", "1234.50"), ("26990000000000000001", "3765.49")]
    assert {name for (name,) in shift.books("SELECT file_name FROM attachments")} == {"invoice.pdf"}


def test_a_lost_answer_is_looked_up(night: Callable[..., Night]) -> None:
    """The form stands, its answer broke off: the bot finds it by our reference and submits no second one."""
    shift = night("lost-answer")
    request = shift.put("88.00")
    shift.run()
    assert shift.item(request).state is State.DONE
    assert shift.books("SELECT count(*) FROM forms") == [(1,)]
    assert "once.adopted" in shift.film.kinds()


@pytest.mark.slow
def test_slow_pages_a_lost_session_and_a_popup(night: Callable[..., Night]) -> None:
    """Three requests through all of these stand in the books once each."""
    shift = night("slow", "lost-session", "popup", "lost-answer")
    requests = [shift.put("10.00"), shift.put("20.00"), shift.put("30.00")]
    shift.run()
    assert [shift.item(r).state for r in requests] == [State.DONE] * 3
    assert shift.books("SELECT amount FROM forms ORDER BY amount") == [("10.00",), ("20.00",), ("30.00",)]


def test_more_than_the_ceiling_waits_for_a_person(night: Callable[..., Night]) -> None:
    """50,000.01 is asked about, the OA sees nothing of it, and the person's answer ends the item."""
    shift = night()
    request = shift.put("50000.01")
    shift.run()
    assert shift.item(request).state is State.WAITING
    (task,) = shift.store.tasks()
    assert "50,000.01" in task.question
    assert task.choices == CHOICES
    assert shift.books("SELECT count(*) FROM forms") == [(0,)]


def test_an_unknown_supplier_and_a_missing_file(night: Callable[..., Night]) -> None:
    """What the data lacks is said in one sentence, and nothing is submitted."""
    shift = night()
    stranger, fileless = shift.put("7.00", supplier="无名供应商"), shift.put("8.00")
    (shift.folder / "invoice.pdf").rename(shift.folder / "other.pdf")
    shift.run()
    assert shift.item(fileless).reason.endswith("Put the file back, then let the item run again.")
    (shift.folder / "other.pdf").rename(shift.folder / "invoice.pdf")
    shift.store.decide(
        "payments", stranger.key, version=shift.item(stranger).version, state=State.NEW, who="t", why="t",
        now=shift.clock.now(),
    )  # fmt: skip
    shift.run()
    assert "OA 中没有收款单位“无名供应商”" in shift.item(stranger).reason
    assert shift.books("SELECT count(*) FROM forms") == [(0,)]


def test_the_oa_says_no(night: Callable[..., Night]) -> None:
    """Above its ceiling the page refuses in its own words, even when the flow's own check is passed by."""
    shift = night()
    (shift.folder / "invoice.pdf").write_bytes(b"%PDF-1.7 sample")
    shift.oa().fill_payment(payment("60000.00"), [shift.folder / "invoice.pdf"] * 2)
    with pytest.raises(CommitOutsideOnce):
        shift.oa().submit_payment()
    with shift.oa().session.gate.open(), pytest.raises(Refused, match=r"付款金额超过 50,000\.00 元，不能提交"):
        shift.oa().submit_payment()


def test_an_empty_attachment_is_told(night: Callable[..., Night]) -> None:
    """What the OA says about a file that it does not take becomes the item's reason."""
    shift = night()
    request = shift.put("9.00")
    (shift.folder / "invoice.pdf").write_bytes(b"")
    shift.run()
    assert shift.item(request).reason == "OA：附件“invoice.pdf”是空文件"


def test_a_wrong_password_stops_at_once(night: Callable[..., Night]) -> None:
    """A refused login waits for a person instead of locking the account by trying again."""
    shift = night(password="no")
    with pytest.raises(NeedsPerson, match="login of night01 was refused"):
        shift.oa()
