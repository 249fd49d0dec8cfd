"""Say in one sentence why rows of an export did not become an order, with their cells and the remedy."""

from __future__ import annotations

from nightclerk.domain.order_intake import IntakeFault
from nightclerk.texts import say


def fault_words(fault: IntakeFault) -> str:
    """The sentence in the current language."""
    return say(
        f"intake.{fault.kind.value}",
        number=fault.number or "–",
        where="、".join(fault.where),
        what=fault.what or "–",
    )
