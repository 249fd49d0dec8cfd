"""A real run of the sandbox workspace, launched in the console, stuck at a login, taken over in the page, and done."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from nightclerk.app import vault_of
from nightclerk.cli.consoles import console_of
from nightclerk.cli.sandbox import LOGINS, Sandbox
from nightclerk.console.rights import Role
from nightclerk.console.serve import ConsoleHandle
from nightclerk.domain.items import RunState
from nightclerk.evidence.journal import JOURNAL
from nightclerk.init import create_workspace
from nightclerk.office.office import Office
from nightclerk.workspace import load_workspace
from tests.browser.conftest import PATIENCE_MS

pytestmark = [
    pytest.mark.slow, pytest.mark.timeout(900),
    pytest.mark.skipif(os.name == "nt", reason="the sandbox's browsers are the system's Chromium here"),
]  # fmt: skip
BOT, APP = "export-taobao", "taobao"
MINE = "The screen is in your hands"


@dataclass(kw_only=True)
class Night:
    """A workspace as `nightclerk init` makes it, its practice systems, and the console over its office."""

    office: Office
    console: ConsoleHandle
    shop: str

    def restart(self) -> None:
        """The console goes and comes back at the same address; the office and its runs stay."""
        port = int(self.console.url.rpartition(":")[2])
        self.console.stop()
        self.console = console_of(self.office, port=port)

    def address(self, path: str) -> str:
        return self.console.url + path


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    """The vault has a wrong password for one shop, whose page waits for a person's hands then."""
    root = create_workspace(tmp_path / "workspace")
    apps = root / "config" / "apps.yaml"
    waits = f"{APP}: {{url: sandbox, facts: {{wait_for_person_s: '600'}}}}"
    apps.write_text(apps.read_text(encoding="utf-8").replace(f"{APP}:     {{url: sandbox}}", waits), encoding="utf-8")
    settings = root / "config" / "settings.yaml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("language: zh", "language: en"), encoding="utf-8")
    home = load_workspace(root)
    with Sandbox(home) as sandbox:
        vault_of(home).set(f"{APP}-night", "an old password")
        office = Office(home)
        made = Night(office=office, console=console_of(office), shop=str(sandbox.endpoints[APP]["url"]))
        yield made
        made.console.stop()
        office.close()


def person(browser: Browser, night: Night, name: str, role: Role) -> Page:
    """Somebody's own browser, signed in by a one-time code, in English."""
    people, now = night.console.app.state.people, night.office.clock.now()
    people.ensure_user(name, role)
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    context.set_default_timeout(PATIENCE_MS)
    context.add_cookies([{"name": "nightclerk_language", "value": "en", "url": night.console.url}])
    page = context.new_page()
    page.goto(night.address(f"/sign-in?code={people.issue_code(name, now=now)}"))
    page.wait_for_url("**/tonight")
    return page


def stuck_at_its_login(page: Page, night: Night) -> str:
    """Launch the bot on its page and wait for its question; returns the run."""
    page.goto(night.address(f"/bots/{BOT}"))
    page.get_by_role("button", name="Start the bot").click()
    page.wait_for_url("**/runs/**")
    run = page.url.rpartition("/")[2].partition("?")[0]
    page.goto(night.address("/tasks"))
    expect(page.get_by_text(f"vault set {APP}-night")).to_be_visible(timeout=2 * PATIENCE_MS)
    page.get_by_role("button", name="Take over").first.click()
    expect(page.get_by_text(MINE)).to_be_visible()
    return run


def sign_the_bot_in(page: Page, browser: Browser, night: Night) -> None:
    """Type name and password into the picture, where the shop's own page has its fields."""
    view = page.get_by_role("img", name="The run's screen as it is now")
    expect(view).to_have_attribute("data-painted", re.compile(r"\d+"))
    width, height = int(view.get_attribute("width") or 0), int(view.get_attribute("height") or 0)
    mirror = browser.new_page(viewport={"width": width, "height": height})
    mirror.goto(f"{night.shop}/home.htm")
    frame = mirror.frame_locator("#alibaba-login-box")
    frame.get_by_label("账号名").fill("nobody")  # refused like the bot, so that the fields stand where they stand there
    frame.get_by_label("登录密码").press("Enter")
    expect(frame.get_by_role("alert")).to_be_visible()
    shown = view.bounding_box()
    assert shown is not None
    for label, text in (("账号名", LOGINS[APP][0]), ("登录密码", LOGINS[APP][1])):
        box = frame.get_by_label(label).bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        view.click(position={"x": x * shown["width"] / width, "y": y * shown["height"] / height}, click_count=3)
        page.keyboard.insert_text(text)
    mirror.close()
    page.keyboard.press("Enter")


def test_a_person_signs_a_real_bot_in(browser: Browser, night: Night) -> None:
    """A restart, a second person and a new session come between; the run goes on and ends done, all of it on film."""
    lin = person(browser, night, "lin", Role.OPERATOR)
    run = stuck_at_its_login(lin, night)
    su = person(browser, night, "su", Role.OPERATOR)
    su.goto(night.address(f"/runs/{run}/screen"))
    expect(su.get_by_text("lin has taken the screen over.")).to_be_visible()
    night.restart()
    lin.context.clear_cookies()
    lin = person(browser, night, "lin", Role.OPERATOR)
    lin.goto(night.address(f"/runs/{run}/screen"))
    expect(lin.get_by_text(MINE)).to_be_visible()
    sign_the_bot_in(lin, browser, night)
    lin.get_by_role("button", name="Hand back and go on").click()
    expect(lin.get_by_text("The screen was handed back.")).to_be_visible()
    lin.goto(night.address(f"/runs/{run}"))
    expect(lin.locator(".nc-badge").filter(has_text="done").first).to_be_visible()
    record = night.office.store.run(run)
    assert record is not None
    assert (record.state, record.started_by) == (RunState.DONE, "lin")
    journal = (night.office.workspace.logs / run / JOURNAL).read_text(encoding="utf-8")
    assert all(word in journal for word in ("taken_over", "by hand: lin", "handed_back"))
    assert LOGINS[APP][1] not in journal
