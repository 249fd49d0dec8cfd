"""Where is order 3515…? The index finds a number in items, effects and films, and goes on where it stopped."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from nightclerk.console.stretch import words_of
from nightclerk.console.whereabouts import Whereabouts
from nightclerk.domain.items import RunRecord, RunState
from nightclerk.work.memory import MemoryStore
from tests.unit.console_kit import NOW, desk_in
from tests.unit.film_kit import act, frame, new_film

KEY = "taobao:yunshan:3515000000000000018"


@pytest.fixture
def store() -> Iterator[object]:
    found = MemoryStore()
    yield found
    found.close()


def index_of(tmp_path: Path, store: object) -> Whereabouts:
    return Whereabouts(tmp_path / "index.db", store=store, logs=tmp_path / "logs")  # type: ignore[arg-type]


def filmed(tmp_path: Path, *, end: bool = True) -> str:
    """A film of one order with a picture; returns the picture's name."""
    film = new_film(tmp_path)
    film.begin({"bot": "key-orders"})
    film.item(KEY, attempt=1)
    film.step("Save the voucher")
    film.act(act("9.90"), frame=frame(60))
    film.step_end("failed", frame=None, reason="no answer")
    film.item(None, outcome="failed")
    if end:
        film.end("done", {})
    else:
        film.close()
    return next((film.folder / "pictures").iterdir()).stem


def test_a_key_is_found_by_its_parts() -> None:
    """The whole and each part that is long enough; short parts would find everything."""
    assert words_of("jd:shop:2970000000018:SF0001") == {
        "jd:shop:2970000000018:sf0001", "shop", "2970000000018", "sf0001",
    }  # fmt: skip


def test_a_number_finds_items_and_effects(tmp_path: Path, store: object) -> None:
    """By its beginning, and by the number that the other system gave."""
    index = index_of(tmp_path, store)
    store.put("orders", KEY, {}, now=NOW)  # type: ignore[attr-defined]
    effect = store.intend("erp", "voucher", KEY, run="r", now=NOW)  # type: ignore[attr-defined]
    allowed = store.submit(effect, item=None, run="r", now=NOW)  # type: ignore[attr-defined]
    store.confirm(allowed, reference="XS2611200041", run="r", now=NOW)  # type: ignore[attr-defined]
    assert index.catch_up(budget_s=30)
    assert index.keys_for("351500000000000001") == [("", KEY), ("orders", KEY)]
    assert index.keys_for("xs26112") == [("", KEY)]
    assert (index.keys_for("3516"), index.keys_for("351")) == ([], [])


def test_every_step_is_found_with_its_picture(tmp_path: Path, store: object) -> None:
    """The step's name, outcome, reason and the last picture of its acts."""
    picture = filmed(tmp_path)
    index = index_of(tmp_path, store)
    assert index.catch_up(budget_s=30)
    (seen,) = index.steps_about([KEY])
    assert (seen.name, seen.outcome, seen.reason, seen.picture) == ("Save the voucher", "failed", "no answer", picture)


def test_a_film_that_goes_on_is_read_on(tmp_path: Path, store: object) -> None:
    """What was added since the last look is found; nothing is taken in twice; a half line waits for its end."""
    filmed(tmp_path, end=False)
    journal = next((tmp_path / "logs").glob("*/journal.jsonl"))
    whole = journal.read_bytes()
    cut = whole.index(b'"kind":"step_end"')
    journal.write_bytes(whole[:cut])
    index = index_of(tmp_path, store)
    assert index.catch_up(budget_s=30)
    assert [one.outcome for one in index.steps_about([KEY])] == [""]
    journal.write_bytes(whole)
    assert index.catch_up(budget_s=30)
    assert [one.outcome for one in index.steps_about([KEY])] == ["failed"]


def test_the_index_may_be_thrown_away(tmp_path: Path, store: object) -> None:
    """A new one says the same."""
    filmed(tmp_path)
    first = index_of(tmp_path, store)
    first.catch_up(budget_s=30)
    told = first.steps_about([KEY])
    first.close()
    (tmp_path / "index.db").unlink()
    again = index_of(tmp_path, store)
    again.catch_up(budget_s=30)
    assert again.steps_about([KEY]) == told != []


def test_the_page_answers_with_everything(tmp_path: Path) -> None:
    """Item, effect, question and step on one page; a number that nobody knows says so."""
    picture = filmed(tmp_path)
    with desk_in(tmp_path) as desk:
        desk.waiting("orders", KEY, {"number": "3515000000000000018"})
        desk.store.add_run(RunRecord(run="r1", bot="key-orders", flow="f", state=RunState.DONE))
        page = desk.as_("admin").get("/where?q=3515000000000000018").text
        assert ("Save the voucher" in page, f"{picture}.webp" in page, 'href="/items/orders/' in page) == (True,) * 3
        assert "Nothing is known about “9999”" in desk.as_("admin").get("/where?q=9999").text
        assert "at least 4" in desk.as_("admin").get("/where?q=35").text
