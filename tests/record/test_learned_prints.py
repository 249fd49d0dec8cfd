"""Fingerprints without a run: looking at a page with hand-written selectors is enough."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nightclerk.locate.prints import load_prints
from tests.record.kit import desk, empty_workspace


@pytest.mark.slow
def test_looking_at_a_page_learns_what_its_own_ways_hit(tmp_path: Path) -> None:
    """`selectors test --learn` keeps a fingerprint of each element that is found, and of no other."""
    bench = empty_workspace(tmp_path)
    (tmp_path / "selectors" / "shop").mkdir()
    text = "order:\n  number: {label: 订单号}\n  save: {role: button, name: 保存}\n  gone: {css: '#nowhere'}\n"
    (tmp_path / "selectors" / "shop" / "order.yaml").write_text(text, encoding="utf-8")
    with desk() as site:
        (tmp_path / "config" / "apps.yaml").write_text(f"shop: {{url: {site.url}}}\n", encoding="utf-8")
        done = bench.nightclerk("selectors", "test", "shop", "--url", f"{site.url}/form.html", "--learn", "--json")
    states = {one["element"]: one["state"] for one in json.loads(done.stdout)}
    assert (states["order.number"], states["order.save"]) == ("found", "found"), done.stderr
    prints = load_prints("shop", workspace=tmp_path)
    assert sorted(prints) == ["order.number", "order.save"]
    assert prints["order.number"].field_name == "number"
