"""Invoices as they are read: every value with its source and its proof, and the pure checks that give the proof.

A reader hands over what each source says (`Reading`); `examine` compares the sources, does the sums and decides
which values are confirmed, which are only read, and what finance has to look at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from nightclerk.domain.amounts import FEN, ZERO, rounded, words_to_amount

Value = str | Decimal | date
Box = tuple[float, float, float, float]


class Source(StrEnum):
    """Where a value was read; the order is the order of trust."""

    XML = "xml"
    OFD = "ofd"
    QR = "qr"
    TEXT = "text"
    OCR = "ocr"


class InvoiceStatus(StrEnum):
    """`review` = a person looks before anything is paid; `unreadable` = nothing could be read at all."""

    CONFIRMED = "confirmed"
    REVIEW = "review"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, kw_only=True)
class Field:
    """One value. `confirmed_by` names the independent check that agrees; empty means read but unconfirmed."""

    value: Value
    source: Source
    page: int = 0
    box: Box | None = None
    confirmed_by: str = ""


@dataclass(frozen=True, kw_only=True)
class InvoiceLine:
    """One line as printed. A discount has no quantity and a negative net; `rate` None means 免税, 不征税 or 差额.

    `confirmed_by` speaks of its figures: no sum proves a name, a specification or a unit that a page shows.
    """

    name: str
    spec: str = ""
    unit: str = ""
    quantity: Decimal | None = None
    price: Decimal | None = None
    net: Decimal
    rate: Decimal | None = None
    rate_text: str = ""
    tax: Decimal = ZERO
    sku: str = ""
    page: int = 0
    box: Box | None = None
    source: Source = Source.TEXT
    confirmed_by: str = ""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something finance has to know: a code of the catalogue (`invoices.finding.<code>`) and its facts."""

    code: str
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What the sources of one invoice say, before anything is compared. Several fields a name, any order."""

    fields: Mapping[str, tuple[Field, ...]]
    lines: tuple[InvoiceLine, ...] = ()
    findings: tuple[Finding, ...] = ()
    lines_carry_tax: bool = True  # False: the document states the tax in total only
    lines_provable: bool = True  # False: a free layout, where sums prove the totals but not each line's name


@dataclass(frozen=True, kw_only=True)
class Invoice:
    """One invoice with the proof of each value. Field names: see `FIELDS`."""

    file: str
    sha256: str
    pages: int
    format: str
    status: InvoiceStatus
    fields: Mapping[str, Field] = field(default_factory=dict)
    lines: tuple[InvoiceLine, ...] = ()
    findings: tuple[Finding, ...] = ()

    def text(self, name: str) -> str:
        """The value of one field as text; empty when it was not read."""
        return str(self.fields[name].value) if name in self.fields else ""

    def money(self, name: str) -> Decimal | None:
        """The value of one field as an amount."""
        value = self.fields[name].value if name in self.fields else None
        return value if isinstance(value, Decimal) else None

    def confirmed(self, name: str) -> bool:
        return name in self.fields and bool(self.fields[name].confirmed_by)


#: Names of fields, in the order in which people read them. `orders` is one text, numbers parted by blanks.
FIELDS = (
    "number", "code", "kind", "issued_on", "seller", "seller_tax_id", "buyer", "buyer_tax_id", "net", "tax",
    "gross", "gross_words", "currency", "orders", "red_of", "remark", "drawer", "check_code",
)  # fmt: skip
#: Without a proof for each of these a person looks at the invoice.
NEEDED = ("number", "issued_on", "net", "tax", "gross")

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


def line_holds(line: InvoiceLine) -> bool:
    """Whether net × rate is the tax and quantity × price the net, each to the fen.

    A quantity without a price (or the reverse) holds nothing: one of the two was not read.
    """
    if line.rate is not None and abs(rounded(line.net * line.rate) - line.tax) > FEN:
        return False
    if line.quantity is None or line.price is None:
        return line.quantity is line.price
    return abs(rounded(line.quantity * line.price) - line.net) <= FEN


# -------------------------------------------------------------------------------------------- examine


def examine(
    reading: Reading, *, file: str, sha256: str, pages: int, format: str, demand: Iterable[str] = NEEDED
) -> Invoice:
    """Compare the sources, do the sums, and say for each value whether something independent confirms it."""
    findings = list(reading.findings)
    fields = {name: _agreed(name, reading.fields[name], findings) for name in FIELDS if reading.fields.get(name)}
    lines = _prove_amounts(fields, reading, findings)
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
    """Confirm net, tax and gross by 大写 and by the sums; report each sum that fails."""
    disputed = {f.facts.get("field") for f in findings if f.code == "sources_differ"}
    net, tax, gross = (_money(fields, name) for name in ("net", "tax", "gross"))
    words = words_to_amount(str(fields["gross_words"].value)) if "gross_words" in fields else None
    sums = net is not None and tax is not None and gross is not None and net + tax == gross
    proofs: dict[str, list[str]] = {"net": [], "tax": [], "gross": []}
    if words is not None and gross is not None:
        if words == gross:
            proofs["gross"].append("words")
        else:
            findings.append(Finding(code="words_differ", facts={"gross": str(gross), "words": str(words)}))
    if None not in (net, tax, gross) and not sums:
        facts = {"net": str(net), "tax": str(tax), "gross": str(gross)}
        findings.append(Finding(code="sum_differs", facts=facts))
    lines_hold = _lines_add_up(reading, net, tax, findings)
    if sums and lines_hold:
        for name in proofs:
            proofs[name].append("sum")
    elif sums and proofs["gross"] and abs(tax or ZERO) <= abs(net or ZERO) / 5:
        proofs["net"].append("sum")
        proofs["tax"].append("sum")
    for name, proof in proofs.items():
        if name in fields and proof and name not in disputed:
            fields[name] = replace(fields[name], confirmed_by=_joined(fields[name].confirmed_by, proof))
    if "gross_words" in fields and words is not None and words == gross:
        fields["gross_words"] = replace(fields["gross_words"], confirmed_by="amount")
    return tuple(_proven(line, lines_hold and reading.lines_provable) for line in reading.lines)


def _proven(line: InvoiceLine, lines_hold: bool) -> InvoiceLine:
    return replace(line, confirmed_by="sum") if lines_hold and line_holds(line) else line


def _joined(before: str, proofs: list[str]) -> str:
    return " + ".join([before, *proofs] if before else proofs)


def _money(fields: Mapping[str, Field], name: str) -> Decimal | None:
    value = fields[name].value if name in fields else None
    return value if isinstance(value, Decimal) else None


def _lines_add_up(reading: Reading, net: Decimal | None, tax: Decimal | None, findings: list[Finding]) -> bool:
    """Whether the lines make up the totals. Lines without tax may differ by allowances, so that is no finding."""
    if not reading.lines or net is None or tax is None:
        return False
    line_net = sum((line.net for line in reading.lines), ZERO)
    line_tax = sum((line.tax for line in reading.lines), ZERO)
    if line_net == net and (line_tax == tax or not reading.lines_carry_tax):
        return True
    if reading.lines_carry_tax:
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
