"""Attach an XML to printed invoices, sound or changed in one place, and count missed changes and false alarms.

python benchmarks/tampered_invoices.py FOLDER [--seed 1]   (a folder that print_invoices.py wrote)
"""

# ruff: noqa: E501  (rows of XML)

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pypdfium2 as pdfium

from nightclerk.documents.invoices import read_invoices

Truth = dict[str, Any]


def cii(truth: Truth) -> bytes:
    """The smallest CII document that says what the truth says."""
    day = truth["date"].replace("-", "")
    lines = "".join(
        f"<IncludedSupplyChainTradeLineItem><SpecifiedTradeProduct><Name>{escape(line['name'])}</Name></SpecifiedTradeProduct>"
        f"<SpecifiedLineTradeSettlement><SpecifiedTradeSettlementLineMonetarySummation><LineTotalAmount>{line['amount']}"
        "</LineTotalAmount></SpecifiedTradeSettlementLineMonetarySummation></SpecifiedLineTradeSettlement>"
        "</IncludedSupplyChainTradeLineItem>"
        for line in truth["lines"]
    )
    seller = (
        f"<SellerTradeParty><Name>{escape(truth['seller'])}</Name><SpecifiedTaxRegistration><ID schemeID='VA'>"
        f"{truth['seller_tax_id']}</ID></SpecifiedTaxRegistration></SellerTradeParty>"
    )
    buyer = f"<BuyerTradeParty><Name>{escape(truth['buyer'])}</Name></BuyerTradeParty>"
    return (
        f"<CrossIndustryInvoice><ExchangedDocument><ID>{truth['number']}</ID><IssueDateTime><DateTimeString>{day}"
        "</DateTimeString></IssueDateTime></ExchangedDocument><SupplyChainTradeTransaction>"
        f"<ApplicableHeaderTradeAgreement>{seller}{buyer}</ApplicableHeaderTradeAgreement><ApplicableHeaderTradeSettlement>"
        f"<InvoiceCurrencyCode>{truth['currency'] or 'EUR'}</InvoiceCurrencyCode><SpecifiedTradeSettlementHeaderMonetarySummation>"
        f"<LineTotalAmount>{truth['line_total']}</LineTotalAmount><ChargeTotalAmount>{truth['charges']}</ChargeTotalAmount>"
        f"<AllowanceTotalAmount>{truth['allowances']}</AllowanceTotalAmount>"
        f"<TaxBasisTotalAmount>{truth['net']}</TaxBasisTotalAmount><TaxTotalAmount>{truth['tax']}</TaxTotalAmount>"
        f"<GrandTotalAmount>{truth['gross']}</GrandTotalAmount></SpecifiedTradeSettlementHeaderMonetarySummation>"
        f"</ApplicableHeaderTradeSettlement>{lines}</SupplyChainTradeTransaction></CrossIndustryInvoice>"
    ).encode()


def with_sums(truth: Truth) -> Truth:
    """The truth with what leads from its lines to its net, as a CII document has to state it."""
    lines = sum((Decimal(line["amount"]) for line in truth["lines"]), Decimal(0))
    gap = Decimal(truth["net"]) - lines
    return {**truth, "line_total": lines, "charges": max(gap, Decimal(0)), "allowances": max(-gap, Decimal(0))}


def _number(truth: Truth, dice: random.Random) -> None:
    truth["number"] = truth["number"][:-1] + str((int(truth["number"][-1]) + 1) % 10)


def _other_number(truth: Truth, dice: random.Random) -> None:
    truth["number"] = truth["po"] or "K10452"


def _day(truth: Truth, dice: random.Random) -> None:
    truth["date"] = (date.fromisoformat(truth["date"]) + timedelta(days=1)).isoformat()


def _gross(truth: Truth, dice: random.Random) -> None:
    truth["gross"] = str(Decimal(truth["gross"]) + 100)


def _all_amounts(truth: Truth, dice: random.Random) -> None:
    for name in ("net", "tax", "gross"):
        truth[name] = str(Decimal(truth[name]) * 2)


def _seller(truth: Truth, dice: random.Random) -> None:
    truth["seller"] = "Quite Another Trading House"


def _tax_id(truth: Truth, dice: random.Random) -> None:
    truth["seller_tax_id"] = truth["seller_tax_id"][:-1] + str((int(truth["seller_tax_id"][-1]) + 1) % 10)


def _swap(truth: Truth, dice: random.Random) -> None:
    truth["seller"], truth["buyer"] = truth["buyer"], truth["seller"]


def _line(truth: Truth, dice: random.Random) -> None:
    line = dice.choice(truth["lines"])
    line["amount"] = str(Decimal(line["amount"]) + 7)


CHANGES: tuple[Callable[[Truth, random.Random], None] | None, ...] = (
    None, _number, _other_number, _day, _gross, _all_amounts, _seller, _tax_id, _swap, _line,
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    dice, score, shown = random.Random(arguments.seed), Counter[str](), list[str]()
    truths = json.loads((arguments.folder / "truth.json").read_text("utf-8"))
    with tempfile.TemporaryDirectory() as scratch:
        for name, truth in truths.items():
            for change in (None, dice.choice(CHANGES[1:])):
                said = with_sums(deepcopy(truth))
                if change:
                    change(said, dice)
                document = pdfium.PdfDocument(arguments.folder / name)
                document.new_attachment("factur-x.xml").set_data(cii(said))
                path = Path(scratch) / name
                document.save(str(path))
                (invoice,) = read_invoices(path)
                what = change.__name__.strip("_") if change else "sound"
                hits = [(f.code, f.facts.get("field", "")) for f in invoice.findings]
                score[f"{what:14} {'finding' if hits else 'none':8} {invoice.status.value}"] += 1
                if bool(hits) != bool(change):
                    shown.append(f"{name} {what} {hits}")
    print("\n".join(f"{key:40} {count}" for key, count in sorted(score.items())))
    print("\n".join(shown))


if __name__ == "__main__":
    main()
