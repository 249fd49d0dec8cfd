"""Numbers and addresses that a screen has cut up: together they are private, one by one they are not."""

from __future__ import annotations

import pytest

from nightclerk.domain.split import Part, split_private


def row(*texts: str, gap: float = 12, label: str = "") -> list[Part]:
    """Texts beside each other on one line."""
    return [Part(text=text, label=label, box=(n * (60 + gap), 10, 60, 20)) for n, text in enumerate(texts)]


@pytest.mark.parametrize(
    "texts",
    [("139", "0001", "7788"), ("6222", "0000", "0000", "0000", "004"), ("990101", "19900101", "1230")],
)
def test_a_number_in_several_fields_is_one(texts: tuple[str, ...]) -> None:
    """Phone, bank card and ID number, each group in a field of its own, are found whole."""
    assert [part.text for part in split_private(row(*texts))] == list(texts)


@pytest.mark.parametrize(
    "parts",
    [
        row("139", "1500", "2300", gap=200),  # columns of a table
        row("15", "0120", "03400"),  # not how a phone is cut up
        row("139", "0001"),
        row("2026", "1122", "0930", "1200"),
    ],
)
def test_quantities_and_prices_are_not(parts: list[Part]) -> None:
    """Numbers in a row that nobody cuts a phone or card into, or that stand apart, stay readable."""
    assert split_private(parts) == ()


def test_an_address_on_two_lines_is_one() -> None:
    """Neither line is an address alone; what stands elsewhere is left."""
    upper = Part(text="浙江省杭州市样例区虚构路", label="", box=(10, 10, 200, 20))
    lower = Part(text="138号5幢201室", label="", box=(10, 34, 120, 20))
    other = Part(text="138号5幢201室", label="", box=(600, 34, 120, 20))
    assert split_private([upper, lower, other]) == (upper, lower)
