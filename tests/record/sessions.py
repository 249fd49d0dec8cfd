"""Recorded sessions over our own pages: what a scripted person does on each, and with which sheet and answers."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nightclerk.record.script import Person

ORDERS = (
    "订单号,客户,付款日期,金额\n"
    "S-2026-001,某某公司,2026-11-20,99.00\nS-2026-002,样例贸易,2026-11-21,1280.50\nS-2026-003,示例商行,2026-11-22,5.00\n"
)


@dataclass(frozen=True, kw_only=True)
class Session:
    """One thing a person does: on `page`, maybe from a `sheet` (CSV text); `answers` to the recorder's questions."""

    name: str
    page: str
    person: Callable[[Person], None]
    sheet: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)


def form(p: Person) -> None:
    """Every native kind of field."""
    p.type(p.page.get_by_label("订单号"), "A1001")
    p.type(p.page.get_by_label("付款日期"), "2026-11-20")
    p.type(p.page.get_by_label("金额"), "1280.00")
    p.choose("#carrier", "样例快递")
    p.click(p.page.get_by_label("含赠品"))
    p.click(p.page.get_by_label("现金"))
    p.type("textarea", "尽快")
    p.click(p.page.get_by_role("button", name="保存"))
    p.must_say("#said")


def enter_orders(p: Person) -> None:
    """One row of a sheet, with the commit pointed at and looked up afterwards."""
    p.click(p.page.get_by_role("link", name="新建订单"))
    p.type(p.page.get_by_label("订单号"), "S-2026-002")
    p.type(p.page.get_by_label("客户"), "样例贸易")
    p.type(p.page.get_by_label("付款日期"), "2026/11/21")
    p.type(p.page.get_by_label("金额"), "1,280.50")
    p.commit(p.page.get_by_role("button", name="保存"))
    p.must_say("#said")
    p.look()
    p.click(p.page.get_by_role("link", name="查询订单"))
    p.type(p.page.get_by_label("订单号"), "S-2026-002")
    p.click(p.page.get_by_role("button", name="查询"))
    p.wait(lambda: p.page.locator("td").count())
    p.read(p.page.locator("td").nth(0))
    p.look()


def frames(p: Person) -> None:
    """A frame in a frame."""
    outer = p.page.frame_locator("#outer")
    p.type(outer.get_by_label("部门"), "财务部")
    inner = outer.frame_locator("[name=inner]")
    p.type(inner.get_by_label("事由"), "差旅")
    p.click(inner.get_by_role("button", name="登记"))
    p.must_say(inner.locator("#said"))


def shadow(p: Person) -> None:
    """A component in a component's shadow."""
    p.type(p.page.get_by_label("客户"), "样例客户")
    p.click(p.page.get_by_role("button", name="登记客户"))
    p.must_say(p.page.locator(".said"))


def virtual_select(p: Person) -> None:
    """A drawn select whose list is virtual."""
    p.click(".rc-select-selection-item")
    p.page.locator(".rc-select-item-option").first.wait_for()
    p.page.locator(".rc-virtual-list-holder").evaluate("e => { e.scrollTop = 1600 }")
    p.page.get_by_text("费用 53", exact=True).wait_for()
    p.click(p.page.get_by_text("费用 53", exact=True))
    p.click("#send")
    p.must_say("#said")


def date_picker(p: Person) -> None:
    """A date picker that takes no typing."""
    p.click("#start")
    p.click(p.page.get_by_title("2026-11-20"))
    p.click("#send")
    p.must_say("#said")


def hover_menu(p: Person) -> None:
    """A menu that only opens under the mouse."""
    p.page.mouse.move(600, 500)
    p.hover(".menu")
    p.click("#archive")
    p.click("#send")
    p.must_say("#said")


def drag(p: Person) -> None:
    """A card from one lane to another."""
    p.drag("#card-a", "#done")
    p.click("#send")
    p.must_say("#said")


def dialogs(p: Person) -> None:
    """A question that is accepted and a prompt that is answered."""
    p.click("#ask")
    p.answer_dialogs(lambda dialog: dialog.accept("新草稿"))
    p.click("#name")
    p.click("#send")
    p.must_say("#said")


def dismissed(p: Person) -> None:
    """A question that is answered with no."""
    p.answer_dialogs(lambda dialog: dialog.dismiss())
    p.click("#ask")
    p.click("#send")
    p.must_say("#said")


def keys(p: Person) -> None:
    """Chords in a field and on the page."""
    p.type("#quick", "甲")
    p.press("Enter")
    p.press("F2")
    p.press("Control+b")
    p.click("#send")
    p.must_say("#said")


def chooser_tab(p: Person) -> None:
    """A chooser in a tab of its own that closes itself."""
    p.click(p.page.get_by_role("button", name="选择"))
    p.new_tab()
    p.click(p.page.get_by_role("link", name="乙供应商"))
    p.to_tab(1)
    p.wait(lambda: p.page.locator("#payee").input_value())
    p.click("#send")
    p.must_say("#said")


def table_row(p: Person) -> None:
    """The same button in every row."""
    p.click(p.page.get_by_role("row", name="P-200").get_by_role("button"))
    p.click("#send")
    p.must_say("#said")


def download(p: Person) -> None:
    """A file that comes."""
    with p.page.expect_download():
        p.click(p.page.get_by_role("link", name="下载报表"))
    p.settle()


def attach(p: Person) -> None:
    """Two files at once."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / name for name in ("invoice.pdf", "list.csv")]
        for file in files:
            file.write_bytes(b"sample")
        p.upload("[type=file]", *files)
        p.click("#send")
        p.must_say("#said")


def carry(p: Person) -> None:
    """A number that is read on one page and typed on another."""
    p.wait(lambda: p.page.locator("#due").inner_text())
    number = p.page.locator("#due").inner_text()
    p.read("#due")
    p.goto(p.page.url.replace("due.html", "form.html"))
    p.type(p.page.get_by_label("订单号"), number)
    p.click(p.page.get_by_role("button", name="保存"))
    p.must_say("#said")


def grid(p: Person) -> None:
    """A row that a double click opens, and a menu of the page's own under the right button."""
    p.double_click(p.page.get_by_role("cell", name="G-200"))
    p.right_click(p.page.get_by_role("cell", name="G-100"))
    p.click(p.page.get_by_role("menuitem", name="标记加急"))
    p.click("#send")
    p.must_say("#said")


OWN = (
    Session(name="fill_form", page="form.html", person=form, answers={"commit": 99}),
    Session(name="enter_orders", page="desk.html", person=enter_orders, sheet=ORDERS, answers={"conclusive": 0}),
    Session(name="nested_frames", page="frames.html", person=frames, answers={"commit": 99}),
    Session(name="shadow_roots", page="shadow.html", person=shadow, answers={"commit": 99}),
    Session(name="virtual_list", page="widgets.html", person=virtual_select, answers={"commit": 99}),
    Session(name="pick_date", page="widgets.html", person=date_picker, answers={"commit": 99}),
    Session(name="hover_menu", page="widgets.html", person=hover_menu, answers={"commit": 99}),
    Session(name="drag_card", page="widgets.html", person=drag, answers={"commit": 99}),
    Session(name="answer_boxes", page="widgets.html", person=dialogs, answers={"commit": 99}),
    Session(name="dismiss_box", page="widgets.html", person=dismissed, answers={"commit": 99}),
    Session(name="press_keys", page="widgets.html", person=keys, answers={"commit": 99}),
    Session(name="chooser_tab", page="tabs.html", person=chooser_tab, answers={"commit": 99}),
    Session(name="use_row", page="tabs.html", person=table_row, answers={"commit": 99}),
    Session(name="fetch_report", page="tabs.html", person=download),
    Session(name="attach_files", page="tabs.html", person=attach, answers={"commit": 99}),
    Session(name="grid_menu", page="grid.html", person=grid, answers={"commit": 99}),
    Session(name="carry_number", page="due.html", person=carry, answers={"commit": 99}),
)
