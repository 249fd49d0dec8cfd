"""What the ERP decides without its books: numbers, refusals, who holds a lock, how the warehouse ships."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from nightclerk.sandbox import world

CUSTOMERS: dict[str, str] = {shop.customer_code: shop.customer for shop in world.SHOPS} | {
    "C2001": "样例酒店用品有限公司",
    "C2002": "样例茶楼（城南店）",
    "C9001": "零散客户",
}
ITEMS: dict[str, world.Good] = {good.code: good for good in world.GOODS}
#: Who may log in (sandbox only; the demo puts the password into the vault under `erp-night`).
LOGIN = ("night01", "Yun-Shan-Erp<01>")
#: Months up to this one are closed.
CLOSED_THROUGH = (2026, 10)
#: How long another workstation holds a record.
LOCK_S = 1.5
_PREFIX = "XS2611-"
_LOCKED_BY = "财务部-PC07"


class Situation(StrEnum):
    """What meets a voucher at its first save, by its place in the shift."""

    PLAIN = "plain"
    LOCKED = "locked"
    CLOSED = "closed"
    STOPPED_ITEM = "stopped_item"


#: Place in the shift (n-th external number that is saved) -> situation; so each box occurs in every shift.
_SITUATIONS = {
    4: Situation.LOCKED,
    11: Situation.STOPPED_ITEM,
    17: Situation.CLOSED,
    26: Situation.LOCKED,
    53: Situation.LOCKED,
}
#: Numbers that a colleague's workstation has taken a moment ago.
_TAKEN = frozenset({7, 31})
#: The voucher (by its running number) that the warehouse has not picked yet.
_UNSHIPPED = 15


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why a save is refused. `kind`: customer, item, closed, locked."""

    kind: str
    text: str


def number_after(number: str) -> str:
    """`XS2611-00007` after `XS2611-00006`; the first one after ""."""
    return f"{_PREFIX}{int(number[len(_PREFIX) :] or 0) + 1:05d}"


def taken_by_others(number: str) -> bool:
    return int(number[len(_PREFIX) :]) in _TAKEN


def situation_at(ordinal: int) -> Situation:
    return _SITUATIONS.get(ordinal, Situation.PLAIN)


def situation_now(situation: Situation, *, age_s: float) -> Situation:
    """A lock goes away after a moment; the other situations stay until a person acts."""
    return Situation.PLAIN if situation is Situation.LOCKED and age_s >= LOCK_S else situation


def refusal(customer: str, items: Sequence[str], dated: date, situation: Situation) -> Refusal | None:
    """The first reason against saving, or None."""
    if customer not in CUSTOMERS:
        return Refusal(kind="customer", text=f"客户不存在！\n客户编码：{customer}")
    for item in items:
        if item not in ITEMS:
            return missing_item(item)
    if situation is Situation.STOPPED_ITEM:
        return missing_item(items[0])
    if situation is Situation.CLOSED or (dated.year, dated.month) <= CLOSED_THROUGH:
        return Refusal(kind="closed", text=f"当前月份已结账，无法新增单据！\n单据日期：{dated.isoformat()}")
    if situation is Situation.LOCKED:
        return Refusal(kind="locked", text=f"销售订单正在被“{_LOCKED_BY}”电脑使用，请稍后再试。\n（记录被锁定）")
    return None


def missing_item(item: str) -> Refusal:
    return Refusal(kind="item", text=f"存货编码不存在或已停用！\n存货编码：{item}")


def parcels(number: str, external_no: str) -> list[tuple[str, str, str]]:
    """(carrier, tracking number, status) of each parcel of a voucher; the same on every machine."""
    if int(number[len(_PREFIX) :]) == _UNSHIPPED:
        return [("", "", "待拣货")]
    dice = zlib.crc32(external_no.encode())
    carriers = tuple(world.CARRIERS)
    count = 2 if dice % 13 == 0 else 1
    return [
        (carriers[dice % len(carriers)], _tracking(carriers[dice % len(carriers)], dice, n), "已发货")
        for n in range(count)
    ]


def _tracking(carrier: str, dice: int, parcel: int) -> str:
    digits = f"{(dice * 2654435761 + parcel * 97) % 10**12:012d}"
    return {"顺丰速运": "SF1" + digits, "中通快递": "76" + digits, "圆通速递": "YT8" + digits}.get(
        carrier, "DPK" + digits
    )
