"""Figures and days as invoices in Latin script write them: marks, thin blanks, signs behind, months in words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

#: A figure: sign, digits in groups, decimals, sign behind. Blanks part groups only where three digits follow.
FIGURE = re.compile(
    r"(?<![\w.,'’-])(?P<open>\()?(?P<sign>[-−–]\s?(?:[€$£]\s?)?)?"
    r"(?P<whole>\d{1,3}(?:(?P<mark>[.,'’ ])\d{3})(?:(?P=mark)\d{3})*|\d+)"
    r"(?:(?P<point>[.,])(?P<rest>\d{1,6}))?(?P<behind>[-−](?!\d))?(?P<close>\))?(?![\w'’]|[.,]\d)"
)
#: Currency words and signs -> ISO code. `$` is the dollar of the United States unless another one is written.
CURRENCIES = {
    "€": "EUR", "EUR": "EUR", "EURO": "EUR", "EUROS": "EUR", "US$": "USD", "USD": "USD", "$": "USD", "£": "GBP",
    "GBP": "GBP", "CHF": "CHF", "FR.": "CHF", "SFR.": "CHF", "CNY": "CNY", "RMB": "CNY", "¥": "JPY", "JPY": "JPY",
    "PLN": "PLN", "SEK": "SEK", "NOK": "NOK", "DKK": "DKK", "CZK": "CZK", "HKD": "HKD", "CAD": "CAD", "AUD": "AUD",
}  # fmt: skip
CURRENCY = re.compile(
    r"(?<![A-Za-z])(?:"
    + "|".join(re.escape(word) for word in sorted(CURRENCIES, key=len, reverse=True))
    + r")(?![a-z])",
    re.IGNORECASE,
)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january januar janvier jan janv jänner gennaio gen enero ene januari janeiro",
            "february februar février fevrier feb févr febr febbraio febrero februari fevereiro",
            "march märz mars mar mär maerz mrz marzo maart mrt março",
            "april avril apr avr aprile abril abr",
            "may mai mayo maggio mag mei maio",
            "june juni juin jun giugno giu junio junho", "july juli juillet jul juil luglio lug julio julho",
            "august août aout aug agosto ago augustus",
            "september septembre sep sept settembre septiembre setembro",
            "october oktober octobre oct okt ottobre ott octubre outubro",
            "november novembre nov noviembre novembro",
            "december dezember décembre decembre dec dez déc dicembre dic diciembre dezembro",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_WORD = r"[^\W\d_]{3,10}"
_DAYS = (
    (re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)"), "ymd"),
    (re.compile(r"(?<!\d)(\d{1,2})\s?[./-]\s?(\d{1,2})\s?[./-]\s?(\d{4})(?!\d)"), "dmy"),
    (re.compile(r"(?<!\d)(\d{1,2})[./-](\d{1,2})[./-](\d{2})(?!\d)"), "dmy"),
    (
        re.compile(
            rf"(?<!\d)(\d{{1,2}})(?:\.|er|st|nd|rd|th)?[\s-]+(?:de\s+)?({_WORD})\.?,?[\s-]+(?:del?\s+)?(\d{{4}})(?!\d)"
        ),
        "dmy",
    ),
    (re.compile(rf"(?<!\w)({_WORD})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})(?!\d)"), "mdy"),
    (re.compile(r"(?<!\d)(20\d{2})(\d{2})(\d{2})(?!\d)"), "ymd"),
)


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One figure in a text: its value, where it stands, how many decimals it has, whether money is beside it."""

    value: Decimal
    span: tuple[int, int]
    decimals: int
    money: bool


def decimal_mark(texts: Iterable[str]) -> str:
    """The decimal mark of a document by majority: `,` or `.`; a figure that could be either says nothing."""
    votes: Counter[str] = Counter()
    for text in texts:
        for match in FIGURE.finditer(text):
            point, rest, mark = match["point"], match["rest"], match["mark"]
            if point and (mark or len(rest) != 3) and point != mark:
                votes[point] += 1
            elif mark in (".", ",") and not point and match["whole"].count(mark) > 1:
                votes["," if mark == "." else "."] += 1
    return votes.most_common(1)[0][0] if votes else "."


def figures(text: str, point: str) -> Iterator[Figure]:
    """Every figure of a text, read with the document's decimal mark."""
    for match in FIGURE.finditer(text):
        value, decimals = _value(match, point)
        around = text[max(0, match.start() - 5) : match.start()].strip(), text[match.end() : match.end() + 6].strip()
        money = bool(re.search(CURRENCY.pattern + r"$", around[0], re.I) or CURRENCY.match(around[1]))
        yield Figure(value=value, span=match.span(), decimals=decimals, money=money)


def _value(match: re.Match[str], point: str) -> tuple[Decimal, int]:
    whole, mark, rest = match["whole"], match["mark"], match["rest"] or ""
    if rest and not mark and match["point"] != point and len(rest) == 3:  # `1.234` where the comma is decimal
        whole, rest = whole + rest, ""
    if not rest and mark == point and whole.count(point) == 1:  # `1,234` where the comma is decimal
        whole, _, rest = whole.partition(point)
    digits = re.sub(r"\D", "", whole)
    value = Decimal(f"{digits}.{rest}" if rest else digits)
    negative = match["sign"] or match["behind"] or (match["open"] and match["close"])
    return (-value if negative else value), len(rest)


def days(text: str) -> Iterator[tuple[date, tuple[int, int]]]:
    """Every day of a text with its place, in the order of the text."""
    found: dict[int, tuple[date, tuple[int, int]]] = {}
    for pattern, order in _DAYS:
        for match in pattern.finditer(text):
            day = _day(dict(zip(order, match.groups(), strict=True)))
            if day and not any(start <= match.start() < end for _, (start, end) in found.values()):
                found[match.start()] = day, match.span()
    yield from (found[start] for start in sorted(found))


def _day(parts: dict[str, str]) -> date | None:
    month = parts["m"] if parts["m"].isdigit() else str(_MONTHS.get(parts["m"].lower(), 0))
    year = int(parts["y"]) + (2000 if len(parts["y"]) == 2 else 0)
    try:
        return date(year, int(month), int(parts["d"])) if 1990 <= year <= 2100 else None
    except ValueError:
        return None
