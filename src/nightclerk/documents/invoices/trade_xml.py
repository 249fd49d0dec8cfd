"""Read international invoice XML: UN/CEFACT CII (Factur-X, ZUGFeRD, XRechnung) and UBL."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from xml.etree.ElementTree import Element

from nightclerk.documents.invoices import figures
from nightclerk.documents.invoices.markup import anywhere, decimal, first, local, walk
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
    return Reading(fields=_fields(values), lines=lines, lines_carry_tax=False)


def _cii_line(item: Element) -> InvoiceLine | None:
    settlement = _child(item, "SpecifiedLineTradeSettlement", "SpecifiedSupplyChainTradeSettlement")
    net = decimal(anywhere(settlement, "LineTotalAmount"))
    if net is None:
        return None
    tax = _child(settlement, "ApplicableTradeTax")
    percent = first(tax, "RateApplicablePercent") or first(tax, "ApplicablePercent")
    agreement = _child(item, "SpecifiedLineTradeAgreement", "SpecifiedSupplyChainTradeAgreement")
    delivery = _child(item, "SpecifiedLineTradeDelivery", "SpecifiedSupplyChainTradeDelivery")
    product = _child(item, "SpecifiedTradeProduct")
    return InvoiceLine(
        name=first(product, "Name"), sku=first(product, "SellerAssignedID"),
        quantity=decimal(first(delivery, "BilledQuantity")),
        price=decimal(first(agreement, "NetPriceProductTradePrice", "ChargeAmount")),
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
    return Reading(fields=_fields(values), lines=lines, lines_carry_tax=False)


def _ubl_line(item: Element) -> InvoiceLine | None:
    net = decimal(first(item, "LineExtensionAmount"))
    if net is None:
        return None
    percent = first(item, "Item", "ClassifiedTaxCategory", "Percent")
    return InvoiceLine(
        name=first(item, "Item", "Name"), price=decimal(first(item, "Price", "PriceAmount")),
        quantity=decimal(first(item, "InvoicedQuantity") or first(item, "CreditedQuantity")),
        net=net, rate=_rate(percent), rate_text=percent, source=Source.XML,
    )  # fmt: skip


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
