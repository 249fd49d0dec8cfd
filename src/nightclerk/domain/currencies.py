"""Invoices in another currency than their orders: converted with a stored rate, never with a guessed one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from nightclerk.domain.amounts import rounded
from nightclerk.domain.invoice_cases import CaseLine, InvoiceCase


def factor(of: str, into: str, rates: Mapping[str, Decimal]) -> Decimal | None:
    """What one unit of a currency is in another; `rates` say what a unit of each is in one common currency.

    None when a rate is missing.
    """
    if of == into:
        return Decimal(1)
    one, other = rates.get(of), rates.get(into)
    return one / other if one and other else None


def converted(case: InvoiceCase, into: str, rates: Mapping[str, Decimal]) -> InvoiceCase | None:
    """The invoice in another currency, each amount to the cent and half up; None when a rate is missing."""
    times = factor(case.currency, into, rates)
    if times is None:
        return None
    net, tax = rounded(case.net * times), rounded(case.tax * times)
    lines = tuple(_line(line, times) for line in case.lines)
    return replace(case, currency=into, net=net, tax=tax, gross=net + tax, lines=lines)


def _line(line: CaseLine, times: Decimal) -> CaseLine:
    price = None if line.price is None else line.price * times
    return replace(line, price=price, net=rounded(line.net * times), tax=rounded(line.tax * times))
