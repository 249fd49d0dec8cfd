"""Put a company, customers, products and one order of an earlier day into a fresh Tryton database.

Runs in the system's Python, where Debian keeps Tryton: `/usr/bin/python3 tryton_seed.py CONFIG DATABASE SEED.json`.
It works in process while no server runs; over the network the same takes minutes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from proteus import Model, Wizard
from proteus import config as tryton

#: An order that stands there before the bot comes, so that its searches have something not to find.
EARLIER = "EARLIER-0001"


def make_company() -> Any:
    """The company, in yuan, with the administrator working for it."""
    currency = Model.get("currency.currency")(name="人民币", symbol="¥", code="CNY", digits=2, rounding=Decimal("0.01"))
    currency.rates.new(rate=Decimal(1))
    currency.save()
    Wizard("company.company.config").execute("company")
    party = Model.get("party.party")(name="云杉家居有限公司")
    party.save()
    company = Model.get("company.company")(party=party, currency=currency)
    company.save()
    user = Model.get("res.user")(1)
    user.companies.append(company)
    user.company = company
    user.save()
    return company


def make_customers(customers: Sequence[Mapping[str, str]]) -> list[Any]:
    """One party for each code and name."""
    made = []
    for customer in customers:
        party = Model.get("party.party")(code=customer["code"], name=customer["name"])
        party.addresses[0].city = "测试市"
        party.save()
        made.append(party)
    return made


def make_products(items: Sequence[Mapping[str, str]]) -> None:
    """One product that is sold by the piece for each code and name."""
    (unit,) = Model.get("product.uom").find([("symbol", "=", "u")], limit=1)
    for item in items:
        template = Model.get("product.template")(name=item["name"], default_uom=unit, type="goods", salable=True)
        template.sale_uom = unit
        template.list_price = Decimal(item["price"])
        template.code = item["code"]
        template.save()


def make_earlier_order(party: Any) -> None:
    """A draft that somebody keyed by hand."""
    term = Model.get("account.invoice.payment_term")(name="款到发货")
    term.lines.new(type="remainder")
    term.save()
    sale = Model.get("sale.sale")(party=party, reference=EARLIER, description="人工录入", payment_term=term)
    sale.save()


def main(config_file: str, database: str, seed_file: str) -> None:
    """Seed `database` with what SEED.json lists."""
    seed = json.loads(Path(seed_file).read_text(encoding="utf-8"))
    config = tryton.set_trytond(f"sqlite:///{database}", user="admin", config_file=config_file)
    company = make_company()
    config._context = {**config.context, "company": company.id}
    parties = make_customers(seed["customers"])
    make_products(seed["items"])
    make_earlier_order(parties[0])


if __name__ == "__main__":
    main(*sys.argv[1:4])
