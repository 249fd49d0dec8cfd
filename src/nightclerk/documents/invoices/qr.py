"""The QR code of a fapiao: find it on the rendered page and read its comma-separated fields."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation

import cv2
import numpy as np
import pypdfium2 as pdfium

from nightclerk.domain.invoices import Field, Source

#: Kinds whose QR amount includes tax; the older kinds state the amount without tax.
_WITH_TAX = ("31", "32")
#: What is tried in turn: (shares of the page to cut off: left, bottom, right, top), scale, finder.
_CORNER, _TOP_LEFT, _WHOLE = (0.0, 0.7, 0.78, 0.0), (0.0, 0.6, 0.68, 0.0), (0.0, 0.0, 0.0, 0.0)
_LOOKS = ((_CORNER, 3.0, True), (_TOP_LEFT, 3.0, False), (_TOP_LEFT, 4.0, True), (_WHOLE, 3.0, True))
_MARGIN = 20


def qr_text(document: pdfium.PdfDocument, index: int) -> str:
    """The text of the first fapiao QR code on a page; empty when there is none that can be read."""
    page = document[index]
    try:
        for cut, scale, by_squares in _LOOKS:
            finder = cv2.QRCodeDetectorAruco() if by_squares else cv2.QRCodeDetector()
            text, *_ = finder.detectAndDecode(_picture(page, cut, scale))
            if text.startswith("01,"):
                return text
        return ""
    finally:
        page.close()


def _picture(page: pdfium.PdfPage, cut: tuple[float, float, float, float], scale: float) -> np.ndarray:
    width, height = page.get_size()
    left, bottom, right, top = cut
    crop = (left * width, bottom * height, right * width, top * height)
    pixels = page.render(scale=scale, crop=crop, grayscale=True).to_numpy()
    return np.pad(pixels.reshape(pixels.shape[:2]), _MARGIN, constant_values=255)


def qr_fields(text: str, page: int) -> dict[str, Field]:
    """What a fapiao QR text states; names as in `domain.invoices.FIELDS`."""
    parts = [part.strip() for part in text.split(",")]
    if len(parts) < 6 or parts[0] != "01" or not parts[3].isdigit():
        return {}
    values: dict[str, str | Decimal | date | None] = {
        "number": parts[3],
        "code": parts[2],
        "gross" if parts[1] in _WITH_TAX else "net": _amount(parts[4]),
        "issued_on": _day(parts[5]),
        "check_code": parts[6] if len(parts) > 6 and len(parts[6]) == 20 else "",
    }
    return {name: Field(value=value, source=Source.QR, page=page) for name, value in values.items() if value}


def _amount(text: str) -> Decimal | None:
    try:
        return Decimal(text).quantize(Decimal("0.01"))
    except InvalidOperation:
        return None


def _day(text: str) -> date | None:
    match = re.fullmatch(r"(\d{4})-?(\d{2})-?(\d{2})", text)
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None
