"""What a recording writes: selector files that keep what was there, pages without data, flows that are joined."""

from __future__ import annotations

import ast
from pathlib import Path

from ruamel.yaml import YAML

from nightclerk.ports import Selector, SelectorSet
from nightclerk.record.joining import joined_flow
from nightclerk.record.pages import Writer, digest, joined_marks
from nightclerk.record.plan import Block, Plan
from nightclerk.record.steps import Dialog
from nightclerk.record.values import Typed, Values
from nightclerk.record.yaml_text import merged_selectors, message_pattern, popup_lines, scalar, selector_file

SAVE = Selector(name="orders.save", ways=({"role": "button", "name": "保存"}, {"css": "#save"}), commits=True)
OLD = """# 手写的说明 / written by hand
orders:
  search: {role: button, name: 查询}   # 留着 / keep

login:
  user: {label: 账号}
"""


def test_new_elements_join_their_screen_and_nothing_else_changes() -> None:
    """Comments and alignment stay; every old line is still there."""
    text = merged_selectors(OLD, [SAVE, Selector(name="ship.ok", ways=({"text": "确定"},))])
    assert [line for line in OLD.splitlines() if line not in text.splitlines()] == []
    plain = YAML(typ="safe").load(text)
    assert plain["orders"]["save"] == {"role": "button", "name": "保存", "commits": True, "fallback": ["#save"]}
    assert plain["ship"] == {"ok": {"text": "确定"}}
    assert text.index("save:") < text.index("login:")


def test_a_new_file_reads_like_a_hand_written_one() -> None:
    """One line an element, names in a column."""
    text = selector_file("订单", [SAVE, Selector(name="orders.day", ways=({"label": "日期"},), frame="orders.box")])
    assert text.splitlines()[1:] == [
        "orders:",
        "  save: {role: button, name: 保存, commits: true, fallback: ['#save']}",
        "  day:  {label: 日期, frame: orders.box}",
    ]


def test_scalars_are_quoted_only_where_yaml_would_misread_them() -> None:
    """Days, numbers and yes/no would become something else."""
    assert [scalar(text) for text in ("保存", "30m", "2026-11-20", "12", "yes", "a: b", "#x")] == [
        "保存", "30m", "'2026-11-20'", "'12'", "'yes'", "'a: b'", "'#x'",
    ]  # fmt: skip


def test_a_box_of_the_browser_is_known_from_now_on() -> None:
    """Its figures may be others tomorrow; a prompt keeps its answer."""
    asked = [
        Dialog(kind="confirm", message="删除 1002 吗？", accepted=True),
        Dialog(kind="prompt", message="新名", accepted=True, typed="甲"),
    ]
    assert popup_lines("enter", asked, []) == [
        "popups:",
        "  enter_confirm_1: {marker: {dialog: '/删除\\s+\\d+\\s+吗？/'}, close: {answer: accept}}",
        "  enter_prompt_2: {marker: {dialog: 新名}, close: {answer: 甲}}",
    ]
    assert message_pattern("删除 S-1 吗", ["S-1"]) == "/删除\\s+.+\\s+吗/"


def test_kept_pages_hold_nobodys_data() -> None:
    """Phones and what a person typed are blotted out, scripts cannot be there at all."""
    tree = {"t": "html", "a": {}, "c": [{"t": "p", "a": {"title": "13800001234"}, "c": ["电话 13800001234，样例甲"]}]}
    page = Writer(hidden=("样例甲",)).page(tree)
    assert "13800001234" not in page
    assert "样例甲" not in page
    assert "电话 ×××××××××××，×××" in page


def test_shadow_roots_and_frames_come_back() -> None:
    """A shadow root becomes a declared one, a frame's page its srcdoc."""
    inner = {"t": "html", "a": {}, "c": [{"t": "b", "a": {}, "c": ["内"]}]}
    tree = {"t": "html", "a": {}, "c": [{"t": "x-card", "a": {}, "s": ["影"]}, {"t": "iframe", "a": {}, "f": inner}]}
    page = Writer().page(tree)
    assert '<x-card><template shadowrootmode="open">影</template></x-card>' in page
    assert 'srcdoc="&lt;!doctype html&gt;' in page


def test_equal_pages_are_kept_once_with_the_marks_of_both() -> None:
    """Two fields of one form were recorded from the same page."""
    one = {"t": "form", "a": {}, "c": [{"t": "input", "a": {}, "m": ["step1"]}, {"t": "input", "a": {}}]}
    two = {"t": "form", "a": {}, "c": [{"t": "input", "a": {}}, {"t": "input", "a": {}, "m": ["step2"]}]}
    assert digest(one) == digest(two)
    both = joined_marks(one, two)
    assert [node.get("m") for node in both["c"]] == [["step1"], ["step2"]]


FLOW = '''"""A flow."""

from nightclerk import Run, flow
from flows.apps.shop import Shop


@flow("Show")
def show(run: Run, shop: Shop, number: str) -> None:
    """Show one."""
    with run.step("Open"):
        shop.open_orders()  # by hand

    with run.step("Read"):
        shop.read()
'''


def test_recorded_steps_go_behind_the_step_that_was_named() -> None:
    """The rest of the module stays, a new parameter comes last."""
    values = Values(known={"2026": Typed(source="parameter", name="year", shown="2026")})
    plan = Plan(name="show", title="", apps={}, values=values, held="run")
    plan.blocks = [Block(title="Pick", lines=("shop.pick(year)",))]
    text = joined_flow(FLOW, "show", "Open", plan)
    ast.parse(text)
    assert "shop.open_orders()  # by hand" in text
    assert text.index('step("Open")') < text.index('step("Pick")') < text.index('step("Read")')
    assert "def show(run: Run, shop: Shop, number: str, year: str) -> None:" in text


def test_the_starter_has_no_popups_of_the_recorder(tmp_path: Path) -> None:
    """An empty set of dialogs writes no `popups`."""
    assert popup_lines("enter", [], []) == []
    assert SelectorSet(app="x").popups == ()
