"""What is learned of an element, what of it may be kept, and where it is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from nightclerk.errors import WorkspaceError
from nightclerk.locate.fingerprint import MOST_BYTES, digest, filled_in, from_mapping, learned, seen
from nightclerk.locate.prints import learned_folder, load_prints, save_prints, written_folder

BUTTON = {
    "role": "button",
    "tag": "button",
    "name": "发 货",
    "text": "发 货",
    "control": True,
    "order": 0,
    "box": [1, 2, 3, 4],
}
ROW = {**BUTTON, "row": ["A1", "138-0013-8000", "12.00"], "in_row": True, "column": "操作"}


def test_a_fingerprint_survives_its_mapping() -> None:
    """Writing and reading give the same record; what says nothing is left out."""
    one = learned(BUTTON)
    assert from_mapping(one.to_mapping()) == one
    assert "label" not in one.to_mapping()
    assert one.name == "发货"


def test_no_private_text_is_kept() -> None:
    """Phones, names after their label and figures of the neighbourhood are dropped; rows are digests."""
    raw = {**ROW, "before": ["13800138000", "收货人", "合计"], "after": ["王小明", "数量 1024"]}
    kept = str(learned(raw).to_mapping())
    assert "合计" in kept
    for private in ("13800138000", "138-0013-8000", "1024", "12.00"):
        assert private not in kept


def test_a_name_after_its_label_is_not_kept() -> None:
    """In reading order 王小明 comes after 收货人, whichever side of the element both are on."""
    assert "王小明" not in str(learned({**BUTTON, "after": ["收货人", "王小明"]}).to_mapping())
    assert "王小明" not in str(learned({**BUTTON, "before": ["王小明", "收货人"]}).to_mapping())


def test_a_value_that_is_read_is_not_kept() -> None:
    """The text of what is no control is data."""
    raw = {"tag": "span", "text": "王小明", "name": "王小明", "classes": ["buyer"]}
    assert "王小明" not in str(learned(raw).to_mapping())


def test_values_become_placeholders() -> None:
    """The order of this use is no part of the element; with another order it fits that order's row."""
    stored = learned({**ROW, "id": "ship-A1", "href": "/ship?order=A1"}, values={"order": "A1"})
    assert stored.id == "ship-{order}"
    assert "{order}" in stored.row
    other = filled_in(stored, {"order": "B2"})
    assert other.href == "/ship?order=B2"
    assert digest("B2") in other.row


def test_a_fingerprint_stays_small() -> None:
    """However much the page says, what is kept takes at most 1.5 kB."""
    raw = {**BUTTON, "classes": ["很长的类名" * 9] * 8, "before": ["文字" * 20] * 4, "after": ["文字" * 20] * 4}
    assert len(str(learned(raw).to_mapping()).encode()) <= MOST_BYTES


def test_seen_digests_the_row() -> None:
    """What the page shows now is compared in the same form as what was kept."""
    assert seen(ROW).row == tuple(digest(text) for text in ROW["row"])


def test_learned_prints_win_over_written_ones(tmp_path: Path) -> None:
    """The sidecar beside the selectors first, what runs have learned since over it; both are read back."""
    save_prints(written_folder(tmp_path, "shop"), {"orders.ship": learned(BUTTON), "stock.save": learned(BUTTON)})
    save_prints(learned_folder(tmp_path, "shop"), {"orders.ship": learned({**BUTTON, "id": "ship"})})
    found = load_prints("shop", workspace=tmp_path)
    assert found["orders.ship"].id == "ship"
    assert found["stock.save"].name == "发货"


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    """A file that is no fingerprints says which file and what to do."""
    folder = written_folder(tmp_path, "shop")
    folder.mkdir(parents=True)
    (folder / "orders.yaml").write_text("orders: [1, 2", encoding="utf-8")
    with pytest.raises(WorkspaceError, match=r"selectors/shop/prints/orders\.yaml"):
        load_prints("shop", workspace=tmp_path)


def test_what_a_select_offers_is_kept_as_digests() -> None:
    """Its choices tell it from others; no text of them is stored, and a private one leaves not even a digest."""
    raw = {"role": "combobox", "tag": "select", "control": True, "choices": ["一号仓", "13800001234"]}
    kept = learned(raw)
    assert kept.choices == (digest("一号仓"),)
    assert kept.choices[0] in seen(raw).choices
