"""Count what chaos did, by the partner's own books: done, in doubt, lost, doubled, and which doubts were needless."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nightclerk.domain.items import State

#: A record that was to be seen for so long before the doubt should have been found.
SEEN_S = 0.5
#: States in which the bot will still work on an item.
OPEN = (State.NEW, State.IN_PROGRESS, State.ABANDONED)


@dataclass(frozen=True, kw_only=True)
class Item:
    """One order that was given to the bot. `doubted_at`: when it was filed in doubt, seconds since 1970."""

    ref: str
    site: str
    state: State
    doubted_at: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Tally:
    """What became of all orders. `lost`: in nobody's books, no person asked, and the bot is through with it.
    `doubled`: entries beyond the first. `unfinished`: still the bot's to do when the time was up.

    `needless`: references that were put in doubt although the partner's search could tell.
    """

    items: int
    done: int
    in_doubt: int
    lost: tuple[str, ...]
    doubled: Mapping[str, int]
    needless: tuple[str, ...]
    unfinished: tuple[str, ...]
    unclaimed: tuple[str, ...]

    @property
    def clean(self) -> bool:
        return not self.lost and not self.doubled and not self.unfinished


def tally(items: Iterable[Item], standing: Mapping[str, int], visible_from: Mapping[str, float]) -> Tally:
    """Hold the bot's states against how often each reference stands in the partner's books.

    `unclaimed`: stands in the books while the bot says rejected or failed. An item that the bot calls done and that
    does not stand there is lost, as is one that failed.
    """
    known = list(items)
    doubts = [item for item in known if item.state is State.IN_DOUBT]
    absent = [item for item in known if not standing.get(item.ref)]
    given = {item.ref for item in known}
    return Tally(
        items=len(known),
        done=sum(item.state is State.DONE for item in known),
        in_doubt=len(doubts),
        lost=tuple(item.ref for item in absent if item.state not in (State.IN_DOUBT, *OPEN)),
        doubled={ref: count for ref, count in standing.items() if count > 1 or ref not in given},
        needless=tuple(item.ref for item in doubts if _could_tell(item, visible_from.get(item.ref))),
        unfinished=tuple(item.ref for item in known if item.state in OPEN),
        unclaimed=tuple(
            i.ref for i in known if standing.get(i.ref) and i.state in (State.REJECTED, State.FAILED, State.WAITING)
        ),
    )


def _could_tell(item: Item, visible_at: float | None) -> bool:
    """Whether a look could have decided: always where an empty search proves absence; at the depot, whose search
    proves nothing by showing nothing, only when the order was to be seen before the doubt."""
    if item.site != "depot":
        return True
    return visible_at is not None and visible_at < item.doubted_at - SEEN_S
