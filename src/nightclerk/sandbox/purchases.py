"""What the sandbox company bought: purchase orders, receipts, and the truth about each invoice that comes in.

Pure data, the same on every run. The ERP shows the orders and receipts, the mailroom prints the invoices,
and the audit compares what the bots decided with `InvoiceTruth.outcome` and `InvoiceTruth.orders`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from nightclerk.domain.purchasing import PurchaseLine, PurchaseOrder, Receipt, ReceiptLine
from nightclerk.sandbox.world import COMPANY, COMPANY_TAX_ID, GOODS, SUPPLIERS, Good, Supplier

FEN = Decimal("0.01")
_GOODS = {good.code: good for good in GOODS}
_SUPPLIERS = {supplier.code: supplier for supplier in SUPPLIERS}
_CATEGORY = {
    "0101": "日用陶瓷制品",
    "0102": "日用陶瓷制品",
    "0201": "家用纺织品",
    "0301": "照明装置",
    "0401": "茶及饮料",
    "0501": "塑料制品",
}
#: A seller that the company has never ordered from.
STRANGER = Supplier(
    code="S99", name="样例包装材料有限公司", tax_id="91990000MA00000G7", bank="样例银行无锡支行",
    account="9900000000000000077",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class TruthLine:
    """One line as the seller prints it; `name` carries the *tax category* in asterisks."""

    name: str
    spec: str
    unit: str
    quantity: Decimal
    price: Decimal
    rate: Decimal
    net: Decimal
    tax: Decimal


@dataclass(frozen=True, kw_only=True)
class InvoiceTruth:
    """One document of the inbox and what must become of it (offset: it and its counterpart cancel out).

    `outcome` is match | exception | duplicate | offset | review; `orders` are the purchase orders it truly
    belongs to; `mentions` are those that its 备注 names; `same_as` is the file that a re-sent copy repeats.
    """

    file: str
    form: str  # pdf | xml | ofd
    scenario: str
    number: str
    issued_on: date
    special: bool
    seller: str
    seller_tax_id: str
    seller_bank: str
    buyer: str
    buyer_tax_id: str
    lines: tuple[TruthLine, ...]
    net: Decimal
    tax: Decimal
    gross: Decimal
    remark: str
    mentions: tuple[str, ...] = ()
    red_of: str = ""
    same_as: str = ""
    outcome: str = "match"
    orders: tuple[str, ...] = ()


def sound_tax_id(tax_id: str) -> str:
    """The first 17 characters with the check character that GB 32100 demands (weights 3^i modulo 31)."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    body = tax_id[:17]
    total = sum(alphabet.index(char) * pow(3, i, 31) for i, char in enumerate(body))
    return body + alphabet[-total % 31]


def buyer_tax_id() -> str:
    """The tax id of the sandbox company as it stands on invoices."""
    return sound_tax_id(COMPANY_TAX_ID)


# ------------------------------------------------------------------------------------- purchase orders

#: (supplier, days before the business day, ((item, quantity), …)); the position gives the number.
_ORDERS: tuple[tuple[str, int, tuple[tuple[str, int], ...]], ...] = (
    ("S01", 40, (("0101001", 300), ("0101002", 60))),
    ("S01", 39, (("0102001", 640),)),
    ("S02", 38, (("0201001", 150),)),
    ("S02", 37, (("0201002", 260), ("0201003", 24))),
    ("S02", 36, (("0201002", 500), ("0201001", 120))),
    ("S03", 35, (("0301001", 80), ("0301003", 200))),
    ("S03", 34, (("0301002", 900),)),
    ("S04", 33, (("0401001", 60), ("0401002", 90))),
    ("S04", 32, (("0401003", 240),)),
    ("S05", 31, (("0501001", 180),)),
    ("S05", 30, (("0501002", 140),)),
    ("S03", 29, (("0301003", 120), ("0301002", 150))),
    ("S03", 28, (("0301003", 120), ("0301002", 150))),
    ("S02", 27, (("0201003", 45),)),
    ("S02", 26, (("0201003", 45),)),
    ("S01", 25, (("0101002", 420), ("0101003", 380))),
    ("S04", 24, (("0401002", 70),)),
    ("S05", 23, (("0501002", 65), ("0501001", 40))),
    ("S03", 22, (("0301001", 110),)),
    ("S01", 21, (("0102003", 1400), ("0102002", 210))),
    ("S01", 20, tuple((code, n) for n in (48, 36) for code in (
        "0101001", "0101002", "0101003", "0102001", "0102002", "0102003"))),
    ("S04", 19, (("0401001", 30),)),
)  # fmt: skip
_BUSINESS_DAY = date(2026, 11, 20)
#: Lines of which less arrived than was ordered: {(order position, line): received}.
_SHORT: dict[tuple[int, int], int] = {(8, 1): 40}


def order_number(position: int) -> str:
    """The number of the order at `position` (from 1): "PO20261001"."""
    return f"PO2026{1000 + position}"


def _fen(value: Decimal) -> Decimal:
    return value.quantize(FEN, rounding=ROUND_HALF_UP)


def _rate(good: Good) -> Decimal:
    return Decimal("0.09") if good.code.startswith("0401") else Decimal("0.13")


def _purchase_line(position: int, code: str, quantity: int) -> PurchaseLine:
    good = _GOODS[code]
    return PurchaseLine(
        line=position, sku=code, name=good.name, spec=good.spec, unit=good.unit, quantity=Decimal(quantity),
        price=_fen(good.price * Decimal("0.6")), rate=_rate(good),
    )  # fmt: skip


@cache
def purchase_orders() -> tuple[PurchaseOrder, ...]:
    """All purchase orders that the ERP holds."""
    return tuple(_purchase_order(i, *facts) for i, facts in enumerate(_ORDERS, start=1))


def _purchase_order(position: int, supplier_code: str, days: int, basket: Sequence[tuple[str, int]]) -> PurchaseOrder:
    supplier = _SUPPLIERS[supplier_code]
    lines = tuple(_purchase_line(n, code, quantity) for n, (code, quantity) in enumerate(basket, start=1))
    net = sum((_fen(line.quantity * line.price) for line in lines), Decimal(0))
    tax = sum((_fen(_fen(line.quantity * line.price) * line.rate) for line in lines), Decimal(0))
    return PurchaseOrder(
        number=order_number(position), supplier=supplier.name, supplier_tax_id=sound_tax_id(supplier.tax_id),
        ordered_on=_BUSINESS_DAY - timedelta(days=days), currency="CNY", net=net, tax=tax, gross=net + tax,
        lines=lines,
    )  # fmt: skip


@cache
def receipts() -> tuple[Receipt, ...]:
    """All goods receipts: one an order, nine days after it, short where `_SHORT` says so."""
    return tuple(_receipt(i, order) for i, order in enumerate(purchase_orders(), start=1))


def _receipt(position: int, order: PurchaseOrder) -> Receipt:
    lines = tuple(
        ReceiptLine(
            order_line=line.line,
            sku=line.sku,
            quantity=Decimal(_SHORT.get((position, line.line), line.quantity)),
        )
        for line in order.lines
    )
    received_on = order.ordered_on + timedelta(days=9)
    return Receipt(number=f"GR2026{1000 + position}", order=order.number, received_on=received_on, lines=lines)


# -------------------------------------------------------------------------------------------- invoices


def _printed(line: PurchaseLine, *, quantity: Decimal | None = None, dearer: str = "1") -> TruthLine:
    """How a seller prints one order line; `dearer` multiplies the price."""
    count = line.quantity if quantity is None else quantity
    price = line.price * Decimal(dearer)
    net = _fen(count * price)
    return TruthLine(
        name=f"*{_CATEGORY[line.sku[:4]]}*{line.name}", spec=line.spec, unit=line.unit, quantity=count,
        price=price, rate=line.rate, net=net, tax=_fen(net * line.rate),
    )  # fmt: skip


def _order(position: int) -> PurchaseOrder:
    return purchase_orders()[position - 1]


def _lines(*positions: int, dearer: str = "1") -> tuple[TruthLine, ...]:
    return tuple(_printed(line, dearer=dearer) for p in positions for line in _order(p).lines)


def _part(position: int, quantities: Sequence[int]) -> tuple[TruthLine, ...]:
    pairs = zip(_order(position).lines, quantities, strict=True)
    return tuple(_printed(line, quantity=Decimal(count)) for line, count in pairs if count)


def _number(seed: str) -> str:
    """A 20-digit number: year 26, region 00 (none such), channel 2, then 15 digits of the seed's hash."""
    digits = int(hashlib.sha256(seed.encode()).hexdigest(), 16) % 10**15
    return f"26002{digits:015d}"


def _invoice(
    name: str, scenario: str, lines: Iterable[TruthLine], *, orders: Sequence[int] = (), mention: bool = True,
    supplier: str = "", form: str = "pdf", special: bool = True, days: int = 6, outcome: str = "match",
    number: str = "", remark: str = "", red_of: str = "",
) -> InvoiceTruth:  # fmt: skip
    """One document. The seller is the supplier of the first order unless `supplier` is given."""
    numbers = tuple(order_number(p) for p in orders)
    code = supplier or _ORDERS[orders[0] - 1][0]
    seller = STRANGER if code == STRANGER.code else _SUPPLIERS[code]
    printed = tuple(lines)
    net = sum((line.net for line in printed), Decimal(0))
    tax = sum((line.tax for line in printed), Decimal(0))
    mentions = numbers if mention and not red_of else ()
    return InvoiceTruth(
        file=f"{name}.{form}", form=form, scenario=scenario, number=number or _number(name),
        issued_on=_BUSINESS_DAY - timedelta(days=days), special=special, seller=seller.name,
        seller_tax_id=sound_tax_id(seller.tax_id), seller_bank=f"{seller.bank} {seller.account}",
        buyer=COMPANY, buyer_tax_id=buyer_tax_id(), lines=printed, net=net, tax=tax, gross=net + tax,
        remark=remark or (f"订单号：{'，'.join(mentions)}" if mentions else ""), mentions=mentions,
        red_of=red_of, outcome=outcome, orders=numbers,
    )  # fmt: skip


def _negative(lines: Iterable[TruthLine]) -> tuple[TruthLine, ...]:
    return tuple(replace(line, quantity=-line.quantity, net=-line.net, tax=-line.tax) for line in lines)


@cache
def invoices() -> tuple[InvoiceTruth, ...]:
    """All invoice documents of the inbox in the order in which they came."""
    plain = _plain_cases()
    return plain + _copies(plain) + _red_and_blue() + _lone_cases()


def _plain_cases() -> tuple[InvoiceTruth, ...]:
    split_a, split_b = _part(5, (300, 0)), _part(5, (200, 120))
    return (
        _invoice("龙泉青瓷-1101", "exact", _lines(1), orders=(1,), days=15),
        _invoice("龙泉青瓷-1102", "exact_no_reference", _lines(2), orders=(2,), mention=False, days=14),
        _invoice("南通家纺-合并", "consolidated", _lines(3, 4), orders=(3, 4), days=13),
        _invoice("南通家纺-分批1", "split", split_a, orders=(5,), days=12),
        _invoice("南通家纺-分批2", "split", split_b, orders=(5,), days=5),
        _invoice("照明电器-1106", "within_tolerance", _lines(6, dearer="1.005"), orders=(6,), days=11),
        _invoice(
            "照明电器-1107", "over_tolerance", _lines(7, dearer="1.07"), orders=(7,), outcome="exception"
        ),
        _invoice("茶业-1108", "not_received", _lines(8), orders=(8,), outcome="exception", days=10),
        _invoice("茶业-1109", "sent_as_pdf_and_xml", _lines(9), orders=(9,), form="xml", days=9),
        _invoice("塑业-1110", "resent", _lines(10), orders=(10,), days=9),
        _invoice(
            "照明电器-未注明订单", "ambiguous", _lines(12), orders=(12,), mention=False, outcome="review",
            days=8,
        ),
        _invoice("南通家纺-桌布A", "repeated_basket", _lines(14), orders=(14,), days=8),
        _invoice("南通家纺-桌布B", "repeated_basket", _lines(15), orders=(15,), days=7),
        _invoice("龙泉青瓷-大额", "over_50000", _lines(16), orders=(16,), days=7),
        _invoice("茶业-小额", "small", _lines(17), orders=(17,), special=False, days=6),
        _invoice("塑业-小额", "small", _lines(18), orders=(18,), special=False, form="xml"),
        _invoice("照明电器-1119", "exact", _lines(19), orders=(19,), form="ofd", days=5),
        _invoice("龙泉青瓷-餐具", "exact", _lines(20), orders=(20,), form="ofd", days=4),
        _invoice("龙泉青瓷-两页", "two_pages", _lines(21), orders=(21,), days=3),
    )  # fmt: skip


def _copies(plain: tuple[InvoiceTruth, ...]) -> tuple[InvoiceTruth, ...]:
    """The same invoice once more: as PDF beside its XML, and as a byte-identical second sending."""
    by_scenario = {truth.scenario: truth for truth in plain}
    xml, sent = by_scenario["sent_as_pdf_and_xml"], by_scenario["resent"]
    return (
        replace(xml, file="茶业-1109.pdf", form="pdf", same_as=xml.file, outcome="duplicate"),
        replace(sent, file="塑业-1110-再次发送.pdf", same_as=sent.file, outcome="duplicate"),
    )


def _red_and_blue() -> tuple[InvoiceTruth, ...]:
    blue = _invoice("塑业-1111", "reversed", _lines(11), orders=(11,), days=9, outcome="offset")
    red = _invoice(
        "塑业-红字", "red_note", _negative(_lines(11)), orders=(11,), days=4, outcome="offset",
        red_of=blue.number,
        remark=f"被红冲蓝字数电票号码：{blue.number} 红字发票信息确认单编号：{_number('确认单')}",
    )  # fmt: skip
    return (blue, red)


def _lone_cases() -> tuple[InvoiceTruth, ...]:
    """An invoice for an order that is billed already, a stranger's, and one that nobody ordered."""
    wrap = TruthLine(
        name="*纸制品*瓦楞纸箱", spec="60×40×50", unit="个", quantity=Decimal(300), price=Decimal("4.20"),
        rate=Decimal("0.13"), net=Decimal("1260.00"), tax=Decimal("163.80"),
    )  # fmt: skip
    again = _invoice(
        "龙泉青瓷-1101-换号",
        "billed_twice",
        _lines(1),
        orders=(1,),
        outcome="review",
        days=2,
        number=_number("x"),
    )
    return (
        again,
        _invoice("包装材料-无订单", "unknown_supplier", (wrap,), supplier=STRANGER.code, outcome="exception"),
        _invoice("塑业-无订单", "no_order", _part(18, (11, 7)), supplier="S05", outcome="exception", special=False),
    )


def truth_by_number() -> dict[str, InvoiceTruth]:
    """The truth of each invoice number, copies left out: what may be paid, and for which orders."""
    return {truth.number: truth for truth in reversed(invoices()) if not truth.same_as}
