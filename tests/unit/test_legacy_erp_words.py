"""What the ERP flows make of copied boxes and of the ERP's stock."""

from __future__ import annotations

from pathlib import Path

from flows.apps.legacy_erp import sentence
from flows.collect_from_erp import available
from nightclerk.documents import load_mappings

MAPPINGS = load_mappings(Path(__file__).parents[2] / "config" / "mapping")
RULE = "-" * 27


def test_the_sentence_of_a_copied_box() -> None:
    """Title, rules and buttons of the copied text go, its lines become one sentence."""
    copied = f"{RULE}\n云杉ERP - 提示\n{RULE}\n保存成功！\n单据号：XS2611-00001\n{RULE}\n确定   \n{RULE}\n"
    assert sentence(copied) == "保存成功！ 单据号：XS2611-00001"


def test_text_that_is_no_box_stays_as_it_is() -> None:
    """A program that copies its bare text is understood as well."""
    assert sentence("网络超时\n请重试") == "网络超时 请重试"


def test_a_bundle_is_as_available_as_its_scarcest_part() -> None:
    """The tea set needs 4 cups, 1 pot and 1 tray."""
    free = {"0101001": 40, "0101002": 9, "0101003": 100}
    assert available(MAPPINGS, "taobao", "TB-TEASET", free) == 9


def test_stock_below_safety_shows_zero() -> None:
    """A shop never gets a negative number."""
    assert available(MAPPINGS, "taobao", "TB-CUP", {"0101001": -3}) == 0
