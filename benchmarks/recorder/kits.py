"""Sessions over pages of third-party kits: Element Plus, Ant Design, Bootstrap, Shoelace; fetch.py gets their files."""

from __future__ import annotations

from nightclerk.record.script import Person
from tests.record.sessions import Session


def _saved(p: Person) -> None:
    p.click(p.page.get_by_role("button", name="登记").last)
    p.must_say("#said")


def ep_fields(p: Person) -> None:
    p.type(p.page.get_by_label("订单编号"), "PO-2026-01")
    p.type(p.page.get_by_label("备注"), "尽快到货")
    p.click(p.page.locator(".el-checkbox", has_text="含赠品"))
    p.click(p.page.locator(".el-radio", has_text="现金"))
    p.click(p.page.locator(".el-switch"))
    _saved(p)


def ep_select(p: Person) -> None:
    p.click(p.page.locator(".el-form-item", has_text="仓库").locator(".el-select"))
    p.click(p.page.get_by_role("option", name="二号仓"))
    _saved(p)


def ep_filtered_select(p: Person) -> None:
    p.click(p.page.locator(".el-form-item", has_text="供应商").locator(".el-select"))
    p.page.keyboard.type("供应商 47")
    p.settle()
    p.click(p.page.get_by_role("option", name="供应商 47"))
    _saved(p)


def ep_date(p: Person) -> None:
    field = p.page.locator(".el-date-editor input")
    p.click(field)
    p.page.keyboard.type("2026-11-20")
    p.press("Enter")
    _saved(p)


def ep_menu(p: Person) -> None:
    p.page.mouse.move(900, 500)
    p.hover(p.page.get_by_role("button", name="更多"))
    p.page.get_by_role("menuitem", name="打印单据").wait_for()
    p.page.wait_for_timeout(500)
    p.click(p.page.get_by_role("menuitem", name="打印单据"))
    _saved(p)


def ep_row_dialog(p: Person) -> None:
    p.click(p.page.get_by_role("tab", name="列表"))
    p.click(p.page.get_by_role("row", name="PO-1002").get_by_role("button", name="编辑"))
    p.page.get_by_placeholder("修改备注").wait_for()
    p.type(p.page.get_by_placeholder("修改备注"), "改期")
    p.click(p.page.get_by_role("button", name="确定"))
    p.page.wait_for_timeout(500)
    p.click(p.page.get_by_role("button", name="登记"))
    p.must_say("#said")


def ep_confirm(p: Person) -> None:
    p.click(p.page.get_by_role("button", name="删除草稿"))
    p.click(p.page.get_by_role("button", name="确定"))
    p.page.wait_for_timeout(500)
    _saved(p)


def _antd_saved(p: Person) -> None:
    p.click(p.page.get_by_role("button", name="登记单据"))
    p.must_say("#said")


def antd_fields(p: Person) -> None:
    p.type(p.page.get_by_label("报销编号"), "BX-2026-07")
    p.type(p.page.get_by_label("事由"), "客户拜访")
    p.click(p.page.get_by_role("switch"))
    p.click(p.page.get_by_label("有发票"))
    p.click(p.page.get_by_label("现金"))
    p.type(p.page.get_by_label("金额"), "128.5")
    _antd_saved(p)


def antd_select(p: Person) -> None:
    p.click(p.page.locator(".ant-select"))
    p.page.locator(".ant-select-item-option").first.wait_for()
    p.click(p.page.get_by_title("费用类型 6", exact=True))
    _antd_saved(p)


def antd_filtered_select(p: Person) -> None:
    p.click(p.page.locator(".ant-select"))
    p.page.keyboard.type("费用类型 63")
    p.settle()
    p.click(p.page.get_by_title("费用类型 63", exact=True))
    _antd_saved(p)


def antd_date(p: Person) -> None:
    p.click(p.page.get_by_label("发生日期"))
    p.page.keyboard.type("2026-11-20")
    p.press("Enter")
    _antd_saved(p)


def antd_modal(p: Person) -> None:
    p.click(p.page.get_by_role("row", name="BX-1002").get_by_role("button"))
    p.page.get_by_placeholder("新备注").wait_for()
    p.page.wait_for_timeout(500)
    p.type(p.page.get_by_placeholder("新备注"), "补附件")
    p.click(p.page.get_by_role("button", name="保存备注"))
    p.page.wait_for_timeout(500)
    _antd_saved(p)


def antd_menu(p: Person) -> None:
    p.page.mouse.move(900, 600)
    p.hover(p.page.get_by_role("button", name="更多操作"))
    p.page.get_by_role("menuitem", name="复制单据").wait_for()
    p.page.wait_for_timeout(500)
    p.click(p.page.get_by_role("menuitem", name="复制单据"))
    p.page.mouse.move(900, 600)
    p.page.wait_for_timeout(600)
    _antd_saved(p)


def antd_popconfirm(p: Person) -> None:
    p.click(p.page.get_by_role("button", name="删除草稿"))
    p.click(p.page.get_by_role("button", name="确定删除"))
    p.page.wait_for_timeout(500)
    _antd_saved(p)


def _bs_saved(p: Person) -> None:
    p.click("#done")
    p.must_say("#said")


def bs_fields(p: Person) -> None:
    p.type(p.page.get_by_label("Company"), "Sample Trading")
    p.type("[name=city]", "Springfield")
    p.choose("[name=plan]", "Pro")
    p.click(p.page.get_by_label("Newsletter"))
    _bs_saved(p)


def bs_modal(p: Person) -> None:
    p.click(p.page.get_by_role("button", name="Rename"))
    p.page.wait_for_timeout(500)
    p.type(p.page.get_by_label("New name"), "Sample Ltd")
    p.click(p.page.get_by_role("button", name="Apply"))
    p.page.wait_for_timeout(500)
    _bs_saved(p)


def bs_dropdown(p: Person) -> None:
    p.click(p.page.get_by_role("button", name="More"))
    p.click(p.page.get_by_role("link", name="Duplicate"))
    _bs_saved(p)


def bs_tab_row(p: Person) -> None:
    p.click(
        p.page.get_by_role("tab", name="Orders")
        if p.page.get_by_role("tab").count()
        else p.page.locator(".nav-link").nth(1)
    )
    p.page.wait_for_timeout(400)
    p.click(p.page.get_by_role("row", name="SO-5002").get_by_role("link"))
    _bs_saved(p)


def _sl_saved(p: Person) -> None:
    p.click(p.page.get_by_role("button", name="Record it"))
    p.must_say("#said")


def sl_fields(p: Person) -> None:
    p.type(p.page.get_by_label("Parcel number"), "SN-2026-001")
    p.click(p.page.locator("sl-checkbox"))
    _sl_saved(p)


def sl_select(p: Person) -> None:
    p.click(p.page.locator("sl-select"))
    p.page.locator("sl-option").last.wait_for()
    p.click(p.page.get_by_role("option", name="Post"))
    _sl_saved(p)


def sl_dialog(p: Person) -> None:
    p.click(p.page.get_by_role("button", name="Add a note"))
    p.page.get_by_label("Text").wait_for()
    p.page.wait_for_timeout(500)
    p.type(p.page.get_by_label("Text"), "left at the door")
    p.click(p.page.get_by_role("button", name="Keep"))
    p.page.wait_for_timeout(500)
    _sl_saved(p)


_NONE = {"commit": 99}
_PERSONS = {
    "ep": (ep_fields, ep_select, ep_filtered_select, ep_date, ep_menu, ep_row_dialog, ep_confirm),
    "antd": (antd_fields, antd_select, antd_filtered_select, antd_date, antd_modal, antd_menu, antd_popconfirm),
    "bs": (bs_fields, bs_modal, bs_dropdown, bs_tab_row),
    "sl": (sl_fields, sl_select, sl_dialog),
}
KITS = tuple(
    Session(name=person.__name__, page=f"{kit}.html", person=person, answers=_NONE)
    for kit, persons in _PERSONS.items()
    for person in persons
)
