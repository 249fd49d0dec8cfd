"""Each row of the console as people work with it, in both languages: what is done happens, once, and is said."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from nightclerk.console.rights import Role
from nightclerk.console.serve import ConsoleHandle
from nightclerk.console.services import Services
from nightclerk.domain.items import RunRecord, RunState, State, Task
from nightclerk.locate.proposals import Proposals
from nightclerk.texts import language, say
from tests.browser import furnish, night
from tests.browser.conftest import Dress

Texts = Callable[..., str]


@pytest.fixture(scope="module", params=["zh", pytest.param("en", marks=pytest.mark.slow)])
def tongue(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def services(tongue: str, tmp_path_factory: pytest.TempPathFactory) -> Services:
    """A night for each language, so that what one answers is still open in the other."""
    return furnish.furnished(tmp_path_factory.mktemp(f"workspace-{tongue}"))


@pytest.fixture
def row(desk: Page, dress: Dress, tongue: str) -> Page:
    """A signed-in page in the language of the test."""
    dress(tongue, "light")
    return desk


@pytest.fixture
def t(tongue: str) -> Texts:
    """Texts by key in the language of the test."""

    def text(key: str, **facts: object) -> str:
        with language(tongue):
            return say(f"console.{key}", **facts)

    return text


def test_tonight_shows_what_comes_and_who_works(row: Page, console: ConsoleHandle, t: Texts) -> None:
    """Starts of the schedules that have no slot yet, and that no worker is there."""
    row.goto(f"{console.url}/tonight")
    coming = row.get_by_role("region", name=t("tonight.coming"))
    expect(coming.get_by_role("listitem").first).to_be_visible()
    expect(row.get_by_text(t("tonight.no_workers"))).to_be_visible()


def test_a_bot_shows_its_rates_and_next_runs(row: Page, console: ConsoleHandle, t: Texts) -> None:
    """Success, how much went to people, five next starts, the history."""
    row.goto(f"{console.url}/bots/key-orders")
    about = row.get_by_role("region", name=t("bot.about"))
    expect(about).to_contain_text("100 %")
    assert about.locator(".nc-chip").count() == 5
    expect(row.get_by_role("region", name=t("bot.history"))).to_be_visible()


def test_a_double_click_starts_one_run(row: Page, console: ConsoleHandle, services: Services, t: Texts) -> None:
    """However fast the button is pressed, and the back button's stale page too."""
    launcher = services.launcher
    assert isinstance(launcher, night.Launcher)
    before = len(launcher.launched)
    row.goto(f"{console.url}/bots/write-stock")
    row.get_by_role("button", name=t("bot.start")).dblclick()
    expect(row.get_by_text(t("said.launched"))).to_be_visible()
    row.go_back()
    row.get_by_role("button", name=t("bot.start")).click()
    expect(row.get_by_text(t("said.launched"))).to_be_visible()
    assert len(launcher.launched) - before in (1, 2)  # a page that the browser loads anew is a new form


def test_a_run_is_compared_with_the_last_good_one(row: Page, console: ConsoleHandle, t: Texts) -> None:
    """Steps stand beside each other with pictures; the filter leaves what differs."""
    row.goto(f"{console.url}/runs/{night.KEYED}")
    row.get_by_role("link", name=t("run.compare")).click()
    expect(row.get_by_role("link", name=furnish.GOOD)).to_be_visible()
    every = row.locator(".nc-pair").count()
    row.get_by_role("link", name=re.compile(t("compare.differs", n=r"\d+"))).click()
    expect(row.locator(".nc-pair:not(.nc-pair-differs)")).to_have_count(0)
    assert 0 < row.locator(".nc-pair").count() < every


def test_a_pack_is_exported_and_written_down(row: Page, console: ConsoleHandle, services: Services, t: Texts) -> None:
    """The zip comes down; the audit page says who took it."""
    row.goto(f"{console.url}/runs/{night.KEYED}")
    with row.expect_download() as waiting:
        row.get_by_role("button", name=t("run.pack")).click()
    assert waiting.value.suggested_filename == f"{night.KEYED}-evidence.zip"
    accesses = services.accesses
    assert accesses is not None
    accesses.close()  # what was gathered is on the disk now
    row.goto(f"{console.url}/settings/audit?what=pack")
    expect(row.get_by_role("row").filter(has_text=night.KEYED)).to_contain_text("admin")


def test_a_running_bot_is_taken_over_from_its_question(
    row: Page, console: ConsoleHandle, services: Services, t: Texts
) -> None:
    """The run is held, its page says where the screen is, and going on gives it back."""
    run, now = "ship-taken", datetime.now(UTC)
    services.store.add_run(RunRecord(run=run, bot="ship-orders", flow="f", state=RunState.RUNNING, worker="pc7#1"))
    services.store.ask(Task(task="captcha", kind="question", question="captcha?", run=run, asked_at=now))
    row.goto(f"{console.url}/tasks?task=captcha")
    row.get_by_role("button", name=t("task.take_over")).click()
    expect(row.get_by_text(t("run.hands", machine="pc7"))).to_be_visible()
    row.get_by_role("button", name=t("run.resume"), exact=True).click()
    record = services.store.run(run)
    assert record is not None
    assert record.state is RunState.QUEUED


def test_a_run_is_let_go_taken_up_and_stopped(row: Page, console: ConsoleHandle, services: Services, t: Texts) -> None:
    """Pause, go on, stop: each a button on the run's page, each said, and each arrives where runs are launched."""
    run, launcher = "ship-paused", services.launcher
    assert isinstance(launcher, night.Launcher)
    services.store.add_run(RunRecord(run=run, bot="ship-orders", flow="f", state=RunState.RUNNING, worker="pc7#1"))
    row.goto(f"{console.url}/runs/{run}")
    row.get_by_role("button", name=t("run.pause"), exact=True).click()
    row.get_by_role("button", name=t("run.resume"), exact=True).click()
    row.get_by_role("button", name=t("run.cancel"), exact=True).click()
    expect(row.get_by_text(t("said.cancelled"))).to_be_visible()
    assert run in launcher.cancelled


def test_an_item_is_mended_and_queued_again(row: Page, console: ConsoleHandle, services: Services, t: Texts) -> None:
    """From the item's page into the form, and back as new with the mended value."""
    item = services.store.items("old-orders", states=[State.REJECTED], limit=1)[0]
    row.goto(f"{console.url}/items/old-orders/{item.key}")
    row.get_by_role("link", name=t("mend.edit")).click()
    row.get_by_label("number").fill(f"{item.key}-b")
    row.get_by_role("button", name=t("mend.again")).click()
    expect(row.get_by_text(t("said.mended"))).to_be_visible()
    mended = services.store.item("old-orders", item.key)
    assert mended is not None
    assert (mended.state, mended.payload["number"]) == (State.NEW, f"{item.key}-b")


def test_the_failures_workbook_goes_round(
    row: Page, console: ConsoleHandle, services: Services, t: Texts, tmp_path: Path
) -> None:
    """Fetched, dropped back as it is: what says `again` is queued again; a rubbish file is refused in a sentence."""
    row.goto(f"{console.url}/items?queue=old-orders&state=person")
    row.get_by_text(t("mend.tray")).click()
    with row.expect_download() as waiting:
        row.get_by_role("link", name=t("mend.fetch")).click()
    file = tmp_path / "mended.xlsx"
    waiting.value.save_as(file)
    rubbish = tmp_path / "photo.xlsx"
    rubbish.write_bytes(b"no workbook")
    for name, said in ((rubbish, "alert"), (file, "status")):
        row.get_by_label(t("mend.drop")).set_input_files(name)
        row.get_by_role("button", name=t("mend.send")).click()
        expect(row.get_by_role(said).filter(has_not_text="Live").last).to_be_visible()
    expect(row).to_have_url(re.compile("said=requeued"))
    assert services.store.items("old-orders", states=[State.REJECTED], limit=5) == []


def test_a_doubt_shows_both_pictures(row: Page, console: ConsoleHandle, t: Texts) -> None:
    """The filled form and the search afterwards stand beside each other on the item's own page."""
    row.goto(f"{console.url}/items/orders/{quote(night.DOUBT)}")
    expect(row.get_by_role("img", name=t("task.picture_before"))).to_be_visible()
    expect(row.get_by_role("img", name=t("task.picture_empty"))).to_be_visible()


def test_a_session_that_ends_in_a_review_loses_nothing(row: Page, console: ConsoleHandle, services: Services) -> None:
    """The remark that was being typed stands there again after signing in; nothing was decided meanwhile."""
    people = console.app.state.people
    people.create_user("su", Role.FINANCE)
    row.context.clear_cookies()
    row.goto(f"{console.url}/sign-in?code={people.issue_code('su', now=datetime.now(UTC))}")
    row.wait_for_url("**/tonight")
    row.goto(f"{console.url}/invoices/{night.INVOICES[0]}")
    row.keyboard.press("w")
    row.keyboard.type("asked the supplier")
    people.sign_out("su")
    row.wait_for_url("**/sign-in?back=**")
    row.locator("#code").fill(people.issue_code("su", now=datetime.now(UTC)))
    row.locator("#code").press("Enter")
    expect(row.locator("#why")).to_have_value("asked the supplier")
    item = services.store.item("invoices", night.INVOICES[0])
    assert item is not None
    assert item.state is State.WAITING


def test_invoices_by_keyboard_alone(row: Page, console: ConsoleHandle, services: Services, t: Texts) -> None:
    """An unknown order is told, Escape leaves the field, R rejects with the remark, and the next one comes up."""
    row.goto(f"{console.url}/invoices/{night.INVOICES[1]}")
    for key in ("o", "Control+a", "P", "O", "-", "9", "Escape", "m"):
        row.keyboard.press(key)
    expect(row.get_by_role("alert")).to_be_visible()
    expect(row.locator("#orders")).to_have_value("PO-9")
    row.keyboard.press("w")
    row.keyboard.type("double")
    row.keyboard.press("Escape")
    row.keyboard.press("r")
    expect(row.get_by_text(t("said.rejected"))).to_be_visible()
    item = services.store.item("invoices", night.INVOICES[1])
    assert item is not None
    assert (item.state, item.reason) == (State.REJECTED, "admin: double")


def test_a_healing_is_accepted(row: Page, console: ConsoleHandle, services: Services, t: Texts) -> None:
    """Both pictures carry the box, the change is shown, and the overlay says so after one click."""
    row.goto(f"{console.url}/healings")
    row.get_by_role("link", name="taobao · orders.ship").click()
    expect(row.locator(".nc-heal-frame rect")).to_have_count(2)
    expect(row.locator(".nc-diff-in")).to_contain_text("确认发货")
    row.get_by_role("button", name=t("healing.accept")).click()
    expect(row.get_by_text(t("said.healed"))).to_be_visible()
    assert Proposals(services.workspace).get(furnish.HEALING).state == "accepted"


def test_figures_are_drawn_on_the_page(row: Page, console: ConsoleHandle, t: Texts) -> None:
    """Three plots, reasons, one row a bot; another span changes the address."""
    row.goto(f"{console.url}/figures")
    for name in ("items", "saved", "rates"):
        expect(row.get_by_role("img", name=t(f"figures.{name}"), exact=True)).to_be_visible()
    assert row.locator(".nc-plot rect").count() > furnish.WEEKS
    row.get_by_role("link", name=t("figures.weeks", n=4)).click()
    expect(row).to_have_url(re.compile("weeks=4"))


def test_a_mapping_table_is_refused_cell_by_cell(
    row: Page, console: ConsoleHandle, services: Services, t: Texts, tmp_path: Path
) -> None:
    """The wrong cell is named; nothing was replaced."""
    table = services.workspace / "config" / "mapping" / "carriers.xlsx"
    before, wrong = table.read_bytes(), tmp_path / "carriers.xlsx"
    shutil.copyfile(table, wrong)
    book = load_workbook(wrong)
    book["物流对照"]["B3"] = "nowhere"
    book.save(wrong)
    row.goto(f"{console.url}/settings/mapping?table=carriers")
    row.get_by_label(t("mapping.drop")).set_input_files(wrong)
    row.get_by_role("button", name=t("mapping.send")).click()
    expect(row.get_by_role("alert")).to_contain_text("carriers.xlsx!物流对照!B3")
    assert table.read_bytes() == before


def test_a_new_person_comes_in_and_chooses_a_password(row: Page, console: ConsoleHandle, t: Texts) -> None:
    """The admin reads the code out; the person signs in once with it and from then on with the password."""
    row.goto(f"{console.url}/settings/people")
    row.get_by_label(t("sign_in.name"), exact=True).fill("吴一帆")
    row.get_by_role("button", name=t("people.invite")).click()
    code = row.locator("#code").inner_text()
    row.context.clear_cookies(name=re.compile("nightclerk_[0-9]+"))
    row.goto(f"{console.url}/sign-in?code={code}")
    row.wait_for_url("**/tonight")
    row.get_by_role("link", name=t("me.choose")).click()
    row.locator("#password").fill("moon over the warehouse")
    row.get_by_role("button", name=t("me.save")).click()
    expect(row.get_by_text(t("said.password"))).to_be_visible()
    row.context.clear_cookies(name=re.compile("nightclerk_[0-9]+"))
    row.goto(f"{console.url}/sign-in?back=%2Fbots")
    row.locator("#name").fill("吴一帆")
    row.locator("#password").fill("moon over the warehouse")
    row.locator("#password").press("Enter")
    row.wait_for_url("**/bots")


def test_a_link_is_answered_on_a_phone(row: Page, console: ConsoleHandle, services: Services, t: Texts) -> None:
    """Without a sign-in, in one touch, and nothing is wider than the phone."""
    now = datetime.now(UTC)
    services.store.ask(
        Task(task="by-phone", kind="question", question="同一张单吗？", choices=("yes", "no"), asked_at=now)
    )
    row.context.clear_cookies(name=re.compile("nightclerk_[0-9]+"))
    row.set_viewport_size({"width": 390, "height": 800})
    row.goto(console.url + furnish.link_to("by-phone"))
    assert row.evaluate("document.documentElement.scrollWidth") <= 390
    row.get_by_role("button", name=t("choice.yes")).click()
    expect(row.get_by_text(t("link.done"))).to_be_visible()
    task = services.store.task("by-phone")
    assert task is not None
    assert task.answer == "yes"
