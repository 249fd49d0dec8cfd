"""Print invented international invoices in many layouts as PDF, with truth.json beside them, to measure the reader.

python benchmarks/print_invoices.py FOLDER --seed 1 --count 100 [--layouts a,b]
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from invoice_layouts import HELD_OUT, LAYOUTS
from invoice_words import COMPANIES, GOODS, LABELS, MONTHS, STREETS, TOWNS
from playwright.sync_api import sync_playwright

FEN = Decimal("0.01")


def cents(value: Decimal) -> Decimal:
    return value.quantize(FEN, rounding=ROUND_HALF_UP)


@dataclass
class Style:
    """How one issuer writes figures and days."""

    language: str
    currency: str
    point: str
    group: str
    day: str
    symbol_first: bool
    symbol: str

    def money(self, value: Decimal, *, symbol: bool | None = None) -> str:
        """An amount as this issuer prints it."""
        text = self.figure(value, 2)
        if symbol is False or (symbol is None and not self.symbol):
            return text
        if self.symbol_first:
            return f"-{self.symbol}{text[1:]}" if text.startswith("-") else f"{self.symbol}{text}"
        return f"{text} {self.symbol}"

    def figure(self, value: Decimal, places: int) -> str:
        whole, _, rest = f"{value:,.{places}f}".partition(".")
        text = whole.replace(",", self.group)
        return f"{text}{self.point}{rest}" if rest else text

    def write_day(self, day: date) -> str:
        month = MONTHS[self.language][day.month - 1]
        return self.day.format(d=day, m=month, short=month[:3])


@dataclass
class Party:
    name: str
    street: str
    town: str
    vat: str


@dataclass
class Item:
    name: str
    sku: str
    unit: str
    quantity: Decimal
    price: Decimal
    rate: Decimal
    net: Decimal
    detail: str = ""


@dataclass
class Bill:
    """One invented invoice."""

    style: Style
    number: str
    day: date
    due: date
    seller: Party
    buyer: Party
    order: str
    credit: bool
    items: list[Item] = field(default_factory=list)
    extras: list[tuple[str, Decimal, Decimal]] = field(default_factory=list)  # label, net, rate
    prepaid: Decimal = Decimal(0)

    @property
    def line_total(self) -> Decimal:
        return sum((item.net for item in self.items), Decimal(0))

    @property
    def bases(self) -> dict[Decimal, Decimal]:
        found: dict[Decimal, Decimal] = {}
        for net, rate in [(i.net, i.rate) for i in self.items] + [(n, r) for _, n, r in self.extras]:
            found[rate] = found.get(rate, Decimal(0)) + net
        return dict(sorted(found.items()))

    @property
    def net(self) -> Decimal:
        return sum(self.bases.values(), Decimal(0))

    @property
    def taxes(self) -> dict[Decimal, Decimal]:
        return {rate: cents(base * rate / 100) for rate, base in self.bases.items()}

    @property
    def tax(self) -> Decimal:
        return sum(self.taxes.values(), Decimal(0))

    @property
    def gross(self) -> Decimal:
        return self.net + self.tax

    def say(self, key: str) -> str:
        return self.words[key]

    words: dict[str, str] = field(default_factory=dict)


#: language -> (currencies, (point, group) pairs, day formats, rates)
HABITS: dict[str, tuple[Sequence[str], Sequence[tuple[str, str]], Sequence[str], Sequence[int]]] = {
    "de": (
        ("EUR", "EUR", "CHF"),
        ((",", "."), (",", "."), (",", ""), (".", "'"), (",", "\u202f")),
        ("{d:%d.%m.%Y}", "{d.day}. {m} {d.year}", "{d.day}.{d.month}.{d.year}", "{d:%Y-%m-%d}", "{d:%d.%m.%y}"),
        (19, 7),
    ),
    "fr": (
        ("EUR", "EUR", "CHF"),
        ((",", " "), (",", "\u00a0"), (",", "\u202f"), (",", "."), (",", "")),
        ("{d:%d/%m/%Y}", "{d.day} {m} {d.year}", "{d:%d.%m.%Y}", "{d:%d-%m-%Y}"),
        (20, 10),
    ),
    "en": (
        ("USD", "GBP", "EUR"),
        ((".", ","), (".", ","), (".", ""), (".", " ")),
        (
            "{d.day} {m} {d.year}",
            "{m} {d.day}, {d.year}",
            "{d:%Y-%m-%d}",
            "{d.day} {short} {d.year}",
            "{short} {d.day}, {d.year}",
            "{d:%d-}{short}{d:-%Y}",
        ),
        (20, 5),
    ),
}
SYMBOLS = {"EUR": ("€", "EUR"), "USD": ("$", "USD"), "GBP": ("£", "GBP"), "CHF": ("CHF", "Fr.")}


def style_of(dice: random.Random, language: str) -> Style:
    currencies, marks, days, _ = HABITS[language]
    currency = dice.choice(currencies)
    point, group = dice.choice(marks)
    symbol = dice.choice((*SYMBOLS[currency], ""))
    return Style(
        language=language,
        currency=currency,
        point=point,
        group=group,
        day=dice.choice(days),
        symbol_first=bool(symbol) and language == "en" and len(symbol) == 1,
        symbol=symbol,
    )


def party_of(dice: random.Random, language: str) -> Party:
    name = dice.choice(COMPANIES[language])
    town = dice.choice(TOWNS[language])
    street = f"{dice.choice(STREETS[language])}"
    number = dice.randrange(1, 180)
    street = f"{number} {street}" if language != "de" else f"{street} {number}"
    digits = "".join(str(dice.randrange(10)) for _ in range(9))
    vat = {"de": f"DE{digits}", "fr": f"FR{dice.randrange(10, 99)}{digits}", "en": f"GB{digits}"}[language]
    return Party(name=name, street=street, town=town, vat=vat)


def item_of(dice: random.Random, language: str, rates: Sequence[int], sign: int) -> Item:
    name, unit = dice.choice(GOODS[language])
    places = dice.choice((0, 0, 0, 1, 2))
    quantity = cents(Decimal(dice.randrange(1, 60 if places else 40)) / (10**places) + (1 if places else 0))
    quantity = Decimal(f"{quantity.normalize():f}")
    price = cents(Decimal(dice.choice((dice.randrange(50, 9999), dice.randrange(10000, 250000)))) / 100)
    if dice.random() < 0.1:
        price += Decimal(dice.randrange(1, 99)) / 10000
    return Item(
        name=name,
        sku=f"{dice.choice('ABKX')}{dice.choice('RTM')}-{dice.randrange(100, 9999)}",
        unit=unit,
        quantity=quantity * sign,
        price=price,
        rate=Decimal(dice.choice(rates)),
        net=cents(quantity * price) * sign,
        detail=dice.choice(("", "", LABELS[language]["detail"][0])),
    )


def bill_of(dice: random.Random, language: str) -> Bill:
    rates = HABITS[language][3]
    if dice.random() < 0.55:
        rates = rates[:1]
    elif dice.random() < 0.1:
        rates = (0,)
    day = date(2024, 1, 1) + timedelta(days=dice.randrange(0, 1000))
    credit = dice.random() < 0.08
    number = dice.choice(("RE-{y}-{n:05d}", "{n:06d}", "INV{y}{n:04d}", "{y}/{n}", "F{y}{n:05d}", "{n}-{k}", "R{n}"))
    bill = Bill(
        style=style_of(dice, language),
        day=day,
        due=day + timedelta(days=dice.choice((14, 30, 45))),
        credit=credit,
        number=number.format(y=day.year, n=dice.randrange(100, 99999), k=dice.randrange(1, 9)),
        seller=party_of(dice, language),
        buyer=party_of(dice, language),
        order=dice.choice(("", f"PO-{dice.randrange(10000, 99999)}", f"45{dice.randrange(10**7, 10**8)}")),
    )
    while bill.buyer.name == bill.seller.name:
        bill.buyer = party_of(dice, language)
    sign = -1 if credit else 1
    count = dice.choice((1, 1, 2, 3, 3, 4, 5, 6, 9, 28))
    bill.items = [item_of(dice, language, rates, sign) for _ in range(count)]
    words = {key: dice.choice(choices) for key, choices in LABELS[language].items()}
    bill.words = words
    if not credit and dice.random() < 0.25:
        bill.extras.append((words["shipping"], cents(Decimal(dice.randrange(390, 4900)) / 100), Decimal(rates[0])))
    if not credit and dice.random() < 0.2:
        bill.extras.append((words["discount"], -cents(bill.line_total * Decimal("0.05")), Decimal(rates[0])))
    if not credit and dice.random() < 0.12:
        bill.prepaid = cents(bill.gross * Decimal("0.3"))
    return bill


def truth_of(bill: Bill, layout: str) -> dict[str, Any]:
    return {
        "layout": layout,
        "language": bill.style.language,
        "number": bill.number,
        "date": bill.day.isoformat(),
        "seller": bill.seller.name,
        "buyer": bill.buyer.name,
        "seller_tax_id": bill.seller.vat,
        "currency": bill.style.currency if bill.style.symbol else "",
        "net": str(bill.net),
        "tax": str(bill.tax),
        "gross": str(bill.gross),
        "po": bill.order,
        "lines": [
            {
                "name": item.name,
                "qty": str(item.quantity),
                "price": str(item.price),
                "amount": str(item.net),
                "rate": str(item.rate),
            }
            for item in bill.items
        ],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--layouts", default="")
    arguments = parser.parse_args()
    names = arguments.layouts.split(",") if arguments.layouts else list(LAYOUTS)
    arguments.folder.mkdir(parents=True, exist_ok=True)
    dice, truths = random.Random(arguments.seed), {}
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page()
        for index in range(arguments.count):
            layout = names[index % len(names)]
            bill = bill_of(dice, dice.choice(("de", "fr", "en")))
            page.set_content({**LAYOUTS, **HELD_OUT}[layout](bill, dice))
            name = f"{layout}{index:03d}.pdf"
            (arguments.folder / name).write_bytes(page.pdf(format="A4", print_background=True))
            truths[name] = truth_of(bill, layout)
        browser.close()
    path = arguments.folder / "truth.json"
    path.write_text(json.dumps(truths, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
