"""Amounts in Chinese capitals (大写) and in figures: write one as the other, and round to the fen."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

FEN = Decimal("0.01")
ZERO = Decimal(0)


def rounded(value: Decimal) -> Decimal:
    """To the fen, half up."""
    return value.quantize(FEN, rounding=ROUND_HALF_UP)


_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")
_SAME = str.maketrans(
    "〇○一二三四五六七八九十百千兩两弍貳參陸元正萬億", "零零壹贰叁肆伍陆柒捌玖拾佰仟贰贰贰贰叁陆圆整万亿"
)


def amount_in_words(amount: Decimal) -> str:
    """`Decimal("27160.49")` -> 贰万柒仟壹佰陆拾圆肆角玖分, as a fapiao prints it."""
    fen = int((abs(amount) * 100).to_integral_value(ROUND_HALF_UP))
    yuan, jiao, cent = fen // 100, fen // 10 % 10, fen % 10
    text = "（负数）" if amount < 0 else ""
    text += (_whole_in_words(yuan) + "圆") if yuan or not fen else ""
    if not jiao and not cent:
        return text + "整"
    if jiao:
        text += _DIGITS[jiao] + "角"
    elif yuan:
        text += "零"
    return text + (_DIGITS[cent] + "分" if cent else "整")


def _whole_in_words(whole: int) -> str:
    if not whole:
        return "零"
    text, gap = "", False
    for index in reversed(range(len(_GROUPS))):
        group = whole // 10 ** (4 * index) % 10**4
        if not group:
            gap = gap or bool(text)
            continue
        text += "零" if text and (gap or group < 1000) else ""
        text += _group_in_words(group) + _GROUPS[index]
        gap = False
    return text


def _group_in_words(group: int) -> str:
    text, gap = "", False
    for place in reversed(range(4)):
        digit = group // 10**place % 10
        if not digit:
            gap = bool(text)
            continue
        text += ("零" if gap else "") + _DIGITS[digit] + _PLACES[place]
        gap = False
    return text


def words_to_amount(words: str) -> Decimal | None:
    """The amount that Chinese capitals state; None when they do not parse completely."""
    text = "".join(words.split()).translate(_SAME)
    negative = "负" in text
    for mark in ("（负数）", "(负数)", "负数", "负", "⊗", "人民币"):
        text = text.replace(mark, "")
    whole, circle, rest = text.partition("圆")
    if not circle:
        whole, rest = "", text
    yuan, cents = _parse_whole(whole), _parse_cents(rest)
    if yuan is None or cents is None or (not whole and not rest):
        return None
    amount = Decimal(yuan) + cents
    return -amount if negative else amount


def _parse_whole(text: str) -> int | None:
    total = section = digit = 0
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS.index(char)
        elif char in _PLACES:
            section += (digit or 1) * 10 ** _PLACES.index(char)
            digit = 0
        elif char == "万":
            section, digit = (section + digit) * 10**4, 0
        elif char == "亿":
            total, section, digit = (total + section + digit) * 10**8, 0, 0
        else:
            return None
    return total + section + digit


def _parse_cents(text: str) -> Decimal | None:
    cents, digit = ZERO, 0
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS.index(char)
        elif char in "角分":
            cents += digit * (FEN * 10 if char == "角" else FEN)
            digit = 0
        elif char != "整":
            return None
    return None if digit else cents
