"""Match invoices against purchase orders and receipts: duplicates, red notes, references, then what is unique.

`match_all` is pure. Every verdict names its rule, its evidence, each difference and the runner-up; nothing is
accepted that is not unique and within tolerance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from nightclerk.domain.amounts import ZERO
from nightclerk.domain.currencies import converted
from nightclerk.domain.invoice_cases import CaseLine, InvoiceCase, Settled
from nightclerk.domain.match_fit import (
    Fit,
    OpenOrder,
    billable,
    differences,
    fit,
    item_key,
    one_factor,
    open_orders,
    priced_as_printed,
)
from nightclerk.domain.match_index import OrderIndex, Slot
from nightclerk.domain.match_search import FitClass, candidates, chosen_by_dates, supplier_key
from nightclerk.domain.purchasing import PurchaseOrder, Receipt
from nightclerk.domain.verdicts import Difference, Evidence, MatchOutcome, MatchRules, Verdict

#: The better the source of a document, the earlier it counts as the original of its number.
_TRUST = ("xml-einvoice", "xml-cii", "xml-ubl", "pdf+xml", "ofd", "pdf", "")


def match_all(
    invoices: Sequence[InvoiceCase],
    purchase_orders: Iterable[PurchaseOrder],
    receipts: Iterable[Receipt],
    rules: MatchRules | None = None,
    *,
    earlier: Sequence[Settled] = (),
) -> list[Verdict]:
    """One verdict for each invoice, in the order of the invoices. `earlier` ones stay as they were filed."""
    matcher = _Matcher(invoices, purchase_orders, receipts, rules or MatchRules())
    matcher.remember(earlier)
    matcher.set_duplicates_aside()
    matcher.follow_references()
    matcher.search()
    matcher.offset_red_notes()
    matcher.leave_the_rest()
    return [matcher.verdicts[case.key] for case in invoices]


def match_on(
    case: InvoiceCase,
    numbers: Sequence[str],
    purchase_orders: Iterable[PurchaseOrder],
    receipts: Iterable[Receipt],
    rules: MatchRules | None = None,
    *,
    earlier: Sequence[Settled] = (),
) -> Verdict:
    """The verdict on one invoice if it belonged to the orders that a person names, whatever it says itself.

    For a red note, what it reverses would have to be named instead: its verdict says so.
    """
    if case.gross < ZERO:
        evidence = Evidence(code="red_without_blue", facts={"number": case.red_of})
        return Verdict(invoice=case.key, outcome=MatchOutcome.REVIEW, rule="red_without_blue", evidence=(evidence,))
    asked = replace(case, orders=tuple(numbers))
    matcher = _Matcher([asked], purchase_orders, receipts, rules or MatchRules())
    matcher.remember(earlier)
    matcher.follow_references()
    matcher.leave_the_rest()
    return matcher.verdicts[case.key]


class _Matcher:
    """The state of one matching: what is open, what is decided."""

    def __init__(
        self,
        invoices: Sequence[InvoiceCase],
        purchase_orders: Iterable[PurchaseOrder],
        receipts: Iterable[Receipt],
        rules: MatchRules,
    ) -> None:
        orders, receipts = list(purchase_orders), list(receipts)
        self.rules = rules
        self.three_way = rules.three_way and bool(receipts)
        self.orders: dict[str, OpenOrder] = open_orders(orders, receipts)
        self.supplier_of = {o.number: supplier_key(o.supplier_tax_id, o.supplier) for o in orders}
        self.named = {item_key(o.supplier): self.supplier_of[o.number] for o in orders}
        self.currencies: dict[str, set[str]] = {}
        self.currency_of = {o.number: o.currency for o in orders}
        self.index = OrderIndex()
        for number, opened in self.orders.items():
            supplier, currency = self.supplier_of[number], self.currency_of[number]
            self.currencies.setdefault(supplier, set()).add(currency)
            self.index.add(self._group(supplier, currency), opened)
        self.found: dict[str, tuple[int, FitClass | None, list[Fit]]] = {}
        self.slots: dict[str, tuple[Slot, ...]] = {}
        self.lines: dict[str, tuple[CaseLine, ...]] = {}
        self.without_rate: set[str] = set()
        self.cases = sorted(map(self._comparable, invoices), key=lambda case: (case.issued_on, _trust(case)))
        self.verdicts: dict[str, Verdict] = {}
        self.by_look: dict[tuple[str, Decimal, date], list[InvoiceCase]] = {}
        for case in self.cases:
            self.by_look.setdefault((case.seller_tax_id, case.gross, case.issued_on), []).append(case)
        self.billed_by: dict[str, list[InvoiceCase]] = {}
        self.known: dict[tuple[str, str], InvoiceCase] = {}
        self.settled: dict[str, tuple[str, ...]] = {}

    def _comparable(self, case: InvoiceCase) -> InvoiceCase:
        """The invoice in the currency of its supplier's orders, where none of them is in its own."""
        used = self.currencies.get(self._supplier(case), set())
        if not used or case.currency in used:
            return case
        changed = converted(case, next(iter(used)), self.rules.rates) if len(used) == 1 else None
        if changed is None:
            self.without_rate.add(case.key)
        return changed or case

    def remember(self, earlier: Sequence[Settled]) -> None:
        """Book what earlier runs accepted, and know their numbers."""
        for one in earlier:
            case = one.case
            self.known.setdefault((case.code, case.number), case)
            self.settled[case.key] = one.orders
            self.by_look.setdefault((case.seller_tax_id, case.gross, case.issued_on), []).append(case)
            orders = [self.orders[number] for number in one.orders if number in self.orders]
            if orders and case.gross >= 0:
                self._book(case, fit(billable(case), orders, self.rules.tolerance(case.seller_tax_id)))

    # ------------------------------------------------------------------------------------- duplicates

    def set_duplicates_aside(self) -> None:
        """Same number and same seller and amount = one invoice; same number and other content = a person."""
        first = dict(self.known)
        for case in self.cases:
            original = first.setdefault((case.code, case.number), case)
            if original is case:
                continue
            same = (original.gross, original.seller_tax_id) == (case.gross, case.seller_tax_id)
            how = "same_file" if original.sha256 and original.sha256 == case.sha256 else "same_number"
            facts = {"number": case.number, "file": original.file or original.key}
            self.verdicts[case.key] = Verdict(
                invoice=case.key, of=original.key, rule=how if same else "number_used_twice",
                outcome=MatchOutcome.DUPLICATE if same else MatchOutcome.REVIEW,
                evidence=(Evidence(code=how, facts=facts),),
            )  # fmt: skip

    # ------------------------------------------------------------------------------------- references

    def follow_references(self) -> None:
        """Invoices that name their orders go first, in the order of their dates."""
        for case in self._pending():
            named = self._named_orders(case)
            if named:
                self._decide_by_reference(case, named)

    def _named_orders(self, case: InvoiceCase) -> list[OpenOrder]:
        supplier = self._supplier(case)
        return [
            self.orders[number]
            for number in dict.fromkeys(case.orders)
            if number in self.orders
            and self.supplier_of[number] == supplier
            and self.currency_of[number] == case.currency
        ]

    def _supplier(self, case: InvoiceCase) -> str:
        """By tax id; an invoice without one by the supplier's name."""
        return case.seller_tax_id or self.named.get(item_key(case.seller), "")

    def _decide_by_reference(self, case: InvoiceCase, named: list[OpenOrder]) -> None:
        tolerance = self.rules.tolerance(case.seller_tax_id)
        found = fit(self._billable(case), named, tolerance)
        if not any(order.open_lines for order in named):
            self._billed_already(case, named)
            return
        gaps = differences(found, case, tolerance, three_way=self.three_way)
        evidence = Evidence(code="reference", facts={"orders": ", ".join(found.orders)})
        self._accept(case, found, "reference", (evidence,), gaps)

    def _billed_already(self, case: InvoiceCase, named: list[OpenOrder]) -> None:
        numbers = tuple(order.number for order in named)
        before = [other for number in numbers for other in self.billed_by.get(number, ())]
        same = next((other for other in before if other.gross == case.gross), before[0] if before else None)
        facts = {"orders": ", ".join(numbers), "invoice": same.number if same else ""}
        self.verdicts[case.key] = Verdict(
            invoice=case.key, outcome=MatchOutcome.REVIEW, rule="billed_already", orders=numbers,
            of=same.key if same else "", evidence=(Evidence(code="billed_already", facts=facts),),
        )  # fmt: skip

    # ----------------------------------------------------------------------------------------- search

    def search(self) -> None:
        """Supplier by supplier, as one's orders say nothing about another's invoices."""
        blocks: dict[str, list[InvoiceCase]] = {}
        for case in self._pending():
            blocks.setdefault(self._group(self._supplier(case), case.currency), []).append(case)
        for cases in blocks.values():
            self._search_block(cases)

    def _search_block(self, cases: Sequence[InvoiceCase]) -> None:
        """Take what is unique, again and again, because each match leaves fewer orders open for the rest."""
        for worst in (quality for quality in FitClass if quality < FitClass.OUT_OF_TOLERANCE):
            while self._sweep(cases, self._take_unique, worst) or self._sweep(cases, self._take_by_dates, worst):
                continue

    def _sweep(
        self, cases: Sequence[InvoiceCase], take: Callable[[InvoiceCase, FitClass], bool], worst: FitClass
    ) -> bool:
        """Offer every open invoice once; whether any was taken."""
        taken = [case.key for case in cases if case.key not in self.verdicts and take(case, worst)]
        return bool(taken)

    def _candidates(self, case: InvoiceCase) -> tuple[FitClass | None, list[Fit]]:
        """What fits one invoice; looked for again only when an order with one of its items has changed."""
        group = self._group(self._supplier(case), case.currency)
        lines = self._billable(case)
        if case.key not in self.slots:
            self.slots[case.key] = self.index.slots(group, lines)
        changes = sum(slot.changes for slot in self.slots[case.key])
        known = self.found.get(case.key)
        if known is not None and known[0] == changes:
            return known[1], known[2]
        tolerance = self.rules.tolerance(case.seller_tax_id)
        quality, fits = candidates(lines, *self.index.related(group, lines), tolerance)
        self.found[case.key] = changes, quality, fits
        return quality, fits

    def _billable(self, case: InvoiceCase) -> tuple[CaseLine, ...]:
        if case.key not in self.lines:
            self.lines[case.key] = billable(case)
        return self.lines[case.key]

    def _group(self, supplier: str, currency: str) -> str:
        return f"{supplier} {currency}"

    def _take_unique(self, case: InvoiceCase, worst: FitClass) -> bool:
        quality, fits = self._candidates(case)
        if quality is None or quality > worst or len(fits) != 1:
            return False
        facts = {"orders": ", ".join(fits[0].orders), "class_": quality.name.lower()}
        self._accept_found(case, fits[0], quality, Evidence(code="only_fit", facts=facts), [])
        return True

    def _take_by_dates(self, case: InvoiceCase, worst: FitClass) -> bool:
        quality, fits = self._candidates(case)
        if quality is None or quality > worst or len(fits) < 2:
            return False
        chosen = chosen_by_dates(case, fits, self.orders, self.rules)
        if chosen is None:
            return False
        why, best = chosen
        received = ", ".join(str(self.orders[number].received_on) for number in best.orders)
        facts = {"orders": ", ".join(best.orders), "received_on": received, "others": str(len(fits) - 1)}
        others = [candidate for candidate in fits if candidate is not best]
        self._accept_found(case, best, quality, Evidence(code=why, facts=facts), others)
        return True

    def _accept_found(
        self, case: InvoiceCase, found: Fit, quality: FitClass, evidence: Evidence, others: Sequence[Fit]
    ) -> None:
        tolerance = self.rules.tolerance(case.seller_tax_id)
        gaps = differences(found, case, tolerance, three_way=self.three_way)
        self._accept(case, found, quality.name.lower(), (evidence,), gaps, others)

    def _accept(
        self, case: InvoiceCase, found: Fit, rule: str, evidence: tuple[Evidence, ...], gaps: list[Difference],
        others: Sequence[Fit] = (),
    ) -> None:  # fmt: skip
        """Book the quantities. With a difference it is an exception, with an unproven value a review."""
        outcome = MatchOutcome.EXCEPTION if gaps else MatchOutcome.MATCH
        if outcome is MatchOutcome.MATCH and not case.confirmed:
            outcome = MatchOutcome.REVIEW
            evidence = (*evidence, Evidence(code="unconfirmed", facts={"doubts": ", ".join(case.doubts)}))
        self._book(case, found)
        self.verdicts[case.key] = Verdict(
            invoice=case.key, outcome=outcome, rule=rule, orders=found.orders, evidence=evidence,
            differences=tuple(gaps), consumed=found.consumed(), runner_up=others[0].orders if others else (),
        )  # fmt: skip

    def _book(self, case: InvoiceCase, found: Fit) -> None:
        for line, _, count in found.taken:
            line.billed = line.billed + count if line.billed else count  # most lines are billed once: no new number
        for number in found.orders:
            self.index.changed(self.orders[number])
            self.billed_by.setdefault(number, []).append(case)
        self.found.pop(case.key, None)

    # -------------------------------------------------------------------------------------- red notes

    def offset_red_notes(self) -> None:
        """A red note belongs to the invoice that it reverses; never more than that invoice may be reversed."""
        blues = (*self.known.values(), *self.cases)
        by_number = {case.number: case for case in blues if case.gross >= 0 and not self._is_copy(case)}
        left: dict[str, Decimal] = {}
        for case in [case for case in self.cases if case.gross < 0 and case.key not in self.verdicts]:
            blue = by_number.get(case.red_of)
            if blue is None or blue.seller_tax_id != case.seller_tax_id:
                self._review(case, "red_without_blue", {"number": case.red_of})
                continue
            rest = left.setdefault(blue.number, blue.gross)
            if rest + case.gross < 0:
                self._review(case, "red_exceeds_blue", {"number": case.red_of, "left": str(rest)})
                continue
            left[blue.number] = rest + case.gross
            self._offset(case, blue)

    def _is_copy(self, case: InvoiceCase) -> bool:
        verdict = self.verdicts.get(case.key)
        return verdict is not None and verdict.outcome is MatchOutcome.DUPLICATE

    def _offset(self, case: InvoiceCase, blue: InvoiceCase) -> None:
        verdict = self.verdicts.get(blue.key)
        facts = {"number": blue.number, "gross": str(case.gross)}
        orders = verdict.orders if verdict else self.settled.get(blue.key, ())
        outcome = MatchOutcome.OFFSET if case.confirmed else MatchOutcome.REVIEW
        self.verdicts[case.key] = Verdict(
            invoice=case.key, outcome=outcome, rule="red_note", of=blue.key,
            orders=orders, evidence=(Evidence(code="reverses", facts=facts),),
        )  # fmt: skip

    def _review(self, case: InvoiceCase, rule: str, facts: dict[str, str]) -> None:
        self.verdicts[case.key] = Verdict(
            invoice=case.key, outcome=MatchOutcome.REVIEW, rule=rule,
            evidence=(Evidence(code=rule, facts=facts),),
        )  # fmt: skip

    # ----------------------------------------------------------------------------------------- the rest

    def leave_the_rest(self) -> None:
        """What is not unique waits for a person; what fits nothing is an exception."""
        for case in self._pending():
            quality, fits = self._candidates(case)
            if quality is not None and quality < FitClass.OUT_OF_TOLERANCE:
                orders = {"orders": " | ".join(", ".join(candidate.orders) for candidate in fits[:5])}
                evidence = Evidence(code="several_fit", facts={**orders, "count": str(len(fits))})
                self.verdicts[case.key] = Verdict(
                    invoice=case.key, outcome=MatchOutcome.REVIEW, rule="not_unique", evidence=(evidence,),
                    runner_up=fits[0].orders,
                )  # fmt: skip
                continue
            self._nothing_fits(case, fits)

    def _nothing_fits(self, case: InvoiceCase, suggested: Sequence[Fit]) -> None:
        twin = self._looks_alike(case)
        if twin is not None:
            self._review(case, "looks_like", {"number": twin.number, "issued_on": twin.issued_on.isoformat()})
            return
        if case.key in self.without_rate:
            self._review(case, "no_rate", {"currency": case.currency})
            return
        likely = self._other_price(case, suggested)
        if likely is not None:
            evidence = Evidence(code="only_items", facts={"orders": ", ".join(likely.orders)})
            others = [one for one in suggested if one is not likely]
            self._accept_found(case, likely, FitClass.OUT_OF_TOLERANCE, evidence, others)
            return
        known = self._supplier(case) in self.currencies
        rule = "no_order" if known else "unknown_supplier"
        evidence = Evidence(code=rule, facts={"seller": case.seller, "tax_id": case.seller_tax_id})
        self.verdicts[case.key] = Verdict(
            invoice=case.key, outcome=MatchOutcome.EXCEPTION, rule=rule, evidence=(evidence,),
            runner_up=suggested[0].orders if suggested else (),
        )  # fmt: skip

    def _other_price(self, case: InvoiceCase, suggested: Sequence[Fit]) -> Fit | None:
        """The one order that the invoice bills at another price throughout; None when that is not sure."""
        meant = [one for one in suggested if one_factor(one) or (len(case.lines) == 1 and priced_as_printed(one))]
        if len(meant) < len(suggested) or not meant:
            return None
        if len(meant) == 1:
            return meant[0]
        chosen = chosen_by_dates(case, meant, self.orders, self.rules)
        return chosen[1] if chosen else None

    def _looks_alike(self, case: InvoiceCase) -> InvoiceCase | None:
        """Another number, but same seller, same amount and about the same day: probably sent twice."""
        for number in range(-self.rules.duplicate_days, self.rules.duplicate_days + 1):
            day = case.issued_on + timedelta(days=number)
            for other in self.by_look.get((case.seller_tax_id, case.gross, day), ()):
                if other.key != case.key and not self._is_copy(other):
                    return other
        return None

    def _pending(self) -> list[InvoiceCase]:
        return [case for case in self.cases if case.key not in self.verdicts and case.gross >= ZERO]


def _trust(case: InvoiceCase) -> int:
    return _TRUST.index(case.format) if case.format in _TRUST else len(_TRUST)
