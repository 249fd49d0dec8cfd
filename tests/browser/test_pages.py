"""Every page in both languages and both looks: it shows, nothing complains, nothing leaves the machine."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from nightclerk.console.serve import ConsoleHandle
from tests.browser import night
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
}


@pytest.mark.parametrize(("language", "look"), [("zh", "light"), ("zh", "dark"), ("en", "light"), ("en", "dark")])
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
    plan = desk.get_by_role("listitem")
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
    """One number finds the order, its parcel and its effect on the ERP, each with its state."""
    desk.goto(f"{console.url}/items")
    desk.keyboard.press("/")
    desk.keyboard.type("3515000000000000018")
    desk.keyboard.press("Enter")
    rows = desk.get_by_role("row")
    expect(rows.filter(has_text="voucher").filter(has_text="in doubt")).to_be_visible()
    expect(rows.filter(has_text="Shipments")).to_be_visible()
    rows.filter(has_text="voucher").get_by_role("link", name="Replay").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Key orders into the ERP")


def test_tasks_work_on_a_phone(desk: Page, console: ConsoleHandle) -> None:
    """Nothing on the tasks page is wider than a phone."""
    desk.set_viewport_size({"width": 390, "height": 800})
    desk.goto(f"{console.url}/tasks")
    expect(desk.get_by_role("heading", level=2).first).to_be_visible()
    assert desk.evaluate("document.documentElement.scrollWidth") <= 390
