"""Print invented 数电票 with a browser, in all kinds that trouble a reader, with truth.json beside them.

python benchmarks/print_fapiao.py FOLDER --seed 1 --count 60   (synthetic parties, 样张 mark, no seal)
"""

# ruff: noqa: E501  (rows of HTML)

from __future__ import annotations

import argparse
import base64
import io
import json
import random
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pypdfium2 as pdfium
from PIL import Image
from playwright.sync_api import sync_playwright

from nightclerk.domain.amounts import amount_in_words

FEN = Decimal("0.01")
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
GOODS = (
    ("*纸制品*复印纸", "A4 80g", "包"), ("*信息技术服务*软件技术服务费", "", "项"), ("*电线电缆*铜芯聚氯乙烯绝缘软电缆", "BVR 2.5mm²", "米"),
    ("*计算机外部设备*激光多功能一体打印复印扫描机（含两年上门维护）", "M-404DN/双面", "台"), ("*餐饮服务*餐费", "", ""),
    ("*塑料制品*收纳箱 55L 带轮", "550×390×310", "个"), ("*经营租赁*车位租赁费 2026年3月", "", "月"), ("*蔬菜*鲜土豆", "", "千克"),
)  # fmt: skip
NAMES = (
    "样例星河信息技术（测试）有限公司",
    "虚构之家供应链管理（北京）股份有限公司测试分公司",
    "样张百货商店",
    "示例科技有限责任公司",
    "测试&演示（集团）有限公司",
)


def cents(value: Decimal) -> Decimal:
    return value.quantize(FEN, rounding=ROUND_HALF_UP)


def tax_id(dice: random.Random) -> str:
    body = "9100000" + "".join(dice.choice(_ALPHABET) for _ in range(10))
    total = sum(_ALPHABET.index(char) * pow(3, i, 31) for i, char in enumerate(body))
    return body + _ALPHABET[-total % 31]


def line_of(dice: random.Random, sign: int, kind: str) -> dict[str, str]:
    name, spec, unit = dice.choice(GOODS)
    quantity = Decimal(dice.randrange(1, 300)) / dice.choice((1, 1, 1, 10, 100))
    net = cents(Decimal(dice.randrange(100, 3_000_000)) / 100)
    price = (net / quantity).quantize(Decimal(1).scaleb(-dice.choice((2, 6, 10, 13))), rounding=ROUND_HALF_UP)
    if abs(cents(price * quantity) - net) > FEN:
        price = (net / quantity).quantize(Decimal(1).scaleb(-13), rounding=ROUND_HALF_UP)
    rate = dice.choice(("13%", "6%", "9%", "3%", "1%"))
    rate = {"free": dice.choice(("免税", "不征税")), "margin": "***"}.get(kind, rate)
    share = Decimal(rate[:-1]) / 100 if rate.endswith("%") else Decimal(0)
    tax = cents(net * share) * sign
    return {
        "name": name, "spec": spec, "unit": unit, "qty": f"{(quantity * sign).normalize():f}", "price": f"{price.normalize():f}",
        "amount": str(net * sign), "rate": rate, "tax": str(tax),
    }  # fmt: skip


def invoice_of(dice: random.Random) -> dict[str, Any]:
    kind = dice.choice(("plain", "plain", "plain", "discount", "free", "red", "long", "building", "freight", "bare"))
    sign = -1 if kind == "red" else 1
    count = dice.randrange(14, 40) if kind == "long" else dice.choice((1, 1, 2, 3, 4))
    lines = [line_of(dice, sign, kind) for _ in range(count)]
    if kind == "discount":
        first = lines[0]
        share = Decimal(first["rate"][:-1]) / 100
        net = -cents(Decimal(first["amount"]) / 10)
        lines.insert(
            1,
            {
                **first,
                "unit": "",
                "spec": "",
                "qty": "",
                "price": "",
                "amount": str(net),
                "tax": str(cents(net * share)),
            },
        )
    if kind == "bare":
        lines = [{**line, "qty": "", "price": "", "unit": "", "spec": ""} for line in lines]
    day = date(2026, 1, 1) + timedelta(days=dice.randrange(300))
    number = f"26{dice.choice(('00', '98'))}2" + "".join(str(dice.randrange(10)) for _ in range(15))
    net = sum((Decimal(line["amount"]) for line in lines), Decimal(0))
    tax = sum((Decimal(line["tax"]) for line in lines), Decimal(0))
    orders = [f"PO2026{dice.randrange(1000, 9999)}" for _ in range(dice.choice((0, 1, 2)))]
    remark = f"订单号:{','.join(orders)}" if orders else ""
    if kind == "red":
        remark = f"被红冲蓝字数电票号码：26002{dice.randrange(10**14, 10**15)} 红字发票信息确认单编号：26002{dice.randrange(10**14, 10**15)}"
    seller, buyer = dice.sample(NAMES, 2)
    gross = net + tax
    special = dice.random() < 0.5
    return {
        "kind": kind, "special": special, "number": number, "date": day.isoformat(), "lines": lines, "net": str(net), "tax": str(tax),
        "gross": str(gross), "upper": amount_in_words(gross), "drawer": dice.choice(("测试员", "王样例", "Test")), "remark": remark,
        "orders": orders, "currency": "CNY", "seller": {"name": seller, "tax_id": tax_id(dice)},
        "buyer": {"name": buyer, "tax_id": tax_id(dice)},
        "qr": f"01,{31 if special else 32},,{number},{gross},{day:%Y%m%d},,{dice.randrange(16**4):04X}",
    }  # fmt: skip


def qr_png(text: str) -> str:
    pixels = cv2.QRCodeEncoder.create().encode(text)
    big = np.kron(pixels, np.ones((6, 6), dtype=np.uint8))
    buffer = io.BytesIO()
    Image.fromarray(big).save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def html(bill: dict[str, Any], dice: random.Random) -> str:
    """Absolutely placed like the printed form: 210 × 140 mm, or longer pages for many lines."""
    yen, colon, gap = dice.choice("¥￥"), dice.choice("：:"), dice.choice(("", " ", "  ", "　"))
    size, font = dice.choice((8, 8.5, 9)), dice.choice(("Noto Sans CJK SC", "Noto Serif CJK SC"))
    pages: list[list[dict[str, str]]] = [[]]
    for line in bill["lines"]:
        if sum(_height(one) for one in (*pages[-1], line)) > 7:
            pages.append([])
        pages[-1].append(line)
    return (
        f"<!doctype html><meta charset=utf-8><style>@page{{size:210mm 140mm;margin:0}} body{{margin:0;font:{size}pt/1.15 '{font}'}}"
        ".p{position:relative;width:210mm;height:139.9mm;break-after:page;overflow:hidden} .p>*{position:absolute}"
        "td{padding:0 1mm;vertical-align:top} .v{width:4mm;line-height:1.15} .r{text-align:right}</style>"
        + "".join(_page(bill, lines, n, len(pages), dice, yen, colon, gap) for n, lines in enumerate(pages, start=1))
    )


def _height(line: dict[str, str]) -> int:
    """In how many rows a name is wrapped."""
    return -(-len(line["name"]) // 11)


def _page(
    bill: dict[str, Any],
    lines: list[dict[str, str]],
    page: int,
    pages: int,
    dice: random.Random,
    yen: str,
    colon: str,
    gap: str,
) -> str:
    at = lambda x, y, text, style="": f'<div style="left:{x}mm;top:{y}mm;{style}">{text}</div>'  # noqa: E731
    title = "电子发票（增值税专用发票）" if bill["special"] else "电子发票（普通发票）"
    year, month, day = bill["date"].split("-")
    parts = [
        at(40, 60, "样张 仅供测试", "font-size:30pt;color:#eee;transform:rotate(-20deg)"),
        at(62, 8, title, "font-size:16pt"), f'<img style="left:7mm;top:6mm;width:20mm" src="data:image/png;base64,{qr_png(bill["qr"])}">',
        at(150, 10, f"发票号码{colon}{bill['number']}"), at(150, 16, f"开票日期{colon}{year}年{month}月{day}日"),
        at(7, 31, "购买方信息", "width:4mm"), at(105, 31, "销售方信息", "width:4mm"),
        at(206, 40, "下载次数：1", "transform:rotate(90deg);font-size:6pt;width:30mm"),
    ]  # fmt: skip
    if bill["kind"] in ("building", "freight"):
        parts.append(at(34, 10, {"building": "建筑服务", "freight": "货物运输服务"}[bill["kind"]], "border:1px solid"))
    for x, side in ((13, "buyer"), (111, "seller")):
        parts.append(at(x, 33, f"名{gap}称{colon}{bill[side]['name']}", "width:90mm"))
        parts.append(at(x, 43, f"统一社会信用代码/纳税人识别号{colon}{bill[side]['tax_id']}"))
    parts.append(at(7, 53, _table(bill, lines, page, pages, yen, gap)))
    if page == pages:
        parts.append(at(12, 104, f"价税合计（大写）　　　ⓧ{bill['upper']}"))
        parts.append(at(135, 104, f"（小写）{yen}{bill['gross']}"))
    parts += [
        at(7, 113, "备注", "width:4mm"),
        at(14, 112, bill["remark"], "width:180mm"),
        at(20, 133, f"开票人{colon}{bill['drawer']}"),
    ]
    return f'<div class="p">{"".join(parts)}</div>'


def _table(bill: dict[str, Any], lines: list[dict[str, str]], page: int, pages: int, yen: str, gap: str) -> str:
    widths = (43, 25, 14, 18, 31, 21, 22, 22)
    titles = (
        "项目名称",
        "规格型号",
        f"单{gap}位",
        f"数{gap}量",
        f"单{gap}价",
        f"金{gap}额",
        "税率/征收率",
        f"税{gap}额",
    )
    cols = "".join(f'<col style="width:{width}mm">' for width in widths)
    head = "".join(f"<td style='white-space:nowrap'>{title}</td>" for title in titles)
    free = bill["kind"] == "free"
    body = "".join(
        "<tr>"
        + "".join(
            f'<td class="{"r" if key in ("qty", "price", "amount", "tax") else ""}">{"***" if key == "tax" and free else line[key]}</td>'
            for key in ("name", "spec", "unit", "qty", "price", "amount", "rate", "tax")
        )
        + "</tr>"
        for line in lines
    )

    def sums(label: str, rows: list[dict[str, str]]) -> str:
        net, tax = (sum((Decimal(row[key]) for row in rows), Decimal(0)) for key in ("amount", "tax"))
        shown = "***" if free else f"{yen}{tax}"
        return f"<tr><td>{label}</td><td><td><td><td><td class=r>{yen}{net}</td><td><td class=r>{shown}</td></tr>"

    foot = sums("小　　计", lines) if pages > 1 else ""
    foot += sums("合　　计", bill["lines"]) if page == pages else ""
    return f'<table style="width:196mm;border-collapse:collapse;table-layout:fixed">{cols}<tr>{head}</tr>{body}{foot}</table>'


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=60)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    dice, truths = random.Random(arguments.seed), {}
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page()
        for index in range(arguments.count):
            bill = invoice_of(dice)
            page.set_content(html(bill, dice))
            name = f"{bill['kind']}{index:03d}.pdf"
            document = pdfium.PdfDocument(page.pdf(prefer_css_page_size=True, print_background=True))
            turn = dice.choice((0, 0, 0, 90, 180, 270))
            for number in range(len(document)):
                document[number].set_rotation(turn)
            document.save(str(arguments.folder / name))
            truths[name] = bill
        browser.close()
    path = arguments.folder / "truth.json"
    path.write_text(json.dumps(truths, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
