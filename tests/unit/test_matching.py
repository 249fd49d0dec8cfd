"""Matching invoices with orders and receipts: what is unique is taken, what is not waits, nothing is billed twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from nightclerk.domain.invoice_cases import CaseLine, InvoiceCase, Settled
from nightclerk.domain.matching import match_all
from nightclerk.domain.purchasing import PurchaseLine, PurchaseOrder, Receipt, ReceiptLine
from nightclerk.domain.verdicts import MatchOutcome, MatchRules, Tolerance, Verdict

TODAY = date(2026, 11, 20)
RATE = Decimal("0.13")
Basket = Sequence[tuple[str, int, str]]  # item, quantity, price
TEA: Basket = (("茶杯", 10, "5.00"), ("茶壶", 2, "40.00"))


def order(number: str, basket: Basket = TEA) -> PurchaseOrder:
    lines = tuple(
        PurchaseLine(
            line=n, sku="", name=name, spec="", unit="个", quantity=Decimal(count), price=Decimal(price), rate=RATE
        )
        for n, (name, count, price) in enumerate(basket, start=1)
    )  # fmt: skip
    net = sum((line.quantity * line.price for line in lines), Decimal(0))
    return PurchaseOrder(
        number=number, supplier="样例公司", supplier_tax_id="T1", ordered_on=TODAY - timedelta(days=20),
        currency="CNY", net=net, tax=net * RATE, gross=net * (1 + RATE), lines=lines,
    )  # fmt: skip


def received(of: PurchaseOrder, *, days: int = 10, short: int = 0) -> Receipt:
    lines = tuple(ReceiptLine(order_line=line.line, sku="", quantity=line.quantity - short) for line in of.lines)
    return Receipt(number=f"G{of.number}", order=of.number, received_on=TODAY - timedelta(days=days), lines=lines)


def invoice(key: str, basket: Basket = TEA, *, orders: str = "", **changes: object) -> InvoiceCase:
    lines = tuple(
        CaseLine(
            name=f"*类*{name}", quantity=Decimal(count), price=Decimal(price), net=Decimal(count) * Decimal(price),
            rate=RATE, tax=Decimal(count) * Decimal(price) * RATE,
        )
        for name, count, price in basket
    )  # fmt: skip
    net = sum((line.net for line in lines), Decimal(0))
    case = InvoiceCase(
        key=key, number=f"N{key}", issued_on=TODAY, seller="样例公司", seller_tax_id="T1", net=net, tax=net * RATE,
        gross=net * (1 + RATE), orders=tuple(orders.split()), lines=lines,
    )  # fmt: skip
    return replace(case, **changes)  # type: ignore[arg-type]


def match(
    cases: Sequence[InvoiceCase], orders: Sequence[PurchaseOrder], rules: MatchRules | None = None,
    receipts: Sequence[Receipt] | None = None, earlier: Sequence[Settled] = (),
) -> list[Verdict]:  # fmt: skip
    booked = [received(one) for one in orders] if receipts is None else receipts
    return match_all(cases, orders, booked, rules, earlier=earlier)


def outcome(verdict: Verdict) -> tuple[str, str, tuple[str, ...]]:
    return verdict.outcome.value, verdict.rule, verdict.orders


def test_a_reference_that_fits() -> None:
    """The remark names the order and every line agrees."""
    (verdict,) = match([invoice("1", orders="A")], [order("A"), order("B")])
    assert outcome(verdict) == ("match", "reference", ("A",))
    assert sum(one.quantity for one in verdict.consumed) == 12


def test_two_equal_orders_and_no_reference_wait_for_a_person() -> None:
    """Both fit, nothing singles one out: the runner-up is shown and nothing is taken."""
    (verdict,) = match([invoice("1")], [order("A"), order("B")])
    assert outcome(verdict) == ("review", "not_unique", ())
    assert verdict.runner_up == ("A",)


def test_what_a_reference_takes_makes_the_rest_unique() -> None:
    """The second of two equal orders is the only one left."""
    first, second = match([invoice("1"), invoice("2", orders="A")], [order("A"), order("B")])
    assert outcome(first) == ("match", "whole_order", ("B",))
    assert outcome(second) == ("match", "reference", ("A",))


def test_the_receipt_just_before_the_invoice_singles_an_order_out() -> None:
    """Goods of A came yesterday, those of B ten days ago."""
    orders = [order("A"), order("B")]
    receipts = [received(orders[0], days=1), received(orders[1], days=11)]
    (verdict,) = match([invoice("1")], orders, receipts=receipts)
    assert outcome(verdict) == ("match", "whole_order", ("A",))
    assert verdict.evidence[0].code == "nearest_receipt"
    assert verdict.runner_up == ("B",)


def test_an_order_placed_after_the_invoice_is_not_what_it_bills() -> None:
    """Of two equal orders the one that existed when the invoice was written."""
    orders = [order("A"), replace(order("B"), ordered_on=TODAY + timedelta(days=1))]
    (verdict,) = match([invoice("1")], orders)
    assert outcome(verdict) == ("match", "whole_order", ("A",))
    assert verdict.evidence[0].code == "only_ordered"


def test_the_rest_of_a_begun_order_is_not_that_of_one_whose_goods_are_to_come() -> None:
    """Nothing of B had come: the invoice bills A. A first delivery of B had come: either is possible."""
    cups: Basket = (("茶杯", 10, "5.00"),)
    orders, cases = [order("A", cups), order("B", cups)], [invoice("1", (("茶杯", 4, "5.00"),), orders="A")]
    cases.append(invoice("2", (("茶杯", 3, "5.00"),)))
    receipts = [received(orders[0]), received(orders[1], days=-4)]
    assert outcome(match(cases, orders, receipts=receipts)[1]) == ("match", "part_of_order", ("A",))
    receipts.append(received(orders[1], days=2))
    assert outcome(match(cases, orders, receipts=receipts)[1]) == ("review", "not_unique", ())


def test_a_single_line_at_another_price_is_laid_beside_its_order() -> None:
    """Where the printed price makes the printed amount the order is named; where it does not, none is."""
    ordered = order("A", (("茶杯", 10, "5.00"),))
    dear = invoice("1", (("茶杯", 10, "5.35"),))
    odd = replace(dear, lines=(replace(dear.lines[0], price=Decimal("5.00")),))
    assert outcome(match([dear], [ordered])[0]) == ("exception", "out_of_tolerance", ("A",))
    assert outcome(match([odd], [ordered])[0]) == ("exception", "no_order", ())


def test_one_invoice_for_two_orders() -> None:
    """Without a reference, too: the lines are exactly what is open of both."""
    basket: Basket = (("毛巾", 3, "7.00"),)
    (verdict,) = match([invoice("1", (*TEA, *basket))], [order("A"), order("B", basket), order("C", (("布", 1, "1"),))])
    assert outcome(verdict) == ("match", "several_orders", ("A", "B"))


def test_two_invoices_for_one_order_and_not_a_third() -> None:
    """Quantities are used up; what asks for more than is open is an exception."""
    half: Basket = (("茶杯", 5, "5.00"),)
    verdicts = match([invoice(key, half, orders="A") for key in "123"], [order("A", (("茶杯", 10, "5.00"),))])
    assert [v.outcome.value for v in verdicts] == ["match", "match", "review"]
    assert verdicts[2].rule == "billed_already"


def test_price_within_and_out_of_tolerance() -> None:
    """One percent is allowed unless the supplier has a rule of its own."""
    dearer: Basket = (("茶杯", 10, "5.04"), ("茶壶", 2, "40.00"))
    strict = MatchRules(suppliers={"T1": Tolerance(price=Decimal(0))})
    assert match([invoice("1", dearer, orders="A")], [order("A")])[0].outcome is MatchOutcome.MATCH
    (verdict,) = match([invoice("1", dearer, orders="A")], [order("A")], strict)
    assert verdict.outcome is MatchOutcome.EXCEPTION
    (difference,) = verdict.differences
    assert (difference.code, difference.expected, difference.found, difference.amount) == (
        "price", "5.00", "5.04", Decimal("0.40"),
    )  # fmt: skip


def test_goods_that_have_not_come_are_not_paid() -> None:
    """Three-way: billed more than was received."""
    orders = [order("A")]
    (verdict,) = match([invoice("1", orders="A")], orders, receipts=[received(orders[0], short=1)])
    assert verdict.outcome is MatchOutcome.EXCEPTION
    assert {difference.code for difference in verdict.differences} == {"not_received"}


def test_the_same_number_twice_is_one_invoice() -> None:
    """The XML is the original, the PDF of the same number its copy."""
    cases = [invoice("pdf", number="N", format="pdf"), invoice("xml", number="N", format="xml-einvoice")]
    copy, original = match(cases, [order("A")])
    assert outcome(original) == ("match", "whole_order", ("A",))
    assert (copy.outcome, copy.of) == (MatchOutcome.DUPLICATE, "xml")


def test_a_number_with_other_content_is_no_duplicate() -> None:
    """Somebody has to look at a number that stands for two amounts."""
    other = invoice("2", (("茶杯", 1, "5.00"),), number="N1")
    _, verdict = match([invoice("1"), other], [order("A")])
    assert (verdict.outcome, verdict.rule) == (MatchOutcome.REVIEW, "number_used_twice")


def test_billed_again_under_a_new_number() -> None:
    """Same seller, same amount, a few days later, and no order is open for it."""
    again = invoice("2", issued_on=TODAY + timedelta(days=2))
    _, verdict = match([invoice("1"), again], [order("A")])
    assert (verdict.outcome, verdict.rule) == (MatchOutcome.REVIEW, "looks_like")


def red(key: str, of: str, share: int = 1) -> InvoiceCase:
    blue = invoice(key)
    return replace(blue, net=-blue.net / share, tax=-blue.tax / share, gross=-blue.gross / share, red_of=of, lines=())


def test_red_notes_offset_their_invoice_and_never_more() -> None:
    """Two halves are taken, a third is too much; one without its invoice waits."""
    cases = [invoice("1"), red("2", "N1", 2), red("3", "N1", 2), red("4", "N1", 2), red("5", "N9")]
    verdicts = match(cases, [order("A")])
    assert [v.outcome.value for v in verdicts] == ["match", "offset", "offset", "review", "review"]
    assert [v.rule for v in verdicts[3:]] == ["red_exceeds_blue", "red_without_blue"]
    assert verdicts[1].of == "1"


def test_an_unproven_invoice_is_never_accepted() -> None:
    """It fits, but a value was read from one source only."""
    (verdict,) = match([invoice("1", orders="A", confirmed=False)], [order("A")])
    assert outcome(verdict) == ("review", "reference", ("A",))
    assert verdict.evidence[-1].code == "unconfirmed"


def test_another_currency_is_converted_with_a_stored_rate() -> None:
    """130 yuan of goods at 6.50 are 20 dollars; without the rate a person decides."""
    basket: Basket = (("茶杯", 10, "13.00"),)
    dollars = invoice("1", (("茶杯", 10, "2.00"),), currency="USD")
    rules = MatchRules(rates={"CNY": Decimal(1), "USD": Decimal("6.50")})
    assert outcome(match([dollars], [order("A", basket)], rules)[0]) == ("match", "whole_order", ("A",))
    assert outcome(match([dollars], [order("A", basket)])[0]) == ("review", "no_rate", ())


def test_unknown_supplier_and_no_order() -> None:
    """Two different reasons: nothing was ever ordered there, or nothing that fits."""
    stranger = invoice("1", seller_tax_id="T9", seller="别家")
    lone = invoice("2", (("花瓶", 1, "9.00"),))
    assert [v.rule for v in match([stranger, lone], [order("A")])] == ["unknown_supplier", "no_order"]


def test_a_supplier_without_a_tax_id_is_known_by_name() -> None:
    """Width and blanks of the name do not matter."""
    (verdict,) = match([invoice("1", seller_tax_id="", seller=" 样例公司 ")], [order("A")])
    assert outcome(verdict) == ("match", "whole_order", ("A",))


def test_what_an_earlier_run_accepted_stays_taken() -> None:
    """Its order is not open any more, and its number is known."""
    before = Settled(case=invoice("0"), orders=("A",))
    verdicts = match([invoice("1"), invoice("2", number="N0")], [order("A"), order("B")], earlier=[before])
    assert outcome(verdicts[0]) == ("match", "whole_order", ("B",))
    assert (verdicts[1].outcome, verdicts[1].of) == (MatchOutcome.DUPLICATE, "0")


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ABC"), st.integers(1, 12), st.booleans()), max_size=8))
def test_no_order_is_ever_billed_beyond_what_was_ordered(bills: list[tuple[str, int, bool]]) -> None:
    """Whatever comes in, accepted invoices together never exceed order or receipt, and each gets one verdict."""
    orders = [order(name, (("茶杯", 10, "5.00"),)) for name in "ABC"]
    cases = [
        invoice(
            str(n), (("茶杯", count, "5.00"),), orders=name if named else "", issued_on=TODAY + timedelta(days=n * 30)
        )
        for n, (name, count, named) in enumerate(bills)
    ]  # fmt: skip
    verdicts = match(cases, orders)
    billed: dict[str, Decimal] = {}
    for verdict in verdicts:
        for one in verdict.consumed if verdict.outcome is MatchOutcome.MATCH else ():
            billed[one.order] = billed.get(one.order, Decimal(0)) + one.quantity
    assert [verdict.invoice for verdict in verdicts] == [case.key for case in cases]
    assert all(quantity <= 10 for quantity in billed.values())
