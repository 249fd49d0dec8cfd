"""Selector files: what is read, which layer wins, and every fault with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from nightclerk.errors import WorkspaceError
from nightclerk.locate.files import LoadedSelectors, load_selectors, selector_set
from nightclerk.locate.show import list_elements, show_element

GOOD = """\
orders:                                  # screen
  paid_on: {label: 付款日期, fallback: ['[data-testid="paid-date"] input']}
  total:   {text: '/共 (\\d+) 条/', reads: int}
  ship:    {role: button, name: 确认发货, commits: true}
  phone:   {css: '.buyer-phone', private: true}
  row:     {css: 'tr[data-order="{order}"]'}
  row_ship: {role: button, name: 发货, within: orders.row}
popups:  {survey: {marker: {css: .survey}, close: {css: .survey .close}}}
signed_out: [{css: '#login-form'}]
unpictured: [{css: 'input[type=password]'}]
"""


def put(root: Path, text: str, name: str = "selectors/shop/orders.yaml") -> Path:
    file = root / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return root


def faults(root: Path, text: str) -> list[str]:
    return [str(fault) for fault in load(put(root, text)).faults]


def load(root: Path, **more: Path) -> LoadedSelectors:
    return load_selectors("shop", workspace=root, **more)


def test_a_good_file_is_read_with_its_lines(tmp_path: Path) -> None:
    """Elements get their full name, their ways in order and the line on which they stand."""
    loaded = load(put(tmp_path, GOOD))
    paid_on = loaded.selectors.elements["orders.paid_on"]
    assert loaded.faults == ()
    assert paid_on.ways == ({"label": "付款日期"}, {"css": '[data-testid="paid-date"] input'})
    assert paid_on.where == "selectors/shop/orders.yaml:2"
    assert loaded.selectors.elements["orders.ship"].commits
    assert loaded.selectors.popups[0].close is not None
    assert [marker.name for marker in loaded.selectors.signed_out] == ["signed_out.1"]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("save: {rol: button, name: 保存}", "orders.save has an unknown key rol. Did you mean role?"),
        ("save: {css: .a, text: 保存}", "orders.save has several ways in one place (text, css)"),
        ("save: {name: 保存, fallback: ['.save']}", "orders.save does not say how to find it"),
        ("save: {commits: true}", "orders.save does not say how to find it"),
        ("save: {role: textbox, name: 备注, commits: true}", "orders.save is marked commits but is nothing to click"),
        ("save: {label: 备注, commits: true}", "orders.save is marked commits but is nothing to click"),
        ("save: {text: '/共 (\\d+ 条/'}", "text of orders.save is no valid regular expression"),
        ("save: {picture: save.png}", "orders.save needs the picture save.png, which is not there"),
        ("save: {css: .a, reads: integer}", "orders.save has an unknown reads: integer. Did you mean int?"),
        ("save: {css: .a, within: orders.savee}", "within of orders.save names an unknown element orders.savee"),
        ("save: {css: .a, within: orders.save}", "within/frame of orders.save leads back to itself"),
        ("save: {css: .a, commits: 'yes'}", "commits of orders.save must be true or false"),
        ("save: {xpath: '//tr[{row}]'}", "orders.save has a placeholder outside of quotes in its xpath"),
        ("phone: {css: '#phone-{order}', private: true}", "orders.phone is private, but the place of its placeholder"),
        ("save: 7", "orders.save must be a mapping of keys"),
    ],
)
def test_a_fault_names_its_line_and_the_remedy(tmp_path: Path, line: str, sentence: str) -> None:
    """Each kind of fault is one sentence that begins with file and line."""
    (fault, *rest) = faults(tmp_path, f"orders:\n  {line}\n")
    assert fault.startswith(f"selectors/shop/orders.yaml:2: {sentence}")
    assert rest == []


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    """A file with three faults yields three sentences, in order."""
    text = "orders:\n  a: {rol: button}\n  b: {css: .b, reads: intt}\n  c: {css: .c, frame: orders.none}\n"
    told = faults(tmp_path, text)
    assert [sentence.split(" ")[0] for sentence in told] == [
        "selectors/shop/orders.yaml:2:",
        "selectors/shop/orders.yaml:3:",
        "selectors/shop/orders.yaml:4:",
    ]


def test_broken_yaml_is_a_fault_and_not_a_crash(tmp_path: Path) -> None:
    """A file that is no YAML is one fault with the line of the trouble; so is one that is not UTF-8."""
    (fault,) = faults(tmp_path, "orders:\n  a: {css: '.b\n")
    assert fault.startswith("selectors/shop/orders.yaml:")
    assert "no valid YAML" in fault
    (tmp_path / "selectors/shop/orders.yaml").write_bytes("orders: {a: {css: 订单}}".encode("gb18030"))
    assert [str(fault) for fault in load(tmp_path).faults] == [
        "selectors/shop/orders.yaml: The file is not UTF-8. Save it as UTF-8."
    ]


def test_the_workspace_wins_over_the_starter(tmp_path: Path) -> None:
    """An element of the workspace replaces the starter's; the others stay as the starter has them."""
    starter = put(tmp_path / "starter", GOOD)
    loaded = load(put(tmp_path / "ours", "orders:\n  total: {css: .total, reads: int}\n"), starter=starter)
    assert loaded.selectors.elements["orders.total"].ways == ({"css": ".total"},)
    assert loaded.layer_of("orders.total") == "workspace"
    assert loaded.layer_of("orders.ship") == "starter"
    assert loaded.selectors.elements["orders.ship"].where == "starter/selectors/shop/orders.yaml:4"


def test_an_approved_healing_changes_only_the_place(tmp_path: Path) -> None:
    """The overlay gives new ways; what an element reads and whether it is private stay."""
    put(tmp_path, GOOD)
    put(tmp_path, "orders:\n  total: {css: .sum}\n", "data/healing/shop/healed.yaml")
    loaded = load(tmp_path)
    total = loaded.selectors.elements["orders.total"]
    assert (total.ways, total.reads) == (({"css": ".sum"},), "int")
    assert loaded.layer_of("orders.total") == "healed"


def test_a_commit_is_never_healed(tmp_path: Path) -> None:
    """An overlay over a commit element is a fault, and the element stays as the file has it."""
    put(tmp_path, GOOD)
    put(tmp_path, "orders:\n  ship: {css: .ship}\n", "data/healing/shop/healed.yaml")
    loaded = load(tmp_path)
    assert "orders.ship is a commit and is never healed" in str(loaded.faults[0])
    assert loaded.layer_of("orders.ship") == "workspace"


def test_a_run_does_not_start_on_faulty_selectors(tmp_path: Path) -> None:
    """selector_set raises the first fault; an app without a folder is a fault that names the nearest one."""
    put(tmp_path, "orders: {a: {rol: button}}\n")
    with pytest.raises(WorkspaceError, match="unknown key rol"):
        selector_set("shop", workspace=tmp_path)
    with pytest.raises(WorkspaceError, match=r"shopp has no selector files. Did you mean shop?"):
        selector_set("shopp", workspace=tmp_path)


def test_show_tells_layer_line_and_ways(tmp_path: Path) -> None:
    """`selectors show` names the winning layer, the line, each way in order and the flags."""
    put(tmp_path, GOOD)
    assert show_element("shop", "orders.ship", workspace=tmp_path) == {
        "name": "shop.orders.ship",
        "layer": "workspace",
        "where": "selectors/shop/orders.yaml:4",
        "way 1": "role=button name=确认发货",
        "commits": "true",
    }
    with pytest.raises(WorkspaceError, match=r"no element named orders.shp. Did you mean orders.ship?"):
        show_element("shop", "orders.shp", workspace=tmp_path)
    assert [listed.flags for listed in list_elements("shop", workspace=tmp_path)][3] == ("private",)
