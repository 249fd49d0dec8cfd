"""Enter a record exactly once on a screen that cannot promise it: look, prepare, commit, look again.

`once` is exactly as strong as this: one commit click is allowed for a (target, effect, key) between two looks; the
leave is written to the ledger, durably, before the click, and ends `PERMIT_S` later. After a crash between the two,
the effect is *uncertain*: whoever finds it so waits until the leave is surely over, and only then lets the look
decide: found, it is adopted; not found where the app declares its look conclusive, it is prepared again; not found
anywhere else, a person is asked and nothing is clicked.

It holds only if the target can be searched by a key that we put in, and while one worker holds the item's lease.
What remains: an event that reached the target within its leave, and that the target itself acts on later than the
look's settle time. See docs/decisions/commit-permit.md.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, NoReturn, Protocol, TypeVar

from nightclerk.domain.items import Effect, EffectState, WorkItem
from nightclerk.domain.permits import PERMIT_S, Holder, wait_s
from nightclerk.errors import (
    ApplicationError,
    InDoubt,
    LeaseLost,
    NightClerkError,
    PermitExpired,
    Refused,
    RehearsalCommit,
)
from nightclerk.gate import Opening
from nightclerk.ports import Clock, Film, Frame, Ledger, Permit
from nightclerk.texts import say

F = TypeVar("F", bound=Callable[..., Any])
#: What a look may return: the reference, nothing, or (never good) several references.
Seen = str | Sequence[str] | None
#: How long is waited at a time for an old permit to end.
_SLICE_S = 1.0
#: And at least: a remainder too small for the clock to show would be waited for without end.
_TICK_S = 0.001


@dataclass(frozen=True, kw_only=True)
class Look:
    """What an app declares about one of its searches.

    conclusive: an empty answer proves absence (the search is complete and immediate, and no request of ours can
    still be under way). settle_s: how long after a commit the search may still lag.
    """

    conclusive: bool
    settle_s: float


_declared: ContextVar[list[Look] | None] = ContextVar("nightclerk_looks", default=None)


def looks(*, conclusive: bool, settle_s: float = 0.0) -> Callable[[F], F]:
    """Declare an app's verb as a look for `once`. Undeclared looks count as inconclusive."""
    declaration = Look(conclusive=conclusive, settle_s=settle_s)

    def mark(verb: F) -> F:
        @functools.wraps(verb)
        def looked(*args: Any, **kwargs: Any) -> Any:
            collected = _declared.get()
            if collected is not None:
                collected.append(declaration)
            return verb(*args, **kwargs)

        return looked  # type: ignore[return-value]

    return mark


class Gate(Protocol):
    """The lock on commit elements; `open` lets one commit through."""

    def open(self, opening: Opening) -> Any: ...


@dataclass(frozen=True, kw_only=True)
class Holders:
    """Who this process is as the holder of a permit, and which other holders are proven dead."""

    ourselves: str = ""
    proven_dead: Callable[[str], bool] = lambda holder: False

    def of(self, effect: Effect) -> Holder:
        """What is known of the process that was allowed to click."""
        if effect.holder and effect.holder == self.ourselves:
            return Holder.OURSELVES
        return Holder.DEAD if effect.holder and self.proven_dead(effect.holder) else Holder.SILENT


@dataclass(kw_only=True)
class Once:
    """The ledger's side of one transaction. `wait(seconds)` waits between looks; `picture` is for doubts.

    `filled(effect)` finds the picture of the filled form that an earlier process took before its click ("" if none).
    """

    ledger: Ledger
    film: Film
    clock: Clock
    gates: Callable[[], Sequence[Gate]]
    run: str
    item: WorkItem | None
    still_ours: Callable[[], bool]
    wait: Callable[[float], None]
    picture: Callable[[], Frame | None] = lambda: None
    filled: Callable[[Effect], str] = lambda effect: ""
    holders: Holders = field(default_factory=Holders)
    rehearse: bool = False

    def __call__(
        self, *, target: str, name: str, key: str,
        look: Callable[[], Seen], prepare: Callable[[], Any], commit: Callable[[], Any],
    ) -> str:  # fmt: skip
        """The reference of the one effect, adopted or made. See the module for what is promised.

        Raises InDoubt, LeaseLost, Refused, RehearsalCommit, or what look, prepare and commit raise.
        """
        effect = self._intend(target, name, key)
        if effect.state is EffectState.CONFIRMED:
            return effect.reference
        seen_at_s = self.clock.monotonic()
        found, declared = self._look(effect, look)
        if found is not None:
            return found if self.rehearse else self._confirm(effect, found, adopted=True)
        if effect.state is EffectState.IN_DOUBT:
            raise InDoubt(effect=name, key=key, why=effect.why)
        if self._may_exist(effect) and not self.rehearse:
            if effect.state is EffectState.SUBMITTING:
                self._wait_for_old_permit(effect, seen_at_s)
            found = self._look_until(effect, look, declared.settle_s)
            if found is not None:
                return self._confirm(effect, found, adopted=True)
            effect = self._absent(effect, declared)
        prepare()
        if self.rehearse:
            raise RehearsalCommit(effect=name, key=key)
        return self._commit(effect, look, commit)

    def _may_exist(self, effect: Effect) -> bool:
        """Whether it may be there although the search does not show it yet: an earlier attempt may have clicked, or a
        person who had the screen in the middle of the item may have saved it, and nothing has settled that since."""
        hands_at = self.item.hands_at if self.item else None
        if hands_at is not None and effect.state is EffectState.WITHDRAWN:
            return effect.updated_at is None or effect.updated_at <= hands_at
        return effect.state is EffectState.SUBMITTING or hands_at is not None

    # ------------------------------------------------------------------------------------------ looks

    def _intend(self, target: str, name: str, key: str) -> Effect:
        if self.rehearse:  # a rehearsal leaves no trace in the ledger
            return self.ledger.effect(target, name, key) or Effect(target=target, name=name, key=key)
        return self.ledger.intend(target, name, key, run=self.run, now=self.clock.now())

    def _look(self, effect: Effect, look: Callable[[], Seen]) -> tuple[str | None, Look]:
        collected: list[Look] = []
        token = _declared.set(collected)
        try:
            seen = look()
        finally:
            _declared.reset(token)
        conclusive = bool(collected) and all(one.conclusive for one in collected)
        settle_s = max((one.settle_s for one in collected), default=5.0)
        return self._one(effect, seen), Look(conclusive=conclusive, settle_s=settle_s)

    def _one(self, effect: Effect, seen: Seen) -> str | None:
        """The one reference that a look saw; several of them are a doubt, never a choice."""
        if seen is None or isinstance(seen, str):
            return seen
        if not isinstance(seen, Sequence):
            return str(seen)
        if len(seen) > 1:
            self._doubt(effect, say("reasons.several_seen", n=len(seen), found=", ".join(map(str, seen))))
        return str(seen[0]) if seen else None

    def _look_until(self, effect: Effect, look: Callable[[], Seen], settle_s: float) -> str | None:
        deadline = self.clock.monotonic() + settle_s
        while True:
            found, _ = self._look(effect, look)
            if found is not None or self.clock.monotonic() >= deadline:
                return found
            self.wait(min(0.5, max(0.05, settle_s / 10)))

    def _wait_for_old_permit(self, effect: Effect, seen_at_s: float) -> None:
        """Let the click of an earlier holder come that may still come: one that is frozen may wake."""
        holder, open_permit = self.holders.of(effect), effect.permit_until is not None
        while True:
            seen_s_ago = self.clock.monotonic() - seen_at_s
            left_s = wait_s(holder, seen_s_ago=seen_s_ago, open_permit=open_permit)
            if left_s <= 0:
                return
            self.wait(max(_TICK_S, min(_SLICE_S, left_s)))

    def _absent(self, effect: Effect, declared: Look) -> Effect:
        """It may exist (`_may_exist`), and nothing shows up: proven absent, or in doubt."""
        if not declared.conclusive:
            clicked = effect.state is EffectState.SUBMITTING
            self._doubt(effect, say("reasons.unproven" if clicked else "reasons.hands"))
        now = self.clock.now()
        absent = self.ledger.withdraw(effect, why=say("reasons.absent"), run=self.run, now=now)
        if absent is None:
            raise LeaseLost(key=effect.key)
        self.film.note("once.absent", _facts(effect))
        return absent

    # ----------------------------------------------------------------------------------------- commit

    def _commit(self, effect: Effect, look: Callable[[], Seen], commit: Callable[[], Any]) -> str:
        self.film.note("once.submitting", _facts(effect))
        opening = Opening(permit=self._permit(), check=self._last_check)
        allowed = self.ledger.submit(
            effect, item=self.item, run=self.run, now=self.clock.now(), holder=self.holders.ourselves,
            permit_until=opening.permit.until_wall if opening.permit else None,
        )  # fmt: skip
        if allowed is None:
            raise LeaseLost(key=effect.key)
        try:
            with self._gates_open(opening):
                commit()
        except Refused as refusal:
            return self._refused(allowed, look, refusal)
        except Exception as error:
            self._settle_failure(allowed, opening, error)
            raise
        return self._look_again(allowed, look, opening)

    def _permit(self) -> Permit:
        until_wall = self.clock.now() + timedelta(seconds=PERMIT_S)
        return Permit(element="", until_monotonic_s=self.clock.monotonic() + PERMIT_S, until_wall=until_wall)

    def _last_check(self, permit: Permit) -> None:
        """Right before the click: is the item still ours by the books, and the permit still good by the clocks?"""
        if not self.still_ours():
            raise LeaseLost(key=self.item.key if self.item else permit.element)
        left_s = permit.left_s(self.clock)
        if left_s <= 0:
            raise PermitExpired(element=permit.element, late_s=-left_s)

    @contextmanager
    def _gates_open(self, opening: Opening) -> Iterator[None]:
        with ExitStack() as opened:
            for gate in self.gates():
                opened.enter_context(gate.open(opening))
            yield

    def _settle_failure(self, effect: Effect, opening: Opening, error: Exception) -> None:
        """Write down what is known of a commit that ended in an error: nothing clicked, or the click is over.

        The error itself goes on to the item; the next attempt looks before it does anything.
        """
        why = error.sentence("en") if isinstance(error, NightClerkError) else f"{type(error).__name__}: {error}"
        facts = {"key": effect.key, "why": why}
        if opening.knows_nothing_was_clicked(error):
            self.ledger.reopen(effect, why=why, run=self.run, now=self.clock.now())
            self.film.note("once.not_clicked", facts)
            return
        self.ledger.clicked(effect, why=why, run=self.run, now=self.clock.now())
        self.film.note("once.answer_lost", facts)

    def _refused(self, effect: Effect, look: Callable[[], Seen], refusal: Refused) -> str:
        """The target said no. Believe it only if the look does not find the record after all."""
        found, declared = self._look(effect, look)
        if found is None and declared.settle_s:
            found = self._look_until(effect, look, declared.settle_s)
        if found is not None:
            return self._confirm(effect, found, adopted=True)
        self.ledger.withdraw(effect, why=refusal.sentence("en"), run=self.run, now=self.clock.now())
        raise refusal

    def _look_again(self, effect: Effect, look: Callable[[], Seen], opening: Opening) -> str:
        found, declared = self._look(effect, look)
        if found is None:
            found = self._look_until(effect, look, declared.settle_s)
        if found is None:
            if not declared.conclusive:
                self._doubt(effect, "committed, and the search does not show it", opening.frame)
            why = f"{effect.name} for {effect.key} was committed but does not show up on the other side"
            self.ledger.clicked(effect, why=why, run=self.run, now=self.clock.now())
            raise ApplicationError(why)
        return self._confirm(effect, found, adopted=False)

    # ----------------------------------------------------------------------------------------- ledger

    def _confirm(self, effect: Effect, reference: str, *, adopted: bool) -> str:
        facts = {**_facts(effect), "reference": reference}
        if self.ledger.confirm(effect, reference=reference, run=self.run, now=self.clock.now()) is None:
            known = self.ledger.effect(effect.target, effect.name, effect.key)
            if known is None or known.state is not EffectState.CONFIRMED:
                raise LeaseLost(key=effect.key)  # what was seen stays there: the next attempt adopts it
            return known.reference
        self.film.note("once.adopted" if adopted else "once.confirmed", facts)
        return reference

    def _doubt(self, effect: Effect, why: str, filled: Frame | None = None) -> NoReturn:
        """Hand the effect to a person, with the form as it was filled and the search as it is."""
        empty = self.film.picture(self.picture())
        before = self.film.picture(filled) if filled else self.filled(effect)
        pictures = {"picture": empty, "picture_before": before, "picture_before_run": effect.run}
        if not self.rehearse:
            self.ledger.doubt(effect, why=why, run=self.run, now=self.clock.now())
        self.film.note("once.in_doubt", {"key": effect.key, "why": why, **pictures})
        raise InDoubt(effect=effect.name, why=why, key=effect.key, target=effect.target, **pictures)


def _facts(effect: Effect) -> dict[str, str]:
    return {"target": effect.target, "effect": effect.name, "key": effect.key}
