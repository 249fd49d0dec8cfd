"""Measure the invoice reader on folders with a truth.json: right fields and lines, wrong values confirmed, CPU.

python benchmarks/invoices.py FOLDER…  [--no-xml] [--show]
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

from nightclerk.documents.invoices import read_invoices
from nightclerk.domain.invoices import Invoice, InvoiceLine
from nightclerk.errors import DocumentError

#: Field -> how the truth of either data set spells it.
_PATHS = {
    "number": ("number",), "code": ("code",), "issued_on": ("date",), "net": ("net",), "tax": ("tax",),
    "gross": ("gross",), "gross_words": ("upper",), "remark": ("remark",), "drawer": ("drawer",),
    "check_code": ("check",), "currency": ("currency",),
}  # fmt: skip


def squeezed(value: Any) -> str:
    """Text for comparing: blanks out, amounts as numbers."""
    text = re.sub(r"\s+", "", str(value if value is not None else ""))
    try:
        return str(Decimal(text).normalize() + 0) if re.fullmatch(r"-?[\d.]+", text) and "." in text else text
    except ArithmeticError:
        return text


def expected(truth: dict[str, Any]) -> dict[str, str]:
    """The truth of one file by our field names."""
    wanted = {name: squeezed(truth.get(path[0])) for name, path in _PATHS.items()}
    for side in ("seller", "buyer"):
        party = truth[side]
        wanted[side] = squeezed(party["name"] if isinstance(party, dict) else party)
        if isinstance(party, dict):
            wanted[f"{side}_tax_id"] = squeezed(party["tax_id"])
    printed = squeezed(truth.get("remark"))
    wanted["orders"] = "".join(order for order in truth.get("orders", ()) if order in printed)
    return {name: value for name, value in wanted.items() if value}


def line_right(line: InvoiceLine, truth: dict[str, Any]) -> bool:
    """Whether a line says in every column what the truth says."""
    pairs = [(line.name, truth["name"]), (str(line.net), truth["amount"])]
    if "spec" in truth:
        rate = truth["rate"]
        pairs += [(line.spec, truth["spec"]), (line.unit, truth["unit"]), (line.rate_text, rate)]
        pairs += [(str(line.tax), truth["tax"])]
    pairs += [(_text(line.quantity), truth["qty"]), (_text(line.price), truth["price"])]
    return all(_equal(one, other) for one, other in pairs)


def figures_right(line: InvoiceLine, truth: dict[str, Any]) -> bool:
    """Whether quantity, price and amount are those of the truth."""
    pairs = (
        (_text(line.quantity), truth["qty"]),
        (_text(line.price), truth["price"]),
        (str(line.net), truth["amount"]),
    )
    return all(_equal(one, other) for one, other in pairs)


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _equal(one: str, other: object) -> bool:
    try:
        return Decimal(one) == Decimal(str(other))
    except ArithmeticError:
        return squeezed(one) == squeezed(other)


def compare(invoice: Invoice, truth: dict[str, Any], score: Counter[str], shown: list[str]) -> None:
    """Add one file's result to the score; `shown` collects what was wrong."""
    whole = True
    for name, value in expected(truth).items():
        got = squeezed(invoice.text(name))
        right = got == value
        whole &= right
        score[f"{name} right"] += right
        score[f"{name} of"] += 1
        if not right:
            shown.append(f"{invoice.file} {name}: {got!r} instead of {value!r}")
        if not right and invoice.confirmed(name):
            score["WRONG CONFIRMED"] += 1
            shown.append(f"{invoice.file} {name}: WRONG AND CONFIRMED")
    right_lines = [line_right(*pair) for pair in zip(invoice.lines, truth["lines"], strict=False)]
    score["lines right"] += sum(right_lines)
    score["lines of"] += len(truth["lines"])
    for line, ok in zip(invoice.lines, right_lines, strict=False):
        score["WRONG LINE CONFIRMED"] += not ok and bool(line.confirmed_by) and line.witnessed is True
    for line, want in zip(invoice.lines, truth["lines"], strict=False):
        score["WRONG FIGURES CONFIRMED"] += bool(line.confirmed_by) and not figures_right(line, want)
    lines_whole = len(invoice.lines) == len(truth["lines"]) == sum(right_lines)
    score["all fields and lines right"] += whole and lines_whole
    if not lines_whole:
        bad = next((i for i, ok in enumerate(right_lines) if not ok), len(right_lines))
        got_line = invoice.lines[bad] if bad < len(invoice.lines) else None
        want_line = truth["lines"][bad] if bad < len(truth["lines"]) else None
        shown.append(f"{invoice.file} lines {len(invoice.lines)}/{len(truth['lines'])}: {got_line} / {want_line}")
    score["number+date+gross right"] += all(
        squeezed(invoice.text(n)) == expected(truth).get(n, "") for n in ("number", "issued_on", "gross")
    )
    score[f"status {invoice.status}"] += 1


def measure(folder: Path, *, with_xml: bool, show: bool) -> None:
    """Read every file that the folder's truth names and print the score."""
    truths = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    score: Counter[str] = Counter()
    shown: list[str] = []
    start = time.process_time()
    for name, truth in truths.items():
        try:
            invoices = read_invoices(folder / name, with_xml=with_xml)
        except DocumentError as error:
            score["unreadable"] += 1
            shown.append(str(error))
            continue
        compare(invoices[0], truth, score, shown)
    seconds = time.process_time() - start
    print(f"== {folder.name}: {len(truths)} files, {seconds / max(len(truths), 1) * 1000:.0f} ms CPU a file")
    for key, count in sorted(score.items()):
        if not key.endswith(" of"):
            of = score.get(key.replace(" right", " of"), len(truths))
            print(f"   {key:32} {count:5} / {of}")
    if show:
        print("\n".join(shown))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--no-xml", action="store_true")
    parser.add_argument("--show", action="store_true")
    arguments = parser.parse_args()
    for folder in arguments.folders:
        measure(folder, with_xml=not arguments.no_xml, show=arguments.show)


if __name__ == "__main__":
    main()
