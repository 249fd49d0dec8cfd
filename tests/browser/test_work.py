"""What people do in the console: answer, decide, launch, review; and what happens when two do it at once."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Page, expect

from nightclerk.console.rights import Role
from nightclerk.console.serve import ConsoleHandle, start_console
from nightclerk.console.services import Services
from nightclerk.domain.items import State, Task
from tests.browser import night


def _ask(services: Services, name: str, *choices: str) -> None:
    asked_at = datetime.now(UTC)
    services.store.ask(Task(task=name, kind="question", question=f"{name}?", choices=choices, asked_at=asked_at))


def _waiting_item(services: Services, key: str, state: State = State.FAILED) -> None:
    now = datetime.now(UTC)
    services.store.put("letters", key, {"number": key})
    item = services.store.draw("letters", run="", lease_s=60, now=now)
    assert item is not None
    services.store.finish(item, state, reason="the page did not open", now=now)


def test_a_question_is_answered_in_one_click(desk: Page, console: ConsoleHandle, services: Services) -> None:
    """The answer is kept with the person's name, and the question leaves the list."""
    _ask(services, "queue/a:b:1#one-click", "yes", "no")
    desk.goto(f"{console.url}/tasks")
    desk.get_by_role("article", name="queue/a:b:1#one-click?").get_by_role("button", name="Yes").click()
    expect(desk.get_by_text("Your answer is kept")).to_be_visible()
    expect(desk.get_by_role("article", name="queue/a:b:1#one-click?")).to_have_count(0)
    task = services.store.task("queue/a:b:1#one-click")
    assert task is not None
    assert (task.answer, task.answered_by) == ("yes", "admin")


def test_the_second_answer_is_told_who_was_first(desk: Page, console: ConsoleHandle, services: Services) -> None:
    """Two people answer one task: the first word stands, the second is told whose it was."""
    _ask(services, "two-people", "yes", "no")
    desk.goto(f"{console.url}/tasks?task=two-people")
    services.store.answer("two-people", answer="no", who="林知远", now=datetime.now(UTC))
    desk.get_by_role("button", name="Yes").click()
    expect(desk.get_by_role("alert")).to_contain_text("林知远 had already answered")
    task = services.store.task("two-people")
    assert task is not None
    assert task.answer == "no"


def test_a_new_question_does_not_move_the_buttons(desk: Page, console: ConsoleHandle, services: Services) -> None:
    """While somebody reads, a new task is only announced; the list changes when they ask for it."""
    desk.goto(f"{console.url}/tasks")
    expect(desk.locator("#live")).to_have_text("Live")
    before = desk.get_by_role("article").count()
    _ask(services, "just-now", "yes")
    desk.get_by_role("button", name="The list has changed").click()
    expect(desk.get_by_role("article")).to_have_count(before + 1)


def test_a_stale_decision_is_not_used(desk: Page, console: ConsoleHandle, services: Services) -> None:
    """Somebody else decided meanwhile: the page says so and shows the state of now."""
    _waiting_item(services, "stale-1")
    desk.goto(f"{console.url}/items/letters/stale-1")
    item = services.store.item("letters", "stale-1")
    assert item is not None
    now = datetime.now(UTC)
    services.store.decide("letters", "stale-1", version=item.version, state=State.DONE, who="su", why="", now=now)
    desk.get_by_role("button", name="Try again").click()
    expect(desk.get_by_role("alert")).to_contain_text("Somebody was faster")
    expect(desk.get_by_role("alert")).to_contain_text("It is now: done")


def test_a_failed_item_is_sent_back_to_work(desk: Page, console: ConsoleHandle, services: Services) -> None:
    """One click puts it back into its queue; a page that was loaded before can do no harm."""
    _waiting_item(services, "again-1")
    desk.goto(f"{console.url}/items/letters/again-1")
    desk.get_by_role("button", name="Try again").click()
    expect(desk.get_by_text("Your decision is kept")).to_be_visible()
    item = services.store.item("letters", "again-1")
    assert item is not None
    assert item.state is State.NEW


def test_a_doubt_needs_the_number_from_the_other_side(desk: Page, console: ConsoleHandle, services: Services) -> None:
    """Without a number nothing changes; with it the ledger, the item and the open question are settled."""
    desk.goto(f"{console.url}/items/orders/{quote(night.DOUBT)}")
    desk.get_by_role("button", name="It is there").click()
    expect(desk.get_by_text("Give its number on the other side")).to_be_visible()
    desk.go_back()
    desk.get_by_label("Its number on the other side").fill("XS2611209999")
    desk.get_by_role("button", name="It is there").click()
    expect(desk.get_by_text("Your decision is kept")).to_be_visible()
    expect(desk.get_by_role("row", name="legacy_erp")).to_contain_text("XS2611209999")
    task = services.store.task(night.DOUBT_TASK)
    assert task is not None
    assert task.answer == "done"


def test_launch_with_a_file_as_a_rehearsal(
    desk: Page, console: ConsoleHandle, services: Services, tmp_path: Path
) -> None:
    """A dropped file is kept under data/uploads, the values arrive typed, and the page goes to the new run."""
    orders = tmp_path / "订单 11-20.csv"
    orders.write_text("订单号\n1\n", encoding="utf-8")
    desk.goto(f"{console.url}/bots/key-orders")
    desk.get_by_label("Or drop a file here").last.set_input_files(orders)
    desk.get_by_text("Rehearse", exact=True).click()
    desk.get_by_label("First N items only").fill("5")
    desk.get_by_role("button", name="Start the bot").click()
    expect(desk.get_by_text("The bot has been started")).to_be_visible()
    launcher = services.launcher
    assert isinstance(launcher, night.Launcher)
    bot, values, by, rehearse, first = launcher.launched[-1]
    assert (bot, by, rehearse, first, values["limit"]) == ("key-orders", "admin", True, 5, "5000.00")
    kept = Path(values["file"])
    assert kept.is_relative_to(services.data / "uploads")
    assert kept.read_bytes() == orders.read_bytes()


def test_a_wrong_parameter_starts_nothing(desk: Page, console: ConsoleHandle, services: Services) -> None:
    """Each wrong field says what was expected; what was typed is still there."""
    launcher = services.launcher
    assert isinstance(launcher, night.Launcher)
    before = len(launcher.launched)
    desk.goto(f"{console.url}/bots/export-orders")
    desk.get_by_label("Paid on").fill("20 November")
    desk.get_by_role("button", name="Start the bot").click()
    expect(desk.get_by_role("alert")).to_contain_text("a date such as 2026-11-20")
    expect(desk.get_by_label("Paid on")).to_have_value("20 November")
    assert len(launcher.launched) == before


def test_invoices_are_reviewed_by_keyboard(desk: Page, console: ConsoleHandle, services: Services) -> None:
    """2 picks the second candidate, A accepts it, and the next invoice comes up by itself."""
    desk.goto(f"{console.url}/invoices")
    desk.locator("tbody a").first.click()
    expect(desk.get_by_role("img", name="Page 1 of the invoice")).to_be_visible()
    first = desk.get_by_role("heading", level=1).inner_text()
    desk.keyboard.press("2")
    expect(desk.get_by_label("Matched purchase orders")).to_have_value("PO-2611-0011 PO-2611-0012")
    desk.keyboard.press("a")
    expect(desk.get_by_text("Accepted. This is the next one.")).to_be_visible()
    expect(desk.get_by_role("heading", level=1)).not_to_have_text(first)
    item = services.store.item("invoices", f"INV-{first}")
    assert item is not None
    assert item.state is State.DONE


def test_a_restart_is_shown_and_nothing_is_lost(page: Page, tmp_path: Path) -> None:
    """The badge tells that the console is away; when it is back the page goes on, still signed in, still on page 2."""
    services = night.seeded(tmp_path)
    first = start_console(services)
    port = int(first.url.rpartition(":")[2])
    page.goto(first.sign_in_url)
    page.goto(f"{first.url}/runs?page=2")
    expect(page.locator("#live")).to_have_attribute("data-link", "on")
    first.stop()
    expect(page.locator("#live")).to_have_attribute("data-link", "lost")
    second = start_console(services, port=port)
    try:
        expect(page.locator("#live")).to_have_attribute("data-link", "on", timeout=10_000)
        assert page.url.endswith("/runs?page=2")
    finally:
        second.stop()


def test_signing_out_ends_every_tab(page: Page, console: ConsoleHandle) -> None:
    """The other tab is shown the sign-in page by itself, and the old session opens nothing."""
    people = console.app.state.people
    people.create_user("lin", Role.OPERATOR)
    page.goto(f"{console.url}/sign-in?code={people.issue_code('lin', now=datetime.now(UTC))}")
    page.wait_for_url("**/tonight")
    other = page.context.new_page()
    other.goto(f"{console.url}/runs")
    page.get_by_text("lin", exact=True).click()
    page.locator(".nc-menu button").click()
    page.wait_for_url("**/sign-in")
    other.wait_for_url("**/sign-in?back=**")
    assert page.request.get(f"{console.url}/api/runs").status == 401
