"""The orders that the three practice shops hold: deterministic, synthetic, with every oddity of the business.

`orders_of("taobao")` gives the same orders on every machine. `Stage` is the truth behind the texts that the
platform shows; `reason` names the oddity that an order stands for.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo

from nightclerk.sandbox import world

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Stage(StrEnum):
    """Where an order really stands, whatever its platform calls it."""

    UNPAID = "unpaid"
    TO_SHIP = "to_ship"
    REFUND_OPEN = "refund_open"
    REFUNDED = "refunded"
    CLOSED = "closed"
    SHIPPED = "shipped"
    COMPLETED = "completed"
    ON_HOLD = "on_hold"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class SoldLine:
    """One line of an order as the shop sold it; `price` is what one piece costs."""

    number: str
    sku: str
    title: str
    quantity: int
    price: Decimal

    @property
    def amount(self) -> Decimal:
        return self.price * self.quantity


@dataclass(frozen=True, kw_only=True)
class SoldOrder:
    """One order of one shop, with the platform's own texts."""

    platform: str
    number: str
    stage: Stage
    status: str
    after_sale: str
    lines: tuple[SoldLine, ...]
    freight: Decimal
    total: Decimal
    created_at: datetime
    paid_at: datetime | None
    buyer: str
    recipient: str
    phone: str
    address: str
    memo: str = ""
    carrier: str = ""
    tracking: str = ""
    in_exports: int = 1
    reason: str = ""

    @property
    def eligible(self) -> bool:
        """Whether it is paid, unshipped and without any refund when it is exported."""
        return self.stage is Stage.TO_SHIP

    @property
    def refund_after_picking(self) -> bool:
        """Whether the buyer asks for the money back after the order was exported: shipping is then barred."""
        return self.reason == "refund-after-picking"


@dataclass(frozen=True, kw_only=True)
class _Platform:
    """How one platform numbers its orders and names the stages (status text, after-sale text)."""

    seed: int
    prefix: str
    sku: str
    number_head: str
    number_digits: int
    plan: tuple[tuple[Stage, int], ...]
    texts: dict[Stage, tuple[tuple[str, str], ...]]


_TAOBAO = _Platform(
    seed=20261120,
    prefix="taobao",
    sku="TB",
    number_head="35",
    number_digits=19,
    plan=(
        (Stage.TO_SHIP, 30),
        (Stage.UNPAID, 3),
        (Stage.CLOSED, 4),
        (Stage.REFUND_OPEN, 2),
        (Stage.REFUNDED, 2),
        (Stage.SHIPPED, 3),
        (Stage.COMPLETED, 2),
        (Stage.ON_HOLD, 1),
        (Stage.UNKNOWN, 1),
    ),
    texts={
        Stage.TO_SHIP: (
            ("买家已付款，等待卖家发货", "没有申请退款"),
            ("买家已付款,等待卖家发货", "没有申请退款"),
        ),
        Stage.UNPAID: (("等待买家付款", "没有申请退款"),),
        Stage.CLOSED: (("交易关闭", "没有申请退款"),),
        Stage.REFUND_OPEN: (("买家已付款，等待卖家发货", "买家已经申请退款，等待卖家同意"),),
        Stage.REFUNDED: (("付款以后用户退款成功，交易自动关闭", "退款成功"),),
        Stage.SHIPPED: (("卖家已发货，等待买家确认", "没有申请退款"),),
        Stage.COMPLETED: (("交易成功", "没有申请退款"),),
        Stage.ON_HOLD: (("国际卡付款确认中", "没有申请退款"),),
        Stage.UNKNOWN: (("定金已付，待补差价", "没有申请退款"),),
    },
)
_JD = _Platform(
    seed=20261121,
    prefix="jd",
    sku="JD",
    number_head="31",
    number_digits=12,
    plan=(
        (Stage.TO_SHIP, 29),
        (Stage.UNPAID, 3),
        (Stage.CLOSED, 3),
        (Stage.ON_HOLD, 3),
        (Stage.SHIPPED, 2),
        (Stage.COMPLETED, 1),
        (Stage.UNKNOWN, 1),
    ),
    texts={
        Stage.TO_SHIP: (("等待出库", ""),),
        Stage.UNPAID: (("待付款", ""),),
        Stage.CLOSED: (("已取消", ""),),
        Stage.ON_HOLD: (("锁定订单", ""), ("暂停订单", "")),
        Stage.SHIPPED: (("等待确认收货", ""),),
        Stage.COMPLETED: (("已完成", ""),),
        Stage.UNKNOWN: (("预售待仓配确认", ""),),
    },
)
_DOUYIN = _Platform(
    seed=20261122,
    prefix="douyin",
    sku="DY",
    number_head="69",
    number_digits=19,
    plan=(
        (Stage.TO_SHIP, 28),
        (Stage.UNPAID, 2),
        (Stage.CLOSED, 2),
        (Stage.REFUND_OPEN, 2),
        (Stage.REFUNDED, 2),
        (Stage.SHIPPED, 2),
        (Stage.COMPLETED, 1),
        (Stage.UNKNOWN, 1),
    ),
    texts={
        Stage.TO_SHIP: (("待发货", "-"), ("待发货", "–")),
        Stage.UNPAID: (("待支付", "-"),),
        Stage.CLOSED: (("已关闭", "-"),),
        Stage.REFUND_OPEN: (("待发货", "售后中"), ("待发货", "待商家处理")),
        Stage.REFUNDED: (("已关闭", "退款成功"),),
        Stage.SHIPPED: (("已发货", "-"),),
        Stage.COMPLETED: (("已完成", "-"),),
        Stage.UNKNOWN: (("云仓锁单中", "-"),),
    },
)
_PLATFORMS = {"taobao": _TAOBAO, "jd": _JD, "douyin": _DOUYIN}

_REGIONS = (
    ("江苏省", "南京市", "建邺区", "沙洲街道"),
    ("浙江省", "杭州市", "西湖区", "转塘街道"),
    ("广东省", "深圳市", "南山区", "粤海街道"),
    ("四川省", "成都市", "武侯区", "桂溪街道"),
    ("北京", "北京市", "海淀区", "上地街道"),
)
_MEMOS = ("", "", "", "请尽快发货", "不要放快递柜", "送礼，请勿放价格单", "工作日送货")
_SUFFIXES = tuple(sku[3:] for sku in world.SKUS if sku.startswith("TB-"))
_PLAIN = tuple(s for s in _SUFFIXES if s not in {"TEASET", "BOWL4", "GIFTBAG"})


@cache
def orders_of(platform: str) -> tuple[SoldOrder, ...]:
    """All orders of one shop, oldest first: a few of the day before, then those of the business day."""
    facts = _PLATFORMS[platform]
    dice = random.Random(facts.seed)
    stages = [stage for stage, count in facts.plan for _ in range(count)]
    orders = [_order(facts, dice, stage, index) for index, stage in enumerate(stages)]
    orders = [_odd(facts, order, index) for index, order in enumerate(orders)]
    yesterday = [_of_yesterday(facts, dice, index) for index in range(3)]
    return tuple(sorted([*yesterday, *orders], key=lambda order: order.created_at))


def orders_of_day(platform: str) -> tuple[SoldOrder, ...]:
    """The orders of the business day only, as an export of that day holds them."""
    return tuple(o for o in orders_of(platform) if o.created_at.date() == world.business_day())


def _order(facts: _Platform, dice: random.Random, stage: Stage, index: int) -> SoldOrder:
    number = facts.number_head + "".join(dice.choices("0123456789", k=facts.number_digits - 2))
    texts = facts.texts[stage]
    status, after_sale = texts[index % len(texts)]
    created_at = _moment(dice)
    lines = tuple(_lines(facts, dice, number))
    freight = Decimal("8.00") if index % 6 == 5 else Decimal("0.00")
    person = index * 7 + facts.seed
    shipped = stage in {Stage.SHIPPED, Stage.COMPLETED}
    return SoldOrder(
        platform=facts.prefix,
        number=number,
        stage=stage,
        status=status,
        after_sale=after_sale,
        lines=lines,
        freight=freight,
        total=sum((line.amount for line in lines), freight),
        created_at=created_at,
        paid_at=None if stage is Stage.UNPAID else created_at + timedelta(seconds=dice.randint(15, 900)),
        buyer=f"买家{dice.randint(1000, 9999)}**",
        recipient=world.PEOPLE[person % len(world.PEOPLE)],
        phone=world.phone(person),
        address=" ".join(_REGIONS[index % len(_REGIONS)]) + "样例路**号****",
        memo=dice.choice(_MEMOS),
        carrier="中通快递" if shipped else "",
        tracking=f"7610{dice.randint(10**9, 10**10 - 1)}" if shipped else "",
    )


def _moment(dice: random.Random) -> datetime:
    day = world.business_day()
    midnight = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
    return midnight + timedelta(minutes=dice.randint(5, 23 * 60), seconds=dice.randint(0, 59))


def _lines(facts: _Platform, dice: random.Random, order: str) -> Iterator[SoldLine]:
    count = dice.choices((1, 2, 3), weights=(6, 3, 1))[0]
    for position, suffix in enumerate(dice.sample(_PLAIN, k=count), start=1):
        quantity = dice.choices((1, 2, 3), weights=(7, 2, 1))[0]
        yield _line(facts, order, position, suffix, quantity)


def _line(facts: _Platform, order: str, position: int, suffix: str, quantity: int) -> SoldLine:
    sku = f"{facts.sku}-{suffix}"
    return SoldLine(
        number=f"{order[:-2]}{(int(order[-2:]) + position) % 100:02d}",
        sku=sku,
        title=world.sku_title(sku),
        quantity=quantity,
        price=world.sku_price(sku),
    )


def _odd(facts: _Platform, order: SoldOrder, index: int) -> SoldOrder:
    """The order with the oddity that stands at its place in the plan (the first places are paid orders)."""
    if index in (0, 5, 9):
        return _with_lines(facts, order, ("TEASET", 1), ("SPOON", 2), reason="bundle")
    if index in (1, 6):
        return _with_lines(facts, order, ("BOWL4", 2), reason="bundle")
    if index in (2, 7):
        return _with_lines(facts, order, ("LONGJING", 1), ("GIFTBAG", 1), reason="gift")
    if index == 3:
        return _with_lines(facts, order, ("CUP", 1), ("NEWVASE", 1), reason="unmapped-sku")
    if index == 4:
        return replace(order, reason="refund-after-picking")
    if index == 8 and facts.prefix == "jd":
        return replace(order, in_exports=2, reason="in-two-files")
    if index == 10 and facts.prefix == "jd":
        return replace(order, status="(删除)等待出库", reason="deleted-prefix")
    if index == 8 and facts.prefix == "douyin":
        return replace(order, after_sale="售后关闭", reason="after-sale-closed")
    if index == 10 and facts.prefix == "douyin":
        return replace(order, memo=f"客户来电 {order.phone}，改周末送", reason="phone-in-memo")
    if index == 11 and facts.prefix == "taobao":
        return replace(order, total=order.total - Decimal("0.10"), reason="odd-total")
    return replace(order, reason=order.reason or _reason(order.stage))


def _with_lines(facts: _Platform, order: SoldOrder, *parts: tuple[str, int], reason: str) -> SoldOrder:
    lines = tuple(
        _line(facts, order.number, position, suffix, quantity)
        for position, (suffix, quantity) in enumerate(parts, start=1)
    )
    total = sum((line.amount for line in lines), order.freight)
    return replace(order, lines=lines, total=total, reason=reason)


def _reason(stage: Stage) -> str:
    return "" if stage is Stage.TO_SHIP else str(stage).replace("_", "-")


def _of_yesterday(facts: _Platform, dice: random.Random, index: int) -> SoldOrder:
    order = _order(facts, dice, Stage.COMPLETED, index)
    day = timedelta(days=1)
    assert order.paid_at is not None
    return replace(
        order,
        created_at=order.created_at - day,
        paid_at=order.paid_at - day,
        in_exports=0,
        reason="day-before",
    )
