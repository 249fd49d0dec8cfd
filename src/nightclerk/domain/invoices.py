"""Invoices as they are read: every value with its source, its place on the page and its proof.

A reader hands over what each source says (`Reading`); `invoice_proofs.examine` compares the sources, does the sums and
decides which values are confirmed, which are only read, and what finance has to look at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from nightclerk.domain.amounts import ZERO

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
    `per` is the quantity that the price is for, `extra` the line's own charges less its allowances. `witnessed`
    says whether the page beside the data shows all of this line; None where there is nothing to hold it against.
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
    per: Decimal = Decimal(1)
    extra: Decimal = ZERO
    witnessed: bool | None = None


@dataclass(frozen=True, kw_only=True)
class TaxPart:
    """The tax at one rate: of what net, how much. `rate` is a fraction."""

    net: Decimal
    rate: Decimal
    tax: Decimal


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something finance has to know: a code of the catalogue (`invoices.finding.<code>`) and its facts."""

    code: str
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What the sources of one invoice say, before anything is compared. Several fields a name, any order.

    `adjustment` is what leads from the sum of the lines to the net (charges less allowances of the whole invoice);
    None where the document does not say it in figures, so that lines that do not add up are no contradiction.
    """

    fields: Mapping[str, tuple[Field, ...]]
    lines: tuple[InvoiceLine, ...] = ()
    findings: tuple[Finding, ...] = ()
    lines_carry_tax: bool = True  # False: the document states the tax in total only
    lines_provable: bool = True  # False: a free layout, where sums prove the totals but not each line's name
    adjustment: Decimal | None = None
    tax_parts: tuple[TaxPart, ...] = ()


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
