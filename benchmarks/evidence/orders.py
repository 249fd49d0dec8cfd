"""The orders that every way keys, the same for each: synthetic, with private fields on the form."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class BenchOrder:
    """One order as the form takes it."""

    order: str
    customer: str
    sku: str
    quantity: str
    price: str
    buyer: str
    phone: str
    address: str
    note: str
    warehouse: str

    @property
    def total(self) -> str:
        return f"{int(self.quantity) * float(self.price):.2f}"


def bench_order(number: int) -> BenchOrder:
    """The order of one number."""
    return BenchOrder(
        order=f"37281100072{number:07}",
        customer=f"样例商行{number % 300 + 1:03}",
        sku=f"SKU-{number % 40:04}",
        quantity=str(number % 7 + 1),
        price=f"{19 + number % 50}.90",
        buyer="样小例",
        phone=f"1380000{number % 10_000:04}",
        address=f"浙江省杭州市样例区虚构路{number % 200 + 1}号3幢",
        note="请放驿站",
        warehouse="义乌二仓",
    )
