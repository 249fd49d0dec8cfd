"""The pack's replay in a real browser, opened as a file: it walks, filters, speaks, and runs nothing else."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from nightclerk.evidence.keys import trusted_keys
from nightclerk.evidence.pack import make_pack

sys.path.append(str(Path(__file__).parents[1] / "unit"))
from film_kit import act, frame, new_film

HOSTILE = "<img src=x onerror=\"document.title='ran'\"></script><script>document.title='ran'</script>"


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack of a run with two items, one failed step, and hostile values."""
    root = tmp_path_factory.mktemp("pack")
    film = new_film(root)
    film.begin({"bot": "key-orders", "started_by": HOSTILE})
    for number, key in enumerate(("A-1", "A-2")):
        film.item(key, attempt=1)
        film.step(f"Save {key}")
        film.act(act(HOSTILE if number else "9.90"), frame=frame(60 * number + 60))
        film.step_end("failed" if number else "ok", frame=frame(90 * number), reason=HOSTILE if number else "")
        film.item(None, outcome="done")
    film.end("done", {"counts": {"done": 2}})
    ring = trusted_keys(root / "data/keys") or {}
    return make_pack(film.folder, root / "pack", ring=ring, anchors={film.folder.name: film.head()}.get).path


@pytest.fixture
def replay(page: Page, pack: Path) -> Iterator[Page]:
    """The replay page, open, with everything that went wrong on it collected."""
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("requestfailed", lambda request: wrong.append(request.url))
    page.on("request", lambda request: wrong.append(request.url) if request.url.startswith("http") else None)
    page.goto((pack / "index.html").as_uri())
    yield page
    assert wrong == []


def test_it_opens_at_the_first_failure_and_walks_by_keys(replay: Page) -> None:
    """The failed step is on the stage with its picture; the arrow goes on to what happened in it, with its box."""
    expect(replay.locator("#detail h3")).to_contain_text("Save A-2")
    expect(replay.locator("#picture")).to_be_visible()
    replay.keyboard.press("ArrowRight")
    expect(replay.locator("#overlay rect")).to_have_count(1)
    expect(replay.locator("#position")).to_have_text("4 / 4")
    replay.keyboard.press("Home")
    expect(replay.locator("#position")).to_have_text("1 / 4")


def test_it_filters_by_failure_and_item(replay: Page) -> None:
    """F leaves the failures; an item leaves what was done for it."""
    replay.keyboard.press("f")
    expect(replay.locator(".row:not(.head-row)")).to_have_count(1)
    replay.keyboard.press("f")
    replay.select_option("#item", "A-1")
    expect(replay.locator(".row:not(.head-row)")).to_have_count(2)


def test_it_speaks_both_languages_and_has_two_looks(replay: Page) -> None:
    """The switches change language and look; nothing is left untranslated."""
    before = replay.locator("#language").inner_text()
    replay.click("#language")
    expect(replay.locator("#language")).not_to_have_text(before)
    assert not replay.locator("body").inner_text().count("pack.")
    replay.click("#look")
    assert replay.locator("html").get_attribute("data-look") in {"dark", "light"}


def test_hostile_values_are_shown_and_do_not_run(replay: Page) -> None:
    """What looks like markup in a value stands on the page as text; no script and no image of it came to life."""
    replay.keyboard.press("ArrowRight")
    expect(replay.locator("#detail .value")).to_contain_text("<img src=x onerror=")
    assert "ran" not in replay.title()
    assert replay.locator("img").count() == 1
