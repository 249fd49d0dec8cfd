"""Whether a text names a number whole: A100 stands in “Payment A100 (draft)”, and not in “Payment A1001”."""

from __future__ import annotations


def mentions(text: str, key: str) -> bool:
    """Whether `key` stands in `text` with no letter or figure of the Latin kind right before or behind it."""
    place = text.find(key) if key else -1
    while place >= 0:
        if not _goes_on(text[place - 1 : place], key[0]) and not _goes_on(text[place + len(key) :][:1], key[-1]):
            return True
        place = text.find(key, place + 1)
    return False


def _goes_on(beside: str, end: str) -> bool:
    """Whether a sign beside the key belongs to a longer number; a key that ends in Chinese has no such end."""
    return beside.isascii() and beside.isalnum() and end.isascii() and end.isalnum()
