"""A recording goes on from the middle of a flow: led there without a commit, what is new joins what is there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from nightclerk.record.script import Person
from nightclerk.texts import catalogue
from tests.record.kit import desk, empty_workspace

REST = '''"""The second half of the work."""

ANSWERS = {"commit": 99}


def person(person):
    page = person.page
    person.type(page.get_by_label("金额"), "88.00")
    person.click(page.get_by_role("button", name="保存"))
    person.must_say("#said")
'''


def first_half(p: Person) -> None:
    p.type(p.page.get_by_label("订单号"), "A1001")
    p.type(p.page.get_by_label("付款日期"), "2026-11-20")


@pytest.mark.slow
def test_what_is_recorded_later_joins_the_flow(tmp_path: Path) -> None:
    """Hand-written comments stay, the new value is a new parameter, and the whole flow runs."""
    bench = empty_workspace(tmp_path)
    with desk() as site:
        bench.record(f"{site.url}/form.html", first_half, flow="enter")
        flow = tmp_path / "flows" / "enter.py"
        flow.write_text(
            flow.read_text(encoding="utf-8").replace("    with run.step", "    # by hand\n    with run.step", 1),
            "utf-8",
        )
        (tmp_path / "rest.py").write_text(REST, encoding="utf-8")
        app = next((tmp_path / "flows" / "apps").glob("*.py")).stem
        words = ["record", app, "--continue", "flows/enter.py", "--headless", "--script", "rest.py", "--json"]
        command = [sys.executable, "-m", "nightclerk", *words]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        assert "# by hand" in bench.text("flows/enter.py")
        assert bench.faults() == []
        assert len(site.take()) == 1  # what the person saved while recording
        (ended,) = bench.run("enter")
        assert (ended["state"], ended["counts"].get("done")) == ("done", 1), ended["items"]
        ((_, saved),) = site.take()
        assert (saved["number"], saved["paid_on"], saved["amount"]) == ("A1001", "2026-11-20", "88.00")


def to_the_commit(p: Person) -> None:
    first_half(p)
    p.type(p.page.get_by_label("金额"), "88.00")
    p.commit(p.page.get_by_role("button", name="保存"))


@pytest.mark.slow
def test_a_flow_is_led_up_to_its_commit_only(tmp_path: Path) -> None:
    """The person goes on in the site's own tab, nothing is committed, and is told where the new steps stand."""
    bench = empty_workspace(tmp_path)
    with desk() as site:
        bench.record(f"{site.url}/form.html", to_the_commit, flow="enter")
        site.take()
        script = 'def person(person):\n    person.must_say(person.page.get_by_role("button", name="保存"))\n'
        (tmp_path / "rest.py").write_text(script, encoding="utf-8")
        app = next((tmp_path / "flows" / "apps").glob("*.py")).stem
        done = bench.nightclerk("record", app, "--continue", "flows/enter.py", "--headless", "--script", "rest.py")
        assert done.returncode == 0, done.stderr[-2000:]
        assert site.take() == []
    assert any(text in done.stdout for text in catalogue()["record.before_commit_hint"].values())
    assert bench.faults() == []
