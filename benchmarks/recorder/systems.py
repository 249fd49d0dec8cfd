"""Sessions over the sandbox's own systems: a payment in the OA, a search and an export in a seller center.

    python benchmarks/recorder/systems.py WORKSPACE [NAME…]

Each signs in (the password goes to the vault by hand afterwards), works, and is then run by the engine.
"""

from __future__ import annotations

import contextlib
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))
from nightclerk.record.script import Person
from nightclerk.sandbox import world
from nightclerk.vault import FileVault
from tests.record.kit import Bench, empty_workspace
from tests.sandbox import shop_kit
from tests.sandbox.shop_kit import books, sandbox

SUPPLIER = world.SUPPLIERS[2].name
REFERENCE = "FK20261120-77"


def pay(p: Person) -> None:
    """Sign in to the OA, fill in a payment with its payee and file, submit it, and look it up."""
    p.type(p.page.get_by_label("用户名"), world.LOGINS["oa"][0])
    p.type(p.page.get_by_label("密码"), world.LOGINS["oa"][1])
    p.click(p.page.get_by_role("button", name="登录"))
    p.page.get_by_role("link", name="退出").wait_for()
    p.goto(p.page.url.partition("/oa")[0] + "/oa/workflow/new")
    p.type(p.page.get_by_label("标题"), f"付款申请-{REFERENCE}")
    p.click(p.page.get_by_role("button", name="选择收款单位"))
    payees = p.page.frame_locator("#payee-frame")
    p.type(payees.get_by_label("单位名称"), SUPPLIER)
    p.click(payees.get_by_role("button", name="查询"))
    payees.locator(f'tr[data-payee="{SUPPLIER}"]').wait_for()
    p.click(payees.locator(f'tr[data-payee="{SUPPLIER}"]'))
    p.page.locator(f'#payee-name:text-is("{SUPPLIER}")').wait_for()
    p.type(p.page.get_by_label("付款事由"), "支付货款")
    p.type(p.page.get_by_label("发票号码 1", exact=True), "26990000000000000001")
    p.type(p.page.get_by_label("采购订单号 1", exact=True), "PO20261101")
    p.type(p.page.get_by_label("金额 1", exact=True), "1280.50")
    file = Path(tempfile.mkdtemp()) / "invoice.pdf"
    file.write_bytes(b"%PDF-1.7 sample")
    p.upload(p.page.get_by_label("附件"), file)
    p.page.get_by_text("已上传 1 个文件").wait_for()
    p.commit(p.page.get_by_role("button", name="提交"))
    p.page.locator("#number").wait_for()
    p.look()
    p.goto(p.page.url.partition("/oa")[0] + "/oa/workflow/mine")
    p.type(p.page.get_by_label("标题/编号"), REFERENCE)
    p.click(p.page.get_by_role("button", name="查询"))
    p.page.locator("td", has_text=REFERENCE).first.wait_for()
    p.read(p.page.locator("tr", has_text=REFERENCE).locator("td").first)
    p.look()


def find_sold(p: Person) -> None:
    """Sign in to a seller center through its login frame, and search the orders of one day."""
    login = p.page.frame_locator("#alibaba-login-box")
    p.type(login.get_by_label("账号名"), world.LOGINS["taobao"][0])
    p.type(login.get_by_label("登录密码"), world.LOGINS["taobao"][1])
    p.click(login.get_by_role("button", name="登录"))
    p.page.locator(".qn-user").wait_for()
    p.goto(p.page.url.partition("/home.htm")[0] + "/home.htm/trade-platform/tp/sold")
    p.type(p.page.get_by_label("创建时间起"), "2026-11-20")
    p.type(p.page.get_by_label("创建时间止"), "2026-11-20")
    p.click(p.page.get_by_role("button", name="搜索订单"))
    p.page.locator('input[name=first][value="2026-11-20"]').wait_for()
    p.read(p.page.get_by_text("共").first)


SYSTEMS: tuple[tuple[str, str, Callable[[Person], None], dict[str, Any]], ...] = (
    ("find_sold", "taobao", find_sold, {"commit": 99}),
    ("pay_supplier", "oa", pay, {"conclusive": 0}),
)


def patient(wait: Callable[..., Any]) -> Callable[..., Any]:
    """On a busy machine the sandbox comes up late: ask for it several times."""

    def waiting(*given: Any) -> Any:
        for _ in range(9):
            with contextlib.suppress(AssertionError):
                return wait(*given)
        return wait(*given)

    return waiting


def measure(bench: Bench, state: Path) -> None:
    """One line a session: whether its bot ended well at the first try, and what the system's books hold."""
    shop_kit._wait_for = patient(shop_kit._wait_for)
    with sandbox(state) as endpoints:
        for name, system, person, answers in [one for one in SYSTEMS if not sys.argv[2:] or one[0] in sys.argv[2:]]:
            line: dict[str, Any] = {"session": name}
            try:
                address = endpoints[system]["url"]
                start = {"oa": "/login", "taobao": "/home.htm"}[system]
                outcome = bench.record(address + start, person, flow=name, **answers)
                app = next(name for name, one in outcome.plan.apps.items() if one.signs_in)
                FileVault(bench.root / "data" / "vault").set(f"{app.replace('_', '-')}-night", world.LOGINS[system][1])
                (ended,) = bench.run(name.replace("_", "-"))
                line |= {
                    "steps": len(outcome.steps),
                    "state": ended["state"],
                    "counts": ended["counts"],
                }
                line |= {
                    "result": ended["result"],
                    "why": [item["reason"] for item in ended["items"] if item["reason"]],
                }
            except Exception as error:
                line |= {"error": f"{type(error).__name__}: {error}"[:400]}
            print(json.dumps(line, ensure_ascii=False), flush=True)
        print(books(state, "oa", "select number, title, amount from forms"))
    print(bench.faults())


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    measure(empty_workspace(folder / "workspace"), folder / "state")
