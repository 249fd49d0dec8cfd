"""Read international invoice XML: UN/CEFACT CII (Factur-X, ZUGFeRD, XRechnung) and UBL."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from xml.etree.ElementTree import Element

from nightclerk.documents.invoices import figures
from nightclerk.documents.invoices.markup import anywhere, decimal, first, local, walk
from nightclerk.documents.invoices.trade_sums import Stated, charges_of, cii_parts, contradictions, ubl_parts
from nightclerk.domain.amounts import FEN
from nightclerk.domain.invoices import Field, InvoiceLine, Reading, Source, Value

CII_ROOTS = ("CrossIndustryInvoice", "CrossIndustryDocument")
UBL_ROOTS = ("Invoice", "CreditNote")


def cii(root: Element) -> Reading:
    """A CII document, its first version (ZUGFeRD 1) and the present one."""
    document = _child(root, "ExchangedDocument", "HeaderExchangedDocument")
    deal = _child(root, "SupplyChainTradeTransaction", "SpecifiedSupplyChainTradeTransaction")
    agreement = _child(deal, "ApplicableHeaderTradeAgreement", "ApplicableSupplyChainTradeAgreement")
    settlement = _child(deal, "ApplicableHeaderTradeSettlement", "ApplicableSupplyChainTradeSettlement")
    sums = _child(
        settlement,
        "SpecifiedTradeSettlementHeaderMonetarySummation",
        "SpecifiedTradeSettlementMonetarySummation",
    )
    currency = first(settlement, "InvoiceCurrencyCode")
    seller, buyer = _child(agreement, "SellerTradeParty"), _child(agreement, "BuyerTradeParty")
    values = {
        "number": first(document, "ID"),
        "issued_on": figures.day(first(document, "IssueDateTime", "DateTimeString")),
        "seller": first(seller, "Name"),
        "seller_tax_id": _vat_id(seller),
        "buyer": first(buyer, "Name"),
        "buyer_tax_id": _vat_id(buyer),
        "orders": _joined(first(agreement, "BuyerOrderReferencedDocument", "IssuerAssignedID"))
        or _joined(first(agreement, "BuyerOrderReferencedDocument", "ID")),
        "currency": currency,
        "net": _sum(sums, "TaxBasisTotalAmount", currency),
        "tax": _sum(sums, "TaxTotalAmount", currency),
        "gross": _sum(sums, "GrandTotalAmount", currency),
    }
    lines = tuple(line for item in walk(deal, "IncludedSupplyChainTradeLineItem") if (line := _cii_line(item)))
    stated = Stated(
        net=_sum(sums, "TaxBasisTotalAmount", currency), tax=_sum(sums, "TaxTotalAmount", currency),
        line_total=_sum(sums, "LineTotalAmount", currency), charges=_sum(sums, "ChargeTotalAmount", currency),
        allowances=_sum(sums, "AllowanceTotalAmount", currency), parts=cii_parts(settlement),
    )  # fmt: skip
    return _reading(values, lines, stated)


def _reading(values: Mapping[str, Value | None], lines: tuple[InvoiceLine, ...], stated: Stated) -> Reading:
    return Reading(
        fields=_fields(values), lines=lines, findings=contradictions(lines, stated), lines_carry_tax=False,
        adjustment=stated.adjustment if stated.explained else None, tax_parts=stated.parts,
    )  # fmt: skip


def _cii_line(item: Element) -> InvoiceLine | None:
    settlement = _child(item, "SpecifiedLineTradeSettlement", "SpecifiedSupplyChainTradeSettlement")
    net = decimal(anywhere(settlement, "LineTotalAmount"))
    kind = first(item, "AssociatedDocumentLineDocument", "LineStatusReasonCode")
    if net is None or kind in ("GROUP", "INFORMATION"):
        return None  # a heading over other lines, or a remark: its amount is in no sum
    tax = _child(settlement, "ApplicableTradeTax")
    percent = first(tax, "RateApplicablePercent") or first(tax, "ApplicablePercent")
    agreement = _child(item, "SpecifiedLineTradeAgreement", "SpecifiedSupplyChainTradeAgreement")
    delivery = _child(item, "SpecifiedLineTradeDelivery", "SpecifiedSupplyChainTradeDelivery")
    product = _child(item, "SpecifiedTradeProduct")
    return InvoiceLine(
        name=first(product, "Name"), sku=first(product, "SellerAssignedID"),
        quantity=decimal(first(delivery, "BilledQuantity")), unit=_unit(delivery, "BilledQuantity"),
        price=decimal(first(agreement, "NetPriceProductTradePrice", "ChargeAmount")),
        per=decimal(first(agreement, "NetPriceProductTradePrice", "BasisQuantity")) or Decimal(1),
        extra=charges_of(settlement, name="SpecifiedTradeAllowanceCharge", flag="Indicator", amount="ActualAmount"),
        net=net, rate=_rate(percent), rate_text=percent, source=Source.XML,
    )  # fmt: skip


def ubl(root: Element) -> Reading:
    """A UBL invoice or credit note."""
    seller = _child(_child(root, "AccountingSupplierParty"), "Party")
    buyer = _child(_child(root, "AccountingCustomerParty"), "Party")
    totals = _child(root, "LegalMonetaryTotal")
    values = {
        "number": first(root, "ID"),
        "issued_on": figures.day(first(root, "IssueDate")),
        "seller": first(seller, "PartyLegalEntity", "RegistrationName") or first(seller, "PartyName", "Name"),
        "seller_tax_id": first(seller, "PartyTaxScheme", "CompanyID"),
        "buyer": first(buyer, "PartyLegalEntity", "RegistrationName") or first(buyer, "PartyName", "Name"),
        "buyer_tax_id": first(buyer, "PartyTaxScheme", "CompanyID"),
        "orders": _joined(first(root, "OrderReference", "ID")),
        "currency": first(root, "DocumentCurrencyCode"),
        "net": _fen(first(totals, "TaxExclusiveAmount")),
        "tax": _fen(first(root, "TaxTotal", "TaxAmount")),
        "gross": _fen(first(totals, "TaxInclusiveAmount")),
    }
    items = (*walk(root, "InvoiceLine"), *walk(root, "CreditNoteLine"))
    lines = tuple(line for item in items if (line := _ubl_line(item)))
    stated = Stated(
        net=_fen(first(totals, "TaxExclusiveAmount")), tax=_fen(first(root, "TaxTotal", "TaxAmount")),
        line_total=_fen(first(totals, "LineExtensionAmount")), charges=_fen(first(totals, "ChargeTotalAmount")),
        allowances=_fen(first(totals, "AllowanceTotalAmount")), parts=ubl_parts(_child(root, "TaxTotal")),
    )  # fmt: skip
    return _reading(values, lines, stated)


def _ubl_line(item: Element) -> InvoiceLine | None:
    net = decimal(first(item, "LineExtensionAmount"))
    if net is None:
        return None
    percent = first(item, "Item", "ClassifiedTaxCategory", "Percent")
    return InvoiceLine(
        name=first(item, "Item", "Name"), price=decimal(first(item, "Price", "PriceAmount")),
        quantity=decimal(first(item, "InvoicedQuantity") or first(item, "CreditedQuantity")),
        unit=_unit(item, "InvoicedQuantity") or _unit(item, "CreditedQuantity"),
        sku=first(item, "Item", "SellersItemIdentification", "ID"),
        per=decimal(first(item, "Price", "BaseQuantity")) or Decimal(1),
        extra=charges_of(item, name="AllowanceCharge", flag="ChargeIndicator", amount="Amount"),
        net=net, rate=_rate(percent), rate_text=percent, source=Source.XML,
    )  # fmt: skip


def _unit(parent: Element, name: str) -> str:
    """The unit code of a quantity (C62 = one piece), as the document writes it."""
    return next((node.get("unitCode", "") for node in walk(parent, name)), "")


def _child(element: Element, *names: str) -> Element:
    """The first child of any of the names; an empty element when there is none."""
    return next((child for child in element if local(child) in names), Element("none"))


def _vat_id(party: Element) -> str:
    """The VAT number of a party, else whatever tax number it has."""
    ids = list(walk(party, "SpecifiedTaxRegistration", "ID"))
    ids.sort(key=lambda child: child.get("schemeID") != "VA")
    return (ids[0].text or "").strip() if ids else ""


def _sum(sums: Element, name: str, currency: str) -> Decimal | None:
    """An amount of the summation; of several, the one in the invoice's own currency."""
    found = list(walk(sums, name))
    found.sort(key=lambda child: child.get("currencyID", currency) != currency)
    return _fen(found[0].text or "") if found else None


def _fen(text: str) -> Decimal | None:
    value = decimal(text)
    return None if value is None else value.quantize(FEN)


def _rate(percent: str) -> Decimal | None:
    value = decimal(percent)
    return None if value is None else value / 100


def _joined(text: str) -> str:
    """An order reference as one word, because several are parted by blanks."""
    return "".join(text.split())


def _fields(values: Mapping[str, Value | None]) -> dict[str, tuple[Field, ...]]:
    return {name: (Field(value=value, source=Source.XML),) for name, value in values.items() if value not in ("", None)}
