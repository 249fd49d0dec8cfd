"""Find people's data in text: phones, ID numbers, bank cards, addresses, e-mail, plates, labelled names.

Order numbers, waybills and voucher numbers must stay readable for auditors, so long runs of digits count only
when a check digit, their grouping or a label beside them says what they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Span:
    """One stretch of private text: `text[start:end]`."""

    start: int
    end: int
    kind: str


_PHONE = re.compile(
    r"(?<![A-Za-z0-9.])(?:\+?86[-\s]?)?1[3-9]\d[-\s]?\d{4}[-\s]?\d{4}(?:-\d{3,4})?(?![A-Za-z0-9])"
    r"|(?<![A-Za-z0-9.-])1\d\d-0000-\d{4}(?!\d)"
    r"|(?<![A-Za-z0-9.-])0\d{2,3}[-\s]\d{7,8}(?:-\d{1,5})?(?![\d-])"
)
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_ID_NUMBER = re.compile(
    r"(?<![A-Za-z0-9])[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![A-Za-z0-9])"
)
_LONG_NUMBER = re.compile(r"(?<![A-Za-z0-9-])\d{4}(?:[ -]?\d{4}){2,3}[ -]?\d{1,4}(?![A-Za-z0-9-])")
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][·•\s]?"
    r"(?=[A-Z]{0,5}\d)[A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学警港澳](?![A-Za-z0-9])"
)
_PLACE = r"[\u4e00-\u9fffA-Za-z0-9·（）()#*\-]"
_ADDRESS = re.compile(
    rf"[\u4e00-\u9fff]{{2,7}}?(?:省|自治区|特别行政区|自治州|市|区|县|旗)\s*{_PLACE}{{0,30}}?"
    rf"(?:路|街|道|巷|弄|胡同|镇|乡|村|里|园|苑|城|小区|大厦|广场|公寓|工业区|开发区)\s*{_PLACE}{{0,16}}?"
    rf"[\d*一二三四五六七八九十]+\s*(?:号|弄|栋|幢|座|楼|室|单元|组|层|户)"
    rf"(?:{_PLACE}{{0,12}}?[\dA-Za-z*]+\s*(?:号楼|号|栋|幢|座|楼|室|单元|层|户))*(?:[-－][\d*]+)*"
)
_NAME_LABEL = r"(?:收件人|收货人|联系人|姓名|recipient|consignee)\s*[:：]?\s*"
_NAME = re.compile(rf"{_NAME_LABEL}([\u4e00-\u9fff·]{{2,4}}|[A-Z][a-z]+ [A-Z][a-z]+)(?![\u4e00-\u9fff])", re.I)
_BARE_NAME = re.compile(r"[\u4e00-\u9fff·]{2,4}")
_CARD_LABEL = re.compile(r"银行卡|卡\s*号|(?:银行|收款|开户)[账帐][号户]|bank\s*card|card\s*(?:no|number)", re.I)
_ID_LABEL = re.compile(r"身份证|证件号|公民身份|id\s*(?:card|number)", re.I)
#: A number right after one of these is a business number, however it looks.
_ORDER_LABEL = re.compile(
    r"(?:订单|单号|编号|流水|运单|凭证|发票|order|waybill|voucher|invoice)(?:号码?|编号|no\.?|number|\s)*[:：#]?\s*$",
    re.I,
)

#: Full-width digits, letters and signs are read as the plain ones; each stays one character.
_NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}

#: How far before a number its label may stand.
LABEL_REACH = 14


def find_private(text: str, *, label: str = "") -> tuple[Span, ...]:
    """The private stretches of `text` in order, without overlaps. `label`: what stands before it on the screen."""
    text, label = text.translate(_NARROW), label.translate(_NARROW)
    if _BARE_NAME.fullmatch(text.strip()) and re.search(rf"{_NAME_LABEL}$", label, re.I):
        return (Span(start=0, end=len(text), kind="name"),)
    return _without_overlaps(_matches(text, label))


def mask(text: str, *, label: str = "") -> str:
    """`text` with every private stretch replaced by its kind, such as ‹phone›."""
    for span in reversed(find_private(text, label=label)):
        text = f"{text[: span.start]}‹{span.kind}›{text[span.end :]}"
    return text


def brief(text: str, longest: int) -> str:
    """`text` masked, then shortened: cut first, an address would lose what it is known by and keep its city."""
    return mask(text)[:longest]


def _matches(text: str, label: str) -> list[Span]:
    found = []
    for kind, pattern, proven in _KINDS:
        for match in pattern.finditer(text):
            before = _before(text, match.start(), label)
            if proven(match[0], before):
                start, end = match.span(1 if pattern.groups else 0)
                found.append(Span(start=start, end=end, kind=kind))
    return found


def _before(text: str, start: int, label: str) -> str:
    near = text[max(0, start - LABEL_REACH) : start]
    return near if near.strip(" \t:：") else f"{label} {near}"


def _always(number: str, before: str) -> bool:
    return True


def is_phone(number: str, before: str = "") -> bool:
    """Whether a phone-shaped number is one: not when its label says that it is an order number."""
    return not (number.isdigit() and _ORDER_LABEL.search(before))


def is_id_number(number: str, before: str = "") -> bool:
    """Whether an 18-character number is an ID number: its check digit fits, or its label says so."""
    if _ID_LABEL.search(before):
        return True
    return not _ORDER_LABEL.search(before) and _id_check_digit(number[:17]) == number[17].upper()


def is_bank_card(number: str, before: str = "") -> bool:
    """Whether a long number is a bank card: labelled as one, or grouped in fours and passing Luhn.

    A bare 16- to 19-digit number without a label is an order number until something says otherwise: UnionPay's
    prefix 62 together with the check digit does.
    """
    digits = re.sub(r"\D", "", number)
    if not 16 <= len(digits) <= 19:
        return False
    if _CARD_LABEL.search(before):
        return True
    told_apart = digits != number or digits.startswith("62")
    return not _ORDER_LABEL.search(before) and told_apart and luhn(digits)


def luhn(digits: str) -> bool:
    """Whether the last digit is the Luhn check digit of the rest."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def _id_check_digit(first_17: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[sum(int(d) * w for d, w in zip(first_17, weights, strict=True)) % 11]


_KINDS: tuple[tuple[str, re.Pattern[str], Callable[[str, str], bool]], ...] = (
    ("email", _EMAIL, _always),
    ("address", _ADDRESS, _always),
    ("id", _ID_NUMBER, is_id_number),
    ("card", _LONG_NUMBER, is_bank_card),
    ("phone", _PHONE, is_phone),
    ("plate", _PLATE, _always),
    ("name", _NAME, _always),
)


def _without_overlaps(spans: list[Span]) -> tuple[Span, ...]:
    kept: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.start, -s.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
        elif span.end > kept[-1].end:
            kept[-1] = Span(start=kept[-1].start, end=span.end, kind=kept[-1].kind)
    return tuple(kept)
