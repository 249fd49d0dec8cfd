"""One invoice as the review page shows it: read tolerantly out of a work item's payload and details."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from nightclerk.console.rendering import shown, words
from nightclerk.domain.items import WorkItem
from nightclerk.texts import say

INVOICE_QUEUE = "invoices"
#: In the order in which people read an invoice; fields beyond these follow.
ORDER = (
    "number",
    "code",
    "kind",
    "issued_on",
    "seller",
    "seller_tax_id",
    "buyer",
    "net",
    "tax",
    "gross",
    "orders",
    "remark",
)
AMOUNTS = frozenset({"net", "tax", "gross", "total"})
SHOWN_OF_A_CANDIDATE = (
    "why",
    "reason",
    "score",
    "ordered_on",
    "supplier",
    "net",
    "tax",
    "gross",
    "total",
    "received",
    "open",
)

Box = tuple[float, float, float, float]


@dataclass(frozen=True, kw_only=True)
class ReviewField:
    """One value read from the invoice. `box` is (left, top, right, bottom) in points of its page."""

    name: str
    value: str
    page: int = 0
    box: Box | None = None
    source: str = ""
    proof: str = ""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One place where invoice and order do not say the same."""

    what: str
    invoice: str = ""
    order: str = ""
    by: str = ""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One way to match: the purchase orders, some facts, and what differs."""

    orders: tuple[str, ...]
    facts: Mapping[str, str] = field(default_factory=dict)
    lines: tuple[Mapping[str, str], ...] = ()
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Review:
    """All that is known about one invoice."""

    file: str
    fields: tuple[ReviewField, ...]
    lines: tuple[Mapping[str, str], ...]
    findings: tuple[str, ...]
    candidates: tuple[Candidate, ...]

    @property
    def values(self) -> dict[str, str]:
        """Field name -> value as shown."""
        return {field.name: field.value for field in self.fields}


def review_of(item: WorkItem) -> Review:
    """Read an item of the invoice queue; what is missing is simply not shown."""
    details, payload = item.details, item.payload
    verdict = details.get("verdict")
    evidence = verdict.get("evidence") if isinstance(verdict, Mapping) else ()
    findings = _many(_first(details, "findings", "doubts")) + _many(evidence)
    return Review(
        file=str(_first(details, "kept", "file", "path") or payload.get("file") or ""),
        fields=_fields(_first(details, "fields"), payload),
        lines=_rows(_first(details, "lines") or payload.get("lines") or ()),
        findings=tuple(dict.fromkeys(_finding(one) for one in findings)),
        candidates=tuple(_candidate(one) for one in _many(_first(details, "candidates", "links", "matches"))),
    )


def _first(source: Mapping[str, Any], *names: str) -> Any:
    return next((source[name] for name in names if source.get(name)), None)


def _many(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _fields(found: Any, payload: Mapping[str, Any]) -> tuple[ReviewField, ...]:
    values: dict[str, Any] = {name: payload[name] for name in ORDER if payload.get(name)}
    if isinstance(found, Mapping):
        values |= found
    elif isinstance(found, (list, tuple)):
        values |= {str(one.get("name", "")): one for one in found if isinstance(one, Mapping)}
    order = {name: place for place, name in enumerate(ORDER)}
    names = sorted(values, key=lambda name: order.get(name, len(order)))
    return tuple(_field(name, values[name]) for name in names)


def _field(name: str, value: Any) -> ReviewField:
    if not isinstance(value, Mapping):
        return ReviewField(name=name, value=_amount(name, value))
    box = value.get("box")
    return ReviewField(
        name=name,
        value=_amount(name, value.get("value")),
        page=int(value.get("page") or 0),
        box=tuple(float(edge) for edge in box) if box and len(box) == 4 else None,  # type: ignore[arg-type]
        source=str(value.get("source") or ""),
        proof=str(value.get("confirmed_by") or ""),
    )


def _amount(name: str, value: Any) -> str:
    """A value as shown; amounts with thousands, so that they can be compared at a glance."""
    try:
        return f"{Decimal(str(value).replace(',', '')):,.2f}" if name in AMOUNTS else shown(value)
    except InvalidOperation:
        return shown(value)


def _rows(found: Any) -> tuple[Mapping[str, str], ...]:
    """Lines of a document; columns that say nothing in any line are left out."""
    rows = [row for row in _many(found) if isinstance(row, Mapping)]
    hidden = {"box", "page", "rate_text", "confirmed", "confirmed_by", "line"}
    names = [name for name in (rows[0] if rows else ()) if name not in hidden and any(row.get(name) for row in rows)]
    return tuple({name: _amount(name, row.get(name)) for name in names} for row in rows)


def _finding(found: Any) -> str:
    """A finding as a sentence in today's language; the text it came with, or its code, where we have none."""
    if not isinstance(found, Mapping):
        return str(found)
    code, facts = str(found.get("code", "")), found.get("facts") or {}
    try:
        return say(f"invoices.finding.{code}", **facts)
    except (KeyError, IndexError):
        return str(found.get("text") or _plain(code, facts))


def _plain(code: str, facts: Mapping[str, Any]) -> str:
    return f"{code}: {shown(dict(facts))}" if facts else code


def _candidate(found: Any) -> Candidate:
    if not isinstance(found, Mapping):
        return Candidate(orders=(str(found),))
    orders = _many(_first(found, "orders", "order", "number", "purchase_orders"))
    facts = {name: _amount(name, found[name]) for name in SHOWN_OF_A_CANDIDATE if found.get(name) not in (None, "", [])}
    differences = _many(_first(found, "differences", "diffs"))
    return Candidate(
        orders=tuple(str(order) for order in orders),
        facts=facts,
        lines=_rows(found.get("lines") or ()),
        differences=tuple(_difference(one) for one in differences),
    )


def _difference(found: Any) -> Difference:
    if not isinstance(found, Mapping):
        return Difference(what=str(found))
    code, where = str(_first(found, "code", "field") or ""), str(found.get("where") or "")
    kind = words(f"console.difference.{code}", words(f"console.field.{code}", code))
    return Difference(
        what=f"{kind}: {where}" if where else kind,
        invoice=_side(found, "invoice", "invoiced", "found", "actual"),
        order=_side(found, "order", "ordered", "expected"),
        by=_side(found, "by", "difference", "delta"),
    )


def _side(found: Mapping[str, Any], *names: str) -> str:
    return next((shown(found[name]) for name in names if found.get(name) is not None), "")


def order_numbers(texts: Iterable[str]) -> list[str]:
    """Order numbers out of what a person typed: parted by blanks, commas or Chinese commas."""
    joined = " ".join(texts)
    for mark in ",，、;；":
        joined = joined.replace(mark, " ")
    return list(dict.fromkeys(joined.split()))
