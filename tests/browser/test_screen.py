"""A run's screen in a real browser: the picture of now, and a person's clicks, texts and keys arriving over there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from nightclerk.console.serve import ConsoleHandle
from nightclerk.console.services import Services
from nightclerk.ports import Gesture, Hand, Then
from tests.browser import night
from tests.browser.conftest import Complaints
from tests.unit.screen_kit import SIZE, OneScreen


@pytest.fixture(scope="module")
def screen() -> OneScreen:
    return OneScreen(night.RUNNING)


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory, screen: OneScreen) -> Services:
    return replace(night.seeded(tmp_path_factory.mktemp("workspace")), live=screen)


def arrived(screen: OneScreen, gesture: Gesture) -> list[Hand]:
    return [hand for hand in screen.did if hand.gesture is gesture]


def test_a_screen_is_taken_over_and_given_back(
    desk: Page, console: ConsoleHandle, screen: OneScreen, complaints: Complaints
) -> None:
    """Clicks land on the pixel that was pointed at; Chinese text, keys and chords arrive; the bot gets it back."""
    desk.goto(f"{console.url}/runs/{night.RUNNING}")
    desk.get_by_role("link", name="Watch the screen").click()
    view = desk.get_by_role("img", name="The run's screen as it is now")
    expect(view).to_have_attribute("data-painted", "1")
    expect(view).to_have_attribute("width", str(SIZE[0]))
    desk.get_by_role("button", name="Take over").click()
    expect(desk.get_by_text("The screen is in your hands")).to_be_visible()
    box = view.bounding_box()
    assert box is not None
    view.click(position={"x": box["width"] / 4, "y": box["height"] / 2})
    desk.keyboard.insert_text("验证码 4711")
    desk.keyboard.press("Enter")
    desk.keyboard.press("Control+A")
    expect(desk.locator("#fact-where")).to_have_text("Control+A")
    (down,) = arrived(screen, Gesture.DOWN)
    assert abs(down.x - SIZE[0] / 4) <= 2
    assert abs(down.y - SIZE[1] / 2) <= 2
    assert [hand.text for hand in arrived(screen, Gesture.TEXT)] == ["验证码 4711"]
    assert [hand.key for hand in arrived(screen, Gesture.KEY)] == ["Enter", "Control+A"]
    desk.keyboard.press("Alt+Enter")
    expect(desk.get_by_role("button", name="Hand back and go on")).to_be_focused()
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("The screen was handed back.")).to_be_visible()
    assert screen.then == [Then.GO_ON]
    assert complaints.errors == []


def test_the_picture_follows_the_screen(desk: Page, console: ConsoleHandle, screen: OneScreen) -> None:
    """What changes over there is painted here without a reload; when the run ends the page says so."""
    desk.goto(f"{console.url}/runs/{night.RUNNING}/screen")
    view = desk.locator("#view")
    expect(view).to_have_attribute("data-painted", str(screen.number))
    before = view.evaluate("canvas => canvas.toDataURL()")
    screen.number += 1
    expect(view).to_have_attribute("data-painted", str(screen.number))
    assert view.evaluate("canvas => canvas.toDataURL()") != before
    screen.over = True
    expect(desk.get_by_text("is not at work on this machine")).to_be_visible()
    screen.over = False
