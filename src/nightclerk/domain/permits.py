"""How long the leave for one commit click lasts, and how long another worker has to wait until it is surely over."""

from __future__ import annotations

from enum import StrEnum

#: A commit may be clicked for so long after the ledger allowed it. Far below the lease of an item (60 s).
PERMIT_S = 20.0
#: What is added to it for clocks that do not run equally fast.
MARGIN_S = 1.0
#: A click that a process had handed on just before it died lands within this time, or not at all.
ORPHAN_S = 1.0


class Holder(StrEnum):
    """What is known of the process that was allowed to click."""

    OURSELVES = "ourselves"  # its click is over: this process has come back from it
    DEAD = "dead"  # proven: the same machine, and no such process any more
    SILENT = "silent"  # it may be frozen, and wake


def wait_s(holder: Holder, *, seen_s_ago: float, open_permit: bool = True) -> float:
    """How long to wait before "not there" can mean "will not come": the old holder's click may still land.

    Whoever was allowed to click was allowed to before we read the ledger's row, `seen_s_ago` by our own clock; so
    that the answer holds whatever the clocks of two machines say. `open_permit` is False once the holder has
    written that its click is over.
    """
    if holder is Holder.OURSELVES or not open_permit:
        return 0.0
    if holder is Holder.DEAD:
        return max(0.0, ORPHAN_S - seen_s_ago)
    return max(0.0, PERMIT_S + MARGIN_S - seen_s_ago)
