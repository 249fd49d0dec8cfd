"""`nightclerk check`: each kind of fault, planted in a tiny workspace, is told with its place and its remedy."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import Workbook

from nightclerk.check import Report, check_workspace
from nightclerk.texts import language

SELECTORS = r"""orders:
  total: {text: '/(\d+) orders/', reads: int}
  export: {role: button, name: Export}
"""
SHOP = '''"""The shop."""

from nightclerk import WebApp


class Shop(WebApp, selectors="shop"):
    def export(self) -> int:
        self["orders.export"].click()
        return self["orders.total"].read()
'''
FLOW = '''"""Export."""

from datetime import date

from flows.apps.shop import Shop
from nightclerk import Run, flow


@flow("Export")
def export(run: Run, shop: Shop, day: date, limit: int = 10) -> None:
    shop.export()
'''
BOT = """bot: export
flow: flows.export:export
account: shop-night
with:
  day: yesterday
schedule:
  cron: "30 22 * * *"
"""
FILES = {
    "config/apps.yaml": "shop: {url: sandbox}\n",
    "config/accounts.yaml": "shop-night: {app: shop, user: night, secret: shop-night}\n",
    "selectors/shop/orders.yaml": SELECTORS,
    "flows/apps/shop.py": SHOP,
    "flows/export.py": FLOW,
    "bots/export.yaml": BOT,
}


class Workshop:
    """A tiny workspace that is right until a test spoils it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name, text in FILES.items():
            self.write(name, text)

    def write(self, name: str, text: str) -> None:
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def change(self, name: str, old: str, new: str) -> None:
        assert old in FILES[name]
        self.write(name, FILES[name].replace(old, new))

    def report(self) -> Report:
        return check_workspace(self.root)

    def faults(self) -> list[str]:
        return [fault.sentence() for fault in self.report().faults]


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workshop]:
    """A workspace whose `flows` are the only ones that Python can see."""
    others = {name: module for name, module in sys.modules.items() if name.split(".")[0] == "flows"}
    for name in others:
        del sys.modules[name]
    monkeypatch.setattr(sys, "path", [path for path in sys.path if not (Path(path) / "flows").is_dir()])
    with language("en"):
        yield Workshop(tmp_path)
    for name in [name for name in sys.modules if name.split(".")[0] == "flows"]:
        del sys.modules[name]
    sys.modules.update(others)


def test_a_sound_workspace_has_no_faults(workshop: Workshop) -> None:
    """Bots, flows, apps, selectors and accounts that fit together are passed, with a count."""
    report = workshop.report()
    assert (report.faults, report.warnings) == ((), ())
    assert list(report.sentences()) == ["All fits together: 1 bots, 2 elements, 0 warnings."]


@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        pytest.param(
            "flows/apps/shop.py", "orders.export", "orders.exprot",
            "flows/apps/shop.py:8: the selectors of shop have no element orders.exprot. "
            "Did you mean 'orders.export'?",
            id="element",
        ),
        pytest.param(
            "flows/export.py", "shop.export()", 'shop["orders.totl"].read()',
            "flows/export.py:11: the selectors of shop have no element orders.totl. Did you mean 'orders.total'?",
            id="element in a flow",
        ),
        pytest.param(
            "bots/export.yaml", "export:export", "export:exprt",
            "bots/export.yaml:2: there is no function flows.export:exprt marked with @flow. "
            "Did you mean 'flows.export:export'?",
            id="flow",
        ),
        pytest.param(
            "bots/export.yaml", "day: yesterday", "dya: yesterday",
            "bots/export.yaml:5: the flow flows.export:export takes no parameter dya. Did you mean 'day'?",
            id="parameter",
        ),
        pytest.param(
            "bots/export.yaml", "day: yesterday", "limit: 5",
            "bots/export.yaml:4: the flow flows.export:export needs the parameter day (date). "
            "Add a line day: … under with:, or give it a default in the flow",
            id="missing parameter",
        ),
        pytest.param(
            "bots/export.yaml", "day: yesterday", "day: someday",
            "bots/export.yaml:5: the parameter day must be date, not 'someday'. Mend this line",
            id="type of a parameter",
        ),
        pytest.param(
            "bots/export.yaml", "30 22 * * *", "30 25 * * *",
            "bots/export.yaml:7: the schedule's cron cannot be understood: 30 25 * * *",
            id="cron",
        ),
        pytest.param(
            "bots/export.yaml", "cron:", "corn:",
            "bots/export.yaml:7: a schedule has no key corn. Did you mean 'cron'?",
            id="schedule key",
        ),
        pytest.param(
            "bots/export.yaml", "schedule:", "needs: desk\nschedule:",
            "bots/export.yaml:6: no worker offers desk (needs). Did you mean 'desktop'?",
            id="needs",
        ),
        pytest.param(
            "bots/export.yaml", "account: shop-night", "account: shop-nigth",
            "bots/export.yaml:3: a known account, not 'shop-nigth'. Did you mean 'shop-night'?",
            id="account",
        ),
        pytest.param(
            "bots/export.yaml", "schedule:", "apps: {shop: flows.apps.shop:Shopp}\nschedule:",
            "bots/export.yaml:6: there is no app class flows.apps.shop:Shopp under flows/. Did you mean 'Shop'?",
            id="app class",
        ),
        pytest.param(
            "config/accounts.yaml", "app: shop", "app: shpo",
            "config/accounts.yaml:1: config/apps.yaml has no app shpo. Did you mean 'shop'?",
            id="account of an unknown app",
        ),
        pytest.param(
            "config/apps.yaml", "shop:", "store:",
            "bots/export.yaml:2: the flow flows.export:export works on shop, which config/apps.yaml does not know. "
            "Add a line shop: {url: …} or {command: …} to config/apps.yaml",
            id="app without settings",
        ),
        pytest.param(
            "flows/export.py", "def export(", "def export((",
            "flows/export.py:10: expected Python that parses (",
            id="syntax",
        ),
        pytest.param(
            "flows/export.py", "from nightclerk import Run, flow", "from nightclerk import Run, flow, flaw",
            "flows/export.py:6: the flow breaks when it is imported (ImportError: cannot import name 'flaw'",
            id="import",
        ),
        pytest.param(
            "selectors/shop/orders.yaml", "role: button", "rolle: button",
            "selectors/shop/orders.yaml:3: ",
            id="selector key",
        ),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_place_and_remedy(
    workshop: Workshop, file: str, old: str, new: str, sentence: str
) -> None:
    """What is wrong is said as file:line, what was expected, and the nearest name or the remedy."""
    workshop.change(file, old, new)
    faults = workshop.faults()
    assert any(fault.startswith(sentence) for fault in faults), faults


def test_all_faults_are_told_at_once(workshop: Workshop) -> None:
    """A person mends a whole list instead of running the check once a fault."""
    workshop.change("flows/apps/shop.py", "orders.export", "orders.exprot")
    workshop.change("bots/export.yaml", "30 22 * * *", "never")
    workshop.write("config/matching.yaml", "tolerance: [1")
    places = [fault.where for fault in workshop.report().faults]
    assert places == ["bots/export.yaml:7", "config/matching.yaml:1", "flows/apps/shop.py:8"]


def test_a_ring_of_bots_is_told_once(workshop: Workshop) -> None:
    """Bots that wait for each other would never start."""
    for name, after in (("a", "b"), ("b", "c"), ("c", "a")):
        workshop.write(f"bots/{name}.yaml", BOT.replace("bot: export", f"bot: {name}\nafter: {after}"))
    assert workshop.faults() == [
        "bots/a.yaml:2: these bots wait for each other and would never start: a → b → c → a. Take one after away"
    ]


def test_an_element_that_nothing_uses_is_a_warning(workshop: Workshop) -> None:
    """Often half of a renaming; it stops no run."""
    workshop.write("selectors/shop/orders.yaml", SELECTORS + "  old: {css: .old}\n")
    report = workshop.report()
    assert report.ok
    assert report.warnings[0].sentence() == (
        "selectors/shop/orders.yaml:4: nothing uses the element orders.old of shop. "
        "Perhaps half of a renaming; delete it if it is not needed"
    )


@pytest.mark.parametrize(
    ("code", "sentences"),
    [
        ('self["orders.row"].of(order="1").click()', []),
        ('self["orders.row_ship"].of(order="1").click()', []),
        ('self["orders.row"].of(**{"order": "1"}).click()', []),
        ('self["orders.export"].of(for_the_journal="1").click()', []),
        (
            'self["orders.row"].of(ordr="1").click()',
            [
                "flows/apps/shop.py:8: the placeholder order of orders.row is given no value (only ordr). "
                "Write .of(order=…)",
            ],
        ),
    ],
)
def test_values_are_checked_against_placeholders(workshop: Workshop, code: str, sentences: list[str]) -> None:
    """`.of(order=…)` must name what the selector, or what it lies within, leaves open."""
    rows = "  row: {css: 'tr[data-order=\"{order}\"]'}\n  row_ship: {role: button, name: Ship, within: orders.row}\n"
    workshop.write("selectors/shop/orders.yaml", SELECTORS + rows)
    workshop.change("flows/apps/shop.py", 'self["orders.export"].click()', code)
    assert workshop.faults() == sentences


def test_a_private_element_needs_no_user(workshop: Workshop) -> None:
    """It is there to be masked in pictures."""
    workshop.write("selectors/shop/orders.yaml", SELECTORS + "  phone: {css: .phone, private: true}\n")
    assert workshop.report().warnings == ()


def test_names_put_together_at_run_time_count_as_used(workshop: Workshop) -> None:
    """`self[f"orders.{field}"]` uses every element of the screen, as far as anybody can know."""
    workshop.change("flows/apps/shop.py", '"orders.total"', 'f"orders.{1}"')
    workshop.write("selectors/shop/orders.yaml", SELECTORS + "  old: {css: .old}\n")
    assert workshop.report().warnings == ()


def test_an_element_of_a_base_class_must_stand_in_every_app_made_of_it(workshop: Workshop) -> None:
    """What two shops share is checked against the selectors of both."""
    base = SHOP.replace('Shop(WebApp, selectors="shop")', "Center(WebApp)")
    workshop.write("flows/apps/shop.py", f'{base}\n\nclass Shop(Center, selectors="shop"): ...\n')
    workshop.write("selectors/shop/orders.yaml", "orders:\n  total: {css: .total}\n")
    assert workshop.faults() == [
        "flows/apps/shop.py:8: the selectors of shop have no element orders.export. Did you mean 'orders.total'?"
    ]


def test_an_account_for_another_app_is_told(workshop: Workshop) -> None:
    """A bot that is given a login that its flow never uses has the wrong account or the wrong flow."""
    workshop.write("config/apps.yaml", "shop: {url: sandbox}\nerp: {command: sandbox}\n")
    workshop.change("config/accounts.yaml", "app: shop", "app: erp")
    assert workshop.faults() == [
        "bots/export.yaml:3: the account shop-night logs in to erp, which the flow flows.export:export does not use. "
        "The flow uses: shop"
    ]


def test_a_module_in_selectors_is_told(workshop: Workshop) -> None:
    """It would shadow the standard library and break asyncio in a way that nobody can guess."""
    workshop.write("selectors/__init__.py", "")
    assert workshop.faults()[0].startswith("selectors/__init__.py:1: selectors/ holds data only")


def test_a_flow_that_no_bot_runs_must_import_too(workshop: Workshop) -> None:
    """A half-finished flow is found before somebody writes a bot for it."""
    workshop.write("flows/idle.py", FLOW.replace("flows.apps.shop", "flows.apps.shpo"))
    assert workshop.faults() == [
        "flows/idle.py:10: a module 'flows.idle'. Python says: No module named 'flows.apps.shpo'"
    ]


def test_a_mapping_table_without_a_column_is_told_by_its_cell(workshop: Workshop) -> None:
    """The Excel files that staff edit are read by the code that will use them."""
    file = workshop.root / "config/mapping/skus.xlsx"
    file.parent.mkdir(parents=True)
    book = Workbook()
    book.active.append(["nothing", "known"])
    book.save(file)
    faults = workshop.faults()
    assert any(fault.startswith("config/mapping/skus.xlsx") for fault in faults), faults
    assert any("config/mapping/carriers.xlsx: expected a file that is there" in fault for fault in faults), faults


def test_a_layout_with_a_wrong_key_is_told(workshop: Workshop) -> None:
    """File layouts are read by the code that will use them."""
    workshop.write("config/layouts/orders.yaml", "columns:\n  number: {haeder: No}\n")
    assert "unknown key `haeder`; the nearest is `header`" in workshop.faults()[0]


def test_the_report_can_be_read_by_a_script(workshop: Workshop) -> None:
    """`--json` has the same facts as the sentences."""
    workshop.change("bots/export.yaml", "cron:", "corn:")
    assert workshop.report().as_json() == {
        "ok": False,
        "faults": [
            {
                "where": "bots/export.yaml:7",
                "expected": "a schedule has no key corn",
                "remedy": "Did you mean 'cron'?",
            }
        ],
        "warnings": [],
    }


def test_channels_and_days_that_make_no_sense_are_told_with_their_line(workshop: Workshop) -> None:
    """A kind of message that does not exist, a channel without an address, a day that no month has."""
    workshop.write("config/messages.yaml", "channels:\n  ops: {secret: s, tell: [bot_faild]}\n  bad: 7\n")
    workshop.write("config/calendars.yaml", "country: CN\nholidays: [2027-02-31]\n")
    told = "\n".join(workshop.faults())
    assert "config/messages.yaml:2: a kind of message, not 'bot_faild'. Did you mean 'bot_failed'?" in told
    assert "config/messages.yaml:3: either secret: or url:" in told
    assert "config/calendars.yaml:1: valid YAML (day is out of range for month)." in told
