"""A page that was switched to another language: found by what is not text, or not at all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nightclerk.locate.fingerprint import Fingerprint
from nightclerk.locate.healing import decide_healing
from nightclerk.locate.language import is_translated, script_of
from nightclerk.ports import ActClass

ALONE = {"name": 1, "role_name": 1, "id": 1, "href": 1, "field_name": 1}
MEMO = Fingerprint(
    role="textbox", tag="input", type="text", name="备注", label="备注", id="memo", field_name="remark", heading="订单",
    form="order", path=("label", "form#order", "main"), landmarks=("form#order", "main"), before=("数量",),
    after=("保存",), box=(10, 100, 200, 30), order=2, counts=ALONE, control=True,
)  # fmt: skip
ENGLISH = replace(MEMO, name="Remarks", label="Remarks", heading="Order", before=("Quantity",), after=("Save",))
SAVE = Fingerprint(role="button", tag="button", name="保存", id="save", form="order", counts=ALONE, control=True)
REST = [
    Fingerprint(role="button", tag="button", name=name, id=name.lower(), form="order", counts=ALONE, control=True)
    for name in ("Submit", "Cancel", "Search", "Help")
]


@pytest.mark.parametrize("kind", [ActClass.READ, ActClass.EDIT])
def test_an_element_with_its_own_names_is_found_in_another_language(kind: ActClass) -> None:
    """Its id and the name of its field are as they were: every text around may be in English."""
    verdict = decide_healing(MEMO, [*REST, ENGLISH], kind)
    assert (verdict.ending, verdict.best and verdict.best.candidate.name) == ("healed", "Remarks")


def test_without_an_identity_nothing_is_taken() -> None:
    """What only stands where it stood may be another one when no word can be compared."""
    bare = replace(ENGLISH, id="", field_name="")
    verdict = decide_healing(replace(MEMO, id="", field_name=""), [*REST, bare], ActClass.READ)
    assert verdict.ending == "unsure"
    assert "translated" in verdict.reasons


@pytest.mark.parametrize(("name", "reason"), [("Delete", "other_intent"), ("Save as draft", "other_qualifier")])
def test_a_known_word_forbids_in_every_language(name: str, reason: str) -> None:
    """The id of 保存 on a button that says Delete, or Save as draft, is not the button."""
    verdict = decide_healing(SAVE, [*REST, replace(SAVE, name=name)], ActClass.READ)
    assert verdict.ending == "unsure"
    assert reason in verdict.reasons


def test_a_page_in_its_own_language_is_compared_by_its_words() -> None:
    """One foreign name among names of the page's own script makes no translation."""
    own = [replace(one, name="查询") for one in REST]
    assert is_translated(MEMO, [*REST, ENGLISH])
    assert not is_translated(MEMO, [*own, ENGLISH])
    assert not is_translated(MEMO, REST[:3])
    assert (script_of("保存 OK 订单号"), script_of("Save"), script_of("12.00")) == ("CJK", "LATIN", "")
