"""The reconciliation on the sandbox's papers: each document ends where the truth says, money adds up, once."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import invoice_kit
import pytest
from invoice_kit import Night
from openpyxl import load_workbook

from flows.reconcile_invoices import reconcile_invoices
from nightclerk.domain.approvals import ApprovalRules
from nightclerk.domain.items import State
from nightclerk.sandbox.purchases import invoices, truth_by_number
from nightclerk.texts import language

STATES = {
    "match": State.DONE, "offset": State.DONE, "duplicate": State.REJECTED, "exception": State.WAITING,
    "review": State.WAITING,
}  # fmt: skip


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    """One reconciliation that all tests look at; the two that run it again come last."""
    with language("en"):
        night = Night(invoice_kit.workspace(tmp_path_factory.mktemp("workspace")))
        night.counts = night.run(reconcile_invoices, inbox=Path("inbox"))
        yield night
        night.store.close()


def test_every_paper_ends_where_the_truth_says(night: Night) -> None:
    """Matched papers carry their true orders; everything doubtful waits with a reason; copies are rejected."""
    filed = {item.payload["file"]: item for item in night.items("invoices").values()}
    for truth in invoices():
        item = filed[truth.file]
        assert (truth.file, item.state) == (truth.file, STATES[truth.outcome])
        assert item.state is not State.DONE or tuple(item.details["orders"]) == truth.orders
        assert item.state is State.DONE or item.reason
    assert night.counts["read"] == len(invoices()) + 2
    assert night.counts["unreadable"] == 2


def test_every_payable_invoice_is_asked_for_once(night: Night) -> None:
    """Payments hold each accepted invoice once, not the reversed one, within the form's ceiling where possible."""
    payments = [item.payload for item in night.items("payments").values()]
    asked = [line["number"] for payment in payments for line in payment["invoices"]]
    wanted = [number for number, truth in truth_by_number().items() if truth.outcome == "match"]
    assert sorted(asked) == sorted(wanted)
    assert all(Decimal(p["amount"]) <= ApprovalRules().ceiling or len(p["invoices"]) == 1 for p in payments)
    assert all((night.root / name).is_file() for p in payments for name in p["attachments"])


def test_the_workbook_adds_up_to_the_fen(night: Night) -> None:
    """Matched + review + duplicates + red notes is what came in."""
    (file,) = (night.root / "made").rglob("*.xlsx")
    totals = load_workbook(file)["Totals"]
    rows = {row[0]: row[1:] for row in totals.iter_rows(min_row=2, values_only=True)}
    received = sum((truth.gross for truth in invoices()), Decimal(0))
    assert rows["合计 / Sum"] == rows["收到 / Received"]
    assert Decimal(str(rows["收到 / Received"][1])).quantize(Decimal("0.01")) == received


def test_the_review_page_finds_the_orders_beside_the_invoice(night: Night) -> None:
    """An exception shows its order, what differs and by how much; an ambiguous one shows a candidate."""
    filed = {item.payload["file"]: item for item in night.items("invoices").values()}
    dearer, unclear = filed["照明电器-1107.pdf"].details, filed["照明电器-未注明订单.pdf"].details
    assert dearer["candidates"][0]["orders"] == ["PO20261007"]
    assert dearer["verdict"]["differences"][0] == {
        "code": "price", "where": "PO20261007/1", "expected": "9.00", "found": "9.63", "by": "567.00",
    }  # fmt: skip
    assert dearer["fields"]["gross"]["box"]
    assert unclear["candidates"][0]["orders"] in (["PO20261012"], ["PO20261013"])


def test_a_second_run_changes_nothing(night: Night) -> None:
    """The same inbox again: no new item, no new payment, nothing filed anew."""
    before = {queue: night.items(queue) for queue in ("invoices", "payments")}
    counts = night.run(reconcile_invoices, inbox=Path("inbox"))
    assert {queue: night.items(queue) for queue in before} == before
    assert sum(count for name, count in counts.items() if name != "read") == 0


def test_a_later_copy_of_a_paid_invoice_is_a_duplicate(night: Night) -> None:
    """What an earlier run accepted is known by its number in every later run."""
    inbox = night.root / "inbox"
    (inbox / "又一次.pdf").write_bytes((inbox / "龙泉青瓷-1101.pdf").read_bytes())
    night.run(reconcile_invoices, inbox=Path("inbox"))
    (copy,) = [item for item in night.items("invoices").values() if item.payload["file"] == "又一次.pdf"]
    assert copy.state is State.REJECTED
    assert copy.reason == "the same file as 龙泉青瓷-1101.pdf (invoice 26002801866500702179)"
