"""A key is found in a text only as a whole."""

from __future__ import annotations

import pytest

from nightclerk import mentions


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("A100", True),
        ("付款申请-A100", True),
        ("单号A100已提交", True),
        ("A1001", False),
        ("付款申请-A1001，另见 A100。", True),
        ("BA100", False),
        ("", False),
    ],
)
def test_a_longer_number_is_another_one(text: str, held: bool) -> None:
    """A100 is named by texts that say it whole, Chinese right beside it included, and by no longer number."""
    assert mentions(text, "A100") is held


def test_nothing_is_mentioned_nowhere() -> None:
    """An empty key stands in no text."""
    assert not mentions("A100", "")
