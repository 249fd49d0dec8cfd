"""What decisions teach: supplier names and order numbers, asked first, written to the rules only after a yes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from nightclerk.documents.matching_rules import load_matching_rules
from nightclerk.documents.suppliers import with_suppliers
from nightclerk.domain.invoice_cases import InvoiceCase
from nightclerk.domain.learning import Rule, RuleKind, rules_from, shape_of
from nightclerk.domain.purchasing import PurchaseOrder
from nightclerk.domain.verdicts import MatchRules
from nightclerk.reviews.learned import propose, settle_rules
from nightclerk.work.memory import MemoryStore

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
CASE = InvoiceCase(
    key="1", number="1", issued_on=date(2026, 11, 1), seller="样例塑业收纳公司", seller_tax_id="", net=Decimal(100),
    tax=Decimal(13), gross=Decimal(113), remark="合同 HT-20260017 货款",
)  # fmt: skip


def order(number: str, supplier: str, tax_id: str) -> PurchaseOrder:
    return PurchaseOrder(
        number=number, supplier=supplier, supplier_tax_id=tax_id, ordered_on=date(2026, 10, 1), currency="CNY",
        net=Decimal(100), tax=Decimal(13), gross=Decimal(113), lines=(),
    )  # fmt: skip


ORDERS = [order("HT-20260017", "样例塑业收纳有限公司", "91A"), order("PO2", "示例照明电器有限公司", "91B")]


def test_a_supplier_is_found_by_a_name_that_is_alike_and_left_to_a_person() -> None:
    """An exact name is enough, a similar one is a doubt, a tax id is never replaced, a strange name is nobody."""
    names = (CASE.seller, "样例塑业收纳有限公司", "别的什么工厂")
    alike, same, strange = with_suppliers([replace(CASE, seller=name) for name in names], ORDERS, MatchRules())
    assert (alike.seller_tax_id, alike.confirmed, alike.doubts) == ("91A", False, ("supplier_by_name",))
    assert (same.seller_tax_id, same.confirmed) == ("91A", True)
    assert strange.seller_tax_id == ""
    (own,) = with_suppliers([replace(CASE, seller_tax_id="91X")], ORDERS, MatchRules())
    assert own.seller_tax_id == "91X"


def test_an_accepted_invoice_proposes_its_name_and_its_order_number() -> None:
    """What was missing to match it is what could be learned; a wrong number of orders teaches nothing."""
    known = {one.number: one for one in ORDERS}
    assert rules_from(CASE, ["HT-20260017"], known) == (
        Rule(kind=RuleKind.ALIAS, subject="样例塑业收纳公司", value="91A"),
        Rule(kind=RuleKind.ORDER_NUMBER, subject="HT-20260017", value=r"HT\-\d{8}"),
    )
    assert rules_from(CASE, ["HT-20260017", "gone"], known) == ()
    assert shape_of("A1B22") == r"A\d{1}B\d{2}"


def test_a_rule_is_written_only_after_a_yes_and_then_used(tmp_path: Path) -> None:
    """Asked once, written once, in a new version of the rules that names who said yes."""
    store = MemoryStore()
    (tmp_path / "config").mkdir()
    config = tmp_path / "config" / "matching.yaml"
    config.write_text("version: 2026-11-01  # ours\n", encoding="utf-8")
    rules = rules_from(CASE, ["HT-20260017"], {one.number: one for one in ORDERS})
    asked = propose(store, rules, key="1", now=NOW)
    assert (len(asked), propose(store, rules, key="1", now=NOW), settle_rules(tmp_path, store)) == (2, [], [])
    store.answer(asked[0], answer="accept", who="finance", now=NOW)
    store.answer(asked[1], answer="refuse", who="finance", now=NOW)
    assert settle_rules(tmp_path, store) == [rules[0]]
    assert settle_rules(tmp_path, store) == []
    learned = load_matching_rules(config)
    assert (learned.version, learned.aliases, learned.order_numbers) == (
        "2026-11-01 + finance 2026-11-20", {"样例塑业收纳公司": "91A"}, (),
    )  # fmt: skip
    (found,) = with_suppliers([CASE], ORDERS, learned)
    assert (found.seller_tax_id, found.confirmed) == ("91A", True)


def test_a_sites_own_pattern_finds_order_numbers() -> None:
    """Beside those that are known anyway."""
    (found,) = with_suppliers([CASE], ORDERS, MatchRules(order_numbers=(r"HT\-\d{8}",)))
    assert found.orders == ("HT-20260017",)
