"""Write invented purchase orders, receipts and invoices with labelled links, of any size, to measure the matcher.

python benchmarks/print_purchases.py FOLDER --seed 1 --orders 400
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

FEN = Decimal("0.01")
GOODS = tuple(f"样品货物{n:03d}" for n in range(120))
RATES = ("13%", "9%", "6%")
Entry = dict[str, Any]


def cents(value: Decimal) -> Decimal:
    return value.quantize(FEN, rounding=ROUND_HALF_UP)


class Maker:
    """One run of the generator. 3 of 10 orders repeat an earlier basket of the same supplier."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.orders: list[Entry] = []
        self.receipts: list[Entry] = []
        self.invoices: list[Entry] = []
        self.truth: list[Entry] = []
        self.baskets: dict[int, list[list[Entry]]] = {}

    def make(self, orders: int, suppliers: int) -> None:
        queue: list[Entry] = []
        for number in range(orders):
            queue.append(self.order(number, self.dice.randrange(suppliers)))
        while queue:
            self.bill(queue)

    def order(self, number: int, supplier: int) -> Entry:
        dice, known = self.dice, self.baskets.setdefault(supplier, [])
        if known and dice.random() < 0.3:
            lines = [dict(line) for line in dice.choice(known)]
        else:
            lines = [self.line(n) for n in range(1, self.basket_size() + 1)]
            known.append(lines)
        day = date(2026, 1, 5) + timedelta(days=dice.randrange(240))
        order = {
            "po": f"PO2026{number:06d}",
            "supplier": f"样例供应商{supplier:04d}（测试）有限公司",
            "supplier_tax": f"91000000TEST{supplier:06d}",
            "date": day.isoformat(),
            "lines": lines,
            "currency": "CNY",
        }
        self.orders.append(order)
        return order

    def basket_size(self) -> int:
        return self.dice.choice((1, 2, 2, 3, 4, 8, 16))

    def line(self, number: int) -> Entry:
        dice = self.dice
        index = dice.randrange(len(GOODS))
        return {
            "line": number,
            "name": GOODS[index],
            "sku": f"SKU{index:04d}",
            "qty": dice.randrange(1, 60),
            "price": str(cents(Decimal(dice.randrange(500, 200_000)) / 100)),
            "rate": RATES[index % 3],
        }

    def receive(self, order: Entry, share: float = 1.0) -> date:
        day = date.fromisoformat(order["date"]) + timedelta(days=self.dice.randrange(3, 20))
        lines = [{"line": line["line"], "qty": max(int(line["qty"] * share), 0)} for line in order["lines"]]
        self.receipts.append(
            {"gr": f"GR{len(self.receipts):06d}", "po": order["po"], "date": day.isoformat(), "lines": lines}
        )
        return day

    # ------------------------------------------------------------------------------------- scenarios

    def bill(self, queue: list[Entry]) -> None:
        order = queue.pop()
        names = (
            "exact",
            "split",
            "consolidated",
            "price_out",
            "qty_short",
            "round",
            "dup",
            "red",
            "no_po",
            "price_in_tol",
        )
        scenario = self.dice.choices(names, (50, 10, 6, 6, 3, 5, 5, 6, 4, 5))[0]
        if scenario == "consolidated":
            same = [other for other in queue if other["supplier"] == order["supplier"]][:2]
            if not same:
                scenario = "exact"
            for other in same:
                queue.remove(other)
            if same:
                return self.consolidated([order, *same])
        day = self.receive(order, 0.5 if scenario == "qty_short" else 1.0) + timedelta(days=self.dice.randrange(0, 4))
        getattr(self, scenario)(order, day)

    def exact(self, order: Entry, day: date, expect: str = "match", scenario: str = "exact", **changes: Any) -> Entry:
        lines = [self.billed(line, line["qty"], **changes) for line in order["lines"]]
        return self.invoice([order], lines, day, scenario, expect)

    def price_out(self, order: Entry, day: date) -> None:
        self.exact(order, day, "exception", "price_out", factor=Decimal("1.06"))

    def price_in_tol(self, order: Entry, day: date) -> None:
        self.exact(order, day, "match", "price_in_tol", factor=Decimal("1.004"))

    def qty_short(self, order: Entry, day: date) -> None:
        self.exact(order, day, "exception", "qty_short")

    def round(self, order: Entry, day: date) -> None:
        self.exact(order, day, "match", "round", cent=FEN)

    def no_po(self, order: Entry, day: date) -> None:
        strange = {**order, "lines": [{**self.line(1), "name": "从未订购之物", "sku": "NONE"}]}
        self.exact(strange, day, "exception", "no_po")
        self.truth[-1]["pos"] = []
        self.invoices[-1]["remark"] = ""

    def dup(self, order: Entry, day: date) -> None:
        first = self.exact(order, day)
        self.invoices.append({**first, "id": f"INV{len(self.invoices):06d}"})
        self.truth.append({"invoice": self.invoices[-1]["id"], "pos": [], "scenario": "dup", "expect": "duplicate"})

    def red(self, order: Entry, day: date) -> None:
        blue = self.exact(order, day)
        note = {
            **blue,
            "id": f"INV{len(self.invoices):06d}",
            "number": self.number(),
            "date": str(day + timedelta(days=5)),
            "net": str(-Decimal(blue["net"])),
            "tax": str(-Decimal(blue["tax"])),
            "gross": str(-Decimal(blue["gross"])),
            "remark": f"被红冲蓝字数电票号码：{blue['number']}",
            "lines": [
                {**line, "qty": -line["qty"], "net": f"-{line['net']}", "tax": f"-{line['tax']}"}
                for line in blue["lines"]
            ],
        }
        self.invoices.append(note)
        self.truth.append({"invoice": note["id"], "pos": [order["po"]], "scenario": "red", "expect": "offset"})

    def split(self, order: Entry, day: date) -> None:
        whole = order["lines"]
        parts: Sequence[list[tuple[Entry, int]]] = (
            [[(line, line["qty"] // 2) for line in whole], [(line, line["qty"] - line["qty"] // 2) for line in whole]]
            if len(whole) == 1 or self.dice.random() < 0.5
            else [[(line, line["qty"]) for line in whole[:1]], [(line, line["qty"]) for line in whole[1:]]]
        )
        for n, part in enumerate(parts):
            lines = [self.billed(line, count) for line, count in part if count]
            if lines:
                self.invoice([order], lines, day + timedelta(days=n * 3), "split", "match")

    def consolidated(self, orders: list[Entry]) -> None:
        day = max(self.receive(order) for order in orders)
        lines = [self.billed(line, line["qty"]) for order in orders for line in order["lines"]]
        self.invoice(orders, lines, day + timedelta(days=1), "consolidated", "match")

    # -------------------------------------------------------------------------------------- documents

    def billed(self, line: Entry, count: int, *, factor: Decimal = Decimal(1), cent: Decimal = Decimal(0)) -> Entry:
        price = Decimal(line["price"]) * factor
        net = cents(price * count)
        tax = cents(net * Decimal(line["rate"][:-1]) / 100) + cent
        sku = line["sku"] if self.dice.random() < 0.5 else None
        return {
            "name": line["name"],
            "sku": sku,
            "qty": count,
            "price": f"{price.normalize():f}",
            "rate": line["rate"],
            "net": str(net),
            "tax": str(tax),
        }

    def number(self) -> str:
        return "26" + "".join(str(self.dice.randrange(10)) for _ in range(18))

    def invoice(self, orders: list[Entry], lines: list[Entry], day: date, scenario: str, expect: str) -> Entry:
        net, tax = (sum((Decimal(line[key]) for line in lines), Decimal(0)) for key in ("net", "tax"))
        numbers = [order["po"] for order in orders]
        entry = {
            "id": f"INV{len(self.invoices):06d}",
            "number": self.number(),
            "date": day.isoformat(),
            "lines": lines,
            "seller": orders[0]["supplier"],
            "seller_tax": orders[0]["supplier_tax"],
            "net": str(net),
            "tax": str(tax),
            "gross": str(net + tax),
            "currency": "CNY",
            "remark": f"订单号:{','.join(numbers)}" if self.dice.random() < 0.6 else "",
        }
        self.invoices.append(entry)
        self.truth.append({"invoice": entry["id"], "pos": numbers, "scenario": scenario, "expect": expect})
        return entry


def write_books(maker: Maker, folder: Path) -> None:
    """The four lists of one run as JSON; invoices by day, a copy behind its original."""
    folder.mkdir(parents=True, exist_ok=True)
    maker.invoices.sort(key=lambda entry: entry["date"])
    parts = (("pos", maker.orders), ("receipts", maker.receipts), ("invoices", maker.invoices), ("truth", maker.truth))
    for name, entries in parts:
        (folder / f"{name}.json").write_text(json.dumps(entries, ensure_ascii=False), encoding="utf-8")


def main(maker_of: Callable[[int], Maker], *, orders_a_supplier: int, doc: str | None) -> None:
    """Print the books of one maker into a folder, as the command line asks."""
    parser = argparse.ArgumentParser(description=doc)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--orders", type=int, default=400)
    arguments = parser.parse_args()
    maker = maker_of(arguments.seed)
    maker.make(arguments.orders, max(arguments.orders // orders_a_supplier, 1))
    write_books(maker, arguments.folder)


if __name__ == "__main__":
    main(Maker, orders_a_supplier=20, doc=__doc__)
