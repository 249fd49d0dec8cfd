"""People's data on the console's pages: shown as their kind; opened for whoever asked when a second person agreed.

What a field is called decides, and what its text looks like (phones, addresses …). Pictures are another matter: what
was masked in them was never stored, and nothing opens it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from nightclerk.domain.items import WorkItem
from nightclerk.domain.privacy import mask

PRIVATE = frozenset({
    "recipient", "phone", "mobile", "telephone", "address", "buyer_name", "consignee", "contact", "email", "id_number",
    "bank_card",
})  # fmt: skip


def veiled(value: Any, name: str = "") -> Any:
    """The value with people's data taken out; what a private name holds is taken out whole."""
    if isinstance(value, Mapping):
        return {inner: veiled(one, str(inner) if str(inner) in PRIVATE else name) for inner, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [veiled(one, name) for one in value]
    if name in PRIVATE and value not in (None, ""):
        return f"‹{name}›"
    return mask(value) if isinstance(value, str) else value


def veiled_item(item: WorkItem) -> WorkItem:
    """An item whose data may leave the books."""
    return replace(item, payload=veiled(item.payload), details=veiled(item.details), reason=mask(item.reason))


def hides_something(payload: Mapping[str, Any]) -> bool:
    """Whether there is anything in these data that only two people can open."""
    return any(veiled(value, name if name in PRIVATE else "") != _plain(value) for name, value in payload.items())


def _plain(value: Any) -> Any:
    """The same value with tuples as lists, as `veiled` gives them."""
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, (list, tuple)) else value
