"""`once` over an import file: each row is entered once, through uploads that break half way."""

from __future__ import annotations

from typing import Any

import pytest

from nightclerk.domain.items import EffectState, WorkItem
from nightclerk.errors import ApplicationError, LeaseLost, Refused, RehearsalCommit
from nightclerk.gate import CommitGate
from nightclerk.once import looks
from nightclerk.once_file import Entered, OnceFile
from nightclerk.work.store import SqlStore

ROWS = {key: key for key in "abcd"}


class Site:
    """A page that takes a file, row after row, until something breaks."""

    def __init__(self, *, conclusive: bool = True) -> None:
        self.gate = CommitGate()
        self.files: list[list[str]] = []
        self.taken: list[str] = []
        self.ready: list[str] = []
        self.breaks_after: int | None = None
        self.trouble: BaseException = ApplicationError("connection lost")
        self.refuses: dict[str, str] = {}
        self.look = looks(conclusive=conclusive, settle_s=1.0)(self._look)

    def _look(self, row: str) -> str | None:
        return f"V-{row}" if row in self.taken else None

    def prepare(self, rows: Any) -> None:
        self.ready = list(rows)

    def send(self) -> dict[str, str]:
        self.gate.demand("import.send")
        self.gate.allow("import.send")
        self.files.append(self.ready)
        wanted = [row for row in self.ready if row not in self.refuses]
        if self.breaks_after is None:
            self.taken += wanted
            return {row: why for row, why in self.refuses.items() if row in self.ready}
        self.taken += wanted[: self.breaks_after]
        self.breaks_after = None
        raise self.trouble


@pytest.fixture
def enter(store: SqlStore, clock: Any, film: Any) -> Any:
    store.put("imports", "day", {})
    item = store.draw("imports", run="r1", lease_s=600, now=clock.now())
    assert isinstance(item, WorkItem)

    def enter(site: Site, **changes: Any) -> Entered:
        facts = {
            "ledger": store, "film": film, "clock": clock, "gates": lambda: [site.gate], "run": "r1", "item": item,
            "still_ours": lambda: True, "wait": clock.go, **changes,
        }  # fmt: skip
        return OnceFile(**facts).enter(
            ROWS, target="shop", name="send", look=site.look, prepare=site.prepare, commit=site.send
        )

    return enter


def test_all_rows_go_in_one_file(enter: Any, store: SqlStore) -> None:
    """One commit, an effect a row; a second call sends nothing."""
    site = Site()
    assert enter(site).there == {key: f"V-{key}" for key in ROWS}
    assert enter(site).there == {key: f"V-{key}" for key in ROWS}
    assert site.files == [["a", "b", "c", "d"]]
    assert {effect.state for effect in store.effects(target="shop")} == {EffectState.CONFIRMED}


def test_what_stands_there_already_stays_out_of_the_file(enter: Any) -> None:
    """A row that somebody entered by hand is adopted."""
    site = Site()
    site.taken = ["b"]
    assert set(enter(site).there) == set(ROWS)
    assert site.files == [["a", "c", "d"]]


@pytest.mark.parametrize("landed", [0, 2, 4])
@pytest.mark.parametrize("trouble", [ApplicationError("connection lost"), KeyboardInterrupt()])
def test_a_broken_upload_is_looked_up_row_by_row(enter: Any, landed: int, trouble: BaseException) -> None:
    """The connection or the process is lost while the site takes the rows: the next file holds only those that are
    provably absent, and none twice."""
    site = Site()
    site.breaks_after, site.trouble = landed, trouble
    with pytest.raises(type(trouble)):
        enter(site)
    assert set(enter(site).there) == set(ROWS)
    assert sorted(site.taken) == list("abcd")
    assert site.files[1:] == ([list("abcd")[landed:]] if landed < 4 else [])


def test_a_site_that_cannot_tell_leaves_rows_in_doubt(enter: Any, store: SqlStore) -> None:
    """Rows that may have landed are for a person; the file that broke is never sent again."""
    site = Site(conclusive=False)
    site.breaks_after, site.trouble = 2, KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        enter(site)
    entered = enter(site)
    assert (set(entered.there), set(entered.in_doubt)) == ({"a", "b"}, {"c", "d"})
    assert len(site.files) == 1
    assert str(entered.in_doubt["c"]).startswith("send for c may or may not have landed")


def test_a_row_that_the_site_refuses_does_not_stop_the_others(enter: Any, store: SqlStore) -> None:
    """Its reason is kept, its effect withdrawn, so that a mended row may go again."""
    site = Site()
    site.refuses = {"b": "no such SKU"}
    entered = enter(site)
    assert (entered.refused, set(entered.there)) == ({"b": "no such SKU"}, {"a", "c", "d"})
    effect = store.effect("shop", "send", "b")
    assert effect is not None
    assert (effect.state, effect.why) == (EffectState.WITHDRAWN, "no such SKU")


def test_a_refused_file_refuses_each_row_that_is_not_there(enter: Any) -> None:
    """A site that says no to the file as a whole is believed row by row."""
    site = Site()
    site.breaks_after, site.trouble = 1, Refused("too many rows")
    entered = enter(site)
    assert set(entered.there) == {"a"}
    assert entered.refused == dict.fromkeys("bcd", "too many rows")


def test_rows_that_do_not_show_are_sent_again_only_after_a_look(enter: Any) -> None:
    """A site that swallows rows without a word ends the attempt; the next one sends those rows alone."""
    site = Site()
    honest = site.send

    def swallows_the_last() -> dict[str, str]:
        site.gate.allow("import.send")
        site.taken += "abc"
        return {}

    site.send = swallows_the_last  # type: ignore[method-assign]
    with pytest.raises(ApplicationError, match="1 rows were sent and do not show up, the first is d"):
        enter(site)
    site.send = honest  # type: ignore[method-assign]
    assert set(enter(site).there) == set(ROWS)
    assert site.files == [["d"]]


def test_large_imports_go_in_several_files(enter: Any) -> None:
    """No file is larger than `most`; each is one commit of its own."""
    site = Site()
    enter(site, most=3)
    assert site.files == [["a", "b", "c"], ["d"]]


def test_a_lost_lease_sends_nothing(enter: Any, store: SqlStore, clock: Any) -> None:
    """All rows get their leave in one transaction with the check of the lease, or none does."""
    site = Site()
    clock.go(601)
    with pytest.raises(LeaseLost):
        enter(site)
    assert site.files == []
    assert {effect.state for effect in store.effects(target="shop")} == {EffectState.INTENT}


def test_one_stale_row_holds_back_the_whole_file(enter: Any, store: SqlStore, clock: Any) -> None:
    """What another run has decided about one row meanwhile rolls the leave of all of them back."""
    site = Site()

    def prepare(rows: Any) -> None:
        known = store.effect("shop", "send", "c")
        assert known is not None
        store.withdraw(known, why="su", run="r2", now=clock.now())

    site.prepare = prepare  # type: ignore[method-assign]
    with pytest.raises(LeaseLost):
        enter(site)
    assert site.files == []
    assert EffectState.SUBMITTING not in {effect.state for effect in store.effects(target="shop")}


def test_a_rehearsal_makes_the_file_and_sends_nothing(enter: Any, store: SqlStore) -> None:
    """The file is ready to be looked at, the ledger is as it was."""
    site = Site()
    with pytest.raises(RehearsalCommit, match="send for 4 rows is ready and was not committed"):
        enter(site, rehearse=True)
    assert (site.ready, site.files, store.effects(target="shop")) == (list("abcd"), [], [])
