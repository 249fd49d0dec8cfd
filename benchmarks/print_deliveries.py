"""Write invented purchases as a small firm has them: nine goods, round prices, goods of one invoice delivered together.

Beside `print_purchases.py` (many goods, deliveries on any day): here items are told apart by SKUs that only every
second invoice line carries, and an invoice over several orders follows one delivery.

python benchmarks/print_deliveries.py FOLDER --seed 1 --orders 400
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from print_purchases import FEN, RATES, Entry, Maker, cents, main

GOODS = ("纸张", "仓储服务费", "餐饮服务费", "软件服务费", "螺丝", "键盘", "电缆", "运输服务", "图书")
ROUND = ("50", "100", "200", "500", "1000")


class Deliveries(Maker):
    """One run: 3 of 10 orders repeat a basket of their supplier, 1 of 9 invoices bills two to four orders."""

    def make(self, orders: int, suppliers: int) -> None:
        for number in range(orders):
            self.order(number, self.dice.randrange(suppliers))
        queue = list(self.orders)
        self.dice.shuffle(queue)
        while queue:
            self.bill(queue)

    def order(self, number: int, supplier: int) -> Entry:
        order = super().order(number, supplier)
        order["date"] = (date(2026, 1, 5) + timedelta(days=self.dice.randrange(150))).isoformat()
        return order

    def basket_size(self) -> int:
        return self.dice.choice((1, 1, 1, 1, 2, 2, 3, 5))

    def line(self, number: int) -> Entry:
        index, dice = self.dice.randrange(len(GOODS)), self.dice
        any_price = str(cents(Decimal(dice.randrange(200, 100_000)) / 100))
        price = dice.choice(ROUND) if dice.random() < 0.4 else any_price
        return {
            "line": number, "name": GOODS[index], "sku": f"SKU{dice.randrange(120):04d}",
            "qty": dice.randrange(1, 50), "price": price, "rate": RATES[index % 3],
        }  # fmt: skip

    def received(self, order: Entry, day: date, share: float = 1.0) -> date:
        lines = [{"line": line["line"], "qty": max(int(line["qty"] * share), 0)} for line in order["lines"]]
        number = f"GR{len(self.receipts):06d}"
        self.receipts.append({"gr": number, "po": order["po"], "date": day.isoformat(), "lines": lines})
        return day

    def bill(self, queue: list[Entry]) -> None:
        order, dice = queue.pop(), self.dice
        names = ("exact", "split", "consolidated", "price_out", "qty_short", "round", "dup", "red", "no_po",
                 "price_in_tol")  # fmt: skip
        scenario = dice.choices(names, (45, 12, 14, 6, 3, 5, 4, 6, 4, 4))[0]
        arrived = date.fromisoformat(order["date"]) + timedelta(days=dice.randrange(1, 40))
        same = [other for other in queue if other["supplier"] == order["supplier"]][: dice.randrange(1, 4)]
        if scenario == "consolidated" and same:
            for other in same:
                queue.remove(other)
            self.together([order, *same], arrived)
            return
        scenario = "exact" if scenario == "consolidated" else scenario
        self.received(order, arrived, 0.8 if scenario == "qty_short" else 1.0)
        getattr(self, scenario)(order, arrived + timedelta(days=1))

    def together(self, orders: list[Entry], arrived: date) -> None:
        """One delivery on two days for all of them; billed three days later, never before the last order."""
        for n, order in enumerate(orders):
            self.received(order, arrived + timedelta(days=min(n, 1)))
        last = max(date.fromisoformat(order["date"]) for order in orders)
        lines = [self.billed(line, line["qty"]) for order in orders for line in order["lines"]]
        self.invoice(orders, lines, max(arrived + timedelta(days=4), last + timedelta(days=3)), "consolidated", "match")

    def price_out(self, order: Entry, day: date) -> None:
        self.exact(order, day, "exception", "price_out", factor=Decimal("1.07"))

    def price_in_tol(self, order: Entry, day: date) -> None:
        self.exact(order, day, "match", "price_in_tol", factor=Decimal("1.008"))

    def no_po(self, order: Entry, day: date) -> None:
        """The goods of an order, with an amount that no order has."""
        self.exact(order, day, "exception", "no_po")
        entry = self.invoices[-1]
        first = entry["lines"][0]
        first["net"] = str(Decimal(first["net"]) + Decimal("777.77"))
        entry["net"] = str(Decimal(entry["net"]) + Decimal("777.77"))
        entry["gross"], entry["remark"] = str(Decimal(entry["net"]) + Decimal(entry["tax"])), ""
        self.truth[-1]["pos"] = []

    def round(self, order: Entry, day: date) -> None:
        self.exact(order, day, "match", "round", cent=self.dice.choice((FEN, -FEN)))


if __name__ == "__main__":
    main(Deliveries, orders_a_supplier=16, doc=__doc__)
