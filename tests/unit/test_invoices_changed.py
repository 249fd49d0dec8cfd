"""A wrong value is never confirmed: each figure is changed in turn, alone and so that the sums still meet."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from nightclerk.documents.invoices.compare_lines import PageRow, PageText, beside_page, tight
from nightclerk.documents.invoices.xml import xml_reading
from nightclerk.domain.invoice_proofs import examine
from nightclerk.domain.invoices import Field, Invoice, InvoiceLine, InvoiceStatus, Reading, Source, TaxPart
from nightclerk.domain.line_proofs import every_digit_counts

CII = """<CrossIndustryInvoice><ExchangedDocument><ID>R-1</ID><IssueDateTime><DateTimeString>20260503</DateTimeString>
</IssueDateTime></ExchangedDocument><SupplyChainTradeTransaction>
<IncludedSupplyChainTradeLineItem><SpecifiedTradeProduct><Name>Cable</Name></SpecifiedTradeProduct>
<SpecifiedLineTradeAgreement><NetPriceProductTradePrice><ChargeAmount>2.50</ChargeAmount></NetPriceProductTradePrice>
</SpecifiedLineTradeAgreement><SpecifiedLineTradeDelivery><BilledQuantity unitCode="C62">4</BilledQuantity>
</SpecifiedLineTradeDelivery><SpecifiedLineTradeSettlement><ApplicableTradeTax>
<RateApplicablePercent>19</RateApplicablePercent></ApplicableTradeTax>
<SpecifiedTradeSettlementLineMonetarySummation><LineTotalAmount>10.00</LineTotalAmount>
</SpecifiedTradeSettlementLineMonetarySummation></SpecifiedLineTradeSettlement></IncludedSupplyChainTradeLineItem>
<ApplicableHeaderTradeSettlement><InvoiceCurrencyCode>EUR</InvoiceCurrencyCode>
<ApplicableTradeTax><CalculatedAmount>1.71</CalculatedAmount><BasisAmount>9.00</BasisAmount>
<RateApplicablePercent>19</RateApplicablePercent></ApplicableTradeTax>
<SpecifiedTradeSettlementHeaderMonetarySummation><LineTotalAmount>10.00</LineTotalAmount>
<AllowanceTotalAmount>1.00</AllowanceTotalAmount><TaxBasisTotalAmount>9.00</TaxBasisTotalAmount>
<TaxTotalAmount>1.71</TaxTotalAmount><GrandTotalAmount>10.71</GrandTotalAmount>
</SpecifiedTradeSettlementHeaderMonetarySummation></ApplicableHeaderTradeSettlement></SupplyChainTradeTransaction>
</CrossIndustryInvoice>"""
EINVOICE = """<EInvoice><Header><EIid>26110000000000000017</EIid></Header><EInvoiceData><BasicInformation>
<RequestTime>2026-05-03 10:00:00</RequestTime></BasicInformation></EInvoiceData><TaxSupervisionInfo>
<InvoiceNumber>26110000000000000017</InvoiceNumber><IssueTime>2026-05-03</IssueTime></TaxSupervisionInfo></EInvoice>"""

CODES = {"xml_sum_differs", "xml_rate_unknown", "lines_differ", "sum_differs"}


def read(xml: str) -> Invoice:
    form, reading = xml_reading(xml.encode(), "a.xml")
    return examine(reading, file="a.xml", sha256="", pages=0, format=form)


def line(quantity: str, price: str, net: str, **more: object) -> InvoiceLine:
    return InvoiceLine(
        name="Cable", quantity=Decimal(quantity), price=Decimal(price), net=Decimal(net), source=Source.XML, **more
    )  # type: ignore[arg-type]


def test_an_xml_whose_sums_meet_is_confirmed() -> None:
    """Lines, allowance, tax at its rate and totals bear each other out."""
    invoice = read(CII)
    assert (invoice.status, invoice.findings) == (InvoiceStatus.CONFIRMED, ())
    assert invoice.lines[0].confirmed_by == "sum"


@pytest.mark.parametrize(
    ("said", "changed"),
    [
        ("10.00</LineTotalAmount>\n</SpecifiedTrade", "17.00</LineTotalAmount>\n</SpecifiedTrade"),
        ("<ChargeAmount>2.50", "<ChargeAmount>2.80"), (">4</BilledQuantity", ">6</BilledQuantity"),
        ("<RateApplicablePercent>19", "<RateApplicablePercent>7"),
        ("<AllowanceTotalAmount>1.00", "<AllowanceTotalAmount>2.00"),
        ("<TaxBasisTotalAmount>9.00", "<TaxBasisTotalAmount>9.50"), ("<TaxTotalAmount>1.71", "<TaxTotalAmount>1.17"),
        ("<GrandTotalAmount>10.71", "<GrandTotalAmount>17.01"), ("<CalculatedAmount>1.71", "<CalculatedAmount>1.17"),
    ],
)  # fmt: skip
def test_one_changed_figure_is_told_and_its_line_or_total_unconfirmed(said: str, changed: str) -> None:
    """Whatever figure of the XML is changed alone, finance hears of it and nobody pays unseen."""
    assert said in CII
    invoice = read(CII.replace(said, changed, 1))
    assert invoice.status is InvoiceStatus.REVIEW
    assert {finding.code for finding in invoice.findings} <= {
        "xml_sum_differs",
        "xml_rate_unknown",
        "lines_differ",
        "sum_differs",
    }
    assert not (invoice.lines[0].confirmed_by and invoice.confirmed("gross"))


def test_tax_and_gross_that_only_fit_each_other_prove_nothing() -> None:
    """Without a rate on the page, five more of tax and of gross would look the same."""
    amounts = {"net": "10.00", "tax": "6.90", "gross": "16.90"}
    fields = {name: (Field(value=Decimal(text), source=Source.TEXT),) for name, text in amounts.items()}
    reading = Reading(fields=fields, lines=(line("4", "2.50", "10.00"),), lines_carry_tax=False)
    parts = (TaxPart(net=Decimal("10.00"), rate=Decimal("0.69"), tax=Decimal("6.90")),)
    unproven, proven = (
        examine(one, file="a.pdf", sha256="", pages=1, format="pdf")
        for one in (reading, replace(reading, tax_parts=parts))
    )
    assert not any(unproven.confirmed(name) for name in amounts)
    assert all(proven.confirmed(name) for name in amounts)


@pytest.mark.parametrize(
    ("quantity", "price", "net", "counts"),
    [
        ("4", "2.50", "10.00", True), ("4", "2.50", "10.01", False), ("3.0000", "3.3333", "10.00", True),
        ("28.3", "831.3473498233216", "23527.13", True), ("28.3", "831.3473498233217", "23527.13", False),
        ("400.0003", "0.79", "316.00", False), ("1", "5.5004", "5.50", False), ("-2", "5.00", "-10.00", True),
        ("2", "5.00", "-10.00", False),
    ],
)  # fmt: skip
def test_a_line_is_borne_out_only_where_every_digit_counts(quantity: str, price: str, net: str, counts: bool) -> None:
    """A digit that could be another without changing the amount is not proven by the amount."""
    assert every_digit_counts(line(quantity, price, net)) is counts


def test_two_lines_that_make_up_for_each_other_stay_unconfirmed() -> None:
    """The sum holds, each line's own arithmetic does not."""
    lines = (line("4", "2.50", "17.00"), line("2", "5.00", "3.00"))
    fields = {
        n: (Field(value=Decimal(v), source=Source.TEXT),)
        for n, v in (("net", "20.00"), ("tax", "0"), ("gross", "20.00"))
    }
    invoice = examine(
        Reading(fields=fields, lines=lines, lines_carry_tax=False), file="a", sha256="", pages=1, format="pdf"
    )
    assert [one.confirmed_by for one in invoice.lines] == ["", ""]


@pytest.mark.parametrize("changed", ["<EIid>26110000000000000018", "<InvoiceNumber>26110000000000000018"])
def test_a_number_that_stands_twice_and_differs_is_not_confirmed(changed: str) -> None:
    """Which of the two is right, nobody knows."""
    tag = changed.partition(">")[0]
    good, bad = read(EINVOICE), read(EINVOICE.replace(f"{tag}>26110000000000000017", changed))
    assert (good.confirmed("number"), bad.confirmed("number")) == (True, False)
    assert [finding.code for finding in bad.findings] == ["xml_disagrees"]


def test_a_day_that_stands_twice_and_differs_is_told() -> None:
    """A stamp of another week is no stamp of this request; the day after is midnight and confirms nothing."""
    other, midnight = (
        read(EINVOICE.replace("IssueTime>2026-05-03", f"IssueTime>2026-05-{day}")) for day in ("10", "04")
    )
    assert ([f.code for f in other.findings], other.confirmed("issued_on")) == (["xml_disagrees"], False)
    assert (midnight.findings, midnight.confirmed("issued_on")) == ((), False)
    assert midnight.fields["issued_on"].value == date(2026, 5, 4)


PAGE = PageText(
    rows=(PageRow(words=frozenset({"cable", "pcs"}), figures=frozenset(map(Decimal, ("4", "2.50", "10.00")))),),
    tight=tight("Cable type seven 4 pcs 2.50 10.00 AB-1234567"),
)
FREE = Reading(fields={}, lines_provable=False)


@pytest.mark.parametrize(
    ("change", "witnessed", "told"),
    [
        ({}, True, False), ({"quantity": Decimal(5)}, False, False), ({"price": Decimal("2.51")}, False, False),
        ({"net": Decimal("10.07")}, False, False), ({"unit": "KGM"}, False, False), ({"name": "Table"}, False, False),
        ({"name": "Cable type sewen"}, False, True), ({"sku": "AB-1234568"}, False, True),
    ],
)  # fmt: skip
def test_a_line_of_the_xml_needs_the_page_as_witness(change: dict[str, object], witnessed: bool, told: bool) -> None:
    """All of a line must be printed together; what is printed almost the same is told."""
    stated = replace(line("4", "2.50", "10.00", unit="C62"), **change)  # type: ignore[arg-type]
    (found,), findings = beside_page(FREE, (stated,), PAGE)
    assert (found.witnessed, bool(findings)) == (witnessed, told)


@pytest.mark.parametrize("change", [{"name": "Kabel"}, {"quantity": Decimal(5)}, {"net": Decimal(11)}, {"unit": "m"}])
def test_a_fapiao_and_its_xml_are_compared_line_by_line(change: dict[str, object]) -> None:
    """The first difference of a line is told with both sides."""
    shown = line("4", "2.50", "10.00", unit="pc")
    page = Reading(fields={}, lines=(shown,))
    assert beside_page(page, (shown,), PAGE)[1] == ()
    (found,), (finding,) = beside_page(page, (replace(shown, **change),), PAGE)  # type: ignore[arg-type]
    assert (found.witnessed, finding.code, finding.facts["line"]) == (False, "line_unlike_page", "1")
