"""Gather cases from real old and new versions of the same page, in the form that measure.py reads.

`python benchmarks/locating/pairs.py KITS OUT.jsonl --kits unseen` — an element's truth is the trait by which it is
unique in both versions: its link, its id or its field name. `--hide label` takes that trait away from what the engine
sees, `--hide all` all three of them (much harsher than life: most pages keep one), `--hide nothing` leaves them.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from gather import browser_context, load, served
from kits import SETS, Kit, pages
from playwright.sync_api import Page

from nightclerk.locate.fingerprint import learned
from nightclerk.web.scripts import script

GATHER = f"() => {{ const api = ({script('fingerprint')})(); api.gather(); return api.nodes.map((e) => api.of(e)); }}"
Raw = dict[str, Any]
LABELS = ("field_name", "id", "href", "test_id")


def label_of(raw: Mapping[str, Any]) -> tuple[str, str]:
    """The trait that tells an element from all others whatever it looks like, and its value."""
    for trait in ("field_name", "id"):
        if raw.get(trait):
            return trait, str(raw[trait])
    file = str(raw.get("href", "")).split("?")[0].rstrip("/").rsplit("/", 1)[-1]
    return ("href", file) if file else ("", "")


def blind(raw: Raw, hidden: tuple[str, ...]) -> Raw:
    """What is left when labelling traits are taken away, those of the neighbours and the counts as well."""
    left = {k: v for k, v in raw.items() if k not in hidden}
    left["counts"] = {k: v for k, v in raw.get("counts", {}).items() if k not in hidden}
    if "id" in hidden:
        left["path"] = [step.split("#")[0] for step in raw.get("path", [])]
    return left


def pair_cases(old: list[Raw], new: list[Raw]) -> Iterator[tuple[str, Raw, int]]:
    """(labelling trait, element, its place in `new`) of every element that is labelled uniquely on both sides."""
    olds, news = Counter(map(label_of, old)), Counter(map(label_of, new))
    for raw in old:
        label = label_of(raw)
        if label[0] and not raw.get("hidden") and olds[label] == 1 and news[label] == 1:
            yield label[0], raw, next(n for n, other in enumerate(new) if label_of(other) == label)


def seen_on(page: Page, url: str) -> list[Raw]:
    load(page, url)
    found: list[Raw] = page.evaluate(GATHER)
    for raw in found:  # a site's address does not change with its version, as the folders of a package do
        if "href" in raw:
            raw["href"] = re.sub(r"^/[^/]+/package", "", str(raw["href"]))
    return found


def gather_pairs(kit: Kit, root: Path, address: str, page: Page, most: int, hide: str) -> Iterator[dict[str, Any]]:
    """The cases of every page that both versions of a kit have under the same path."""
    before, after = kit.versions[:2]
    base = kit.folder(root, after) / "package"
    for path in pages(kit, before, root, most=most):
        twin = base / path.relative_to(kit.folder(root, before) / "package")
        if not twin.is_file():
            continue
        old, new = (seen_on(page, f"{address}/{one.relative_to(root).as_posix()}") for one in (path, twin))
        for trait, cases in by_trait(old, new).items():
            traits = {"all": LABELS, "label": (trait,), "nothing": ()}[hide]
            yield from told({"kit": f"{kit.name} {before} {after}", "page": path.name}, cases, new, traits)


def by_trait(old: list[Raw], new: list[Raw]) -> dict[str, list[tuple[Raw, int]]]:
    """The cases of a pair of pages by the trait that labels them."""
    found: dict[str, list[tuple[Raw, int]]] = {}
    for trait, raw, truth in pair_cases(old, new):
        found.setdefault(trait, []).append((raw, truth))
    return found


def told(
    where: Mapping[str, str], cases: list[tuple[Raw, int]], new: list[Raw], traits: tuple[str, ...]
) -> Iterator[dict[str, Any]]:
    """Two lines: every element where it is now, and the same page without it."""
    wanted = [learned(blind(raw, traits)).to_mapping() for raw, _ in cases]
    common = {**where, "elements": [blind(raw, traits) for raw in new], "ms": 0, "wanted": wanted}
    everyone = list(range(len(new)))
    there = [{"candidates": everyone, "truth": truth, "there": True} for _, truth in cases]
    gone = [{"candidates": [n for n in everyone if n != truth], "truth": -1, "there": False} for _, truth in cases]
    yield {**common, "scenario": "upgrade", "answers": there}
    yield {**common, "scenario": "upgrade_gone", "answers": gone}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--kits", choices=tuple(SETS), default="training")
    parser.add_argument("--pages", type=int, default=6)
    parser.add_argument("--hide", choices=("all", "label", "nothing"), default="label")
    asked = parser.parse_args()
    kits = [kit for kit in SETS[asked.kits] if len(kit.versions) > 1]
    with served(asked.root) as address, browser_context() as context, asked.out.open("w", encoding="utf-8") as file:
        page = context.new_page()
        for kit in kits:
            for case in gather_pairs(kit, asked.root, address, page, asked.pages, asked.hide):
                file.write(json.dumps(case, ensure_ascii=False) + "\n")
                print(case["kit"], case["page"], case["scenario"], len(case["answers"]))


if __name__ == "__main__":
    main()
