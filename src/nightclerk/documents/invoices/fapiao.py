"""Read the head of a fapiao page by its layout: number, date, both parties, totals, 备注, for old and new kinds."""

from __future__ import annotations

import re
from collections.abc import Callable

from nightclerk.documents.invoices import figures
from nightclerk.documents.invoices.glyphs import Glyph
from nightclerk.documents.invoices.remarks import order_numbers, reversed_invoice
from nightclerk.documents.invoices.sheet import Hit, Sheet, box_of, chunks, text_of
from nightclerk.domain.invoices import Field, Source, Value

#: Title text -> our kind.
_KINDS = (
    (r"电子发票\(增值税专用发票\)", "数电专票"),
    (r"电子发票\(普通发票\)", "数电普票"),
    (r"电子发票\((?:铁路电子客票|航空运输电子客票行程单)\)", "数电客票"),
    (r"增值税电子专用发票", "电子专票"),
    (r"增值税电子普通发票", "电子普票"),
    (r"增值税专用发票", "专票"),
    (r"增值税普通发票", "普票"),
)
_NAME = r"(?<![目务])名称:"
_TAX_ID = r"纳税人识别号:"
_GROSS = r"\(小写\)|小写"
_SUBTOTAL = r"(?<!税)合计(?!\()"


def is_fapiao(sheet: Sheet) -> bool:
    """Whether a page looks like a fapiao at all."""
    return "发票号码" in sheet.text and ("价税合计" in sheet.text or "税额" in sheet.text)


def head(sheet: Sheet) -> dict[str, Field]:
    """Every value outside the table that the page states, as read from its text."""
    found = {
        "kind": _kind(sheet),
        "number": _beside(sheet, r"发票号码:?", _number),
        "code": _beside(sheet, r"发票代码:?", lambda text: _digits(text, 10, 12)),
        "issued_on": _beside(sheet, r"开票日期:?", figures.day),
        "check_code": _beside(sheet, r"校验码:?", lambda text: _digits(text, 20, 20)),
        "drawer": _beside(sheet, r"开票人:?", lambda text: text.strip() or None, gap=1.2),
        **_parties(sheet),
        **_totals(sheet),
        **_remark(sheet),
    }
    fields = {name: field for name, field in found.items() if field is not None}
    fields["currency"] = Field(value="CNY", source=Source.TEXT, page=sheet.page.number)
    return fields


def _kind(sheet: Sheet) -> Field | None:
    for pattern, kind in _KINDS:
        hits = sheet.find(pattern)
        if hits:
            return _field(sheet, kind, hits[0].glyphs)
    return None


def _field(sheet: Sheet, value: Value, glyphs: tuple[Glyph, ...] | list[Glyph]) -> Field:
    return Field(value=value, source=Source.TEXT, page=sheet.page.number, box=box_of(glyphs))


def _beside(sheet: Sheet, label: str, parse: Callable[[str], Value | None], *, gap: float = 3.0) -> Field | None:
    for hit in sheet.find(label):
        glyphs = sheet.beside(hit, gap=gap)
        value = parse(text_of(glyphs))
        if value is not None:
            return _field(sheet, value, glyphs)
    return None


def _digits(text: str, least: int, most: int) -> str | None:
    match = re.match(rf"\d{{{least},{most}}}(?!\d)", "".join(text.split()))
    return match.group() if match else None


def number_beside(sheet: Sheet, hit: Hit) -> str | None:
    """The invoice number that stands beside one label, if there is one."""
    return _number(text_of(sheet.beside(hit)))


def _number(text: str) -> str | None:
    return _digits(text, 20, 20) or _digits(text, 8, 8)


# --------------------------------------------------------------------------------------------- parties


def _parties(sheet: Sheet) -> dict[str, Field | None]:
    names = _sides(sheet, sheet.find(_NAME))
    tax_ids = _sides(sheet, sheet.find(_TAX_ID))
    fields: dict[str, Field | None] = {}
    for side in ("buyer", "seller"):
        fields[side] = _party_value(sheet, side, names, _party_name)
        fields[f"{side}_tax_id"] = _party_value(sheet, side, tax_ids, _tax_id)
    return fields


def _sides(sheet: Sheet, hits: list[Hit]) -> dict[str, Hit]:
    """Which label is the buyer's and which the seller's.

    The upright label beside a block says whose it is; where it is missing, the buyer stands left or on top.
    """
    if len(hits) != 2:
        return {}
    named = {side: hit for hit in hits if (side := _side_beside(sheet, hit))}
    if len(named) == 2:
        return named
    first, second = hits
    if abs(first.base - second.base) < first.size:
        left, right = sorted(hits, key=lambda hit: hit.x0)
        return {"buyer": left, "seller": right}
    top, bottom = sorted(hits, key=lambda hit: hit.base)
    return {"buyer": top, "seller": bottom}


def _side_beside(sheet: Sheet, hit: Hit) -> str:
    """`buyer` or `seller` by the nearest upright label to the left at about the same height."""
    beside = [
        (label.x1, side)
        for side, names in (("buyer", ("购买方信息", "购买方")), ("seller", ("销售方信息", "销售方")))
        for name in names
        for label in sheet.upright.get(name, ())
        if label.x1 <= hit.x0 + hit.size and label.glyphs[0].base - 25 < hit.base < label.glyphs[-1].base + 25
    ]
    return max(beside)[1] if beside else ""


def _party_value(sheet: Sheet, side: str, labels: dict[str, Hit], parse: Callable[[str], str | None]) -> Field | None:
    hit = labels.get(side)
    if hit is None:
        return None
    other = labels["seller" if side == "buyer" else "buyer"]
    beside = other.x0 > hit.x1 and abs(other.base - hit.base) < hit.size
    until = other.x0 if beside else _cipher_edge(sheet, hit)
    glyphs = sheet.beside(hit, until=until)
    value = parse(text_of(glyphs))
    return _field(sheet, value, glyphs) if value else None


def _cipher_edge(sheet: Sheet, hit: Hit) -> float | None:
    """The 密码区 and 备注 of older invoices stand beside the parties: nothing from there belongs to them."""
    edges = [
        label.x0
        for name in ("密码区", "备注")
        for label in sheet.upright.get(name, ())
        if label.x0 > hit.x1 and label.glyphs[0].base - 40 < hit.base < label.glyphs[-1].base + 40
    ]
    return min(edges, default=None)


def _party_name(text: str) -> str | None:
    cleaned = re.sub(r"\s+[购买销售方信息]$", "", text.strip())
    return cleaned if re.search(r"[^\W\d_]", cleaned) else None


def _tax_id(text: str) -> str | None:
    match = re.match(r"[0-9A-Z]{15,20}(?![0-9A-Za-z])", "".join(text.split()))
    return match.group() if match else None


# ---------------------------------------------------------------------------------------------- totals


def _totals(sheet: Sheet) -> dict[str, Field | None]:
    fields: dict[str, Field | None] = {"gross": _beside(sheet, _GROSS, figures.money)}
    fields["gross_words"] = _beside(sheet, r"\(大写\)", _capitals, gap=8)
    fields.update(_net_and_tax(sheet))
    return fields


def _capitals(text: str) -> str | None:
    match = re.match(r"\s*[⊗○〇ⓧ⨂×Xx]?\s*((?:[(（]?负数?[)）]?)?[零壹贰叁肆伍陆柒捌玖拾佰仟万亿圆元角分整正]+)", text)
    return match.group(1) if match else None


def _net_and_tax(sheet: Sheet) -> dict[str, Field]:
    """The amounts beside 合计: the first is the net, the last the tax (stars where no tax is due)."""
    for hit in sheet.find(_SUBTOTAL):
        band = sheet.between(hit.base - 0.45 * hit.size, hit.base + 0.45 * hit.size, hit.x1)
        cells = [cell for row in band for cell in chunks(row)]
        values = [(figures.money(text_of(cell, spaces=False)), cell) for cell in cells]
        stars = [cell for cell in cells if figures.STARS.match(text_of(cell, spaces=False))]
        amounts = [(value, cell) for value, cell in values if value is not None]
        if amounts and len(amounts) + len(stars) == 2:
            tax = amounts[1] if len(amounts) == 2 else (figures.money("0.00"), stars[0])
            if tax[0] is not None and amounts[0][0] is not None:
                return {
                    "net": _field(sheet, amounts[0][0], amounts[0][1]),
                    "tax": _field(sheet, tax[0], tax[1]),
                }
    return {}


# ---------------------------------------------------------------------------------------------- remark


def _remark(sheet: Sheet) -> dict[str, Field | None]:
    labels, totals = sheet.upright.get("备注"), sheet.find(_GROSS)
    if not labels or not totals:
        return {}
    label = labels[-1]
    drawers = [hit.base for hit in sheet.find("开票人") if hit.base > label.base]
    bottom = min(drawers, default=sheet.page.height) - 4
    rows = sheet.between(totals[-1].base + 0.6 * totals[-1].size, bottom, label.x1)
    rows = [row for row in rows if row.base < label.glyphs[-1].base + 45]
    glyphs = [glyph for row in rows for glyph in row.glyphs]
    if not glyphs:
        return {}
    text = _joined([text_of(row.glyphs) for row in rows], [row.glyphs[-1].x1 for row in rows])
    orders, red = order_numbers(text), reversed_invoice(text)
    return {
        "remark": _field(sheet, text, glyphs),
        "orders": _field(sheet, " ".join(orders), glyphs) if orders else None,
        "red_of": _field(sheet, red, glyphs) if red else None,
    }


def _joined(texts: list[str], edges: list[float]) -> str:
    """Rows as one text: a row that reaches the right edge was wrapped and runs on without a blank."""
    parts: list[str] = []
    for text, edge in zip(texts, edges, strict=True):
        parts.append(text)
        wrapped = edge > max(edges) - 12 and len(text) > 40
        parts.append("" if wrapped else "\n")
    return "".join(parts).strip()
