"""Measure the matcher's CPU and memory as books grow, and against record linkage libraries on the same links.

python benchmarks/match_speed.py [--lines 10000,100000,1000000] [--peers 5000,20000]

Books are written as the JSON that `invoices match` reads, in blocks of their own suppliers; each size runs in a process
of its own, reading included. The libraries get the same books as tables in memory, once a row a document and once, as
ours links them, a row a line; ours gets its records: only the linking is timed, imports and reading are not. A library
that is not installed is left out, and said.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from print_purchases import Maker

BLOCK_ORDERS = 2000
Books = dict[str, list[dict[str, Any]]]
Links = set[tuple[str, str]]
Link = Callable[[], Links]


def books(lines: int, invoices: int, seed: int) -> Books:
    """At least so many order lines and at most so many invoices, evenly taken, in blocks of a hundred suppliers."""
    made: Books = {"pos": [], "receipts": [], "invoices": [], "truth": []}
    count, block = 0, 0
    while count < lines:
        maker = Maker(seed + block)
        maker.make(min(BLOCK_ORDERS, max(1, (lines - count) // 4)), 100)
        for name, entries in zip(made, (maker.orders, maker.receipts, maker.invoices, maker.truth), strict=True):
            made[name] += json.loads(_renumbered(json.dumps(entries, ensure_ascii=False), block))
        count += sum(len(order["lines"]) for order in maker.orders)
        block += 1
    kept = min(invoices, len(made["invoices"]))
    places = [place * len(made["invoices"]) // kept for place in range(kept)]
    for name in ("invoices", "truth"):
        made[name] = [made[name][place] for place in places]
    return made


def _renumbered(text: str, block: int) -> str:
    """The same entries with suppliers, orders and invoices of their own."""
    for mark in ("PO2026", "INV", "GR", "91000000TEST", "样例供应商"):
        text = text.replace(mark, f"{mark}{block:03d}")
    return text


def child(folder: Path) -> None:
    """Match the books of a folder and print (invoices, order lines, CPU seconds, MB)."""
    from nightclerk.documents.match_files import match_files

    verdicts = match_files(folder / "invoices.json", folder / "pos.json", folder / "receipts.json")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"invoices": len(verdicts), "cpu_s": time.process_time(), "peak_mb": peak}))


def growth(lines: list[int], scratch: Path) -> None:
    for wanted in lines:
        folder = scratch / str(wanted)
        folder.mkdir()
        made = books(wanted, max(1, wanted // 10), seed=1)
        for name, entries in made.items():
            (folder / f"{name}.json").write_text(json.dumps(entries, ensure_ascii=False), encoding="utf-8")
        real = sum(len(order["lines"]) for order in made["pos"])
        del made
        told = subprocess.run(
            [sys.executable, __file__, "--child", str(folder)], capture_output=True, text=True, check=True
        )
        found = json.loads(told.stdout)
        rate = found["cpu_s"] / real * 1e6
        print(
            f"{real:>9} order lines, {found['invoices']:>7} invoices: {found['cpu_s']:.1f} CPU s with reading "
            f"({rate:.0f} µs a line), peak {found['peak_mb']:.0f} MB", flush=True,
        )  # fmt: skip


# ------------------------------------------------------------------------------------------------ peers


def rows(entries: list[dict[str, Any]], key: str) -> list[dict[str, Any]]:
    """One row a document: supplier, day, gross before tax, first item, number of lines."""
    return [
        {
            "id": entry[key], "supplier": entry.get("supplier_tax") or entry.get("seller_tax"), "day": entry["date"],
            "net": round(sum(float(line["price"]) * line["qty"] for line in entry["lines"]), 2),
            "item": entry["lines"][0]["name"], "count": len(entry["lines"]),
        }
        for entry in entries
    ]  # fmt: skip


def tables(made: Books) -> tuple[Any, Any]:
    import pandas

    return tuple(pandas.DataFrame(rows(made[name], key)) for name, key in (("invoices", "id"), ("pos", "po")))


def line_tables(made: Books) -> tuple[Any, Any]:
    """One row a line of a document, as ours links them: its goods, quantity and price."""
    import pandas

    def rows_of(entries: list[dict[str, Any]], key: str) -> list[dict[str, Any]]:
        return [
            {
                "id": f"{entry[key]}/{number}", "supplier": entry.get("supplier_tax") or entry.get("seller_tax"),
                "sku": line.get("sku") or "", "item": line["name"], "qty": float(line.get("qty") or 0),
                "price": float(line.get("price") or 0),
            }
            for entry in entries
            for number, line in enumerate(entry["lines"])
        ]  # fmt: skip

    return tuple(pandas.DataFrame(rows_of(made[name], key)) for name, key in (("invoices", "id"), ("pos", "po")))


def documents_of(pairs: Iterable[tuple[str, str]]) -> Links:
    """Links between lines as links between their documents, which is what the truth knows."""
    return {(one.rpartition("/")[0], other.rpartition("/")[0]) for one, other in pairs}


def ours(made: Books, scratch: Path) -> Link:
    from nightclerk.documents.match_files import load_invoices, load_orders, load_receipts
    from nightclerk.domain.matching import match_all

    for name in ("invoices", "pos", "receipts"):
        (scratch / f"{name}.json").write_text(json.dumps(made[name], ensure_ascii=False), encoding="utf-8")
    invoices, orders = load_invoices(scratch / "invoices.json"), load_orders(scratch / "pos.json")
    receipts = load_receipts(scratch / "receipts.json")

    def link() -> Links:
        verdicts = match_all(invoices, orders, receipts)
        return {(one.invoice, order) for one in verdicts for order in one.orders if one.outcome == "match"}

    return link


def by_recordlinkage(made: Books, scratch: Path) -> Link:
    import recordlinkage

    left, right = (table.set_index("id") for table in tables(made))

    def link() -> Links:
        pairs = recordlinkage.Index().block("supplier").index(left, right)
        compare = recordlinkage.Compare()
        compare.numeric("net", "net", scale=1.0, label="net")
        compare.exact("item", "item", label="item")
        compare.exact("count", "count", label="count")
        compare.string("item", "item", method="jarowinkler", label="name")
        scores = compare.compute(pairs, left, right)
        return set(scores[scores.sum(axis=1) > 3.5].index)

    return link


def by_splink(made: Books, scratch: Path) -> Link:
    import splink.comparison_library as cl

    both = tables(made)
    comparisons = [cl.ExactMatch("net"), cl.JaroWinklerAtThresholds("item", [0.9]), cl.ExactMatch("count")]
    return lambda: splinked(both, comparisons)


def splinked(of_both: tuple[Any, Any], comparisons: list[Any]) -> Links:
    """What splink links of two tables with one supplier a block, trained on them as its guide says."""
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    engine = DuckDBAPI()
    settings = SettingsCreator(
        link_type="link_only", blocking_rules_to_generate_predictions=[block_on("supplier")], comparisons=comparisons
    )
    registered = [engine.register(table.rename(columns={"id": "unique_id"})) for table in of_both]
    linker = Linker(registered, settings, log_level=None)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e5)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("supplier"))
    found = linker.inference.predict(threshold_match_probability=0.9).as_pandas_dataframe()
    return set(zip(found["unique_id_l"], found["unique_id_r"], strict=True))


def lines_by_recordlinkage(made: Books, scratch: Path) -> Link:
    import recordlinkage

    left, right = (table.set_index("id") for table in line_tables(made))

    def link() -> Links:
        pairs = recordlinkage.Index().block("supplier").index(left, right)
        compare = recordlinkage.Compare()
        compare.numeric("qty", "qty", scale=1.0, label="qty")
        compare.numeric("price", "price", scale=0.1, label="price")
        compare.string("item", "item", method="jarowinkler", label="item")
        scores = compare.compute(pairs, left, right)
        return documents_of(scores[scores.sum(axis=1) > 2.9].index)

    return link


def lines_by_splink(made: Books, scratch: Path) -> Link:
    import splink.comparison_library as cl

    both = line_tables(made)
    comparisons = [cl.ExactMatch("qty"), cl.ExactMatch("price"), cl.JaroWinklerAtThresholds("item", [0.9])]
    return lambda: documents_of(splinked(both, comparisons))


PEERS: tuple[tuple[str, Callable[[Books, Path], Link]], ...] = (
    ("nightclerk", ours), ("recordlinkage", by_recordlinkage), ("splink", by_splink),
    ("recordlinkage, lines", lines_by_recordlinkage), ("splink, lines", lines_by_splink),
)  # fmt: skip


def peers(lines: int, scratch: Path) -> None:
    """The same books, each way of linking them in one run: CPU seconds of all its threads, precision and recall."""
    from nightclerk.documents.match_files import without_collecting

    made = books(lines, 10**9, seed=7)
    true = {(one["invoice"], order) for one in made["truth"] for order in one["pos"] if one["expect"] == "match"}
    print(f"{sum(len(order['lines']) for order in made['pos'])} order lines, {len(made['invoices'])} invoices")
    spent: dict[str, float] = {}
    for name, prepared in PEERS:
        if name != "nightclerk" and importlib.util.find_spec(name.partition(",")[0]) is None:
            print(f"{name}: not installed, left out")
            continue
        link = prepared(made, scratch)
        with without_collecting():  # as `invoices match` runs; the peers under the same condition
            start = time.process_time()
            found = link()
            spent[name] = time.process_time() - start
        right = len(found & true)
        times = f", {spent[name] / spent['nightclerk']:.1f} times ours" if name != "nightclerk" else ""
        print(
            f"   {name:20} {spent[name]:7.2f} CPU s{times}; links {len(found)}, right {right}, "
            f"precision {right / max(1, len(found)):.3f}, recall {right / len(true):.3f}, "
            f"{spent[name] / max(1, right) * 1e6:.0f} µs a right link", flush=True,
        )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", default="10000,100000,1000000")
    parser.add_argument("--peers", default="5000,20000", help="order lines of each comparison, empty = none")
    parser.add_argument("--child", type=Path)
    arguments = parser.parse_args()
    if arguments.child:
        child(arguments.child)
        return
    with tempfile.TemporaryDirectory() as name:
        for number in filter(None, arguments.peers.split(",")):
            peers(int(number), Path(name))
        growth([int(number) for number in filter(None, arguments.lines.split(","))], Path(name))


if __name__ == "__main__":
    main()
