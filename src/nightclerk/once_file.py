"""Enter many records by one import file, each exactly once: an intent a row, one commit a file, a look a row.

The same promise as `once.py`, row by row. After an upload that broke, every row of it is *uncertain*, and every row is
looked up: found, it is adopted; provably absent, it goes into the next file; else a person decides about that row,
while the others go on. A file never holds a row that may have landed before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from nightclerk.domain.items import Effect, EffectState
from nightclerk.errors import ApplicationError, InDoubt, LeaseLost, Refused, RehearsalCommit
from nightclerk.gate import Opening
from nightclerk.once import Look, Once, Seen

R = TypeVar("R")


@dataclass(frozen=True, kw_only=True)
class Entered:
    """What became of the rows, by key: references of those that stand there, reasons of the others."""

    there: Mapping[str, str]
    refused: Mapping[str, str] = field(default_factory=dict)
    in_doubt: Mapping[str, InDoubt] = field(default_factory=dict)


@dataclass(kw_only=True)
class _File(Generic[R]):
    """One call: the rows, and what is known of each so far."""

    rows: Mapping[str, R]
    look: Callable[[R], Seen]
    effects: dict[str, Effect] = field(default_factory=dict)
    there: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    in_doubt: dict[str, InDoubt] = field(default_factory=dict)

    def left(self) -> list[str]:
        """The keys of which nothing final is known."""
        return [key for key in self.rows if not (key in self.there or key in self.refused or key in self.in_doubt)]


@dataclass(kw_only=True)
class OnceFile(Once):
    """`Once` over the rows of an import file. `most` rows go into one file."""

    most: int = 500

    def enter(
        self, rows: Mapping[str, R], *, target: str, name: str, look: Callable[[R], Seen],
        prepare: Callable[[Sequence[R]], Any], commit: Callable[[], Mapping[str, str] | None],
    ) -> Entered:  # fmt: skip
        """Enter each row exactly once; `rows` by their business keys.

        look(row): its reference, or None. prepare(rows): repeatable; leaves the file of just these rows ready to be
        sent. commit(): sends it, and may return what the target said no to, as {key: reason}.
        Raises what they raise, LeaseLost, and RehearsalCommit; ApplicationError when rows were sent and do not show.
        """
        file = _File(rows=rows, look=look)
        for key in rows:
            file.effects[key] = self._intend(target, name, key)
        self._settle_known(file)
        while left := file.left():
            some = left[: self.most]
            prepare([rows[key] for key in some])
            if self.rehearse:
                raise RehearsalCommit(effect=name, key=f"{len(left)} rows")
            self._send(file, some, commit)
        return Entered(there=file.there, refused=file.refused, in_doubt=file.in_doubt)

    def _settle_known(self, file: _File[Any]) -> None:
        """Look every row up; those of an earlier file that broke are found, proven absent, or in doubt."""
        for key, effect in file.effects.items():
            if effect.state is EffectState.CONFIRMED:
                file.there[key] = effect.reference
        seen_at_s = self.clock.monotonic()
        self._look_at(file, file.left())
        for key in file.left():
            if file.effects[key].state is EffectState.IN_DOUBT:
                file.in_doubt[key] = _doubt_of(file.effects[key], file.effects[key].why)
        uncertain = [key for key in file.left() if self._may_exist(file.effects[key])]
        if not uncertain or self.rehearse:
            return
        for key in (key for key in uncertain if file.effects[key].state is EffectState.SUBMITTING):
            self._wait_for_old_permit(file.effects[key], seen_at_s)
        declared = self._look_until_shown(file, uncertain)
        for key in (key for key in uncertain if key in file.left()):
            self._keep(file, key, lambda effect: self._absent(effect, declared))

    # ------------------------------------------------------------------------------------------ looks

    def _look_at(self, file: _File[Any], keys: Sequence[str], *, adopted: bool = True) -> Look:
        """One look at each row; what is found is confirmed. Returns what the looks have declared."""
        declared = Look(conclusive=False, settle_s=0.0)
        for key in keys:
            try:
                found, declared = self._look(file.effects[key], lambda key=key: file.look(file.rows[key]))  # type: ignore[misc]
            except InDoubt as doubt:
                file.in_doubt[key] = doubt
                continue
            if found is not None:
                file.there[key] = found if self.rehearse else self._confirm(file.effects[key], found, adopted=adopted)
        return declared

    def _look_until_shown(self, file: _File[Any], keys: Sequence[str], *, adopted: bool = True) -> Look:
        """Look at rows until all of them show, or until the settle time that they share is over."""
        began_s = self.clock.monotonic()
        while True:
            now_s = self.clock.monotonic()
            declared = self._look_at(file, [key for key in keys if key in file.left()], adopted=adopted)
            if now_s - began_s >= declared.settle_s or not any(key in file.left() for key in keys):
                return declared
            self.wait(min(0.5, max(0.05, declared.settle_s / 10)))

    def _keep(self, file: _File[Any], key: str, decide: Callable[[Effect], Effect]) -> None:
        try:
            file.effects[key] = decide(file.effects[key])
        except InDoubt as doubt:
            file.in_doubt[key] = doubt

    # ----------------------------------------------------------------------------------------- commit

    def _send(self, file: _File[Any], keys: list[str], commit: Callable[[], Mapping[str, str] | None]) -> None:
        """One file, one commit; afterwards every row of it is looked up."""
        opening = Opening(permit=self._permit(), check=self._last_check)
        self._allow(file, keys, opening)
        try:
            with self._gates_open(opening):
                said = commit() or {}
        except Refused as refusal:
            said = dict.fromkeys(keys, refusal.sentence("en"))
        except Exception as error:
            for key in keys:
                self._settle_failure(file.effects[key], opening, error)
            raise
        declared = self._look_until_shown(file, keys, adopted=False)
        missing = [key for key in keys if key in file.left()]
        for key in missing:
            self._missing(file, key, said.get(key, ""), declared, opening)
        if unexplained := [key for key in missing if key in file.left()]:
            raise ApplicationError(
                f"{len(unexplained)} rows were sent and do not show up, the first is {unexplained[0]}"
            )

    def _allow(self, file: _File[Any], keys: list[str], opening: Opening) -> None:
        """Write the leave for all rows of the file, or for none."""
        assert opening.permit is not None
        self.film.note("once.submitting", {"rows": len(keys), "first": keys[0], "last": keys[-1]})
        allowed = self.ledger.submit_all(
            [file.effects[key] for key in keys], item=self.item, run=self.run, now=self.clock.now(),
            holder=self.holders.ourselves, permit_until=opening.permit.until_wall,
        )  # fmt: skip
        if allowed is None:
            raise LeaseLost(key=keys[0])
        file.effects.update({effect.key: effect for effect in allowed})

    def _missing(self, file: _File[Any], key: str, said: str, declared: Look, opening: Opening) -> None:
        """A row that was sent and does not show: the target said no to it, or it is in doubt, or it stays uncertain."""
        effect, now = file.effects[key], self.clock.now()
        if said:
            self.ledger.withdraw(effect, why=said, run=self.run, now=now)
            file.refused[key] = said
        elif not declared.conclusive:
            self._keep(file, key, lambda one: self._doubt(one, "sent in a file, and not shown", opening.frame))
        else:
            self.ledger.clicked(effect, why="sent in a file, and not shown", run=self.run, now=now)


def _doubt_of(effect: Effect, why: str) -> InDoubt:
    return InDoubt(effect=effect.name, key=effect.key, why=why, target=effect.target)
