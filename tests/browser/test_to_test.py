"""A failed act on a page becomes a test: the page is kept still and masked, and the test replays it offline."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from nightclerk.element import Element
from nightclerk.errors import ElementNotFound, WorkspaceError
from nightclerk.evidence import open_film
from nightclerk.evidence.replay import load_run
from nightclerk.evidence.to_test import failed_act, write_test
from nightclerk.evidence.verify import verify
from nightclerk.gate import CommitGate
from nightclerk.locate.files import selector_set
from nightclerk.ports import AppSettings
from nightclerk.screens import Session
from nightclerk.web import open_web
from nightclerk.web.replayed import replay

PAGE = """<!doctype html><html><head><meta charset="utf-8"><title>买家 13800001234</title>
<script>window.ran = true</script><style>.gone { display: none }</style></head><body>
<h1>订单列表</h1><p>电话 <span>138</span><span>0000</span><span>1234</span></p><p class="buyer">王小云</p>
<label>备注 <input value="typed-secret-77"></label><img src="http://127.0.0.1:9/x.png" alt="图">
<button onclick="window.ran = true">确认发货</button><button class="gone">导出订单</button>
<p>单号 372811000729180042，金额 86.00</p></body></html>"""
SELECTORS = """orders:
  ship: {role: button, name: 发货确认}
  buyer: {css: '.buyer', private: true}
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose run failed to find a renamed button; the run's evidence lies in logs/run-1."""
    home = tmp_path_factory.mktemp("home")
    for folder in ("bots", "flows", "selectors/shop"):
        (home / folder).mkdir(parents=True)
    (home / "selectors/shop/orders.yaml").write_text(SELECTORS, encoding="utf-8")
    (home / "page.html").write_text(PAGE, encoding="utf-8")
    _run(home)
    return home


def _run(home: Path) -> None:
    from nightclerk.clocks import SystemClock

    clock = SystemClock()
    selectors = selector_set("shop", workspace=home, starter=None)
    film = open_film(logs=home / "logs", data=home / "data", run="run-1", clock=clock)
    film.begin({"bot": "ship"})
    settings = AppSettings(name="shop", timeout_s=0.4)
    surface = open_web(
        selectors=selectors, settings=settings, profile=home / "profile", downloads=home / "files", clock=clock
    )
    session = Session(
        surface=surface, film=film, gate=CommitGate(), clock=clock, account=None, vault=SimpleNamespace(),  # type: ignore[arg-type]
        settings=settings, files=home / "files",
    )  # fmt: skip
    film.step("Ship the order")
    surface.goto((home / "page.html").as_uri(), timeout_s=15)
    with pytest.raises(ElementNotFound):
        Element(session, selectors.elements["orders.ship"]).of(order="A-1").click()
    film.step_end("failed", frame=None, reason="not found")
    film.step("Another")
    film.step_end("ok", frame=None)
    film.end("failed", {})
    surface.close()


def _page(home: Path) -> str:
    return next((home / "logs/run-1/files").glob("*page-shop-1.html")).read_text(encoding="utf-8")


def test_the_kept_page_is_still_and_masked(home: Path) -> None:
    """No script, address, typed value, phone (not even one over three nodes) or private name; order and amount stay."""
    page = _page(home)
    gone = ["<script", "onclick", "http:", "typed-secret-77", ">138<", "1234</", "王小云", "window.ran"]
    assert [text for text in gone if text in page] == []
    assert [text for text in ("372811000729180042", "86.00", "确认发货", "订单列表") if text not in page] == []
    assert verify(home / "logs").ok


def test_a_failed_step_becomes_a_test_that_passes_as_it_is(home: Path, tmp_path: Path) -> None:
    """The written pytest replays what the run saw; the test with today's selectors is expected to fail, and does."""
    shutil.copytree(home, tmp_path / "home")
    out = tmp_path / "home/tests/evidence"
    test, case = write_test(
        failed_act(load_run(home / "logs/run-1"), "Ship the order"), selectors=home / "selectors/shop", out=out
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(test)]
    done = subprocess.run(command, cwd=tmp_path / "home", capture_output=True, text=True, timeout=120)
    assert "1 passed, 1 xfailed" in done.stdout, done.stdout + done.stderr
    assert "<script" not in (case / "page.html").read_text(encoding="utf-8")


def test_mended_selectors_are_found_on_the_same_page(home: Path, tmp_path: Path) -> None:
    """Another workspace's selectors can be tried on the kept page; hidden things stay hidden there."""
    act = failed_act(load_run(home / "logs/run-1"), "1")
    _, case = write_test(act, selectors=home / "selectors/shop", out=tmp_path)
    mended = tmp_path / "mended/selectors/shop"
    mended.mkdir(parents=True)
    (mended / "orders.yaml").write_text(SELECTORS.replace("发货确认", "确认发货"), encoding="utf-8")
    assert replay(case).outcome == "ElementNotFound"
    assert replay(case, workspace=tmp_path / "mended").outcome == "found"
    (mended / "orders.yaml").write_text(SELECTORS.replace("发货确认", "导出订单"), encoding="utf-8")
    assert replay(case, workspace=tmp_path / "mended").outcome == "ElementNotFound"


@pytest.mark.parametrize(("step", "said"), [("Nowhere", "1 Ship the order"), ("Another", "Another")])
def test_a_step_that_gives_no_test_says_why(home: Path, step: str, said: str) -> None:
    """An unknown step names those that failed; a step without a failed act says so."""
    with pytest.raises(WorkspaceError, match=said):
        failed_act(load_run(home / "logs/run-1"), step)


def test_nothing_is_overwritten(home: Path, tmp_path: Path) -> None:
    """A case that somebody has worked on is not lost by asking again."""
    act = failed_act(load_run(home / "logs/run-1"), "1")
    write_test(act, selectors=home / "selectors/shop", out=tmp_path)
    with pytest.raises(WorkspaceError, match="--out"):
        write_test(act, selectors=home / "selectors/shop", out=tmp_path)


def test_a_hostile_label_cannot_become_code(home: Path, tmp_path: Path) -> None:
    """Quotes and line feeds in what a journal says end no string of the written test."""
    from dataclasses import replace

    act: Any = replace(failed_act(load_run(home / "logs/run-1"), "1"), verb='x"""\nimport os', run='r"1')
    test, _ = write_test(act, selectors=home / "selectors/shop", out=tmp_path)
    compile(test.read_text(encoding="utf-8"), str(test), "exec")
    assert '"""\nimport os' not in test.read_text(encoding="utf-8")
