"""What chaos calls lost, doubled and needlessly in doubt, held against the partner's books."""

from __future__ import annotations

import pytest

from nightclerk.chaos.count import Item, tally
from nightclerk.domain.items import State

DOUBTED_AT = 1000.0


def item(ref: str, state: State = State.DONE, site: str = "till") -> Item:
    return Item(ref=ref, site=site, state=state, doubted_at=DOUBTED_AT)


def test_an_order_entered_twice_is_doubled() -> None:
    """It is the partner's books that count, not what the bot says."""
    counted = tally([item("a"), item("b")], {"a": 1, "b": 3}, {})
    assert counted.doubled == {"b": 3}
    assert not counted.clean


def test_an_entry_that_nobody_ordered_is_one_too_many() -> None:
    """A reference that was never given to the bot must not stand there at all."""
    assert tally([item("a")], {"a": 1, "stranger": 1}, {}).doubled == {"stranger": 1}


@pytest.mark.parametrize("state", [State.DONE, State.FAILED, State.REJECTED, State.WAITING])
def test_an_order_that_stands_nowhere_is_lost(state: State) -> None:
    """Whatever the bot calls it: done, failed, refused or waiting."""
    assert tally([item("a", state)], {}, {}).lost == ("a",)


def test_an_order_that_is_still_to_do_is_unfinished_and_not_lost() -> None:
    """The time was up before the bot came to it: no loss, but no clean outcome either."""
    counted = tally([item("a", State.NEW)], {}, {})
    assert (counted.lost, counted.unfinished, counted.clean) == ((), ("a",), False)


def test_an_order_in_doubt_is_not_lost() -> None:
    """A person has been asked, with both pictures."""
    counted = tally([item("a", State.IN_DOUBT, "depot")], {}, {})
    assert counted.clean
    assert counted.in_doubt == 1


@pytest.mark.parametrize(("site", "visible_at", "needless"), [
    ("till", None, ("a",)),
    ("erp", None, ("a",)),
    ("depot", None, ()),
    ("depot", DOUBTED_AT + 1, ()),
    ("depot", DOUBTED_AT - 5, ("a",)),
])  # fmt: skip
def test_a_doubt_is_needless_where_a_search_could_tell(
    site: str, visible_at: float | None, needless: tuple[str, ...]
) -> None:
    """An empty search proves absence at the till and in the ERP; at the depot only what it shows proves anything."""
    seen = {} if visible_at is None else {"a": visible_at}
    assert tally([item("a", State.IN_DOUBT, site)], dict.fromkeys(seen, 1), seen).needless == needless


def test_an_entry_that_the_bot_denies_is_told() -> None:
    """It stands there once, and the bot says that it failed: nothing is doubled, but a person would be misled."""
    assert tally([item("a", State.FAILED)], {"a": 1}, {}).unclaimed == ("a",)
