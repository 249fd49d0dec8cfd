"""A console over a made-up night for each file of browser tests, a browser for it, and a page that is signed in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, Request, expect

from nightclerk.console.serve import ConsoleHandle, start_console
from nightclerk.console.services import Services
from tests.browser import night

#: A condition may take this long on a machine that has other work to do; a quick one waits for none of it.
PATIENCE_MS = 90_000
expect.set_options(timeout=PATIENCE_MS)
SYSTEM_BROWSERS = ("/usr/bin/chromium", "/usr/bin/google-chrome", "/usr/bin/microsoft-edge")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any], playwright: Playwright) -> dict[str, Any]:
    """Playwright's own browser when it is there, else the system's."""
    arguments = {**browser_type_launch_args, "args": ["--no-sandbox", "--disable-background-networking"]}
    if not Path(playwright.chromium.executable_path).exists():
        system = next((path for path in SYSTEM_BROWSERS if Path(path).exists()), None)
        arguments |= {"executable_path": system} if system else {}
    return arguments


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Services:
    """A night of its own for each file: what one file's tests answer is still open in the next."""
    return night.seeded(tmp_path_factory.mktemp("workspace"))


@pytest.fixture(scope="module")
def console(services: Services) -> Iterator[ConsoleHandle]:
    handle = start_console(services)
    yield handle
    handle.stop()


class Complaints:
    """What a browser complained about, and every address that it asked for."""

    def __init__(self) -> None:
        self.errors: list[str] = []
        self.hosts: set[str] = set()

    def heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.errors.append(f"{message.text} ({message.location.get('url', '')})")

    def asked(self, request: Request) -> None:
        self.hosts.add(urlsplit(request.url).hostname or "")

    def watch(self, page: Page) -> None:
        page.on("console", self.heard)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", self.asked)
        page.on("websocket", lambda socket: self.hosts.add(urlsplit(socket.url).hostname or ""))


@pytest.fixture
def complaints() -> Complaints:
    return Complaints()


Dress = Callable[[str, str], None]


@pytest.fixture
def dress(context: BrowserContext, console: ConsoleHandle) -> Dress:
    """Choose the language and the look of this test's browser."""

    def choose(language: str, look: str = "light") -> None:
        wanted = {"nightclerk_language": language, "nightclerk_look": look}
        context.add_cookies([{"name": name, "value": value, "url": console.url} for name, value in wanted.items()])

    return choose


@pytest.fixture(scope="module")
def signed_in(browser: Browser, console: ConsoleHandle) -> list[Any]:
    """The cookies of the admin, who has followed the one-time link."""
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(console.sign_in_url)
    page.wait_for_url("**/tonight")
    cookies = context.cookies()
    context.close()
    return cookies


@pytest.fixture
def desk(page: Page, signed_in: list[Any], complaints: Complaints, dress: Dress) -> Page:
    """A page of somebody who is signed in, in English."""
    page.context.add_cookies(signed_in)
    dress("en", "light")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.set_default_timeout(PATIENCE_MS)
    complaints.watch(page)
    return page
