"""What a person's decision about an invoice could teach: a supplier's other name, the shape of its order numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from nightclerk.domain.invoice_cases import InvoiceCase
from nightclerk.domain.purchasing import PurchaseOrder


class RuleKind(StrEnum):
    """`alias`: an invoice name stands for a supplier's tax id; `order_number`: a pattern of numbers in remarks."""

    ALIAS = "alias"
    ORDER_NUMBER = "order_number"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule that a decision speaks for. `subject` is the name or an example, `value` the tax id or the pattern."""

    kind: RuleKind
    subject: str
    value: str


def rules_from(case: InvoiceCase, numbers: Sequence[str], orders: Mapping[str, PurchaseOrder]) -> tuple[Rule, ...]:
    """The rules that accepting an invoice for these orders speaks for; none where nothing was missing."""
    known = [orders[number] for number in numbers if number in orders]
    if not known or len(known) < len(numbers):
        return ()
    found = [_alias(case, known), *(_pattern(case, order.number) for order in known)]
    return tuple(dict.fromkeys(rule for rule in found if rule is not None))


def _alias(case: InvoiceCase, known: Sequence[PurchaseOrder]) -> Rule | None:
    """An invoice under a name without the supplier's tax id, whose orders are all of one supplier."""
    tax_ids = {order.supplier_tax_id for order in known}
    if len(tax_ids) != 1 or not case.seller or case.seller_tax_id or "" in tax_ids:
        return None
    same = all(order.supplier == case.seller for order in known)
    return None if same else Rule(kind=RuleKind.ALIAS, subject=case.seller, value=tax_ids.pop())


def _pattern(case: InvoiceCase, number: str) -> Rule | None:
    """The remark prints the order's number, and it was not recognised as one."""
    if number in case.orders or number not in re.sub(r"\s+", "", case.remark):
        return None
    return Rule(kind=RuleKind.ORDER_NUMBER, subject=number, value=shape_of(number))


def shape_of(number: str) -> str:
    """`AB-20261234` -> `AB\\-\\d{8}`: letters stay, digits may be others, as many of them."""
    parts = re.findall(r"\d+|\D+", number)
    return "".join(rf"\d{{{len(part)}}}" if part.isdigit() else re.escape(part) for part in parts)
