"""The totals of an international invoice: printed amounts with their labels, and the triple that adds up."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from nightclerk.documents.invoices.latin import CURRENCIES, CURRENCY, Figure, figures
from nightclerk.documents.invoices.lettering import Line, field_of
from nightclerk.domain.amounts import rounded
from nightclerk.domain.invoices import Field, TaxPart
from nightclerk.domain.line_proofs import tax_fits

#: What a label calls its amount; the first that fits decides. `open` is what is still to be paid.
_CLASSES = tuple(
    (name, re.compile(pattern, re.IGNORECASE))
    for name, pattern in (
        ("open",
            r"zahlbetrag|zu zahlen|zahlungsbetrag|offene[rn]?\b|restbetrag|balance|(?:amount|total"
            r"|payment) due|outstanding|payable"
                 r"|(?:da|a|netto a|totale a) pagar|te betalen"
                 r"|net à payer|net a payer|reste (?:à|a) payer|solde|fälliger betrag|amount to pay|to pay\b"),
        ("prepaid",
            r"anzahlung|gezahlt|bezahlt|acompte|déjà (?:réglé|payé)|deposit|\bpaid\b|prepaid"
            r"|avance|vorauszahlung|erhalten|acconto|anticipo|aanbetaling"),
        ("extra",
            r"versand|porto|fracht|shipping|freight|delivery (?:fee|charge)|frais de|livraison"
            r"|rabatt|nachlass|skonto|discount"
                  r"|rebate|remise|escompte|zuschl[aä]g|abschl[aä]g|charge|allowance|übertrag|report\b"
                  r"|carried|brought forward|spese di|sconto|descuento|verzend|korting"),
        ("gross",
            r"\bt\.?t\.?c\b|brutto|\binkl|\bincl|including|toutes taxes|gross|mit (?:ust|mwst)"
            r"|rechnungsendbetrag|ivato|\blordo\b"),
        ("net",
            r"\bh\.?t\b|hors taxe|netto|ohne|excl|before (?:tax|vat)|\bex\.? ?vat|steuerbasis"
            r"|bemessung|taxable|basisbetrag|\bbase\b|warenwert"
                r"|tax basis|zwischensumme|sub-?\s?total|sous-?total|nettosumme|\bnet\b|positionssumme"
                r"|line total|items total|imponibil|subtotaal|subtotale"),
        ("tax",
            r"mwst|m\.?w\.?st|\bust\b|u\.?st\.|umsatzsteuer|mehrwertsteuer|steuer|\bvat\b|v\.a\.t"
            r"|\btva\b|t\.v\.a|\btax\b|sales tax"
            r"|\b(?:[csi]|ut)?gst\b|\b[hpq]st\b|\btps\b|\btvq\b|\biva\b|i\.v\.a|\bbtw\b|imposta|\bmoms\b"),
        ("gross",
            r"gesamt|rechnungs(?:betrag|summe|beitrag)|endbetrag|endsumme|\btotal\b"
            r"|totale|totaal|importe total|factuurbedrag"
            r"|montant de la facture|\bsumme\b|invoice (?:amount|value)|montant total"),
    )
)  # fmt: skip
_PRICE = re.compile(r"(?:brutto|netto|einzel|stück)-?preis|unit price|prix unitaire", re.IGNORECASE)
#: Label phrases that stand as a title above their amount.
TITLE = re.compile(
    r"(?<!\w)(?:sous-?|sub-?|grand |invoice |net |montant |total |gesamt\w*\s?|summe\s)*(?:totale|totaal|total"
    r"|taxable (?:value|amount)|(?:[csi]|ut)?gst|importe|imponibile"
    r"|imposta|iva|btw|montant|betrag|summe|base|netto|brutto|net|gross|ht|ttc|tva|vat|tax"
    r"|mwst\.?|ust\.?|\w*(?:betrag|summe|steuer|preis))(?: (?:ht|ttc|tva|vat|tax|net|netto|amount"
    r"|brutto|due|imponibile|imposta"
    r"|fattura|factura|documento|incl\.? \w+|excl\.? \w+|à payer|a payer|hors taxes))*(?!\w)",
    re.IGNORECASE,
)
_LEVY = re.compile(r"\b(?:[csi]gst|utgst|[ghpq]st|tps|tvq)\b", re.IGNORECASE)
_PERCENT = re.compile(r"(\d{1,2}(?:[.,]\d{1,3})?)\s?%")
#: An amount that stands behind such a word is the base of the tax, not the tax.
_BASE_WORD = re.compile(r"(?:\bauf|\bon|\bsur|\bof|\bvon|\bde|\bbase|basis)\W*(?:[A-Z€$£]{1,3}\s?)?$", re.IGNORECASE)
_HIGHEST_RATE = Decimal("0.35")
#: What may be larger than a total without tax: sums before a discount or a deposit.
_BEFORE_TAX = {"net", "base", "extra", "prepaid"}
_WEIGHTS = {"gross": 4, "net": 3, "tax": 3}


@dataclass
class Printed:
    """One amount of the pages, wherever it stands: what its labels call it, and where it is shown."""

    field: Field
    classes: set[str] = dataclasses.field(default_factory=set)
    places: int = 0


@dataclass(frozen=True)
class RowTax:
    """The tax of a row that names its rate; `base` when the row prints what it is taken of."""

    rate: Decimal
    tax: Decimal
    shown: Printed
    base: Decimal | None
    levy: str = ""  # where a state and its country take one each


@dataclass
class Totals:
    """What the pages say in total; `open` and `prepaid` explain why less is to be paid than the gross."""

    net: Field | None = None
    tax: Field | None = None
    gross: Field | None = None
    sure: bool = False  # the three add up
    parts: tuple[TaxPart, ...] = ()  # the tax at each rate, where the page states its base too


def class_of(label: str) -> str:
    """`net`, `tax`, `gross`, `open`, `prepaid`, `extra`, or empty when the label is none of a total."""
    if _PRICE.search(label):
        return ""
    return next((name for name, pattern in _CLASSES if pattern.search(label)), "")


def is_money(figure: Figure) -> bool:
    return figure.decimals == 2 or (figure.money and figure.decimals == 0)


def totals_of(pages: Sequence[Sequence[Line]], point: str, line_nets: Sequence[Decimal]) -> Totals:
    """The triple of printed amounts with net + tax = gross that the labels and the lines speak for."""
    printed: dict[Decimal, Printed] = {}
    taxes: list[RowTax] = []
    rates: set[Decimal] = set()
    for lines in pages:
        for index, line in enumerate(lines):
            rates |= {Decimal(found.replace(",", ".")) / 100 for found in _PERCENT.findall(line.text)}
            taxes += _row(line, lines[max(0, index - 3) : index], point, printed)
    return _decide(printed, taxes, rates, line_nets)


def _row(line: Line, above: Sequence[Line], point: str, printed: dict[Decimal, Printed]) -> Iterable[RowTax]:
    """Note the amounts of one row; yield those that are the tax at a stated rate."""
    found = [figure for figure in figures(line.text, point) if is_money(figure)]
    percent = _PERCENT.search(line.text)
    for before, figure in zip((None, *found), found, strict=False):
        glyphs = line.glyphs(*figure.span)
        if not glyphs:
            continue
        start = before.span[1] if before else 0
        label = line.text[start : figure.span[0]]
        if before and not re.search(r"[^\W\d_]{2}", CURRENCY.sub("", label)):
            label = line.text[: figure.span[0]]
        kind = "base" if _BASE_WORD.search(label) and figure is not found[-1] else class_of(label)
        kinds = {kind} if kind else _above(above, glyphs[0].x0, glyphs[-1].x1, line)
        one = printed.setdefault(figure.value, Printed(field_of(figure.value, glyphs)))
        if kinds - one.classes and ("gross" in kinds or not one.classes):
            one.field = field_of(figure.value, glyphs)
        one.classes |= kinds - {""}
        one.places += 1
        if "tax" in kinds and percent:
            rate = Decimal(percent[1].replace(",", ".")) / 100
            bases = [f.value for f in found if f.value != figure.value and tax_fits(f.value, rate, figure.value)]
            shown = Printed(field_of(figure.value, glyphs))
            levy = _LEVY.search(label)
            yield RowTax(rate, figure.value, shown, bases[0] if bases else None, levy.group().lower() if levy else "")


def _above(above: Sequence[Line], x0: float, x1: float, line: Line) -> set[str]:
    """What the title right above an amount calls it: rows of titles over rows of amounts."""
    if sum(char.isalpha() for char in CURRENCY.sub("", line.text)) > 3:
        return set()
    for other in reversed(above):
        if line.base - other.base > 4.0 * line.size:
            break
        for match in TITLE.finditer(other.text):
            glyphs = other.glyphs(*match.span())
            if glyphs and glyphs[0].x0 < x1 and x0 < glyphs[-1].x1:
                return {class_of(match.group())}
    return set()


def _decide(
    printed: dict[Decimal, Printed], taxes: Sequence[RowTax], rates: set[Decimal], line_nets: Sequence[Decimal],
) -> Totals:  # fmt: skip
    candidates = dict(printed)
    split = _split_tax(taxes)
    if split is not None:
        candidates.setdefault(split[0], Printed(split[1].field, {"tax"}))
        candidates[split[0]].classes.add("tax")
    best: tuple[float, Decimal, Decimal, Decimal] | None = None
    total = sum(line_nets, Decimal(0))
    for gross, net in ((g, n) for g in printed for n in printed):
        tax = gross - net
        sign = 1 if gross >= 0 else -1
        if gross * sign <= 0 or net * sign <= 0 or not 0 <= tax * sign <= net * sign * _HIGHEST_RATE:
            continue
        score = _score(printed, candidates, gross, net, tax, rates, total if line_nets else None)
        if score is not None and (best is None or (score, abs(gross)) > (best[0], abs(best[1]))):
            best = score, gross, net, tax
    if best is None or best[0] < 5:
        return _named_only(printed)
    _, gross, net, tax = best
    larger = [one for value, one in printed.items() if abs(value) > abs(gross) and value not in line_nets]
    if not tax and any(not one.classes or one.classes - _BEFORE_TAX for one in larger):
        return Totals(gross=printed[gross].field)  # what stands there with its tax may not have been understood
    shown = candidates.get(tax)
    where = shown.field if shown else printed[net].field
    return Totals(
        gross=printed[gross].field, net=printed[net].field, sure=True, parts=_parts(taxes, rates, net, tax),
        tax=Field(value=tax, source=where.source, page=where.page, box=where.box if shown else None),
    )  # fmt: skip


def _score(
    printed: dict[Decimal, Printed], candidates: dict[Decimal, Printed], gross: Decimal, net: Decimal, tax: Decimal,
    rates: set[Decimal], lines: Decimal | None,
) -> float | None:  # fmt: skip
    """How much speaks for a triple; None when a tax is claimed that is printed nowhere."""
    if tax and tax not in candidates:
        return None
    score = 0.0
    for name, value in (("gross", gross), ("net", net), ("tax", tax)):
        classes = candidates[value].classes if value in candidates else set()
        if name in classes or (name == "gross" and "open" in classes):
            score += _WEIGHTS[name] - (0 if name in classes else 1)
        elif classes and not (name == "net" and "base" in classes):
            score -= 1.5
    if tax:
        score += 2 if any(abs(rounded(net * rate) - tax) <= Decimal("0.02") for rate in rates if rate) else 0
    else:
        others = [v for v, one in printed.items() if "tax" in one.classes and v and abs(v) < abs(gross)]
        score -= 3 if others else 0
        score += 0 if gross == net and "gross" in printed[gross].classes else -2
    if lines is not None:
        score += 3 if net == lines else 1 if gross == lines else 0
    return score


def _parts(taxes: Sequence[RowTax], rates: set[Decimal], net: Decimal, tax: Decimal) -> tuple[TaxPart, ...]:
    """What bears the tax out: one printed rate for all of the net, or rows that state base, rate and tax."""
    for rate in sorted(rates):
        if rate and tax_fits(net, rate, tax):
            return (TaxPart(net=net, rate=rate, tax=tax),)
    stated = {row.rate: TaxPart(net=row.base, rate=row.rate, tax=row.tax) for row in taxes if row.base is not None}
    return tuple(stated.values())


def _split_tax(taxes: Sequence[RowTax]) -> tuple[Decimal, Printed] | None:
    """The sum of the taxes that are stated for each rate on its own."""
    by_rate = {(row.rate, row.levy): row for row in taxes}
    if len(by_rate) < 2:
        return None
    return sum((row.tax for row in by_rate.values()), Decimal(0)), next(iter(by_rate.values())).shown


def _named_only(printed: dict[Decimal, Printed]) -> Totals:
    """Nothing adds up: only the one amount that is named as the total, if there is just one."""
    for wanted in ("gross", "open"):
        named = [one for value, one in printed.items() if wanted in one.classes and value]
        if len(named) == 1:
            return Totals(gross=named[0].field)
    return Totals()


def currency_of(pages: Iterable[Iterable[Line]], point: str) -> Field | None:
    """The currency that most amounts bear; None when two are named equally often."""
    counts: dict[str, int] = {}
    where: dict[str, Field] = {}
    for line in (line for lines in pages for line in lines):
        beside = any(is_money(figure) for figure in figures(line.text, point))
        named = re.search(
            r"währung|currency|devise|monnaie|beträge in|amounts in|montants en", line.text, re.IGNORECASE
        )
        for match in CURRENCY.finditer(line.text):
            code = CURRENCIES[match.group().upper()]
            glyphs = line.glyphs(*match.span())
            if glyphs:
                counts[code] = counts.get(code, 0) + (5 if named else 2 if beside else 1)
                where.setdefault(code, field_of(code, glyphs))
    ranked = sorted(counts, key=lambda code: -counts[code])
    if not ranked or any(counts[one] == counts[other] for one, other in pairwise(ranked[:2])):
        return None
    return where[ranked[0]]
