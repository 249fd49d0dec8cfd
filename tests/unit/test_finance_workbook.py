"""The workbook for finance: real numbers and dates, no formula from outside, sums that agree."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from nightclerk.documents.finance_workbook import SHEETS, Booked, write_finance_workbook
from nightclerk.domain.invoice_cases import InvoiceCase
from nightclerk.domain.verdicts import Evidence, MatchOutcome, Verdict


def booked(number: str, gross: str, outcome: MatchOutcome, *, seller: str = "样例公司") -> Booked:
    case = InvoiceCase(
        key=number, number=number, issued_on=date(2026, 11, 5), seller=seller, seller_tax_id="T1",
        net=Decimal(gross), tax=Decimal(0), gross=Decimal(gross),
    )  # fmt: skip
    evidence = (Evidence(code="reference", facts={"orders": "PO1"}),)
    verdict = Verdict(invoice=number, outcome=outcome, rule="reference", orders=("PO1",), evidence=evidence)
    return Booked(case=case, verdict=verdict, file=f"{number}.pdf")


def made(folder: Path, *rows: Booked) -> Workbook:
    return load_workbook(write_finance_workbook(folder / "out" / "invoices.xlsx", rows))


def test_numbers_are_numbers_and_days_are_days(tmp_path: Path) -> None:
    """Finance can sum and filter: the 20-digit number stays text, the amount does not."""
    sheet = made(tmp_path, booked("26002000000000000001", "113.40", MatchOutcome.MATCH))["Matched"]
    number, day, *_ = (cell.value for cell in sheet[2])
    assert number == "26002000000000000001"
    assert day.date() == date(2026, 11, 5)
    assert sheet["G2"].value == 113.4
    assert sheet["G2"].number_format.startswith("#,##0.00")
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == "A1:N2"


def test_the_file_is_a_link_to_the_archived_original(tmp_path: Path) -> None:
    """A path with blanks and Chinese in it is a valid link, and no formula."""
    row = replace(
        booked("1", "1", MatchOutcome.MATCH), link="../../data/invoices/ab 发票.pdf", evidence="../../logs/r1"
    )
    sheet = made(tmp_path, row)["Matched"]
    cell = sheet["M2"]
    assert sheet["N2"].hyperlink.target == "../../logs/r1"
    assert cell.hyperlink.target == "../../data/invoices/ab%20%E5%8F%91%E7%A5%A8.pdf"
    assert (cell.value, cell.data_type) == ("1.pdf", "s")


def test_no_cell_can_become_a_formula(tmp_path: Path) -> None:
    """A seller named =HYPERLINK(…) is a text in the workbook."""
    for mark in "=+-@":
        name = f"{mark}HYPERLINK(1)"
        cell = made(tmp_path, booked("1", "1", MatchOutcome.REVIEW, seller=name))["Review"]["C2"]
        assert (cell.data_type, cell.value, cell.quotePrefix) == ("s", name, True)


def test_every_document_stands_on_one_sheet_and_the_sums_agree(tmp_path: Path) -> None:
    """Matched + review + duplicates + red notes = received, to the fen; unreadable files count as review."""
    rows = [booked(str(n), f"{n}.1{n}", outcome) for n, outcome in enumerate(MatchOutcome, start=1)]
    book = made(tmp_path, *rows, Booked(case=None, verdict=None, file="x.pdf", why="no PDF"))
    listed = [row[12] for title, _ in SHEETS for row in book[title].iter_rows(min_row=2, values_only=True)]
    assert sorted(listed) == ["1.pdf", "2.pdf", "3.pdf", "4.pdf", "5.pdf", "x.pdf"]
    totals = {row[0]: row[1:3] for row in book["Totals"].iter_rows(min_row=2, values_only=True)}
    assert totals["合计 / Sum"] == totals["收到 / Received"] == (6, 15.65)
