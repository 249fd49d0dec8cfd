"""Teaching a layout in a real browser: fields are marked by dragging once, and the issuer's next file is read."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect
from reportlab.pdfgen.canvas import Canvas

from nightclerk.console.serve import ConsoleHandle
from nightclerk.console.services import Services
from nightclerk.documents.invoices import read_invoices
from nightclerk.documents.invoices.taught import FOLDER
from nightclerk.domain.items import State
from tests.browser import night

PAGE = (595, 842)
KEY = "odd:Q/77"


def letter(path: Path, number: str, gross: str) -> Path:
    """An invoice without a single label: only its places say what is what."""
    canvas = Canvas(str(path), pagesize=PAGE)
    for x, y, text in ((50, 60, "Odd Press Ltd"), (400, 100, number), (400, 120, "3 May 2026"), (400, 400, gross)):
        canvas.drawString(x, PAGE[1] - y, text)
    canvas.drawString(50, PAGE[1] - 200, "thank you for your order of the usual things, as agreed by letter")
    canvas.save()
    return path


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Services:
    """One night with an invoice of an issuer that nobody has taught yet."""
    found = night.seeded(tmp_path_factory.mktemp("workspace"))
    file, now = letter(found.data / "inbox" / "odd-77.pdf", "Q/77", "1,200.50"), found.now()
    found.store.put("invoices", KEY, {"number": "", "seller": "Odd Press Ltd", "file": f"data/inbox/{file.name}"})
    item = found.store.draw("invoices", run="", lease_s=60, now=now)
    assert item is not None
    found.store.finish(item, State.WAITING, details={"file": file.name, "kept": f"data/inbox/{file.name}"}, now=now)
    return found


def mark(desk: Page, field: str, left: float, top: float, right: float, bottom: float) -> None:
    """Drag over a place of the page, given in points."""
    desk.get_by_role("radio", name=field, exact=True).check()
    sheet = desk.locator(".nc-teach").bounding_box()
    assert sheet is not None
    scale = sheet["width"] / PAGE[0]
    desk.mouse.move(sheet["x"] + left * scale, sheet["y"] + top * scale)
    desk.mouse.down()
    desk.mouse.move(sheet["x"] + right * scale, sheet["y"] + bottom * scale, steps=4)
    desk.mouse.up()


def test_marks_on_a_page_read_the_next_file(
    desk: Page, console: ConsoleHandle, services: Services, tmp_path: Path
) -> None:
    """Three drags and a name: what they read is shown, the layout lies in config, a second file is read by it."""
    desk.goto(f"{console.url}/invoices/{quote(KEY, safe='')}")
    desk.get_by_role("link", name="Teach this layout").click()
    expect(desk.get_by_role("img", name="Page 1 of the invoice")).to_be_visible()
    expect(desk.locator(".nc-teach img")).to_have_js_property("complete", True)
    mark(desk, "Number", 395, 85, 560, 103)
    mark(desk, "Issued on", 395, 105, 560, 123)
    mark(desk, "Gross", 395, 385, 560, 403)
    expect(desk.locator(".nc-teach rect")).to_have_count(3)
    desk.get_by_label("Name of the layout").fill("odd-press")
    desk.get_by_label("A text that only this issuer prints").fill("Odd Press")
    desk.get_by_role("button", name="Try and keep").click()
    expect(desk.get_by_role("row").filter(has_text="Gross")).to_contain_text("1200.50")
    folder = services.workspace / FOLDER
    assert [file.name for file in folder.iterdir()] == ["odd-press.yaml"]
    (second,) = read_invoices(letter(tmp_path / "second.pdf", "Q/78", "13.00"), taught=folder)
    assert (second.text("number"), second.money("gross")) == ("Q/78", Decimal("13.00"))


def test_an_empty_place_teaches_nothing(desk: Page, console: ConsoleHandle, services: Services) -> None:
    """The page says which mark reads nothing; the marks stay to be mended; no file is kept."""
    desk.goto(f"{console.url}/teach/{quote(KEY, safe='')}")
    expect(desk.locator(".nc-teach img")).to_have_js_property("complete", True)
    mark(desk, "Tax", 60, 600, 200, 640)
    desk.get_by_label("Name of the layout").fill("empty")
    desk.get_by_role("button", name="Try and keep").click()
    expect(desk.get_by_role("alert")).to_contain_text("Mark the place of the value")
    expect(desk.locator(".nc-teach rect")).to_have_count(1)
    assert not (services.workspace / FOLDER / "empty.yaml").exists()
