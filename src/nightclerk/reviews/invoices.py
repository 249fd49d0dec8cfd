"""Review invoices: what waits, what was read and where, what it could belong to, and a person's decision about it.

A layer of functions over the books for the console and the command line. Amounts and days are exact values; boxes are
(left, top, right, bottom) in points of their page, from its upper left corner. Every decision is kept with who, when
and why (`Review.decisions`). A decision may propose a rule (`nightclerk.reviews.learned`), it never applies one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from nightclerk.documents.invoice_archive import ArchiveEntry, original_of
from nightclerk.documents.match_words import candidates_json, verdict_json
from nightclerk.documents.matching_rules import workspace_rules
from nightclerk.documents.purchases import purchases
from nightclerk.domain.invoice_cases import InvoiceCase, Settled
from nightclerk.domain.invoices import Box
from nightclerk.domain.items import State, WorkItem
from nightclerk.domain.learning import rules_from
from nightclerk.domain.matching import match_on
from nightclerk.domain.reviewing import OPEN, Action, Decision, Share, Totals, part_of, shares_add_up, totals_of
from nightclerk.errors import NightClerkError
from nightclerk.ports import Queues, Store
from nightclerk.records import dump, load
from nightclerk.reviews.learned import propose
from nightclerk.texts import say

QUEUE, PAYMENTS = "invoices", "payments"
_PAGE = 500


class NoSuchInvoice(NightClerkError):
    """Facts: key."""

    en = "There is no invoice {key!r}. `nightclerk invoices review` lists those that wait."
    zh = "没有发票 {key!r}。nightclerk invoices review 可列出待复核的发票。"


class DecidedAlready(NightClerkError):
    """Facts: key, state, reason."""

    en = "Invoice {key} is {state} already ({reason}). Nothing was changed; load the page again."
    zh = "发票 {key} 已是 {state}（{reason}）。没有改动，请刷新页面。"


class UnknownOrders(NightClerkError):
    """Facts: orders (those that the ERP's export does not hold)."""

    en = "The ERP's last export has no purchase order {orders}. Check the number, or collect from the ERP again."
    zh = "ERP 最近一次导出中没有采购订单 {orders}。请核对号码，或重新从 ERP 取数。"


class SplitUneven(NightClerkError):
    """Facts: gross, split (what the shares add up to)."""

    en = "The shares add up to {split}, the invoice is {gross}. Each order once, and together the whole invoice."
    zh = "拆分合计 {split}，发票金额 {gross}。每个订单只写一次，合计须等于整张发票。"


@dataclass(frozen=True, kw_only=True)
class ReviewField:
    """One value as it was read. `confirmed_by` names the independent check; empty means that a person looks at it."""

    name: str
    value: str
    source: str = ""
    confirmed_by: str = ""
    page: int = 0
    box: Box | None = None


@dataclass(frozen=True, kw_only=True)
class ReviewLine:
    """One line of the invoice; `values` by column (name, spec, unit, quantity, price, net, rate, tax)."""

    values: Mapping[str, str]
    confirmed_by: str = ""
    page: int = 0
    box: Box | None = None


@dataclass(frozen=True, kw_only=True)
class Mark:
    """One difference: `where` it is ("PO1/2" or a line's name), what the order and the invoice say, by how much."""

    code: str
    where: str = ""
    ordered: str = ""
    invoiced: str = ""
    by: str = ""
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One way to match. `chosen` is what the matcher decided for, the others are runners-up."""

    orders: tuple[str, ...]
    chosen: bool = False
    why: str = ""
    supplier: str = ""
    ordered_on: str = ""
    net: str = ""
    tax: str = ""
    gross: str = ""
    lines: tuple[Mapping[str, str], ...] = ()
    differences: tuple[Mark, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """One row of the list of invoices."""

    key: str
    number: str
    seller: str
    issued_on: date | None
    gross: Decimal
    currency: str
    state: State
    part: str  # matched, red_notes, in_review or rejected
    rule: str
    reason: str
    orders: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Review:
    """All that is known about one invoice. `version` goes back with the decision, so that nobody overwrites another.

    `original` is the archived file, or None when it is gone or is not what was read (`original_changed`).
    """

    row: Waiting
    version: int
    run: str
    file: str
    format: str
    pages: int
    sha256: str
    original: Path | None
    original_changed: bool
    fields: tuple[ReviewField, ...]
    lines: tuple[ReviewLine, ...]
    findings: tuple[str, ...]
    candidates: tuple[Candidate, ...]
    decisions: tuple[Decision, ...]

    @property
    def open(self) -> bool:
        return self.row.state in OPEN


# ------------------------------------------------------------------------------------------------ look


def waiting(store: Queues, *, text: str = "", limit: int = 100, offset: int = 0) -> list[Waiting]:
    """The invoices that wait for a person, newest first."""
    found = store.items(QUEUE, states=OPEN, text=text, limit=limit, offset=offset)
    return [row_of(item) for item in found]


def totals(store: Queues) -> tuple[Totals, ...]:
    """What all invoices add up to, by currency; `adds_up` is checked on the amounts themselves."""
    return totals_of(all_items(store))


def review(store: Queues, workspace: Path, key: str) -> Review:
    """Everything about one invoice; NoSuchInvoice."""
    return review_of(_item(store, key), workspace)


def all_items(store: Queues) -> Iterator[WorkItem]:
    """Every filed invoice, a page at a time."""
    return _all(store, QUEUE)


def _all(store: Queues, queue: str) -> Iterator[WorkItem]:
    offset = 0
    while found := store.items(queue, limit=_PAGE, offset=offset):
        yield from found
        offset += len(found)


def _item(store: Queues, key: str) -> WorkItem:
    item = store.item(QUEUE, key)
    if item is None:
        raise NoSuchInvoice(key=key)
    return item


def row_of(item: WorkItem) -> Waiting:
    """One item of the queue as a row."""
    payload, verdict = item.payload, _mapping(item.details.get("verdict"))
    issued = str(payload.get("issued_on") or "")
    return Waiting(
        key=item.key, number=str(payload.get("number") or ""), seller=str(payload.get("seller") or ""),
        issued_on=date.fromisoformat(issued) if issued else None, gross=Decimal(str(payload.get("gross") or 0)),
        currency=str(payload.get("currency") or "CNY"), state=item.state, part=part_of(item),
        rule=str(verdict.get("rule") or ""), reason=item.reason,
        orders=tuple(map(str, item.details.get("orders") or ())),
    )  # fmt: skip


def review_of(item: WorkItem, workspace: Path) -> Review:
    """One item of the queue with all that its details hold."""
    details = item.details
    found = original_of(workspace, str(details.get("kept") or ""), str(details.get("sha256") or ""))
    return Review(
        row=row_of(item), version=item.version, run=item.run, file=str(details.get("file") or ""),
        format=str(details.get("format") or ""), pages=int(details.get("pages") or 0),
        sha256=str(details.get("sha256") or ""), original=found.path, original_changed=found.changed,
        fields=tuple(_field(name, value) for name, value in _mapping(details.get("fields")).items()),
        lines=tuple(map(_line, details.get("lines") or ())),
        findings=tuple(map(_finding, details.get("findings") or ())),
        candidates=tuple(_candidate(one, n == 0) for n, one in enumerate(details.get("candidates") or ())),
        decisions=tuple(load(Decision, one) for one in details.get("decisions") or ()),
    )  # fmt: skip


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _box(value: Any) -> Box | None:
    return (float(value[0]), float(value[1]), float(value[2]), float(value[3])) if value else None


def _field(name: str, value: Mapping[str, Any]) -> ReviewField:
    return ReviewField(
        name=name, value=str(value.get("value", "")), source=str(value.get("source", "")),
        confirmed_by=str(value.get("confirmed_by") or ""), page=int(value.get("page") or 0), box=_box(value.get("box")),
    )  # fmt: skip


_COLUMNS = ("name", "spec", "unit", "quantity", "price", "net", "rate", "tax", "sku")


def _line(value: Mapping[str, Any]) -> ReviewLine:
    return ReviewLine(
        values={name: str(value.get(name) or "") for name in _COLUMNS},
        confirmed_by=str(value.get("figures_confirmed_by") or ""), page=int(value.get("page") or 0),
        box=_box(value.get("box")),
    )  # fmt: skip


def _finding(value: Mapping[str, Any]) -> str:
    """A finding in today's language, or as it was written when the catalogue no longer knows it."""
    try:
        return say(f"invoices.finding.{value.get('code')}", **_mapping(value.get("facts")))
    except (KeyError, IndexError):
        return str(value.get("text") or value.get("code") or "")


def _candidate(value: Mapping[str, Any], first: bool) -> Candidate:
    marks = tuple(map(_mark, value.get("differences") or ()))
    texts = {name: str(value.get(name) or "") for name in ("why", "supplier", "ordered_on", "net", "tax", "gross")}
    return Candidate(
        orders=tuple(map(str, value.get("orders") or ())), chosen=first and bool(texts["why"]), differences=marks,
        lines=tuple(dict(line) for line in value.get("lines") or ()), **texts,
    )  # fmt: skip


def _mark(value: Mapping[str, Any]) -> Mark:
    code, where = str(value.get("code") or ""), str(value.get("where") or "")
    ordered, invoiced, by = (str(value.get(name) or "") for name in ("expected", "found", "by"))
    text = say(f"matching.difference.{code}", where=where, expected=ordered, found=invoiced, amount=by)
    return Mark(code=code, where=where, ordered=ordered, invoiced=invoiced, by=by, text=text)


# --------------------------------------------------------------------------------------------- archive


def archive_entries(store: Queues) -> list[ArchiveEntry]:
    """Every original with the voucher number of the payment that holds its invoice; the newest first."""
    vouchers = _vouchers(store)
    return [
        ArchiveEntry(
            number=str(item.payload.get("number") or ""), issued_on=str(item.payload.get("issued_on") or ""),
            seller=str(item.payload.get("seller") or ""), gross=str(item.payload.get("gross") or ""),
            orders=" ".join(map(str, item.details.get("orders") or ())),
            voucher=vouchers.get(str(item.payload.get("number") or ""), ""), state=item.state.value,
            sha256=str(item.details.get("sha256") or ""), kept=str(item.details.get("kept") or ""),
        )
        for item in all_items(store)
    ]  # fmt: skip


def _vouchers(store: Queues) -> dict[str, str]:
    """Invoice number -> number of the form on which it was asked to be paid."""
    found: dict[str, str] = {}
    for item in _all(store, PAYMENTS):
        if item.state is State.DONE:
            found |= {str(line["number"]): item.result for line in item.payload.get("invoices") or ()}
    return found


# ---------------------------------------------------------------------------------------------- decide


def accept(
    store: Store, key: str, *, version: int, orders: Sequence[str], who: str, why: str = "", now: datetime,
    workspace: Path | None = None,
) -> Decision:  # fmt: skip
    """The invoice belongs to these orders and may be paid. DecidedAlready when somebody was faster.

    With a `workspace` the decision may propose rules: each is a task that waits for a yes, nothing is applied.
    """
    decision = Decision(at=now, who=who, action=Action.ACCEPT, orders=tuple(orders), why=why)
    done = _decide(store, key, version, decision, State.DONE, {"orders": list(orders)})
    if workspace is not None:
        _propose(store, workspace, key, orders, now)
    return done


def _propose(store: Store, workspace: Path, key: str, orders: Sequence[str], now: datetime) -> None:
    try:
        known, _ = purchases(workspace)
    except NightClerkError:
        return  # without the ERP's export there is nothing to compare with; the decision stands
    case = load(InvoiceCase, _item(store, key).payload)
    propose(store, rules_from(case, orders, {order.number: order for order in known}), key=key, now=now)


def reject(store: Queues, key: str, *, version: int, who: str, why: str, now: datetime) -> Decision:
    """The invoice is not paid, for the reason given."""
    decision = Decision(at=now, who=who, action=Action.REJECT, why=why)
    return _decide(store, key, version, decision, State.REJECTED, {})


def split(
    store: Queues, key: str, *, version: int, shares: Sequence[Share], who: str, why: str = "", now: datetime
) -> Decision:
    """The invoice belongs to several orders, each with its part of the gross. SplitUneven unless all is shared out."""
    gross = Decimal(str(_item(store, key).payload.get("gross") or 0))
    if not shares_add_up(shares, gross):
        raise SplitUneven(gross=str(gross), split=str(sum((share.amount for share in shares), Decimal(0))))
    orders = tuple(share.order for share in shares)
    decision = Decision(at=now, who=who, action=Action.SPLIT, orders=orders, shares=tuple(shares), why=why)
    return _decide(store, key, version, decision, State.DONE, {"orders": list(orders), "shares": dump(list(shares))})


def rematch(
    store: Queues, workspace: Path, key: str, *, version: int, orders: Sequence[str], who: str, why: str = "",
    now: datetime,
) -> Decision:  # fmt: skip
    """Lay the invoice on orders that a person names: it waits on, with them as its candidate and all that differs.

    UnknownOrders, DecidedAlready; NoPurchases when the ERP's export is not there.
    """
    item = _item(store, key)
    known, receipts = purchases(workspace)
    by_number = {order.number: order for order in known}
    missing = [number for number in orders if number not in by_number]
    if missing or not orders:
        raise UnknownOrders(orders=", ".join(missing) or "–")
    case = load(InvoiceCase, item.payload)
    supplier = by_number[orders[0]]
    asked = replace(case, seller=supplier.supplier, seller_tax_id=supplier.supplier_tax_id)
    earlier = [_settled(other) for other in all_items(store) if other.key != key and other.state is State.DONE]
    verdict = match_on(asked, orders, known, receipts, workspace_rules(workspace), earlier=earlier)
    shown = replace(verdict, orders=tuple(orders))
    changes = {
        "verdict": verdict_json(shown), "orders": list(orders), "candidates": candidates_json(shown, by_number),
    }  # fmt: skip
    decision = Decision(at=now, who=who, action=Action.REMATCH, orders=tuple(orders), why=why)
    return _decide(store, key, version, decision, State.WAITING, changes)


def _settled(item: WorkItem) -> Settled:
    return Settled(case=load(InvoiceCase, item.payload), orders=tuple(map(str, item.details.get("orders") or ())))


def _decide(
    store: Queues, key: str, version: int, decision: Decision, state: State, changes: Mapping[str, Any]
) -> Decision:
    item = _item(store, key)
    kept = [*(item.details.get("decisions") or ()), dump(decision)]
    details = {**item.details, **changes, "decisions": kept}
    said = " · ".join(part for part in (", ".join(decision.orders), decision.why.strip()) if part)
    if item.state not in OPEN or item.version != version or not store.decide(
        QUEUE, key, version=version, state=state, who=decision.who, why=said or decision.action.value,
        details=details, now=decision.at,
    ):  # fmt: skip
        now = _item(store, key)
        raise DecidedAlready(key=key, state=now.state.value, reason=now.reason)
    return decision
