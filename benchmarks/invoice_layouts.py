"""Page layouts for invented invoices: each function gives the HTML of one invoice in one issuer's style."""

# ruff: noqa: E501  (rows of HTML)

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from decimal import Decimal
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from print_invoices import Bill, Item

Columns = Sequence[str]


def _percent(rate: Decimal, dice: random.Random) -> str:
    return dice.choice((f"{rate}%", f"{rate} %", f"{rate}", f"{rate}.00%"))


def _cells(bill: Bill, item: Item, columns: Columns, number: int, rate: str, symbol: bool) -> str:
    style = bill.style
    places = 2 if item.price == item.price.quantize(Decimal("0.01")) else 4
    quantity = style.figure(item.quantity, max(0, -int(item.quantity.as_tuple().exponent)))
    values = {
        "pos": str(number), "sku": item.sku, "unit": item.unit, "qty": quantity, "rate": rate,
        "qtyunit": f"{quantity} {item.unit}", "price": style.figure(item.price, places),
        "amount": style.money(item.net, symbol=None if symbol else False),
        "name": escape(item.name) + (f"<br><small>{escape(item.detail)}</small>" if item.detail else ""),
    }  # fmt: skip
    right = {"qty", "price", "amount", "rate", "qtyunit"}
    return "".join(f'<td class="{"r" if c in right else "l"} c-{c}">{values[c]}</td>' for c in columns)


def table(bill: Bill, dice: random.Random, columns: Columns, *, extra: str = "") -> str:
    symbol, form = dice.random() < 0.5, dice.random()
    titles = {**bill.words, "qtyunit": bill.words["qty"]}
    head = "".join(
        f'<th class="{"r" if c in ("qty", "price", "amount", "rate", "qtyunit") else "l"}">{titles[c]}</th>'
        for c in columns
    )
    rows = "".join(
        f"<tr>{_cells(bill, item, columns, n, _percent(item.rate, random.Random(int(form * 99))), symbol)}</tr>"
        for n, item in enumerate(bill.items, start=1)
    )
    return f'<table class="items"><thead><tr>{head}</tr></thead><tbody>{rows}{extra}</tbody></table>'


def totals(bill: Bill, *, tax_per_rate: bool = True, bold: bool = True) -> str:
    style, say = bill.style, bill.say
    rows: list[tuple[str, str]] = []
    if bill.extras:
        rows.append((say("subtotal"), style.money(bill.line_total)))
        rows += [(label, style.money(net)) for label, net, _ in bill.extras]
    rows.append((say("net"), style.money(bill.net)))
    if len(bill.taxes) > 1 and tax_per_rate:
        for rate, tax in bill.taxes.items():
            base = style.money(bill.bases[rate])
            rows.append((f"{say('tax')} {rate}% {say('on')} {base}", style.money(tax)))
    else:
        rate = f" {next(iter(bill.taxes))} %" if len(bill.taxes) == 1 else ""
        rows.append((f"{say('tax')}{rate}", style.money(bill.tax)))
    rows.append((say("gross"), style.money(bill.gross)))
    if bill.prepaid:
        rows.append((say("prepaid"), style.money(-bill.prepaid)))
        rows.append((say("payable"), style.money(bill.gross - bill.prepaid)))
    body = "".join(
        f"<tr{' class=big' if bold and label == say('gross') else ''}><td>{label}</td><td class=r>{value}</td></tr>"
        for label, value in rows
    )
    return f'<table class="totals">{body}</table>'


def title(bill: Bill) -> str:
    return bill.say("credit") if bill.credit else bill.say("invoice")


def pairs(bill: Bill) -> list[tuple[str, str]]:
    found = [(bill.say("number"), bill.number), (bill.say("date"), bill.style.write_day(bill.day))]
    if bill.order:
        found.append((bill.say("order"), bill.order))
    return [*found, (bill.say("due"), bill.style.write_day(bill.due)), (bill.say("customer"), "K10452")]


CSS = """<meta charset=utf-8><style>@page{size:A4;margin:14mm 16mm 26mm} body{font-family:'FONT';font-size:SIZEpt;margin:0}
table{border-collapse:collapse} .items{width:100%;margin:6mm 0} .items th{text-align:left;border-bottom:1px solid #444}
.r{text-align:right!important} td,th{padding:1mm 1.5mm;vertical-align:top} .totals{margin-left:auto;min-width:70mm}
.big{font-weight:bold;font-size:120%} small{color:#555} .row{display:flex;justify-content:space-between}
tr{break-inside:avoid} footer{position:fixed;bottom:-18mm;left:0;right:0;font-size:7pt;display:flex;gap:10mm}</style>"""
FONTS = ("DejaVu Sans", "Liberation Sans", "Liberation Serif", "DejaVu Serif", "Liberation Mono")


def sheet(dice: random.Random, body: str) -> str:
    css = CSS.replace("FONT", dice.choice(FONTS[:4])).replace("SIZE", str(dice.choice((8, 9, 9, 10, 11))))
    return f"<!doctype html>{css}<body>{body}</body>"


def block(party: object, vat: str = "") -> str:
    lines = [party.name, party.street, party.town]  # type: ignore[attr-defined]
    return "<br>".join(escape(line) for line in lines) + (f"<br>{vat}" if vat else "")


def din(bill: Bill, dice: random.Random) -> str:
    """A German business letter: sender's line, window, information block on the right."""
    mark = dice.choice((" · ", " - ", " | ", " • ", ", "))
    seller = bill.seller
    info = "".join(f"<tr><td>{label}{dice.choice((':', ''))}</td><td>{value}</td></tr>" for label, value in pairs(bill))
    columns = dice.choice(
        (
            ("pos", "name", "qty", "unit", "price", "amount"),
            ("pos", "sku", "name", "qtyunit", "price", "rate", "amount"),
        )
    )
    return sheet(
        dice,
        f"""<div style="height:22mm;text-align:right;font-size:150%">{escape(seller.name)}</div>
<div class=row><div style="width:85mm"><span style="font-size:6.5pt;text-decoration:underline">
{escape(mark.join((seller.name, seller.street, seller.town)))}</span><br><br>{block(bill.buyer)}</div><table>{info}</table></div>
<h2 style="margin-top:14mm">{title(bill)} {bill.number}</h2><p>{bill.say("thanks")}</p>
{table(bill, dice, columns)}{totals(bill)}
<footer><div>{block(seller)}</div><div>Tel. 0555 123-45<br>info@example.com</div><div>{bill.say("vat")} {seller.vat}<br>
IBAN DE02 1203 0000 0000 2020 51</div></footer>""",
    )


def usa(bill: Bill, dice: random.Random) -> str:
    """Seller top left, the word INVOICE on the right, two addresses, quantity first."""
    info = "".join(f"<tr><td class=r><b>{label}</b></td><td class=r>{value}</td></tr>" for label, value in pairs(bill))
    columns = dice.choice(
        (("qty", "name", "price", "amount"), ("qty", "unit", "sku", "name", "price", "rate", "amount"))
    )
    return sheet(
        dice,
        f"""<div class=row><div>{block(bill.seller, bill.say("vat") + " " + bill.seller.vat)}</div>
<div style="font-size:220%">{title(bill)}</div></div><div class=row style="margin-top:10mm">
<div><b>{bill.say("buyer")}{dice.choice((":", ""))}</b><br>{block(bill.buyer)}</div><table>{info}</table></div>
{table(bill, dice, columns)}{totals(bill)}<p>{bill.say("thanks")}</p>""",
    )


def boxes(bill: Bill, dice: random.Random) -> str:
    """Two framed parties, a table with lines, a tax table by rate, totals with titles above the figures."""
    style, say = bill.style, bill.say
    columns = dice.choice(
        (("sku", "name", "qty", "price", "rate", "amount"), ("name", "unit", "qty", "price", "amount", "rate"))
    )
    taxes = "".join(
        f"<tr><td>{rate}%</td><td class=r>{style.money(bill.bases[rate])}</td><td class=r>{style.money(tax)}</td></tr>"
        for rate, tax in bill.taxes.items()
    )
    extra = (
        "".join(
            f"<tr><td></td><td>{label}</td>{'<td></td>' * (len(columns) - 4)}<td></td><td class=r>{style.money(net)}</td></tr>"
            for label, net, _ in bill.extras
        )
        if columns[-1] == "amount"
        else ""
    )
    return sheet(
        dice,
        f"""<style>.b{{border:1px solid #333;padding:3mm;width:78mm}} .items td,.items th{{border:1px solid #999}}</style>
<h1>{title(bill)}</h1><p>{say("number")} : {bill.number}<br>{say("date")} : {style.write_day(bill.day)}
{"<br>" + say("order") + " : " + bill.order if bill.order else ""}<br>{say("due")} : {style.write_day(bill.due)}</p><div class=row>
<div class=b><b>{say("seller")}</b><br>{block(bill.seller, say("vat") + " : " + bill.seller.vat)}</div>
<div class=b><b>{say("buyer")}</b><br>{block(bill.buyer, say("vat") + " : " + bill.buyer.vat)}</div></div>
{table(bill, dice, columns, extra=extra)}<div class=row><table border=1><tr><th>%</th><th>{say("base")}</th><th>{say("tax")}</th></tr>
{taxes}</table><table border=1><tr><th>{say("net")}</th><th>{say("tax")}</th><th>{say("gross")}</th></tr>
<tr><td class=r>{style.money(bill.net)}</td><td class=r>{style.money(bill.tax)}</td><td class=r>{style.money(bill.gross)}</td></tr>
</table></div>""",
    )


def saas(bill: Bill, dice: random.Random) -> str:
    """The payable amount in large type first, then from and to, then few columns."""
    style, say = bill.style, bill.say
    columns = ("name", "qty", "price", "amount")
    rows = "".join(f"<tr><td>{label}</td><td>{value}</td></tr>" for label, value in pairs(bill)[:2])
    return sheet(
        dice,
        f"""<h1>{title(bill)}</h1><table>{rows}</table><div style="display:flex;gap:30mm;margin-top:6mm">
<div><b>{escape(bill.seller.name)}</b><br>{escape(bill.seller.street)}<br>{escape(bill.seller.town)}<br>{say("vat")} {bill.seller.vat}</div>
<div><b>{say("buyer")}</b><br>{block(bill.buyer)}</div></div>
<p style="font-size:170%">{style.money(bill.gross - bill.prepaid)} {say("due")} {style.write_day(bill.due)}</p>
{table(bill, dice, columns)}{totals(bill, tax_per_rate=dice.random() < 0.7)}""",
    )


def grid(bill: Bill, dice: random.Random) -> str:
    """Titles in one row, their values in the row below."""
    found = pairs(bill)
    head = "".join(f"<th class=l>{label}</th>" for label, _ in found)
    values = "".join(f"<td>{value}</td>" for _, value in found)
    columns = dice.choice(
        (("pos", "name", "sku", "qty", "unit", "price", "amount"), ("sku", "name", "price", "qty", "amount"))
    )
    return sheet(
        dice,
        f"""<div class=row><div style="font-size:140%">{title(bill)}</div><div>{block(bill.seller)}</div></div>
<p>{bill.say("buyer")}:<br>{block(bill.buyer)}</p><table class=items style="background:#eee"><tr>{head}</tr><tr>{values}</tr></table>
{table(bill, dice, columns)}{totals(bill, bold=False)}<footer><div>{escape(bill.seller.name)} – {escape(bill.seller.street)} –
{escape(bill.seller.town)} – {bill.say("vat")}: {bill.seller.vat}</div></footer>""",
    )


def sentence(bill: Bill, dice: random.Random) -> str:
    """Number and day in one heading, buyer's address right, key and value joined by colons."""
    style, say = bill.style, bill.say
    columns = ("pos", "name", "qty", "unit", "price", "rate", "amount")
    return sheet(
        dice,
        f"""<div>{block(bill.seller)}</div><div style="margin-left:95mm">{block(bill.buyer)}</div>
<h3 style="margin-top:15mm">{title(bill)} {"Nr. " if style.language == "de" else "No. " if style.language == "en" else "n° "}{bill.number} {say("of")} {style.write_day(bill.day)}</h3>
<p>{say("delivery")}: {style.write_day(bill.due)}{" · " + say("order") + ": " + bill.order if bill.order else ""}</p>
{table(bill, dice, columns)}{totals(bill)}<p>{say("vat")}: {bill.seller.vat}</p>""",
    )


def held_mono(bill: Bill, dice: random.Random) -> str:
    """Held out: a typewriter page, nothing but text."""
    style, say = bill.style, bill.say
    rows = [f"{'':2}{say('qty'):>10}  {say('name'):<42}{say('price'):>14}{say('amount'):>16}"]
    for item in bill.items:
        quantity = style.figure(item.quantity, max(0, -int(item.quantity.as_tuple().exponent)))
        places = 2 if item.price == item.price.quantize(Decimal("0.01")) else 4
        rows.append(
            f"{'':2}{quantity:>10}  {item.name:<42}{style.figure(item.price, places):>14}{style.money(item.net, symbol=False):>16}"
        )
    sums = [(label, net) for label, net, _ in bill.extras]
    sums += [(say("net"), bill.net), (say("tax"), bill.tax), (say("gross"), bill.gross)]
    rows += ["", *(f"{label:>66}{style.money(value):>18}" for label, value in sums)]
    head = [bill.seller.name, bill.seller.street, bill.seller.town, f"{say('vat')} {bill.seller.vat}", "", "", say("buyer") + ":",
            bill.buyer.name, bill.buyer.street, bill.buyer.town, "", "", title(bill).upper(), "",
            *(f"{label + ':':<24}{value}" for label, value in pairs(bill)), ""]  # fmt: skip
    return sheet(
        dice, f"<pre style='font-family:Liberation Mono;font-size:8pt'>{escape(chr(10).join([*head, *rows]))}</pre>"
    )


def held_side(bill: Bill, dice: random.Random) -> str:
    """Held out: the issuer in a column on the right, totals before the lines."""
    info = "".join(f"<p><small>{label}</small><br>{value}</p>" for label, value in pairs(bill))
    columns = ("name", "qty", "price", "rate", "amount")
    return sheet(
        dice,
        f"""<div style="display:flex;gap:8mm"><div style="width:128mm"><h1>{title(bill)}</h1>
<p><small>{bill.say("buyer")}</small><br>{block(bill.buyer)}</p>{totals(bill)}{table(bill, dice, columns)}</div>
<div style="width:42mm;background:#f4f4f4;padding:4mm"><b>{escape(bill.seller.name)}</b><p>{escape(bill.seller.street)}<br>
{escape(bill.seller.town)}</p><p>{bill.say("vat")}<br>{bill.seller.vat}</p>{info}</div></div>""",
    )


def held_wide(bill: Bill, dice: random.Random) -> str:
    """Held out: every column there is, the tax of each line, several lines of small print, centred head."""
    columns = ("pos", "sku", "name", "qty", "unit", "price", "rate", "amount")
    info = " &nbsp; ".join(f"{label}: {value}" for label, value in pairs(bill))
    return sheet(
        dice,
        f"""<center><b>{escape(bill.seller.name)}</b><br>{escape(bill.seller.street)}, {escape(bill.seller.town)}<br>
{bill.say("vat")} {bill.seller.vat}<h2>{title(bill)}</h2></center><p>{info}</p><p><b>{bill.say("buyer")}</b> {escape(bill.buyer.name)},
{escape(bill.buyer.street)}, {escape(bill.buyer.town)}</p>{table(bill, dice, columns)}{totals(bill)}
<p><small>{bill.say("thanks")} IBAN GB33 BUKB 2020 1555 5555 55. Reg. 99887766.</small></p>""",
    )


LAYOUTS: dict[str, Callable[[Bill, random.Random], str]] = {
    "din": din, "usa": usa, "boxes": boxes, "saas": saas, "grid": grid, "sentence": sentence,
}  # fmt: skip
#: Never looked at while the reader was written; `--layouts held_mono,held_side,held_wide`.
HELD_OUT: dict[str, Callable[[Bill, random.Random], str]] = {
    "held_mono": held_mono, "held_side": held_side, "held_wide": held_wide,
}  # fmt: skip
