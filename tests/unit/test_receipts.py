"""An enemy at the records of removal and at the access journal: both verifiers see each trick, honest removals pass."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from film_kit import PHONE, act, frame, new_film, outside_verifier

from nightclerk.evidence.access import Access, AccessBook
from nightclerk.evidence.erase import Eraser, Wanted
from nightclerk.evidence.keys import SigningKey, open_key, trusted_keys
from nightclerk.evidence.prune import Pruner
from nightclerk.evidence.removed import FORMAT
from nightclerk.evidence.retention import Retention
from nightclerk.evidence.side_chain import append
from nightclerk.evidence.verify import ACCESS_FORMAT, verify

BEGAN = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)  # when film_kit's runs take place
FORGER = SigningKey(private=Ed25519PrivateKey.generate())


@dataclass
class Place:
    """A workspace whose runs were pruned and erased, and the heads that its database has noted down."""

    root: Path
    anchors: dict[str, tuple[int, str]] = field(default_factory=dict)

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def receipts(self) -> Path:
        return self.logs / "run-1" / "removed.jsonl"

    @property
    def months(self) -> list[Path]:
        return sorted((self.logs / "access").glob("*.jsonl"))

    def anchor(self, name: str, seq: int, head: str) -> None:
        self.anchors[name] = (seq, head)

    def book(self) -> AccessBook:
        return AccessBook(logs=self.logs, keys=self.root / "data/keys", machine="desk", anchor=self.anchor)

    def look(self, run: str, what: str = "view", facts: Mapping[str, object] | None = None) -> None:
        self.book().record(Access(who="li", what=what, run=run, facts=facts or {}))

    def pruner(self, days: int) -> Pruner:
        return Pruner(**self._tools(days, "prune"))

    def erase(self, wanted: Wanted, days: int = 1) -> None:
        done = list(Eraser(**self._tools(days, "erase"), why="request 7").erase(wanted))
        assert [(one.skipped, one.names) for one in done] == [("", ()), ("", ())]  # of both runs the salt, nothing else

    def _tools(self, days: int, what: str) -> dict[str, object]:
        keys = self.root / "data/keys"
        return {
            "logs": self.logs, "data": self.root / "data", "policy": Retention(), "key": open_key(keys),
            "ring": trusted_keys(keys), "who": "wang", "now": BEGAN + timedelta(days=days), "anchor": self.anchor,
            "anchored": self.anchors.get, "tell": lambda run, facts: self.look(run, what, facts),
        }  # fmt: skip

    def faults(self) -> list[str]:
        """The kinds of faults that the product finds; the outside verifier must come to the same verdict."""
        keys = trusted_keys(self.root / "data/keys")
        found = verify(self.logs, keys, self.anchors.get, known_runs=self.anchors).faults
        heads = self.root / "heads.json"
        heads.write_text(json.dumps(self.anchors), encoding="utf-8")
        with contextlib.redirect_stdout(io.StringIO()) as told:
            status = outside_verifier().main(self.logs, self.root / "data/keys/public", heads)
        assert status == bool(found), told.getvalue()
        return [fault.kind for fault in found]


def _filmed(place: Place, run: str) -> None:
    film = new_film(place.root, run)
    film.begin({"run_marker": run})
    film.item("A-1", attempt=1)
    film.step("Read")
    film.act(act(PHONE, private=True), frame=frame(30))
    film.step_end("ok", frame=frame(60 if run == "run-1" else 90))
    film.item(None, outcome="done")
    (place.root / "orders.csv").write_text(f"order\n{run}\n", encoding="utf-8")
    film.keep_file(place.root / "orders.csv", kind="download")
    film.end("done", {})
    place.anchor(run, *film.head())


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Two runs: pictures pruned, then a salt shredded by an erasure that found nothing else; looks of two months."""
    place = Place(tmp_path_factory.mktemp("honest"))
    for run in ("run-1", "run-2"):
        _filmed(place, run)
    place.look("run-1")
    (first,) = place.months
    first.rename(first.with_name("desk-202001.jsonl"))
    place.anchors["access/desk-202001"] = place.anchors.pop(f"access/{first.stem}")
    list(place.pruner(91).prune())
    place.erase(Wanted(text=PHONE), days=92)
    place.look("run-2", "file")
    return place


@pytest.fixture
def place(honest: Place, tmp_path: Path) -> Place:
    copy = Path(shutil.copytree(honest.root, tmp_path / "copy"))
    return Place(copy, dict(honest.anchors))


def _lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines(keepends=True)


def _salt_record_cut_off(place: Place) -> None:
    place.receipts.write_bytes(_lines(place.receipts)[0])


def _records_gone(place: Place) -> None:
    place.receipts.unlink()


def _records_emptied(place: Place) -> None:
    place.receipts.write_bytes(b"")


def _another_who(place: Place) -> None:
    place.receipts.write_bytes(place.receipts.read_bytes().replace(b'"who":"wang"', b'"who":"zhao"'))


def _one_name_more(place: Place) -> None:
    """A record that excuses the kept file too, which is then taken away."""
    kept = next(place.logs.glob("run-1/files/*"))
    more = f'"names":["files/{kept.name}",'.encode()
    place.receipts.write_bytes(place.receipts.read_bytes().replace(b'"names":["', more + b'"', 1))
    kept.unlink()


def _records_swapped(place: Place) -> None:
    place.receipts.write_bytes(b"".join(reversed(_lines(place.receipts))))


def _first_record_dropped(place: Place) -> None:
    place.receipts.write_bytes(b"".join(_lines(place.receipts)[1:]))


def _a_record_said_again(place: Place) -> None:
    place.receipts.write_bytes(b"".join([*_lines(place.receipts), _lines(place.receipts)[0]]))


def _records_of_another_run(place: Place) -> None:
    shutil.copy(place.logs / "run-2/removed.jsonl", place.receipts)


def _signed_by_somebody_else(place: Place) -> None:
    """A further record under the enemy's own key, which takes the kept file away."""
    kept = next(place.logs.glob("run-1/files/*"))
    entry = {"run": "run-1", "who": "wang", "why": "files: 1 year", "head": [0, ""], "names": [f"files/{kept.name}"]}
    ring = trusted_keys(place.root / "data/keys") or {}
    append(place.receipts, [("prune", entry)], form=FORMAT, key=FORGER, ring=ring, now=BEGAN)
    kept.unlink()


def _a_file_without_a_record(place: Place) -> None:
    next(place.logs.glob("run-1/files/*")).unlink()


RECEIPTS: dict[Callable[[Place], None], str] = {
    _salt_record_cut_off: "removal",
    _records_gone: "removal",
    _records_emptied: "removal",
    _another_who: "removal",
    _one_name_more: "removal",
    _records_swapped: "removal",
    _first_record_dropped: "removal",
    _a_record_said_again: "removal",
    _records_of_another_run: "removal",
    _signed_by_somebody_else: "removal",
    _a_file_without_a_record: "file_missing",
}


def _a_look_edited(place: Place) -> None:
    place.months[-1].write_bytes(place.months[-1].read_bytes().replace(b'"who":"li"', b'"who":"xi"', 1))


def _a_look_dropped(place: Place) -> None:
    first, _, *rest = _lines(place.months[-1])
    place.months[-1].write_bytes(b"".join([first, *rest]))


def _looks_swapped(place: Place) -> None:
    first, one, other, *rest = _lines(place.months[-1])
    place.months[-1].write_bytes(b"".join([first, other, one, *rest]))


def _looks_cut_off(place: Place) -> None:
    place.months[-1].write_bytes(b"".join(_lines(place.months[-1])[:-1]))


def _a_month_gone(place: Place) -> None:
    place.months[0].unlink()


def _a_month_gone_and_unknown_to_the_database(place: Place) -> None:
    """Only the next month's journal remembers it."""
    place.months[0].unlink()
    del place.anchors["access/desk-202001"]


def _a_month_cut_and_unknown_to_the_database(place: Place) -> None:
    place.months[0].write_bytes(b"".join(_lines(place.months[0])[:-1]))
    del place.anchors["access/desk-202001"]


def _a_pruning_told_by_somebody_else(place: Place) -> None:
    """The enemy says that the month was due, under a key of his own."""
    place.months[0].unlink()
    told = {"who": "wang", "what": "prune", "facts": {"access": ["desk-202001"]}}
    ring = trusted_keys(place.root / "data/keys") or {}
    append(place.months[-1], [("access", told)], form=ACCESS_FORMAT, key=FORGER, ring=ring, now=BEGAN)


ACCESSES: dict[Callable[[Place], None], str] = {
    _a_look_edited: "changed",
    _a_look_dropped: "order",
    _looks_swapped: "order",
    _looks_cut_off: "cut_off",
    _a_month_gone: "access_missing",
    _a_month_gone_and_unknown_to_the_database: "access_missing",
    _a_month_cut_and_unknown_to_the_database: "cut_off",
    _a_pruning_told_by_somebody_else: "access_missing",
}


def test_honest_removals_and_looks_verify(place: Place) -> None:
    """Pruned, erased, looked at over two months: no fault, by both verifiers."""
    assert [json.loads(line)["body"]["kind"] for line in _lines(place.receipts)] == ["prune", "erase"]
    assert place.faults() == []


@pytest.mark.parametrize(
    ("trick", "kind"), [*RECEIPTS.items(), *ACCESSES.items()], ids=lambda one: getattr(one, "__name__", "")
)
def test_a_trick_is_seen_through(place: Place, trick: Callable[[Place], None], kind: str) -> None:
    """What was edited, dropped, moved, forged or cut off is a fault for both verifiers."""
    trick(place)
    assert kind in place.faults()


def test_a_crash_between_record_and_anchor_is_no_fault(place: Place) -> None:
    """A record that the database does not know yet is as good as its signature."""
    place.anchors["removed/run-1"] = (1, json.loads(_lines(place.receipts)[0])["hash"])
    assert place.faults() == []


def test_months_that_were_due_are_not_missed_for_ever(place: Place) -> None:
    """The month that told of an older one's removal is removed itself: both are still known to have been due."""
    for stem in ("desk-202001", "desk-202002"):
        newest = place.months[-1]
        if newest.stem != stem and not newest.with_name(f"{stem}.jsonl").exists():
            newest.rename(newest.with_name(f"{stem}.jsonl"))
            place.anchors[f"access/{stem}"] = place.anchors.pop(f"access/{newest.stem}")
            place.look("run-1")
        os.utime(newest.with_name(f"{stem}.jsonl"), (BEGAN.timestamp() - 4e8,) * 2)
        assert [one.removed for one in place.pruner(1).prune()] == [{"access": 1}]
    assert len(place.months) == 1
    assert place.faults() == []
