"""What a run makes of healings: a proposal with pictures, one task for a person, counts, and what was learned."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from nightclerk.locate.fingerprint import Fingerprint, from_mapping
from nightclerk.locate.healer import Healing
from nightclerk.locate.healing import decide_healing
from nightclerk.locate.prints import load_prints, save_prints, written_folder
from nightclerk.locate.proposals import Proposals
from nightclerk.ports import ActClass, Frame, Selector
from nightclerk.reviews.healings import RunHealings, last_seen, settle_answers
from nightclerk.work.store import SqlStore, open_store

SAVE = Fingerprint(role="button", tag="button", name="保存", id="save", path=("form",), control=True)
SELECTOR = Selector(name="order.save", ways=({"css": "#save"},))
NOW = datetime(2026, 11, 20, 1, tzinfo=UTC)


class Clock:
    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return 0.0


class Film:
    """Remembers notes; every picture is called after its number."""

    def __init__(self) -> None:
        self.notes: list[tuple[str, dict[str, Any]]] = []

    def note(self, kind: str, facts: dict[str, Any]) -> None:
        self.notes.append((kind, facts))

    def picture(self, frame: Frame | None) -> str:
        return "after"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = open_store(f"sqlite:///{tmp_path / 'books.sqlite'}")
    yield opened
    opened.close()


def healings(root: Path, store: SqlStore, film: Film) -> RunHealings:
    return RunHealings(
        root=root, starter=None, run="r1", film=film, store=store, clock=Clock(), frame=lambda: None,  # type: ignore[arg-type]
        before=lambda app, element: {"before_run": "r0", "before_picture": "before"},
    )  # fmt: skip


def healing() -> Healing:
    return Healing(
        element="order.save", before=SELECTOR, after=SELECTOR, extra={}, trust=ActClass.EDIT, wanted=SAVE, found=SAVE,
        verdict=decide_healing(SAVE, [SAVE], ActClass.EDIT), change={"order.save": {"role": "button", "name": "保存"}},
    )  # fmt: skip


def test_a_healing_is_noted_counted_and_put_to_a_person_once(tmp_path: Path, store: SqlStore) -> None:
    """The journal says `healed` with P and margin, the run counts it, and there is one task with the picture."""
    film = Film()
    first = healings(tmp_path, store, film)
    first.healer("shop").keep(healing())
    healings(tmp_path, store, film).healer("shop").keep(healing())
    assert [kind for kind, _ in film.notes] == ["healed", "healed"]
    assert first.counts == {"healed": 1}
    (task,) = store.tasks()
    assert (task.kind, task.picture, task.choices) == ("healing", "after", ("accept", "refuse"))
    (kept,) = Proposals(tmp_path).all()
    assert (kept.before_picture, kept.after_picture, kept.before_run) == ("before", "after", "r0")


def test_an_answer_in_the_console_decides(tmp_path: Path, store: SqlStore) -> None:
    """What was accepted as a task is accepted as a proposal, and the element is known by its new fingerprint."""
    healings(tmp_path, store, Film()).healer("shop").keep(healing())
    (task,) = store.tasks()
    store.answer(task.task, answer="accept", who="li", now=NOW)
    (decided,) = settle_answers(tmp_path, store)
    assert (decided.state, decided.decided_by) == ("accepted", "li")
    assert load_prints("shop", workspace=tmp_path)["order.save"] == SAVE


def test_good_uses_are_kept_outside_the_written_files(tmp_path: Path, store: SqlStore) -> None:
    """A refreshed fingerprint goes to `data/`; the file beside the selectors stays as it was written."""
    save_prints(written_folder(tmp_path, "shop"), {"order.save": SAVE})
    before = (written_folder(tmp_path, "shop") / "order.yaml").read_text(encoding="utf-8")
    run = healings(tmp_path, store, Film())
    healer = run.healer("shop")
    assert healer.believes(SELECTOR, {}, {**SAVE.to_mapping(), "classes": ["new"]}) is None
    healer.step_held("保存")
    run.close()
    assert (written_folder(tmp_path, "shop") / "order.yaml").read_text(encoding="utf-8") == before
    assert load_prints("shop", workspace=tmp_path)["order.save"].classes == ("new",)


def test_the_picture_from_before_is_found(tmp_path: Path) -> None:
    """The newest other run that used the element by its own way, and the picture that its next shot became."""
    journal = tmp_path / "r0" / "journal.jsonl"
    journal.parent.mkdir()
    lines: list[dict[str, Any]] = [
        {"kind": "act", "app": "shop", "element": "order.save", "way": "css=#save"},
        {"kind": "step_end", "shot": 4},
        {"kind": "picture", "shot": 4, "sha256": "abc"},
    ]
    journal.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    assert last_seen(tmp_path, "shop", "order.save", but="r1") == {"before_run": "r0", "before_picture": "abc"}
    assert last_seen(tmp_path, "shop", "order.other", but="r1") == {}


def test_fingerprints_of_a_newer_version_are_read() -> None:
    """Traits that this version does not know are left aside."""
    assert from_mapping({**SAVE.to_mapping(), "aura": "blue"}) == SAVE
