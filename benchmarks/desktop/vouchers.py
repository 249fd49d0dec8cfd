"""What is keyed in: vouchers of six fields with Chinese text, long numbers and signs; made up, the same for a seed."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path

_NAMES = "上海云杉样例商贸有限公司北京测试科技广州示范物流"
_SIGNS = "，。（）《》¥<>&'\"％－"


def vouchers(count: int, *, seed: int = 11) -> list[list[str]]:
    """Texts of about 110 characters a voucher."""
    chance = random.Random(seed)

    def words(length: int) -> str:
        return "".join(chance.choices(_NAMES + _SIGNS, weights=[4] * len(_NAMES) + [1] * len(_SIGNS), k=length))

    return [
        [
            words(16),
            f"{chance.randrange(10**18, 10**19)}",
            words(30),
            f"2026-11-{chance.randrange(1, 29):02d}",
            f"{chance.randrange(10**7) / 100:,.2f}",
            words(32),
        ]
        for _ in range(count)
    ]


def wrong_characters(books: Path, wanted: Sequence[Sequence[str]]) -> tuple[int, int]:
    """(wrong or lost characters, characters in all) of what a program saved against what was to be keyed."""
    lines = books.read_text(encoding="utf-8").splitlines() if books.exists() else []
    saved = [json.loads(line) for line in lines]
    wrong = sum(_differ(text, got) for row, texts in enumerate(wanted) for text, got in _paired(texts, saved, row))
    return wrong, sum(len(text) for texts in wanted for text in texts)


def _paired(texts: Sequence[str], saved: Sequence[Sequence[str]], row: int) -> list[tuple[str, str]]:
    got = saved[row] if row < len(saved) else [""] * len(texts)
    return list(zip(texts, got, strict=True))


def _differ(text: str, got: str) -> int:
    same = sum(one == other for one, other in zip(text, got, strict=False))
    return max(len(text), len(got)) - same
