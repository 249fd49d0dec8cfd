"""An OFD as tax platforms write it (GB/T 33190-2016): templates, resources, two signatures, attachments and tags."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from html import escape

from nightclerk.domain.amounts import amount_in_words
from nightclerk.sandbox.invoice_pdf import plain, rate_text
from nightclerk.sandbox.purchases import InvoiceTruth

NS = 'xmlns:ofd="http://www.ofdspec.org/2016"'
RECORD = 'xmlns:fp="http://www.edrm.org.cn/schema/e-invoice/2019"'
Piece = tuple[int, float, float, str]


def whole_ofd(truths: Sequence[InvoiceTruth], changes: Mapping[str, str] | None = None) -> bytes:
    """One document for each invoice; `changes` replaces texts in all parts, to make pages and records disagree."""
    parts = {"OFD.xml": _ofd(truths)}
    for place, truth in enumerate(truths):
        parts |= {f"Doc_{place}/{path}": text for path, text in _document(truth).items()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in parts.items():
            archive.writestr(path, '<?xml version="1.0" encoding="UTF-8"?>\n' + (changes or {}).get(path, text))
        archive.writestr("Doc_0/Res/seal.esl", b"\x30\x82\x01\x0a")
        archive.writestr("Doc_0/Signs/Sign_0/SignedValue.dat", b"\x30\x82\x02\x0b")
    return buffer.getvalue()


def _ofd(truths: Sequence[InvoiceTruth]) -> str:
    bodies = "".join(
        f"<ofd:DocBody><ofd:DocInfo><ofd:DocID>{place:032x}</ofd:DocID><ofd:Author>税务</ofd:Author><ofd:CustomDatas>"
        f'<ofd:CustomData Name="发票号码">{truth.number}</ofd:CustomData>'
        f'<ofd:CustomData Name="开票日期">{truth.issued_on:%Y年%m月%d日}</ofd:CustomData>'
        f'<ofd:CustomData Name="合计金额">{truth.net}</ofd:CustomData></ofd:CustomDatas></ofd:DocInfo>'
        f"<ofd:DocRoot>/Doc_{place}/Document.xml</ofd:DocRoot>"
        f"<ofd:Signatures>/Doc_{place}/Signs/Signatures.xml</ofd:Signatures></ofd:DocBody>"
        for place, truth in enumerate(truths)
    )
    return f'<ofd:OFD {NS} DocType="OFD" Version="1.0">{bodies}</ofd:OFD>'


def _document(truth: InvoiceTruth) -> dict[str, str]:
    return {
        "Document.xml": (
            f"<ofd:Document {NS}><ofd:CommonData><ofd:MaxUnitID>900</ofd:MaxUnitID><ofd:PageArea>"
            "<ofd:PhysicalBox>0 0 210 140</ofd:PhysicalBox></ofd:PageArea><ofd:PublicRes>PublicRes.xml</ofd:PublicRes>"
            '<ofd:TemplatePage ID="2" BaseLoc="Tpls/Tpl_0/Content.xml" ZOrder="Background"/></ofd:CommonData>'
            '<ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages>'
            "<ofd:Annotations>Annots/Annotations.xml</ofd:Annotations>"
            "<ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments>"
            "<ofd:CustomTags>Tags/CustomTags.xml</ofd:CustomTags></ofd:Document>"
        ),
        "PublicRes.xml": f'<ofd:Res {NS} BaseLoc="Res"><ofd:Fonts/></ofd:Res>',
        "Tpls/Tpl_0/Content.xml": _page(_labels(truth), more=_vertical(300, 8.5, 34.0, "购买方信息")),
        "Pages/Page_0/Content.xml": _page(_values(truth), head='<ofd:Template TemplateID="2"/>', more=_HIDDEN),
        "Annots/Annotations.xml": f"<ofd:Annotations {NS}/>",
        "Attachs/Attachments.xml": (
            f'<ofd:Attachments {NS}><ofd:Attachment ID="7" Name="original_invoice" Format="xml" Visible="false">'
            "<ofd:FileLoc>original_invoice.xml</ofd:FileLoc></ofd:Attachment></ofd:Attachments>"
        ),
        "Attachs/original_invoice.xml": _record(truth),
        "Tags/CustomTags.xml": (
            f'<ofd:CustomTags {NS}><ofd:CustomTag NameSpace="e-invoice"><ofd:FileLoc>CustomTag.xml</ofd:FileLoc>'
            "</ofd:CustomTag></ofd:CustomTags>"
        ),
        "Tags/CustomTag.xml": _tags(),
        "Signs/Signatures.xml": (
            f'<ofd:Signatures {NS}><ofd:Signature ID="1" Type="Seal" BaseLoc="Sign_0/Signature.xml"/>'
            '<ofd:Signature ID="2" Type="Sign" BaseLoc="Sign_1/Signature.xml"/></ofd:Signatures>'
        ),
        "Signs/Sign_0/Signature.xml": f"<ofd:Signature {NS}><ofd:SignedInfo/></ofd:Signature>",
        "Signs/Sign_1/Signature.xml": f"<ofd:Signature {NS}><ofd:SignedInfo/></ofd:Signature>",
    }  # fmt: skip


_HIDDEN = (
    '<ofd:TextObject ID="401" Boundary="156 110 40 4" Font="3" Size="3" Visible="false">'
    '<ofd:TextCode X="0" Y="3">¥9999.99</ofd:TextCode></ofd:TextObject>'
)


def _page(pieces: Sequence[Piece], *, head: str = "", more: str = "") -> str:
    body = "".join(_text(*piece) for piece in pieces if piece[3]) + more
    return (
        f"<ofd:Page {NS}>{head}<ofd:Area><ofd:PhysicalBox>0 0 210 140</ofd:PhysicalBox></ofd:Area><ofd:Content>"
        f'<ofd:Layer ID="5" Type="Body">{body}</ofd:Layer></ofd:Content></ofd:Page>'
    )


def _text(number: int, x: float, y: float, text: str) -> str:
    """Runs of equal steps are written as `g count step`, as the platforms do."""
    steps: list[str] = []
    widths = [3.175 if ord(char) > 0x2E80 else 1.5875 for char in text[:-1]]
    while widths:
        same = next((n for n, width in enumerate(widths) if width != widths[0]), len(widths))
        steps.append(f"g {same} {widths[0]}" if same > 1 else f"{widths[0]}")
        widths = widths[same:]
    delta = f' DeltaX="{" ".join(steps)}"' if steps else ""
    return (
        f'<ofd:TextObject ID="{number}" Boundary="{x} {y - 3.175:g} 130 4.5" Font="3" Size="3.175" CTM="1 0 0 1 0 0">'
        f'<ofd:TextCode X="0" Y="3.175"{delta}>{escape(text)}</ofd:TextCode></ofd:TextObject>'
    )


def _vertical(number: int, x: float, y: float, text: str) -> str:
    code = f'<ofd:TextCode X="0" Y="3.175" DeltaY="g {len(text) - 1} 4.2">{text}</ofd:TextCode>'
    return f'<ofd:TextObject ID="{number}" Boundary="{x} {y} 4 24" Font="3" Size="3.175">{code}</ofd:TextObject>'


def _labels(truth: InvoiceTruth) -> list[Piece]:
    title = "电子发票（增值税专用发票）" if truth.special else "电子发票（普通发票）"
    return [
        (n, x, y, text)
        for n, (x, y, text) in enumerate(
            [
                (76.0, 15.0, title), (150.0, 13.0, "发票号码："), (150.0, 19.0, "开票日期："), (14.0, 37.0, "名称："),
                (112.0, 37.0, "名称："), (14.0, 47.0, "统一社会信用代码/纳税人识别号："),
                (112.0, 47.0, "统一社会信用代码/纳税人识别号："), (22.0, 56.0, "项目名称"), (54.0, 56.0, "规格型号"),
                (76.0, 56.0, "单 位"), (92.0, 56.0, "数 量"), (114.0, 56.0, "单 价"), (140.0, 56.0, "金 额"),
                (155.0, 56.0, "税率/征收率"), (189.0, 56.0, "税 额"), (22.0, 99.0, "合 计"),
                (18.0, 107.5, "价税合计（大写）"), (140.0, 107.5, "（小写）"), (8.5, 119.0, "备"), (8.5, 126.0, "注"),
                (24.0, 136.0, "开票人："),
            ],
            start=10,
        )
    ]  # fmt: skip


def _values(truth: InvoiceTruth) -> list[Piece]:
    found: list[Piece] = [
        (200, 168.0, 13.0, truth.number), (201, 168.0, 19.0, f"{truth.issued_on:%Y年%m月%d日}"),
        (202, 25.0, 37.0, truth.buyer), (203, 123.0, 37.0, truth.seller), (204, 65.0, 47.0, truth.buyer_tax_id),
        (205, 163.0, 47.0, truth.seller_tax_id), (206, 135.0, 99.0, f"¥{truth.net}"),
        (207, 187.0, 99.0, f"¥{truth.tax}"), (208, 60.0, 107.5, amount_in_words(truth.gross)),
        (209, 156.0, 107.5, f"¥{truth.gross}"), (210, 14.0, 115.5, truth.remark), (211, 37.0, 136.0, "样例开票员"),
    ]  # fmt: skip
    for n, line in enumerate(truth.lines):
        y = 61.5 + 5 * n
        cells = (
            (9.0, line.name), (54.0, line.spec), (76.0, line.unit), (94.0, plain(line.quantity)),
            (112.0, plain(line.price)), (138.0, str(line.net)), (160.0, rate_text(line)), (187.0, str(line.tax)),
        )  # fmt: skip
        found += [(500 + 10 * n + place, x, y, text) for place, (x, text) in enumerate(cells)]
    return found


def _record(truth: InvoiceTruth) -> str:
    return (
        f"<fp:eInvoice {RECORD}><fp:InvoiceNo>{truth.number}</fp:InvoiceNo>"
        f"<fp:IssueDate>{truth.issued_on:%Y年%m月%d日}</fp:IssueDate><fp:Buyer><fp:BuyerName>{truth.buyer}</fp:BuyerName>"
        f"<fp:BuyerTaxID>{truth.buyer_tax_id}</fp:BuyerTaxID></fp:Buyer><fp:Seller><fp:SellerName>{truth.seller}"
        f"</fp:SellerName><fp:SellerTaxID>{truth.seller_tax_id}</fp:SellerTaxID></fp:Seller>"
        f"<fp:TaxExclusiveTotalAmount>{truth.net}</fp:TaxExclusiveTotalAmount>"
        f"<fp:TaxTotalAmount>{truth.tax}</fp:TaxTotalAmount>"
        f"<fp:TaxInclusiveTotalAmount>{truth.gross}</fp:TaxInclusiveTotalAmount></fp:eInvoice>"
    )


def _tags() -> str:
    places = {"InvoiceNo": 200, "IssueDate": 201, "TaxExclusiveTotalAmount": 206, "TaxTotalAmount": 207}
    tags = "".join(f'<fp:{n}><ofd:ObjectRef PageRef="1">{i}</ofd:ObjectRef></fp:{n}>' for n, i in places.items())
    return f"<fp:eInvoice {RECORD} {NS}>{tags}</fp:eInvoice>"
