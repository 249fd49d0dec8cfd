"""What a 备注 says: order numbers, also when two run together, and the invoice that a red note reverses."""

from __future__ import annotations

import re

_ORDER_WORD = re.compile(r"订单|采购单|合同|PO|Order", re.IGNORECASE)
_LETTERED = re.compile(r"[A-Z]{1,4}-?\d{6,20}")
_PLAIN = re.compile(r"(?:订单|采购单|合同)(?:编?号|号码)?[:：\s]*((?:\d{8,20}[,，、;；\s]*)+)")
_RED = re.compile(
    r"(?:被红冲蓝字|对应正数|原蓝字)[^\d]{0,20}?(?:发票代码[:：]?\d{10,12}[^\d]{0,8})?(\d{20}|\d{8})(?!\d)"
)
#: Number of characters of the order numbers that a site uses; longer runs of digits are cut to it.
_PLAIN_LENGTH = 10


def order_numbers(remark: str) -> tuple[str, ...]:
    """The order numbers that a remark names, each once, in their order."""
    if not _ORDER_WORD.search(remark):
        return ()
    tight = re.sub(r"\s+", "", remark)
    found = _LETTERED.findall(tight)
    for match in _PLAIN.finditer(remark):
        for run in re.findall(r"\d{8,}", match.group(1)):
            found += _cut(run)
    return tuple(dict.fromkeys(found))


def _cut(run: str) -> list[str]:
    """Two numbers that a line wrap glued together, when the run is exactly twice as long."""
    if len(run) == 2 * _PLAIN_LENGTH:
        return [run[:_PLAIN_LENGTH], run[_PLAIN_LENGTH:]]
    return [run]


def reversed_invoice(remark: str) -> str:
    """The number of the blue invoice that a red note reverses; empty when the remark names none."""
    match = _RED.search(re.sub(r"\s+", "", remark))
    return match.group(1) if match else ""
