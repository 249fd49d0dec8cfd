"""The command line's words for healings, from the list to the line in the file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from nightclerk import cli
from nightclerk.init import create_workspace
from nightclerk.locate.fingerprint import Fingerprint
from nightclerk.locate.healer import Healing, in_words
from nightclerk.locate.healing import decide_healing
from nightclerk.locate.proposals import Proposals, proposal_of
from nightclerk.ports import ActClass, Selector

SEARCH = Fingerprint(role="button", tag="button", name="搜索订单", id="go", path=("form",), control=True)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A new workspace in which a run has found the search button again."""
    root = tmp_path / "home"
    create_workspace(root)
    before = Selector(name="orders.search", ways=({"role": "button", "name": "搜索订单"},))
    told = Healing(
        element="orders.search", before=before, after=before, extra={}, trust=ActClass.EDIT, wanted=SEARCH,
        verdict=decide_healing(SEARCH, [SEARCH], ActClass.EDIT), found=SEARCH,
        change={"orders.search": {"css": "#go"}},
    )  # fmt: skip
    Proposals(root).put(proposal_of(told, app="taobao", run="r1", at="2026-11-20T01:00:00+00:00"))
    return root


def say(home: Path, *words: str) -> str:
    cli.register()
    result = CliRunner().invoke(cli.app, ["healings", *words, "--workspace", str(home)])
    assert result.exit_code == 0, result.output
    return result.output


def test_a_healing_goes_from_the_list_into_the_file(home: Path) -> None:
    """Listed with P and margin, shown with its change, accepted, written; the other lines stay."""
    (listed,) = json.loads(say(home, "list", "--json"))
    assert (listed["element"], listed["state"]) == ("orders.search", "open")
    assert "+  search: {css: '#go'}" in say(home, "show", "orders.search")
    file = home / "selectors" / "taobao" / "orders.yaml"
    before = file.read_text(encoding="utf-8")
    say(home, "accept", "orders.search")
    assert file.read_text(encoding="utf-8") == before
    assert "selectors/taobao/orders.yaml:5" in say(home, "write")
    written = before.replace("search:    {role: button, name: 搜索订单", "search:    {css: '#go'")
    assert file.read_text(encoding="utf-8") == written


def test_a_refused_healing_is_listed_as_refused(home: Path) -> None:
    """The list can be asked for one state."""
    say(home, "refuse", "orders.search")
    (listed,) = json.loads(say(home, "list", "--state", "refused", "--json"))
    assert listed["decided_by"]
    assert json.loads(say(home, "list", "--state", "open", "--json")) == []


def test_what_is_private_is_masked_before_the_words_are_shortened() -> None:
    """A phone number that the fortieth letter would cut in two is not left half readable."""
    said = f"{'请' * 33} 13900017788"
    words = in_words(Fingerprint(role="cell", tag="td", text=said, heading=said))
    assert "139000" not in words
