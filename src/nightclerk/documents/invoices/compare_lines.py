"""Hold the lines of embedded data against the page: a line is witnessed only where the page shows all of it.

A page's table may have been read wrongly, so a difference counts only where the page is sure of itself: its lines add
up, multiply out, or show every line of the data but this one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from rapidfuzz import fuzz

from nightclerk.domain.amounts import ZERO, rounded
from nightclerk.domain.invoices import Finding, InvoiceLine, Reading
from nightclerk.domain.line_proofs import line_holds, sum_net

#: Shorter texts are too much like others to be called nearly the same.
_LEAST_FOR_NEAR = 7
#: Unit codes of the data -> what pages print for them, casefolded.
_UNITS = {
    **dict.fromkeys(("C62", "H87", "EA", "PCE", "NAR"), ("stk", "stück", "pce", "pcs", "pc", "piece", "unit", "ea",
                                                         "each", "unité", "pièce", "st", "x")),
    "HUR": ("std", "stunde", "stunden", "h", "hr", "hrs", "hour", "hours", "heure", "heures"),
    "DAY": ("tag", "tage", "day", "days", "jour", "jours"), "MON": ("monat", "monate", "month", "months", "mois"),
    "KGM": ("kg",), "GRM": ("g",), "MTR": ("m", "meter", "lfm"), "LTR": ("l", "liter", "litre"), "KMT": ("km",),
    "MTK": ("m²", "m2", "qm"), "MTQ": ("m³", "m3", "cbm"), "LS": ("psch", "pauschal", "pauschale", "flat", "forfait"),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class PageRow:
    """One printed row: its words, casefolded, and its figures without their signs."""

    words: frozenset[str]
    figures: frozenset[Decimal]


@dataclass(frozen=True, kw_only=True)
class PageText:
    """All that the pages print: their rows, and their text without blanks and hyphens, casefolded."""

    rows: tuple[PageRow, ...]
    tight: str

    def shows(self, text: str) -> bool:
        """Whether a text is printed as it is; one without digits may be printed word by word, in whatever order."""
        return tight(text) in self.tight or (not re.search(r"\d", text) and self.shows_words(text))

    def shows_words(self, text: str) -> bool:
        """Whether every word and number of a text of more than one character is printed somewhere."""
        words = [tight(word) for word in re.findall(r"\w+", text) if len(word) > 1]
        return bool(words) and all(word in self.tight for word in words)

    def nearly(self, text: str) -> str:
        """What is printed instead of a text: the same but for one character, for a long one but for two; else empty."""
        wanted = tight(text)
        if len(wanted) < _LEAST_FOR_NEAR or wanted in self.tight or self.shows_words(text):
            return ""
        most = 1 if len(wanted) < 2 * _LEAST_FOR_NEAR else 2
        found = fuzz.partial_ratio_alignment(wanted, self.tight, score_cutoff=100 * (1 - (most + 0.5) / len(wanted)))
        return self.tight[found.dest_start : found.dest_end] if found else ""


def tight(text: str) -> str:
    """A text without blanks, points and hyphens, casefolded: as it is wherever it is wrapped."""
    return re.sub(r"[\s.\-\u00ad‐–]", "", text).casefold()


def beside_page(
    page: Reading, stated: tuple[InvoiceLine, ...], text: PageText
) -> tuple[tuple[InvoiceLine, ...], tuple[Finding, ...]]:
    """The data's lines, each with whether the page bears witness of it, and what the page contradicts."""
    names = [tight(line.name) for line in page.lines]  # a wrapped name is put together there
    lines = tuple(replace(line, witnessed=_shown(line, text, names)) for line in stated)
    if page.lines_provable:  # a fapiao: its table is read line by line
        return line_by_line(page.lines, lines)
    found = [*_amounts(page, stated), *_values(page.lines, stated), *_names(stated, text)]
    return lines, tuple(found)


def _shown(line: InvoiceLine, text: PageText, names: Sequence[str]) -> bool:
    wanted = {abs(value) for value in (line.quantity, line.net) if value is not None}
    wanted |= {abs(line.price)} if line.price is not None else set()
    rows = [row for row in text.rows if wanted <= row.figures]
    units = _UNITS.get(line.unit.upper(), (line.unit.casefold(),)) if line.unit else ()
    unit_shown = not units or any(unit in row.words for row in rows for unit in units)
    named = text.shows(line.name) or any(tight(line.name) in name for name in names)
    return bool(rows) and unit_shown and named and (not line.sku or tight(line.sku) in text.tight)


def line_by_line(
    shown: Sequence[InvoiceLine], stated: tuple[InvoiceLine, ...]
) -> tuple[tuple[InvoiceLine, ...], tuple[Finding, ...]]:
    """A table that was read as a whole says the same in every line, or the first difference is a finding."""
    if len(shown) != len(stated):
        return tuple(replace(line, witnessed=False) for line in stated), (_amounts_differ(shown, stated),)
    lines, findings = [], []
    for number, (one, other) in enumerate(zip(shown, stated, strict=True), start=1):
        differing = [what for what in ("name", "unit", "quantity", "price", "net", "tax") if _differ(what, one, other)]
        lines.append(replace(other, witnessed=not differing, page=one.page, box=one.box))
        findings += [_unlike(number, what, getattr(other, what), getattr(one, what)) for what in differing[:1]]
    return tuple(lines), tuple(findings)


def _differ(what: str, one: InvoiceLine, other: InvoiceLine) -> bool:
    if what == "name":  # on a page a name may touch its specification
        return tight(one.name + one.spec) != tight(other.name + other.spec)
    shown, stated = getattr(one, what), getattr(other, what)
    if isinstance(stated, str):
        return tight(str(shown)) != tight(stated)
    return not _same_figure(shown or ZERO, stated or ZERO)


def _same_figure(one: Decimal, other: Decimal) -> bool:
    """Equal as far as both are written out: a page may cut a long price off."""
    decimals = min(max(0, -int(value.normalize().as_tuple().exponent)) for value in (one, other))
    return one == other or (decimals > 2 and abs(one - other) < Decimal(1).scaleb(-decimals))


def _unlike(number: int, what: str, stated: object, shown: object) -> Finding:
    facts = {"line": str(number), "what": what, "xml": str(stated), "page": "" if shown is None else f" ({shown})"}
    return Finding(code="line_unlike_page", facts=facts)


# ------------------------------------------------------------------------------------------ free layouts


def _amounts(page: Reading, stated: Sequence[InvoiceLine]) -> list[Finding]:
    """As many lines on the page as in the data, and one that multiplies out on the page has another amount there."""
    shown, said = Counter(line.net for line in page.lines), Counter(line.net for line in stated)
    gross = page.fields["gross"][0].value if page.fields.get("gross") else None
    if shown.total() != said.total() or shown == said or sum(said.elements(), ZERO) == gross:
        return []  # data that state their lines with tax say the same in other words
    net = page.fields["net"][0].value if page.fields.get("net") else None
    proven = sum_net(page.lines) == net
    sure = [line for line in page.lines if proven or (line.quantity is not None and line_holds(line))]
    return [_amounts_differ(page.lines, stated)] if any(line.net not in said for line in sure) else []


def _amounts_differ(shown: Sequence[InvoiceLine], stated: Sequence[InvoiceLine]) -> Finding:
    one, other = Counter(line.net for line in shown), Counter(line.net for line in stated)
    facts = {
        "page": ", ".join(str(amount) for amount in sorted((one - other).elements())),
        "xml": ", ".join(str(amount) for amount in sorted((other - one).elements())),
    }
    return Finding(code="lines_of_page_differ", facts=facts)


def _values(shown: Sequence[InvoiceLine], stated: Sequence[InvoiceLine]) -> Iterator[Finding]:
    """Where every amount is the same, line by line, the quantities, prices and names of the page count."""
    if [line.net for line in shown] != [line.net for line in stated]:
        return
    for number, (one, other) in enumerate(zip(shown, stated, strict=True), start=1):
        if one.quantity is not None and one.price is not None and line_holds(one):
            for what in ("quantity", "price"):
                said, read = getattr(other, what), getattr(one, what)
                if said is not None and rounded(abs(said)) != rounded(abs(read)) and not _same_price(what, one, other):
                    yield _unlike(number, what, said, read)


def _same_price(what: str, one: InvoiceLine, other: InvoiceLine) -> bool:
    """A price for a hundred pieces, or before the line's own allowance, is the same price in other words."""
    return what == "price" and (other.per != 1 or bool(other.extra))


def _names(stated: Sequence[InvoiceLine], text: PageText) -> Iterator[Finding]:
    """The page prints nearly the name or number of an article, or every name of the data but this one."""
    own = {tight(value) for line in stated for value in (line.name, line.sku)}
    for number, line in enumerate(stated, start=1):
        for what, value in (("name", line.name), ("sku", line.sku)):
            printed = text.nearly(value)
            if printed and not any(printed in other or other in printed for other in own if other):
                yield _unlike(number, what, value, printed)
    missing = [(number, line.name) for number, line in enumerate(stated, start=1) if not text.shows_words(line.name)]
    unsold = [(number, line.sku) for number, line in enumerate(stated, start=1) if tight(line.sku) not in text.tight]
    for what, absent in (("name", missing), ("sku", unsold)):
        if len(absent) == 1 < len(stated) and not text.nearly(absent[0][1]):
            yield _unlike(absent[0][0], what, absent[0][1], None)
