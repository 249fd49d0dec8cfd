"""Find the supplier of an invoice in the supplier master that the orders are: by tax id, alias, then by its name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from rapidfuzz import fuzz, process, utils

from nightclerk.domain.invoice_cases import InvoiceCase
from nightclerk.domain.match_fit import item_key
from nightclerk.domain.purchasing import PurchaseOrder
from nightclerk.domain.verdicts import MatchRules

#: A name this much like one supplier's (0 to 100), and so much more than like any other's, is taken for it.
_LIKE, _AHEAD = 88.0, 6.0


def with_suppliers(
    cases: Iterable[InvoiceCase], orders: Sequence[PurchaseOrder], rules: MatchRules
) -> list[InvoiceCase]:
    """The invoices with the tax id of their supplier and the order numbers that the site's patterns find.

    A tax id that is there is never replaced. A name that is only alike leaves the invoice to a person: its doubts say
    `supplier_by_name`.
    """
    names = {item_key(order.supplier): order.supplier_tax_id for order in orders if order.supplier_tax_id}
    aliases = {item_key(name): tax_id for name, tax_id in rules.aliases.items()}
    patterns = [re.compile(pattern) for pattern in rules.order_numbers]
    return [_named(_with_orders(case, patterns), names, aliases) for case in cases]


def _with_orders(case: InvoiceCase, patterns: Sequence[re.Pattern[str]]) -> InvoiceCase:
    if not patterns:
        return case
    tight = re.sub(r"\s+", "", case.remark)
    found = [number for pattern in patterns for number in pattern.findall(tight)]
    return replace(case, orders=tuple(dict.fromkeys((*case.orders, *found)))) if found else case


def _named(case: InvoiceCase, names: dict[str, str], aliases: dict[str, str]) -> InvoiceCase:
    name = item_key(case.seller)
    if case.seller_tax_id or not name:
        return case
    if tax_id := aliases.get(name) or names.get(name):
        return replace(case, seller_tax_id=tax_id)
    alike = process.extract(name, list(names), scorer=fuzz.ratio, processor=utils.default_process, limit=2)
    if not alike or alike[0][1] < _LIKE or (len(alike) > 1 and alike[0][1] - alike[1][1] < _AHEAD):
        return case
    doubts = (*case.doubts, "supplier_by_name")
    return replace(case, seller_tax_id=names[alike[0][0]], confirmed=False, doubts=doubts)
