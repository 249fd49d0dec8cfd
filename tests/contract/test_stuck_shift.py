"""A bot that hangs in its browser during a shift: ended in time, its last picture told, all it held is free again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from nightclerk.domain.items import Outcome, RunState, State
from nightclerk.evidence.replay import follow, picture_path
from tests.contract.service_kit import Service

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]
SELECTORS = "page:\n  title: {css: h1, reads: str}\n  go: {role: button, name: 继续}\n"
PAGE = "<!doctype html><meta charset=utf-8><h1>订单</h1><button onclick='LOOP'>继续</button>"
HANGS = PAGE.replace("LOOP", "setTimeout(() => { for (;;); }, 0)")


@pytest.fixture
def service(tmp_path: Path, site: Any) -> Iterator[Service]:
    made = Service(tmp_path, flow="stuck_flow:read_twice", queue="sold")
    bot = tmp_path / "bots" / "b.yaml"
    bot.write_text(bot.read_text().replace("needs: files", "needs: web\naccount: night\nattempts: 3\ntimeout: 100s"))
    (tmp_path / "selectors" / "shop").mkdir(parents=True)
    (tmp_path / "selectors" / "shop" / "page.yaml").write_text(SELECTORS, encoding="utf-8")
    (tmp_path / "config" / "apps.yaml").write_text(f"shop: {{url: '{site}', timeout: 300s}}\n", encoding="utf-8")
    (tmp_path / "config" / "accounts.yaml").write_text("night: {app: shop, user: n}\n", encoding="utf-8")
    made.store.put("sold", "a", {"key": "a"})
    yield made
    made.end()


def test_a_hung_browser_is_ended_by_the_shift_and_the_next_run_goes_on(service: Service, site: Any) -> None:
    """The slot says that its time was up and which picture is the last; login and item are free; no browser is left;
    the next slot does the item."""
    site.written["/stuck"] = HANGS
    process = service.start()
    service.tell()
    service.wait(lambda: [slot.outcome for slot in service.store.slots()] == [Outcome.RAN])
    [slot], [run] = service.store.slots(), service.store.runs()
    assert (run.state, slot.why) == (RunState.FAILED, f"failed: {run.reason}")
    assert run.reason.startswith(
        "ended after its 100 s were up. A browser that hangs can be neither pictured nor masked"
    )
    assert run.reason.endswith("at “Open the page”.")
    film = service.root / "logs" / run.run
    [stuck] = [e.facts["facts"] for e in follow(film, 0) if e.facts.get("what") == "stuck"]
    assert picture_path(film, stuck["picture"]).is_file()
    assert service.states() == {"a": State.NEW}
    assert not [child for child in psutil.Process(process.pid).children(recursive=True) if "chrom" in child.name()]
    site.written["/stuck"] = PAGE.replace("LOOP", "")
    service.tell("tomorrow")
    service.wait(lambda: service.states() == {"a": State.DONE})
    service.wait(lambda: [slot.outcome for slot in service.store.slots()] == [Outcome.RAN, Outcome.RAN])
