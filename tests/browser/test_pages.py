"""Every page in both languages and both looks: it shows, nothing complains, nothing leaves the machine."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from nightclerk.console.serve import ConsoleHandle
from nightclerk.console.services import Services
from tests.browser import furnish, night
from tests.browser.conftest import Complaints, Dress

PAGES = {
    "/tonight": ("今夜", "Tonight"),
    "/tasks": ("待办", "Tasks"),
    "/runs": ("运行", "Runs"),
    f"/runs/{night.KEYED}": ("录入 ERP", "Key orders into the ERP"),
    f"/runs/{night.KEYED}/chain": ("证据校验", "Evidence check"),
    "/bots": ("机器人", "Bots"),
    "/bots/key-orders": ("录入 ERP", "Key orders into the ERP"),
    "/items?q=3515": ("单据", "Items"),
    f"/items/orders/{quote(night.DOUBT)}": ("3515000000000000018", "3515000000000000018"),
    "/invoices": ("发票核对", "Invoices"),
    f"/invoices/{night.INVOICES[2]}": ("26990000000000000003", "26990000000000000003"),
    f"/runs/{night.KEYED}/compare": ("对比运行", "Runs side by side"),
    "/where?q=3515000000000000018": ("这张单在哪里？", "Where is it?"),
    f"/edit/orders/{quote(night.DOUBT)}": ("修改后重做", "Mend and send again"),
    f"/teach/{night.INVOICES[2]}": ("教会这种版式", "Teach this layout"),
    f"/runs/{night.RUNNING}/screen": ("现在的屏幕", "The screen now"),
    "/healings": ("自愈", "Healings"),
    f"/healings/{furnish.HEALING}": ("orders.ship", "orders.ship"),
    "/figures": ("数据", "Figures"),
    "/second": ("双人确认", "Second person"),
    "/me": ("我的账号", "My account"),
    "/settings": ("设置", "Settings"),
    "/settings/accounts": ("账号", "Accounts"),
    "/settings/mapping": ("对照表", "Mapping tables"),
    "/settings/calendars": ("日历", "Calendars"),
    "/settings/messages": ("消息", "Messages"),
    "/settings/people": ("人员与角色", "People and roles"),
    "/settings/audit": ("查看与导出记录", "Views and exports"),
}
ALL_LOOKS = [
    ("zh", "light"), ("en", "dark"), pytest.param("zh", "dark", marks=pytest.mark.slow),
    pytest.param("en", "light", marks=pytest.mark.slow),
]  # fmt: skip
AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text(encoding="utf-8")
RUN_AXE = """async () => (await axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})).violations
  .filter((one) => ["serious", "critical"].includes(one.impact))
  .map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).slice(0, 4).join(", ")}`)"""
#: What everybody sees first is looked at in every run of the tests, the rest with the slow ones.
FIRST = ("/tonight", "/tasks", f"/runs/{night.KEYED}", f"/invoices/{night.INVOICES[2]}", "/figures")


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Services:
    return furnish.furnished(tmp_path_factory.mktemp("workspace"))


def serious(desk: Page, url: str) -> list[str]:
    """What axe finds on a page that is serious or worse."""
    desk.goto(url)
    expect(desk.get_by_role("heading", level=1)).to_be_visible()
    desk.evaluate(AXE)
    return [f"{url}: {finding}" for finding in desk.evaluate(RUN_AXE)]


def test_the_first_pages_are_accessible(desk: Page, console: ConsoleHandle) -> None:
    """axe finds nothing serious on what people open first."""
    assert [found for path in FIRST for found in serious(desk, console.url + path)] == []


@pytest.mark.slow
@pytest.mark.parametrize(("language", "look"), [("zh", "light"), ("zh", "dark"), ("en", "light"), ("en", "dark")])
def test_every_page_is_accessible(desk: Page, console: ConsoleHandle, dress: Dress, language: str, look: str) -> None:
    """axe finds nothing serious on any page, in either language and look."""
    dress(language, look)
    assert [found for path in PAGES for found in serious(desk, console.url + path)] == []


@pytest.mark.slow
def test_every_page_is_accessible_on_a_phone(desk: Page, console: ConsoleHandle) -> None:
    """What a small screen leaves out still has its name for who cannot see it."""
    desk.set_viewport_size({"width": 390, "height": 800})
    assert [found for path in PAGES for found in serious(desk, console.url + path)] == []


@pytest.mark.parametrize(("language", "look"), ALL_LOOKS)
def test_every_page(
    desk: Page, console: ConsoleHandle, dress: Dress, complaints: Complaints, language: str, look: str
) -> None:
    """Each page has its heading in the chosen language and look, a live badge, and a quiet browser."""
    dress(language, look)
    for path, headings in PAGES.items():
        desk.goto(console.url + path)
        expect(desk.get_by_role("heading", level=1)).to_have_text(headings[language == "en"])
        expect(desk.locator("#live")).to_have_text("实时" if language == "zh" else "Live")
        assert desk.locator("html").get_attribute("data-bs-theme") == look
        assert desk.locator("html").get_attribute("lang") == ("zh-CN" if language == "zh" else "en")
        assert desk.evaluate("document.documentElement.scrollWidth") <= 1280, path
    assert complaints.errors == []
    assert complaints.hosts == {"127.0.0.1"}


def test_an_address_that_leads_nowhere(desk: Page, console: ConsoleHandle) -> None:
    """A wrong address ends on a page in the console's own look with the way back."""
    answer = desk.goto(f"{console.url}/runs/no-such-run")
    assert answer is not None
    assert answer.status == 404
    desk.get_by_role("link", name="Back to tonight").click()
    expect(desk.get_by_role("heading", name="Tonight")).to_be_visible()


def test_language_and_look_by_key(desk: Page, console: ConsoleHandle) -> None:
    """L changes the language and D the look, on the page where one is."""
    desk.goto(f"{console.url}/items?q=3515")
    desk.keyboard.press("l")
    expect(desk.get_by_role("heading", level=1)).to_have_text("单据")
    desk.keyboard.press("d")
    expect(desk.locator("html")).to_have_attribute("data-bs-theme", "dark")
    assert desk.url.endswith("/items?q=3515")


def test_tonight_says_what_is_wrong_at_one_glance(desk: Page, console: ConsoleHandle) -> None:
    """The doubt comes first; each slot shows its outcome; each queue says who is needed."""
    desk.goto(f"{console.url}/tonight")
    expect(desk.get_by_role("heading", level=2).first).to_have_text("1 in doubt: a person must look")
    plan = desk.locator("section[aria-labelledby=plan]").get_by_role("listitem")
    expect(plan.filter(has_text="Write stock back")).to_contain_text("late")
    expect(plan.filter(has_text="Reconcile invoices")).to_contain_text("planned")
    expect(desk.get_by_role("link", name="3 for Finance")).to_be_visible()


def test_long_lists_turn_pages_in_the_address(desk: Page, console: ConsoleHandle) -> None:
    """The next page is a link, and the address brings it back after a reload."""
    desk.goto(f"{console.url}/runs")
    first = desk.locator("tbody tr").first.inner_text()
    desk.get_by_role("link", name="Next").click()
    expect(desk).to_have_url(re.compile(r"page=2"))
    desk.reload()
    expect(desk.get_by_text("Page 2")).to_be_visible()
    assert desk.locator("tbody tr").first.inner_text() != first


def test_search_by_order_number_tells_the_whole_story(desk: Page, console: ConsoleHandle) -> None:
    """One number finds the order, its parcel, its effect on the ERP and every step with its picture."""
    desk.goto(f"{console.url}/tonight")
    desk.keyboard.press("/")
    desk.keyboard.type("3515000000000000018")
    desk.keyboard.press("Enter")
    rows = desk.get_by_role("row")
    expect(rows.filter(has_text="voucher").filter(has_text="in doubt")).to_be_visible()
    expect(desk.get_by_role("link").filter(has_text="Shipments")).to_be_visible()
    expect(desk.get_by_role("img", name="The screen at “保存单据”")).to_be_visible()
    rows.filter(has_text="voucher").get_by_role("link", name="Replay").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Key orders into the ERP")


def test_tasks_work_on_a_phone(desk: Page, console: ConsoleHandle) -> None:
    """Nothing on the tasks page is wider than a phone, and axe finds nothing serious there."""
    desk.set_viewport_size({"width": 390, "height": 800})
    assert serious(desk, f"{console.url}/tasks") == []
    desk.goto(f"{console.url}/tasks")
    expect(desk.get_by_role("heading", level=2).first).to_be_visible()
    assert desk.evaluate("document.documentElement.scrollWidth") <= 390
