"""Measure the matcher on a folder with pos.json, receipts.json, invoices.json and truth.json.

python benchmarks/matching.py FOLDER  [--show]
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from pathlib import Path

from nightclerk.documents.match_files import load_invoices, load_orders, load_receipts
from nightclerk.domain.matching import match_all


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--show", action="store_true")
    arguments = parser.parse_args()
    folder: Path = arguments.folder
    invoices = load_invoices(folder / "invoices.json")
    orders, receipts = load_orders(folder / "pos.json"), load_receipts(folder / "receipts.json")
    truth = {entry["invoice"]: entry for entry in json.loads((folder / "truth.json").read_text("utf-8"))}
    start = time.process_time()
    verdicts = match_all(invoices, orders, receipts)
    seconds = time.process_time() - start
    pairs, scenarios, linked, wrong = Counter[str](), Counter[str](), 0, 0
    for verdict in verdicts:
        want = truth[verdict.invoice]
        expected = set(want["pos"]) if want["expect"] in ("match", "exception", "offset") else set()
        given = set(verdict.orders) if verdict.outcome in ("match", "exception", "offset") else set()
        pairs["right"] += len(expected & given)
        pairs["given"] += len(given)
        pairs["expected"] += len(expected)
        accepted = verdict.outcome == "match"
        linked += accepted
        bad = accepted and (want["expect"] != "match" or set(verdict.orders) != expected)
        wrong += bad
        right = verdict.outcome == want["expect"] and (given == expected or not expected)
        scenarios[f"{want['scenario']} {'right' if right else 'other'}"] += 1
        if arguments.show and not right:
            print("WRONG" if bad else "other", want, verdict.outcome, verdict.rule, verdict.orders)
    print(f"{len(invoices)} invoices in {seconds:.2f} s CPU")
    print(f"pairs: precision {pairs['right'] / pairs['given']:.4f}, recall {pairs['right'] / pairs['expected']:.4f}")
    print(f"accepted {linked}, wrong among them {wrong} ({wrong / max(linked, 1):.2%})")
    for name, count in sorted(scenarios.items()):
        print(f"   {name:28} {count}")


if __name__ == "__main__":
    main()
