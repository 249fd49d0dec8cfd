"""What is handed over of invoices: an exit status that means something, and an index of originals to vouchers."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import typer
from typer.testing import CliRunner

from nightclerk.cli import invoices
from nightclerk.documents.invoice_archive import ArchiveEntry, keep_original, original_of, write_index
from nightclerk.domain.invoice_cases import CaseLine as BilledLine
from nightclerk.domain.items import State
from nightclerk.domain.match_fit import Fit, OpenLine, one_factor
from nightclerk.reviews import invoices as reviews
from nightclerk.work.memory import MemoryStore

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)


def test_an_unreadable_file_ends_the_call_with_three(tmp_path: Path) -> None:
    """The list is complete all the same; a script sees that somebody has to look."""
    bad = tmp_path / "a.txt"
    bad.write_text("hello", encoding="utf-8")
    app = typer.Typer()
    invoices.register(app)
    told = CliRunner().invoke(app, ["invoices", "read", str(bad), "--json"])
    assert told.exit_code == 3
    assert '"status": "unreadable"' in told.output


def test_an_original_is_kept_once_and_whole(tmp_path: Path) -> None:
    """Under its hash, so that a changed copy shows."""
    file = tmp_path / "发票.pdf"
    file.write_bytes(b"one")
    sha256 = "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed"
    kept = keep_original(tmp_path, file, sha256)
    assert kept == "data/invoices/7692c3ad3540-发票.pdf"
    assert original_of(tmp_path, kept, sha256).path == (tmp_path / kept).resolve()
    (tmp_path / kept).write_bytes(b"two")
    assert original_of(tmp_path, kept, sha256).changed


def test_the_index_leads_from_the_original_to_its_voucher(tmp_path: Path) -> None:
    """A paid invoice has the number of its form; an unpaid one has none; nothing becomes a formula."""
    store = MemoryStore()
    for number in ("1", "2"):
        payload = {"number": number, "seller": "=HYPERLINK(1)", "gross": "-5.00", "issued_on": "2026-11-01"}
        store.put("invoices", number, payload, state=State.DONE, details={"sha256": "ab", "orders": ["PO1"]}, now=NOW)
    paid = {"invoices": [{"number": "1", "order": "PO1", "amount": "5"}]}
    store.put("payments", "FK-1", paid, state=State.DONE, result="OA-77", now=NOW)
    path = write_index(tmp_path, reviews.archive_entries(store))
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = {row["number"]: row for row in csv.DictReader(file)}
    assert (rows["1"]["voucher"], rows["2"]["voucher"], rows["1"]["orders"]) == ("OA-77", "", "PO1")
    assert (rows["1"]["seller"], rows["1"]["gross"]) == ("'=HYPERLINK(1)", "-5.00")
    assert set(rows["1"]) == set(ArchiveEntry.__dataclass_fields__)


def test_prices_off_by_one_factor_are_another_price_list() -> None:
    """All seven percent dearer speaks for the order; one line dearer does not, and a single line says nothing."""

    def billed(*factors: str) -> Fit:
        fit = Fit(orders=("PO1",))
        for n, factor in enumerate(factors):
            ordered = OpenLine(
                order="PO1", line=n, key=str(n), sku="", spec="", price=Decimal(10), rate=Decimal(0), ordered=Decimal(5)
            )
            line = BilledLine(name=str(n), quantity=Decimal(5), net=50 * Decimal(factor))
            fit.taken.append((ordered, line, Decimal(5)))
        return fit

    assert one_factor(billed("1.07", "1.07"))
    assert not one_factor(billed("1.07", "1.00"))
    assert not one_factor(billed("1.07"))
