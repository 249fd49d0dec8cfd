"""Print one sandbox invoice as a 数电票 PDF: 210 × 140 mm, buyer left, seller right, QR code, 样张 mark."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO

from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.colors import Color
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from nightclerk.domain.amounts import amount_in_words
from nightclerk.sandbox.purchases import InvoiceTruth, TruthLine

WIDTH, HEIGHT = 210 * mm, 140 * mm
ROWS_PER_PAGE = 8
_FONT = "STSong-Light"
_RED, _BLACK, _GREY = Color(0.55, 0.1, 0.1), Color(0, 0, 0), Color(0.85, 0.85, 0.85)
#: Column: (title, x of the title, alignment of the cells, x of the cells), in mm.
_COLUMNS = (
    ("项目名称", 22, "left", 8),
    ("规格型号", 54, "left", 51),
    ("单 位", 76, "middle", 79),
    ("数 量", 92, "right", 101),
    ("单 价", 114, "right", 123),
    ("金 额", 140, "right", 150),
    ("税率/征收率", 155, "middle", 162),
    ("税 额", 189, "right", 202),
)


def qr_text(truth: InvoiceTruth) -> str:
    """What the QR code says: type 31 (专用) or 32 (普通), number, amount with tax, date, check."""
    kind = "31" if truth.special else "32"
    check = f"{sum(ord(c) for c in truth.number) % 65536:04X}"
    return f"01,{kind},,{truth.number},{truth.gross},{truth.issued_on:%Y%m%d},,{check}"


def plain(value: Decimal) -> str:
    """A quantity or price without needless zeros."""
    return f"{value.normalize():f}"


def rate_text(line: TruthLine) -> str:
    return f"{plain(line.rate * 100)}%"


def register_font() -> None:
    """Make the Chinese font known; it is one of those that every PDF reader brings along."""
    if _FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(_FONT))


def invoice_pdf(truth: InvoiceTruth) -> bytes:
    """The bytes of the PDF; the same truth gives the same bytes."""
    register_font()
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=(WIDTH, HEIGHT), invariant=1)
    canvas.setTitle(f"样张 {truth.number}")
    chunks = [truth.lines[i : i + ROWS_PER_PAGE] for i in range(0, len(truth.lines), ROWS_PER_PAGE)]
    for page, lines in enumerate(chunks, start=1):
        draw_page(canvas, truth, lines, page, len(chunks))
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def draw_page(canvas: Canvas, truth: InvoiceTruth, lines: Sequence[TruthLine], page: int, pages: int) -> None:
    """Draw one page; `lines` are those of this page."""
    _watermark(canvas)
    _head(canvas, truth, page, pages)
    _frame(canvas)
    _parties(canvas, truth)
    _table(canvas, lines)
    if pages > 1:
        _amounts(canvas, "小 计", lines, 94)
    if page == pages:
        _amounts(canvas, "合 计", truth.lines, 99)
        _total(canvas, truth)
    _remark(canvas, truth)


def _text(canvas: Canvas, x: float, y: float, text: str, size: float = 9, *, ink: Color = _BLACK,
          align: str = "left") -> None:  # fmt: skip
    """Write at x, y in millimetres from the top left corner; y is the base line."""
    canvas.setFont(_FONT, size)
    canvas.setFillColor(ink)
    draw = {"left": canvas.drawString, "right": canvas.drawRightString, "middle": canvas.drawCentredString}
    draw[align](x * mm, HEIGHT - y * mm, text)


def _watermark(canvas: Canvas) -> None:
    canvas.saveState()
    canvas.translate(WIDTH / 2, HEIGHT / 2)
    canvas.rotate(24)
    canvas.setFont(_FONT, 34)
    canvas.setFillColor(_GREY)
    canvas.drawCentredString(0, -10, "样张 仅供软件演示")
    canvas.restoreState()


def _head(canvas: Canvas, truth: InvoiceTruth, page: int, pages: int) -> None:
    title = "电子发票（增值税专用发票）" if truth.special else "电子发票（普通发票）"
    _text(canvas, 105, 15, title, 18, ink=_RED, align="middle")
    _line(canvas, 66, 18, 144, 18)
    _line(canvas, 66, 19, 144, 19)
    canvas.setStrokeColor(_RED)
    canvas.ellipse(96 * mm, HEIGHT - 29 * mm, 114 * mm, HEIGHT - 20 * mm)
    _text(canvas, 105, 25.5, "沙箱样章", 7, ink=_RED, align="middle")
    _text(canvas, 152, 13, "发票号码：", ink=_RED)
    _text(canvas, 168, 13, truth.number)
    _text(canvas, 152, 19, "开票日期：", ink=_RED)
    _text(canvas, 168, 19, f"{truth.issued_on:%Y年%m月%d日}")
    if pages > 1:
        _text(canvas, 152, 25, f"共 {pages} 页 第 {page} 页", ink=_RED)
    _qr(canvas, qr_text(truth))
    canvas.saveState()
    canvas.translate(206 * mm, HEIGHT - 32 * mm)
    canvas.rotate(-90)
    canvas.setFont(_FONT, 7)
    canvas.drawString(0, 0, "下载次数：1")
    canvas.restoreState()


def _qr(canvas: Canvas, text: str) -> None:
    widget = QrCodeWidget(text, barLevel="M", barBorder=2)
    x0, y0, x1, y1 = widget.getBounds()
    side = 20 * mm
    drawing = Drawing(side, side, transform=[side / (x1 - x0), 0, 0, side / (y1 - y0), 0, 0])
    drawing.add(widget)
    renderPDF.draw(drawing, canvas, 7 * mm, HEIGHT - 27 * mm)


def _line(canvas: Canvas, x0: float, y0: float, x1: float, y1: float) -> None:
    canvas.setStrokeColor(_RED)
    canvas.setLineWidth(0.6)
    canvas.line(x0 * mm, HEIGHT - y0 * mm, x1 * mm, HEIGHT - y1 * mm)


def _frame(canvas: Canvas) -> None:
    for y in (30, 52, 102, 111, 131):
        _line(canvas, 7, y, 203, y)
    for x in (7, 203):
        _line(canvas, x, 30, x, 131)
    for x in (13, 105, 111):
        _line(canvas, x, 30, x, 52)
    _line(canvas, 56, 102, 56, 111)
    _line(canvas, 13, 111, 13, 131)


def _parties(canvas: Canvas, truth: InvoiceTruth) -> None:
    for x, label in ((10, "购买方信息"), (108, "销售方信息")):
        for n, char in enumerate(label):
            _text(canvas, x, 34.5 + 4 * n, char, ink=_RED, align="middle")
    rows = ((14, truth.buyer, truth.buyer_tax_id), (112, truth.seller, truth.seller_tax_id))
    for x, name, tax_id in rows:
        _text(canvas, x, 37, "名称：", ink=_RED)
        _text(canvas, x + 11, 37, name)
        _text(canvas, x, 47, "统一社会信用代码/纳税人识别号：", ink=_RED)
        _text(canvas, x + 51, 47, tax_id)


def _table(canvas: Canvas, lines: Sequence[TruthLine]) -> None:
    for title, x, _, _ in _COLUMNS:
        _text(canvas, x, 56, title, ink=_RED)
    for n, line in enumerate(lines):
        cells = (
            line.name, line.spec, line.unit, plain(line.quantity), plain(line.price), str(line.net),
            rate_text(line), str(line.tax),
        )  # fmt: skip
        for (_, _, align, x), cell in zip(_COLUMNS, cells, strict=True):
            _text(canvas, x, 60.5 + 4.3 * n, cell, 8.5, align=align)


def _amounts(canvas: Canvas, label: str, lines: Sequence[TruthLine], y: float) -> None:
    _text(canvas, 22, y, label, ink=_RED)
    _text(canvas, 150, y, f"¥{sum((line.net for line in lines), Decimal(0))}", align="right")
    _text(canvas, 202, y, f"¥{sum((line.tax for line in lines), Decimal(0))}", align="right")


def _total(canvas: Canvas, truth: InvoiceTruth) -> None:
    _text(canvas, 18, 107.5, "价税合计（大写）", ink=_RED)
    _text(canvas, 60, 107.5, f"⊗{amount_in_words(truth.gross)}")
    _text(canvas, 140, 107.5, "（小写）", ink=_RED)
    _text(canvas, 156, 107.5, f"¥{truth.gross}")


def _remark(canvas: Canvas, truth: InvoiceTruth) -> None:
    _text(canvas, 10, 119, "备", ink=_RED, align="middle")
    _text(canvas, 10, 126, "注", ink=_RED, align="middle")
    words = truth.remark.split(" ")
    for n, part in enumerate([*words, f"销方开户银行：{truth.seller_bank}"]):
        _text(canvas, 14, 115.5 + 4.5 * n, part, 8.5)
    _text(canvas, 24, 136, "开票人：", ink=_RED)
    _text(canvas, 37, 136, "样例开票员")
