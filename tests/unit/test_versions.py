"""Which flows a machine has, and where it films what it took over from another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from nightclerk.child import film_name
from nightclerk.domain.items import RunRecord
from nightclerk.work.versions import flows_version
from nightclerk.workspace import Bot, Workspace, load_workspace


@pytest.fixture
def home(tmp_path: Path) -> Workspace:
    (tmp_path / "flows" / "apps").mkdir(parents=True)
    (tmp_path / "flows" / "keys.py").write_text("one = 1\n", encoding="utf-8")
    (tmp_path / "flows" / "apps" / "erp.py").write_text("two = 2\n", encoding="utf-8")
    bot = Bot(name="keys", titles={}, flow="flows.keys:key", parameters={"n": 1}, schedule={"every": "20m"})
    return Workspace(root=tmp_path, bots={"keys": bot})


def changed(home: Workspace, **facts: object) -> Workspace:
    return replace(home, bots={"keys": replace(home.bots["keys"], **facts)})  # type: ignore[arg-type]


def test_a_change_of_what_is_done_is_another_version(home: Workspace) -> None:
    """A flow, an app, a bot's account or what it is given: each makes other flows of them."""
    before = flows_version(home)
    assert flows_version(changed(home, parameters={"n": 2})) != before
    assert flows_version(changed(home, accounts=("night",))) != before
    (home.root / "flows" / "apps" / "erp.py").write_text("two = 3\n", encoding="utf-8")
    assert flows_version(home) != before


def test_what_changes_nothing_of_a_run_is_no_version(home: Workspace) -> None:
    """A schedule, a title, selectors and the line endings of another system leave it as it is."""
    before = flows_version(home)
    (home.root / "flows" / "keys.py").write_bytes(b"one = 1\r\n")
    (home.root / "selectors").mkdir()
    (home.root / "selectors" / "a.yaml").write_text("x: {}\n", encoding="utf-8")
    assert flows_version(changed(home, schedule={}, titles={"en": "Keys"}, timeout_s=1.0)) == before


def test_a_film_goes_on_only_where_it_was_begun(home: Workspace) -> None:
    """The machine that has the film's salt goes on with it; another begins the next part."""
    run = RunRecord(run="r1", bot="keys", flow="f")
    assert film_name(home, run) == "r1"
    assert film_name(home, replace(run, film="r1")) == "r1+2"
    assert film_name(home, replace(run, film="r1+2")) == "r1+3"
    (home.data / "salts").mkdir(parents=True)
    (home.data / "salts" / "r1+2.salt").write_bytes(b"salt")
    assert film_name(home, replace(run, film="r1+2")) == "r1+2"


def test_parallel_must_be_whole_numbers(tmp_path: Path) -> None:
    """A slip in the settings is a fault with its line, and no traceback."""
    for name in ("bots", "flows", "config"):
        (tmp_path / name).mkdir()
    (tmp_path / "config" / "settings.yaml").write_text("language: en\nparallel: {web: three}\n", encoding="utf-8")
    (fault,) = load_workspace(tmp_path).faults
    assert fault.sentence() == ("config/settings.yaml:2: parallel: {web: 3}, not {'web': 'three'}. Mend parallel:")
