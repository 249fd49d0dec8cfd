"""A person at the keyboard reviews one invoice after another: no mouse, and the page is ready before the eyes are."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Page, expect

from nightclerk.console.serve import ConsoleHandle
from nightclerk.console.services import Services
from nightclerk.domain.items import State
from tests.browser import night

A_MINUTE = 10
#: Ten a minute leave six seconds for each; so much of it belongs to the person.
LOOKING_S = 4.0


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Services:
    return night.seeded(tmp_path_factory.mktemp("workspace"), invoices=A_MINUTE + 2)


def test_ten_invoices_by_keys_alone(desk: Page, console: ConsoleHandle, services: Services) -> None:
    """After each decision the next invoice stands there, its page drawn, ready for the next key; nothing is clicked."""
    desk.goto(f"{console.url}/invoices/{night.invoice_key(A_MINUTE + 2)}")
    page_s, decided = [], []
    for n in range(A_MINUTE):
        number = desk.get_by_role("heading", level=1).inner_text()
        if n % 3 == 2:
            desk.keyboard.press("2")
        began = time.perf_counter()
        desk.keyboard.press("r" if n % 5 == 4 else "a")
        expect(desk.get_by_role("heading", level=1)).not_to_have_text(number)
        expect(desk.get_by_role("img", name="Page 1 of the invoice")).to_have_js_property("complete", value=True)
        page_s.append(time.perf_counter() - began)
        decided.append(number)
    print(f"page time an invoice: {sorted(round(one, 2) for one in page_s)} s; with {LOOKING_S} s of looking:"
          f" {60 / (LOOKING_S + sum(page_s) / A_MINUTE):.1f} a minute")  # fmt: skip
    found = [services.store.item("invoices", f"INV-{number}") for number in decided]
    assert len(set(decided)) == A_MINUTE
    assert [item.state for item in found if item] == ([State.DONE] * 4 + [State.REJECTED]) * 2
