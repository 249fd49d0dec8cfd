"""The run page: replay by keys, deep links, the box on the picture, failures, the chain badge, and live."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from nightclerk.console.serve import ConsoleHandle
from nightclerk.console.services import Services
from nightclerk.domain.items import RunRecord, RunState
from tests.browser import night


def test_arrow_keys_walk_through_the_moments(desk: Page, console: ConsoleHandle) -> None:
    """Right and left move one moment; the address follows, so that it can be sent to a colleague."""
    desk.goto(f"{console.url}/runs/{night.KEYED}")
    expect(desk.locator("#position")).to_have_text(re.compile(r"^1 / \d+"))
    desk.keyboard.press("ArrowRight")
    desk.keyboard.press("ArrowRight")
    expect(desk).to_have_url(re.compile(r"#step=3$"))
    desk.keyboard.press("ArrowLeft")
    expect(desk.locator("[aria-current=step]")).to_have_attribute("data-number", "2")


def test_a_deep_link_opens_its_moment_with_the_box(desk: Page, console: ConsoleHandle) -> None:
    """The commit's picture comes up with a box that lies over the very button."""
    desk.goto(f"{console.url}/runs/{night.KEYED}")
    number = desk.locator(".nc-m-commit").first.get_attribute("data-number")
    desk.goto("about:blank")
    desk.goto(f"{console.url}/runs/{night.KEYED}#step={number}")
    expect(desk.locator("#caption")).to_contain_text("click voucher.save")
    box = desk.locator("#overlay rect")
    expect(box).to_have_attribute("x", str(night.SAVE.x - 4))
    stage, drawn = desk.locator("#picture").bounding_box(), box.bounding_box()
    assert stage is not None
    assert drawn is not None
    scale = stage["width"] / night.SCREEN[0]
    assert abs(drawn["x"] - stage["x"] - (night.SAVE.x - 4) * scale) < 8


def test_f_shows_the_failures_only(desk: Page, console: ConsoleHandle) -> None:
    """F filters the timeline to what went wrong, in the address; F again brings everything back."""
    desk.goto(f"{console.url}/runs/{night.KEYED}")
    desk.keyboard.press("f")
    expect(desk).to_have_url(re.compile("only=failed"))
    expect(desk.locator("#moments [data-number]:not(.nc-m-failed)")).to_have_count(0)
    desk.keyboard.press("f")
    expect(desk.locator("#moments [data-number]:not(.nc-m-failed)").first).to_be_visible()


def test_the_chain_badge_tells_of_tampering(desk: Page, console: ConsoleHandle, services: Services) -> None:
    """An untouched run is verified; after one changed character the badge says that it is broken."""
    journal = services.logs / night.KEYED / "journal.jsonl"
    untouched = journal.read_bytes()
    desk.goto(f"{console.url}/runs/{night.KEYED}")
    expect(desk.locator("#chain")).to_contain_text("Verified")
    try:
        journal.write_bytes(untouched.replace(b"C1001", b"C1002", 1))
        desk.reload()
        expect(desk.locator("#chain")).to_contain_text("Evidence broken")
    finally:
        journal.write_bytes(untouched)


def test_pictures_come_from_the_run_only(desk: Page, console: ConsoleHandle, services: Services) -> None:
    """A picture is kept by browsers for ever; no other file of the disk can be asked for."""
    name = next((services.logs / night.KEYED / "pictures").iterdir()).name
    answer = desk.request.get(f"{console.url}/shots/{night.KEYED}/{name}")
    assert (answer.status, answer.headers["content-type"]) == (200, "image/webp")
    assert "immutable" in answer.headers["cache-control"]
    for path in (f"{night.KEYED}/{'0' * 64}", f"..%2F{night.KEYED}/{Path(name).stem}", f"{night.KEYED}/..%2Fjournal"):
        assert desk.request.get(f"{console.url}/shots/{path}.webp").status == 404


def test_a_file_that_a_run_kept_can_be_fetched(desk: Page, console: ConsoleHandle) -> None:
    """The file comes down under its own name with its own content."""
    desk.goto(f"{console.url}/runs/{night.KEYED}")
    with desk.expect_download() as waiting:
        desk.get_by_role("link", name="voucher-list.csv", exact=True).click()
    assert waiting.value.suggested_filename == "voucher-list.csv"
    assert "XS2611200000" in waiting.value.path().read_text(encoding="utf-8")


def test_a_running_run_shows_the_picture_of_now(desk: Page, console: ConsoleHandle, services: Services) -> None:
    """What the bot does shows up within a second or so, without a reload; its end turns the page into a replay."""
    run = "live-1"
    services.store.add_run(RunRecord(run=run, bot="ship-orders", flow="f", state=RunState.RUNNING))
    film = night.running_film(services, run)
    desk.goto(f"{console.url}/runs/{run}")
    expect(desk.locator("#live")).to_have_text("Live")
    night.film_one(film, "taobao:yunshan:3515000000000000099")
    expect(desk.locator("#ticker")).to_contain_text("click voucher.save", timeout=3000)
    expect(desk.locator("#picture")).to_have_attribute("src", re.compile(rf"/shots/{run}/[0-9a-f]{{64}}\.webp"))
    film.end("done", {})
    services.store.update_run(run, state=RunState.DONE)
    expect(desk.locator("#moments li").first).to_be_visible(timeout=5000)
