"""Fingerprints beside the selectors: what `nightclerk check` says of them, and a run that gets to know elements."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nightclerk.check.prints import fingerprint_faults, lone_fingerprints
from nightclerk.locate.files import LoadedSelectors, load_selectors
from nightclerk.locate.fingerprint import Fingerprint, filled_in, learned, seen
from nightclerk.locate.healer import Healer
from nightclerk.locate.healing import verify
from nightclerk.locate.prints import save_prints, written_folder
from nightclerk.ports import Selector
from nightclerk.texts import language

SAVE = Selector(name="order.save", ways=({"css": "#save"},))
RAW = {"role": "button", "tag": "button", "name": "保存", "control": True, "token": "aa11", "kin_after": ["bb22"]}


@pytest.fixture
def selectors(tmp_path: Path) -> dict[str, LoadedSelectors]:
    file = tmp_path / "selectors" / "shop" / "order.yaml"
    file.parent.mkdir(parents=True)
    file.write_text("order:\n  save: {css: '#save'}\n", encoding="utf-8")
    return {"shop": load_selectors("shop", workspace=tmp_path)}


def beside(root: Path, text: str) -> None:
    file = written_folder(root, "shop") / "order.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("save: {role: [", "shop/prints/order.yaml"),
        ("save: {box: [wide, 2]}", "save: invalid literal"),
        ("save: nothing", "element: {role: …}"),
        ("- save", "element: {role: …}"),
        ("save: {name: 张三 13800138000}", "order.save holds somebody's data"),
    ],
)
def test_a_bad_file_is_told(selectors: Any, tmp_path: Path, text: str, said: str) -> None:
    """Rubbish, wrong kinds of values and people's data are each one sentence with the file and the remedy."""
    beside(tmp_path, text)
    with language("en"):
        (fault,) = fingerprint_faults(tmp_path, selectors)
        assert said in fault.sentence()
        assert "delete shop/prints/order.yaml" in fault.sentence() or "order.yaml" in fault.where


def test_a_fingerprint_without_element_is_odd(selectors: Any, tmp_path: Path) -> None:
    """An element that was renamed leaves its fingerprint behind: a warning, and no fault."""
    save_prints(written_folder(tmp_path, "shop"), {"order.send": Fingerprint(role="button", name="发送")})
    with language("en"):
        (odd,) = lone_fingerprints(tmp_path, selectors)
        assert "order.send has no element in the selectors of shop" in odd.sentence()
    assert not list(fingerprint_faults(tmp_path, selectors))


def test_an_unknown_element_is_met_at_its_first_good_use() -> None:
    """A hand-written selector without fingerprint gets one when the step of its first use ends well."""
    healer = Healer(app="shop")
    assert healer.is_new(SAVE)
    healer.meet(SAVE, {}, RAW)
    healer.step_held("Save")
    assert healer.take_learned()["order.save"].name == "保存"
    assert not healer.is_new(SAVE)


def test_nothing_is_learned_from_a_step_that_failed() -> None:
    """What a way hit in a step that went wrong may have been the wrong thing."""
    healer = Healer(app="shop")
    healer.meet(SAVE, {}, RAW)
    healer.step_failed()
    assert healer.take_learned() == {}


def test_a_later_use_keeps_what_only_a_whole_look_tells() -> None:
    """A cheap look at one element does not see its neighbours; those that were learned stay."""
    healer = Healer(app="shop")
    healer.meet(SAVE, {}, RAW)
    healer.step_held("Save")
    healer.take_learned()
    cheap = {"role": "button", "tag": "button", "name": "保存", "control": True, "title": "保存订单"}
    assert healer.believes(SAVE, {}, cheap) is None
    healer.step_held("Save again")
    fresh = healer.take_learned()["order.save"]
    assert (fresh.title, fresh.token, fresh.kin_after) == ("保存订单", "aa11", ("bb22",))


def test_a_glance_looks_for_nothing_elsewhere() -> None:
    """Whether a thing is there yet may be asked a hundred times: no search over the page, no task for a person."""
    healer = Healer(app="shop", prints={"order.save": Fingerprint(role="button", name="保存")})
    with healer.glancing():
        assert healer.wanted(SAVE, {}) is None
    assert healer.wanted(SAVE, {}) is not None


def test_each_value_stands_in_a_row_of_its_own() -> None:
    """The message of one task is learned, private text and all; that of another, sent later, is believed."""

    def message(task: str, at: str, nth: int) -> dict[str, Any]:
        text = f"task {task}: the password is Zx{nth}"
        return {
            "tag": "p", "text": text, "heading": "Messages", "classes": ["text"], "path": ["li.message", "ul", "main"],
            "landmarks": ["main"], "row": [at, text], "in_row": True, "counts": {"twins": 2, "nth": nth},
        }  # fmt: skip

    first = learned(message("4711", "2026-11-20 22:00:01", 0), values={"task": "4711"}, keep_text=False)
    assert (first.row, first.in_row) == ((), False)
    second = message("4712", "2026-11-20 22:07:09", 1)
    assert "password" not in str(first)
    assert verify(filled_in(first, {"task": "4712"}), seen(second))[0]
