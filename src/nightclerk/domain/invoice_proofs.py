"""Prove what was read of an invoice: compare its sources, do the sums, and confirm only what cannot be otherwise.

A value is confirmed by another source that says the same, or by sums in which a wrong value would show. Where two
wrong values could make up for each other, neither is confirmed: a tax and a gross that only fit each other prove
nothing, and a line's amount needs its own arithmetic beside the sum of all lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from nightclerk.domain.amounts import ZERO, words_to_amount
from nightclerk.domain.invoices import (
    FIELDS,
    NEEDED,
    Field,
    Finding,
    Invoice,
    InvoiceLine,
    InvoiceStatus,
    Reading,
    Source,
    Value,
)
from nightclerk.domain.line_proofs import contradiction, line_borne, parts_hold, rate_borne, sum_net, sum_tax, tax_fits

# --------------------------------------------------------------------------------------- other checks

_CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def tax_id_holds(tax_id: str) -> bool:
    """Whether an 18-character credit code ends with its right check character (GB 32100, modulo 31)."""
    if len(tax_id) != 18 or any(char not in _CODE_ALPHABET for char in tax_id):
        return False
    total = sum(_CODE_ALPHABET.index(char) * pow(3, i, 31) for i, char in enumerate(tax_id[:17]))
    return _CODE_ALPHABET[-total % 31] == tax_id[17]


def number_fits_date(number: str, issued_on: date) -> bool:
    """A 20-digit number starts with the year of issue; older 8-digit numbers say nothing about it."""
    return len(number) != 20 or number[:2] == f"{issued_on:%y}"


# -------------------------------------------------------------------------------------------- examine


def examine(
    reading: Reading, *, file: str, sha256: str, pages: int, format: str, demand: Iterable[str] = NEEDED
) -> Invoice:
    """Compare the sources, do the sums, and say for each value whether something independent confirms it."""
    findings = list(reading.findings)
    fields = {name: _agreed(name, reading.fields[name], findings) for name in FIELDS if reading.fields.get(name)}
    lines = _prove_amounts(fields, reading, findings)
    findings += _odd_lines(reading)
    _prove_identity(fields, findings)
    fields = {name: _without_proof(found) for name, found in fields.items()}
    proven = all(name in fields and fields[name].confirmed_by for name in demand)
    status = InvoiceStatus.CONFIRMED if proven and not findings else InvoiceStatus.REVIEW
    if not any(name in fields for name in ("number", "gross", "issued_on")):
        status = InvoiceStatus.UNREADABLE
    return Invoice(
        file=file, sha256=sha256, pages=pages, format=format, status=status, fields=fields, lines=lines,
        findings=tuple(findings),
    )  # fmt: skip


def _without_proof(found: Field) -> Field:
    """What was recognised from a picture is never confirmed: a misread digit may fit all sums by chance."""
    return replace(found, confirmed_by="") if found.source is Source.OCR else found


def _same(name: str, one: Value, other: Value) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        if name == "gross_words" and words_to_amount(one) is not None:
            return words_to_amount(one) == words_to_amount(other)
        tight, also = ("".join(text.split()).casefold() for text in (one, other))
        # A page wraps its remark and adds address and bank to it, which the data beside the page leave out.
        return tight == also or (name == "remark" and (tight in also or also in tight))
    return one == other


def _agreed(name: str, candidates: tuple[Field, ...], findings: list[Finding]) -> Field:
    """The most trusted reading; confirmed by another source that says the same, unless any source differs."""
    order = list(Source)
    ranked = sorted(candidates, key=lambda found: order.index(found.source))
    chosen = ranked[0]
    # The page shows where the value stands, so its box is kept even when a better source gives the value.
    shown = next((f for f in ranked if f.box is not None and _same(name, f.value, chosen.value)), chosen)
    chosen = replace(chosen, page=chosen.page or shown.page, box=chosen.box or shown.box)
    others = [found for found in ranked[1:] if found.source != chosen.source]
    differing = [found for found in ranked[1:] if not _same(name, found.value, chosen.value)]
    if differing:
        facts = {
            "field": name, "value": str(chosen.value), "source": chosen.source.value,
            "other": str(differing[0].value), "other_source": differing[0].source.value,
        }  # fmt: skip
        findings.append(Finding(code="sources_differ", facts=facts))
        return replace(chosen, confirmed_by="")
    if others and not chosen.confirmed_by:
        return replace(chosen, confirmed_by=others[0].source.value)
    return chosen


def _prove_amounts(fields: dict[str, Field], reading: Reading, findings: list[Finding]) -> tuple[InvoiceLine, ...]:
    """Confirm net, tax and gross by 大写, the lines and the rates; report each sum that fails."""
    disputed = {f.facts.get("field") for f in findings if f.code in ("sources_differ", "xml_disagrees")}
    net, tax, gross = (_money(fields, name) for name in ("net", "tax", "gross"))
    by_words = _by_words(fields, gross, findings)
    proofs: dict[str, list[str]] = {"net": [], "tax": [], "gross": ["words"] if by_words else []}
    lines_hold = False
    if net is not None and tax is not None and gross is not None:
        lines_hold = _lines_add_up(reading, net, tax, gross, findings)
        if net + tax != gross:
            facts = {"net": str(net), "tax": str(tax), "gross": str(gross)}
            findings.append(Finding(code="sum_differs", facts=facts))
        elif lines_hold and _tax_borne(reading, net, tax, by_words=by_words):
            for proof in proofs.values():
                proof.append("sum")
    for name, proof in proofs.items():
        if name in fields and proof and name not in disputed:
            fields[name] = replace(fields[name], confirmed_by=_joined(fields[name].confirmed_by, proof))
    return tuple(_proven(line, reading, lines_hold) for line in reading.lines)


def _odd_lines(reading: Reading) -> list[Finding]:
    """Lines whose own figures contradict each other, where each line carries its tax."""
    odd = [(n, line, contradiction(line)) for n, line in enumerate(reading.lines, start=1) if reading.lines_carry_tax]
    return [
        Finding(
            code="line_contradicts",
            facts={"line": str(n), "what": gap[0], "found": str(getattr(line, gap[0])), "expected": str(gap[1])},
        )
        for n, line, gap in odd
        if gap is not None
    ]


def _by_words(fields: dict[str, Field], gross: Decimal | None, findings: list[Finding]) -> bool:
    """Whether the capitals say the gross; then they are confirmed by it."""
    words = words_to_amount(str(fields["gross_words"].value)) if "gross_words" in fields else None
    if gross is None or "gross_words" not in fields:
        return False
    if words != gross:
        said = fields["gross_words"].value if words is None else words
        findings.append(Finding(code="words_differ", facts={"gross": str(gross), "words": str(said)}))
        return False
    fields["gross_words"] = replace(fields["gross_words"], confirmed_by="amount")
    return True


def _tax_borne(reading: Reading, net: Decimal, tax: Decimal, *, by_words: bool) -> bool:
    """Whether a wrong tax would show: by the words for the gross, at each rate, or on each line."""
    if by_words or parts_hold(reading.tax_parts, net, tax):
        return True
    rates_fit = all(tax_fits(line.net, line.rate, line.tax) for line in reading.lines)
    if reading.lines_carry_tax:
        return rates_fit
    return not tax and not reading.tax_parts and not any(line.rate for line in reading.lines)


def _proven(line: InvoiceLine, reading: Reading, lines_hold: bool) -> InvoiceLine:
    whole = lines_hold and reading.lines_provable and line.witnessed is not False
    borne = line_borne(line, carries_tax=reading.lines_carry_tax, alone=len(reading.lines) == 1)
    if line.rate is not None and not reading.lines_carry_tax:
        borne = borne and rate_borne(line.rate, reading.lines, reading.tax_parts)
    return replace(line, confirmed_by="sum") if whole and borne else line


def _joined(before: str, proofs: list[str]) -> str:
    return " + ".join([before, *proofs] if before else proofs)


def _money(fields: Mapping[str, Field], name: str) -> Decimal | None:
    value = fields[name].value if name in fields else None
    return value if isinstance(value, Decimal) else None


def _lines_add_up(reading: Reading, net: Decimal, tax: Decimal, gross: Decimal, findings: list[Finding]) -> bool:
    """Whether the lines make up the totals; a finding where the document says that they should and they do not."""
    if not reading.lines:
        return False
    line_net, line_tax = sum_net(reading.lines), sum_tax(reading.lines)
    if line_net + (reading.adjustment or ZERO) == net and (line_tax == tax or not reading.lines_carry_tax):
        return True
    if reading.adjustment is not None and line_net + reading.adjustment == gross:
        return False  # an XML that states its lines with tax: no contradiction, and no proof of the net
    if reading.lines_carry_tax or reading.adjustment is not None:
        facts = {"lines_net": str(line_net), "net": str(net), "lines_tax": str(line_tax), "tax": str(tax)}
        findings.append(Finding(code="lines_differ", facts=facts))
    return False


def _person(tax_id: str) -> bool:
    """A person's identity number: 17 digits that start with a region; its check follows another rule."""
    return tax_id[:17].isdigit() and tax_id[0] in "12345678"


def _prove_identity(fields: dict[str, Field], findings: list[Finding]) -> None:
    """Confirm tax ids by their check character and notice a number that belongs to another year."""
    for name in ("seller_tax_id", "buyer_tax_id"):
        found = fields.get(name)
        if found is None or found.confirmed_by:
            continue
        if tax_id_holds(str(found.value)):
            fields[name] = replace(found, confirmed_by="check character")
        elif len(str(found.value)) == 18 and not _person(str(found.value)) and "kind" in fields:
            facts = {"field": name, "value": str(found.value)}
            findings.append(Finding(code="tax_id_wrong", facts=facts))
    number, issued = fields.get("number"), fields.get("issued_on")
    if number is None or issued is None or not isinstance(issued.value, date) or "kind" not in fields:
        return
    if not number_fits_date(str(number.value), issued.value):
        facts = {"number": str(number.value), "issued_on": issued.value.isoformat()}
        findings.append(Finding(code="number_not_of_year", facts=facts))
        fields.update(number=replace(number, confirmed_by=""), issued_on=replace(issued, confirmed_by=""))
