"""Write one sandbox invoice as 数电票 XML (EInvoice) or as OFD (a zip of XML pages with custom data)."""

from __future__ import annotations

from io import BytesIO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from nightclerk.domain.amounts import amount_in_words
from nightclerk.sandbox.invoice_pdf import plain, rate_text
from nightclerk.sandbox.purchases import InvoiceTruth, TruthLine

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_OFD = "http://www.ofdspec.org/2016"


def _tag(name: str, text: object) -> str:
    return f"<{name}>{escape(str(text))}</{name}>"


# ------------------------------------------------------------------------------------------------- XML


def invoice_xml(truth: InvoiceTruth) -> bytes:
    """The EInvoice document that the tax bureau's download page calls XML."""
    tag = "SWEI3100" if truth.special else "SWEI3200"
    label = "N" if truth.gross >= 0 else "Y"
    blue = "<InIssuType><LabelCode>{}</LabelCode></InIssuType>".format("Y" if label == "N" else "N")
    header = (
        f"<Header>{_tag('EIid', truth.number)}{_tag('EInvoiceTag', tag)}<InherentLabel>{blue}</InherentLabel></Header>"
    )
    supervision = (
        "<TaxSupervisionInfo>"
        + _tag("InvoiceNumber", truth.number)
        + _tag("IssueTime", f"{truth.issued_on:%Y-%m-%d} 10:15:00")
        + _tag("TaxBureauName", "样例税务局")
        + "</TaxSupervisionInfo>"
    )
    return f"{_DECLARATION}<EInvoice>{header}{_invoice_data(truth)}{supervision}</EInvoice>".encode()


def _invoice_data(truth: InvoiceTruth) -> str:
    seller = _tag("SellerIdNum", truth.seller_tax_id) + _tag("SellerName", truth.seller)
    buyer = _tag("BuyerIdNum", truth.buyer_tax_id) + _tag("BuyerName", truth.buyer)
    basic = (
        _tag("TotalAmWithoutTax", truth.net)
        + _tag("TotalTaxAm", truth.tax)
        + _tag("TotalTax-includedAmount", truth.gross)
        + _tag("TotalTax-includedAmountInChinese", amount_in_words(truth.gross))
        + _tag("Drawer", "样例开票员")
        + _tag("RequestTime", f"{truth.issued_on:%Y-%m-%d} 10:14:31")
    )
    return (
        "<EInvoiceData>"
        f"<SellerInformation>{seller}</SellerInformation><BuyerInformation>{buyer}</BuyerInformation>"
        f"<BasicInformation>{basic}</BasicInformation>"
        + "".join(_item(line) for line in truth.lines)
        + f"<AdditionalInformation>{_tag('Remark', truth.remark)}</AdditionalInformation></EInvoiceData>"
    )


def _item(line: TruthLine) -> str:
    return (
        "<IssuItemInformation>"
        + _tag("ItemName", line.name)
        + _tag("SpecMod", line.spec)
        + _tag("MeaUnits", line.unit)
        + _tag("Quantity", plain(line.quantity))
        + _tag("UnPrice", plain(line.price))
        + _tag("Amount", line.net)
        + _tag("TaxRate", plain(line.rate))
        + _tag("ComTaxAm", line.tax)
        + "</IssuItemInformation>"
    )


# ------------------------------------------------------------------------------------------------- OFD


def invoice_ofd(truth: InvoiceTruth) -> bytes:
    """A one-page OFD: text objects where a printed invoice has them, and the totals as custom data."""
    parts = {
        "OFD.xml": _root(truth),
        "Doc_0/Document.xml": _document(),
        "Doc_0/Pages/Page_0/Content.xml": _content(truth),
    }
    buffer = BytesIO()
    with ZipFile(buffer, "w") as archive:
        for name, text in parts.items():
            entry = ZipInfo(name, date_time=(2026, 11, 1, 0, 0, 0))
            entry.compress_type = ZIP_DEFLATED
            archive.writestr(entry, _DECLARATION + text)
    return buffer.getvalue()


def _root(truth: InvoiceTruth) -> str:
    facts = {
        "发票号码": truth.number,
        "开票日期": f"{truth.issued_on:%Y年%m月%d日}",
        "合计金额": truth.net,
        "合计税额": truth.tax,
        "销售方纳税人识别号": truth.seller_tax_id,
        "购买方纳税人识别号": truth.buyer_tax_id,
    }
    data = "".join(f'<ofd:CustomData Name="{k}">{escape(str(v))}</ofd:CustomData>' for k, v in facts.items())
    info = f"<ofd:DocInfo><ofd:DocID>{truth.number}</ofd:DocID><ofd:CustomDatas>{data}</ofd:CustomDatas></ofd:DocInfo>"
    return (
        f'<ofd:OFD xmlns:ofd="{_OFD}" DocType="OFD" Version="1.1"><ofd:DocBody>{info}'
        "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
    )


def _document() -> str:
    area = "<ofd:PageArea><ofd:PhysicalBox>0 0 210 140</ofd:PhysicalBox></ofd:PageArea>"
    return (
        f'<ofd:Document xmlns:ofd="{_OFD}"><ofd:CommonData><ofd:MaxUnitID>999</ofd:MaxUnitID>{area}</ofd:CommonData>'
        '<ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages></ofd:Document>'
    )


def _content(truth: InvoiceTruth) -> str:
    title = "电子发票（增值税专用发票）" if truth.special else "电子发票（普通发票）"
    pieces = [
        (76.0, 15.0, title), (152.0, 13.0, "发票号码："), (168.0, 13.0, truth.number),
        (152.0, 19.0, "开票日期："), (168.0, 19.0, f"{truth.issued_on:%Y年%m月%d日}"),
        (14.0, 37.0, "名称："), (25.0, 37.0, truth.buyer), (112.0, 37.0, "名称："), (123.0, 37.0, truth.seller),
        (14.0, 47.0, "统一社会信用代码/纳税人识别号："), (65.0, 47.0, truth.buyer_tax_id),
        (112.0, 47.0, "统一社会信用代码/纳税人识别号："), (163.0, 47.0, truth.seller_tax_id),
        (22.0, 56.0, "项目名称"), (54.0, 56.0, "规格型号"), (76.0, 56.0, "单 位"), (92.0, 56.0, "数 量"),
        (114.0, 56.0, "单 价"), (140.0, 56.0, "金 额"), (155.0, 56.0, "税率/征收率"), (189.0, 56.0, "税 额"),
        *_rows(truth),
        (22.0, 99.0, "合 计"), (135.0, 99.0, f"¥{truth.net}"), (187.0, 99.0, f"¥{truth.tax}"),
        (18.0, 107.5, "价税合计（大写）"), (60.0, 107.5, f"⊗{amount_in_words(truth.gross)}"),
        (140.0, 107.5, "（小写）"), (156.0, 107.5, f"¥{truth.gross}"),
        (8.5, 119.0, "备"), (8.5, 126.0, "注"), (14.0, 115.5, truth.remark),
        (24.0, 136.0, "开票人："), (37.0, 136.0, "样例开票员"),
    ]  # fmt: skip
    body = "".join(_text_object(n, x, y, text) for n, (x, y, text) in enumerate(pieces, start=10) if text)
    return f'<ofd:Page xmlns:ofd="{_OFD}"><ofd:Content><ofd:Layer ID="2">{body}</ofd:Layer></ofd:Content></ofd:Page>'


def _rows(truth: InvoiceTruth) -> list[tuple[float, float, str]]:
    rows = []
    for n, line in enumerate(truth.lines):
        y = 60.5 + 4.3 * n
        cells = (
            (8.0, line.name), (51.0, line.spec), (77.5, line.unit), (95.0, plain(line.quantity)),
            (112.0, plain(line.price)), (136.0, str(line.net)), (159.0, rate_text(line)), (190.0, str(line.tax)),
        )  # fmt: skip
        rows += [(x, y, text) for x, text in cells]
    return rows


def _text_object(number: int, x: float, y: float, text: str) -> str:
    """One TextObject with its box on the page and the advance of each character in DeltaX."""
    size = 3.0
    steps = [size if ord(char) > 0x2E80 else size / 2 for char in text]
    delta = f' DeltaX="{" ".join(f"{step:g}" for step in steps[:-1])}"' if len(text) > 1 else ""
    box = f"{x:g} {y - size:g} {sum(steps):g} {size * 1.3:g}"
    code = f'<ofd:TextCode X="0" Y="{size:g}"{delta}>{escape(text)}</ofd:TextCode>'
    return f'<ofd:TextObject ID="{number}" Boundary="{box}" Font="3" Size="{size:g}">{code}</ofd:TextObject>'
