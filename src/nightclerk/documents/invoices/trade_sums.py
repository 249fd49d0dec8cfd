"""What a CII or UBL document says about its own sums, and every place where it contradicts itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from xml.etree.ElementTree import Element

from nightclerk.documents.invoices.markup import anywhere, decimal, first, local
from nightclerk.domain.amounts import FEN, ZERO
from nightclerk.domain.invoices import Finding, InvoiceLine, TaxPart
from nightclerk.domain.line_proofs import multiplies_out, sum_net, sum_tax, tax_fits

#: Taxes of many lines may be rounded line by line; up to so much a rate is no contradiction.
_ROUNDING = 2 * FEN


@dataclass(frozen=True, kw_only=True)
class Stated:
    """The totals that a document states. `line_total` and the allowances are None where it leaves them out.

    `adjustment` is what leads from the sum of the lines to the net; `explained` False: nothing is said about it.
    """

    net: Decimal | None
    tax: Decimal | None
    line_total: Decimal | None
    charges: Decimal | None
    allowances: Decimal | None
    parts: tuple[TaxPart, ...] = ()

    @property
    def explained(self) -> bool:
        return not self.line_total is self.charges is self.allowances is None

    @property
    def adjustment(self) -> Decimal:
        return (self.charges or ZERO) - (self.allowances or ZERO)


def charges_of(element: Element, *, name: str, flag: str, amount: str) -> Decimal:
    """The charges less the allowances that stand right in an element."""
    total = ZERO
    for child in element:
        if local(child) == name:
            value = decimal(anywhere(child, amount)) or ZERO
            total += value if anywhere(child, flag).strip().lower() in ("true", "1") else -value
    return total


def cii_parts(settlement: Element) -> tuple[TaxPart, ...]:
    """The tax at each rate, as the settlement of a CII document states it."""
    named = (child for child in settlement if local(child) == "ApplicableTradeTax")
    return _parts(
        (
            first(child, "BasisAmount"),
            first(child, "RateApplicablePercent") or first(child, "ApplicablePercent"),
            first(child, "CalculatedAmount"),
        )
        for child in named
    )


def ubl_parts(total: Element) -> tuple[TaxPart, ...]:
    """The tax at each rate, as the tax total of a UBL document states it."""
    named = (child for child in total if local(child) == "TaxSubtotal")
    return _parts(
        (first(child, "TaxableAmount"), first(child, "TaxCategory", "Percent"), first(child, "TaxAmount"))
        for child in named
    )


def _parts(texts: Iterable[tuple[str, str, str]]) -> tuple[TaxPart, ...]:
    """The parts; none at all where one of them does not say what it is taken of."""
    found: list[TaxPart] = []
    for net, percent, tax in texts:
        values = (decimal(net), decimal(percent or "0"), decimal(tax))
        if values[0] is None or values[1] is None or values[2] is None:
            return ()
        found.append(TaxPart(net=values[0], rate=values[1] / 100, tax=values[2]))
    return tuple(found)


def contradictions(lines: Sequence[InvoiceLine], stated: Stated) -> tuple[Finding, ...]:
    """Every sum of the document that does not come out, each as a finding."""
    return (*_of_totals(lines, stated), *_of_lines(lines), *_of_parts(lines, stated))


def _finding(what: str, expected: Decimal, found: Decimal) -> Finding:
    facts = {"what": what, "expected": f"{expected:f}", "found": f"{found:f}"}
    return Finding(code="xml_sum_differs", facts=facts)


def _of_totals(lines: Sequence[InvoiceLine], stated: Stated) -> Iterator[Finding]:
    if stated.line_total is None:
        return
    with_tax = stated.net is not None and stated.tax is not None and stated.net + stated.tax - stated.adjustment
    if lines and sum_net(lines) not in (stated.line_total, with_tax):
        yield _finding("LineTotalAmount", sum_net(lines), stated.line_total)
    if stated.net is not None and stated.line_total + stated.adjustment != stated.net:
        yield _finding("TaxBasisTotalAmount", stated.line_total + stated.adjustment, stated.net)


def _of_lines(lines: Sequence[InvoiceLine]) -> Iterator[Finding]:
    for number, line in enumerate(lines, start=1):
        if line.quantity is not None and line.price is not None and not multiplies_out(line, slack=FEN):
            expected = (line.quantity * line.price / (line.per or 1) + line.extra).quantize(FEN)
            yield _finding(f"{number}. {line.name[:40]}", expected, line.net)


def _of_parts(lines: Sequence[InvoiceLine], stated: Stated) -> Iterator[Finding]:
    if not stated.parts:
        return
    for part in stated.parts:
        if not tax_fits(part.net, part.rate, part.tax, slack=_ROUNDING):
            yield _finding(f"{part.rate * 100:f} %", (part.net * part.rate).quantize(FEN), part.tax)
    if stated.net is not None and sum_net(stated.parts) != stated.net:
        yield _finding("BasisAmount", sum_net(stated.parts), stated.net)
    if stated.tax is not None and sum_tax(stated.parts) != stated.tax:
        yield _finding("TaxTotalAmount", sum_tax(stated.parts), stated.tax)
    known = {part.rate.normalize() for part in stated.parts}
    for number, line in enumerate(lines, start=1):
        if line.rate is not None and line.rate.normalize() not in known:
            yield Finding(code="xml_rate_unknown", facts={"line": str(number), "rate": line.rate_text})
    if not stated.adjustment and all(line.rate is not None for line in lines):
        yield from _of_rates(lines, stated.parts)


def _of_rates(lines: Sequence[InvoiceLine], parts: Sequence[TaxPart]) -> Iterator[Finding]:
    """Without charges and allowances the lines of a rate are what its tax is taken of."""
    for rate in sorted({part.rate.normalize() for part in parts}):
        base = sum_net([part for part in parts if part.rate.normalize() == rate])
        of_lines = sum_net([line for line in lines if line.rate is not None and line.rate.normalize() == rate])
        if lines and sum_net(lines) == sum_net(parts) and of_lines != base:
            yield _finding(f"BasisAmount {rate * 100:f} %", of_lines, base)
