"""Stock shares: every shop has one, and together they never offer more than there is."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from nightclerk.documents import load_stock_shares
from nightclerk.errors import WorkspaceError


def shares(folder: Path, text: str) -> dict[str, Fraction]:
    (folder / "stock.yaml").write_text(text, encoding="utf-8")
    return dict(load_stock_shares(folder / "stock.yaml", ["taobao", "jd"]))


def test_shares_are_exact_fractions(tmp_path: Path) -> None:
    """Per cent become fractions, without binary rounding."""
    assert shares(tmp_path, "shares: {taobao: 70, jd: 30}") == {"taobao": Fraction(7, 10), "jd": Fraction(3, 10)}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("shares: {taobao: 70}", "a share for jd"),
        ("", "a share for taobao, jd"),
        ("shares: {taobao: 70, jd: 40}", "100 at most in all, not 110"),
        ("shares: {taobao: 70, jd: -1}", "a whole number from 0 to 100 for jd, not -1"),
        ("shares: {taobao: [", "stock.yaml:1: YAML"),
    ],
)
def test_a_wrong_share_is_refused(tmp_path: Path, text: str, sentence: str) -> None:
    """A missing share must not become the whole stock, and too much would be oversold."""
    with pytest.raises(WorkspaceError, match=sentence):
        shares(tmp_path, text)
