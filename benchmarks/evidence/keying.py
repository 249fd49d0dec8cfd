"""The flow of the benchmark as our flow authors write it: an app class, three steps an order, `once` for the save."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict, dataclass

from orders import BenchOrder, bench_order
from shop import FIELDS
from worker import say

from nightclerk import Queue, Transaction, WebApp, flow, looks

#: The selectors of the app, as its YAML file says them.
SELECTORS = """\
list:
  keyword: {label: 关键字, fallback: ['#q']}
  search: {role: button, name: 查询}
  none: {text: 没有记录}
  customer: {css: 'table.found tbody tr:first-child td:first-child'}
  voucher: {css: 'table.found tbody a'}
form:
FIELDS
  warehouse: {label: 仓库}
  save: {role: button, name: 保存, commits: true}
voucher:
  number: {css: .number}
  total: {css: .total}
  phone: {xpath: '//td[.="联系电话"]/following-sibling::td', private: true}
"""
_PRIVATE = {"buyer", "phone", "address"}


def selectors() -> str:
    """The text of `selectors/bench/erp.yaml`."""
    lines = [f"  {name}: {{label: {label}{', private: true' * (name in _PRIVATE)}}}" for name, label in FIELDS.items()]
    return SELECTORS.replace("FIELDS", "\n".join(lines))


@dataclass(frozen=True, kw_only=True)
class Keyed(BenchOrder):
    """An order as a work item; the last of a batch closes it."""

    first: int
    last_of_batch: bool

    @property
    def key(self) -> str:
        return self.order


order_queue = Queue("bench-orders", of=Keyed)


class BenchErp(WebApp, selectors="bench"):
    """The local site."""

    def has_customer(self, name: str) -> bool:
        self.open("customers")
        self._search(name)
        return str(self["list.customer"].read()) == name

    @looks(conclusive=True)
    def find_voucher(self, order: str) -> str | None:
        self.open("vouchers")
        self._search(order)
        if self["list.none"].exists():
            return None
        return str(self["list.voucher"].read())

    def fill(self, order: Keyed) -> None:
        self.open("new")
        for name in FIELDS:
            self[f"form.{name}"].fill(asdict(order)[name])
        self["form.warehouse"].choose(order.warehouse)

    def save(self) -> None:
        self["form.save"].click()
        self["voucher.number"].wait()

    def total(self, voucher: str) -> str:
        self["list.voucher"].click()
        self["voucher.number"].wait()
        return str(self["voucher.total"].read())

    def _search(self, wanted: str) -> None:
        self["list.keyword"].fill(wanted)
        self["list.search"].click()


@flow("Key orders", each=order_queue)
def key_order(tx: Transaction, erp: BenchErp, order: Keyed) -> str:
    """Key one order; after the last of a batch, report it and wait for the next."""
    with tx.step("Check the customer"):
        tx.expect(erp.has_customer(order.customer), "the customer is known")

    with tx.step("Save the voucher"):
        voucher = tx.once(look=lambda: erp.find_voucher(order.order), prepare=lambda: erp.fill(order), commit=erp.save)

    with tx.step("Read it back"):
        tx.expect(erp.total(voucher) == order.total, "the total is the order's")
    if order.last_of_batch:
        next_batch(tx)
    return voucher


_began: list[float] = []


def next_batch(tx: Transaction) -> None:
    """Say how long the batch took, wait for the driver, and queue what it asks for."""
    say({"wall_s": time.perf_counter() - _began.pop()} if _began else {"ready": True})
    line = sys.stdin.readline()
    if not line:
        return
    asked = json.loads(line)
    numbers = range(asked["first"], asked["first"] + asked["count"])
    for number in numbers:
        tx.put(order_queue, keyed(number, first=asked["first"], last=number == numbers[-1]))
    _began.append(time.perf_counter())


def keyed(number: int, *, first: int, last: bool) -> Keyed:
    return Keyed(**asdict(bench_order(number)), first=first, last_of_batch=last)
