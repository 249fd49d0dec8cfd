"""Enter a record exactly once on a screen that cannot promise it: look, prepare, commit, look again.

`once` is exactly as strong as this: one commit click is allowed for a (target, effect, key) between two looks; the
permission is written to the ledger, durably, before the click. After a crash between the two, the effect is
*uncertain* and only the look decides: found, it is adopted; not found where the app declares its look conclusive,
it is prepared again; not found anywhere else, a person is asked and nothing is clicked.

It holds only if the target can be searched by a key that we put in, and while one worker holds the item's lease.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from nightclerk.domain.items import Effect, EffectState, WorkItem
from nightclerk.errors import ApplicationError, InDoubt, LeaseLost, Refused, RehearsalCommit
from nightclerk.ports import Clock, Film, Frame, Ledger

F = TypeVar("F", bound=Callable[..., Any])


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

    def open(self) -> Any: ...


@dataclass(kw_only=True)
class Once:
    """The ledger's side of one transaction. `wait(seconds)` waits between looks; `picture` is for doubts."""

    ledger: Ledger
    film: Film
    clock: Clock
    gates: Callable[[], Sequence[Gate]]
    run: str
    item: WorkItem | None
    still_ours: Callable[[], bool]
    wait: Callable[[float], None]
    picture: Callable[[], Frame | None] = lambda: None
    rehearse: bool = False

    def __call__(
        self, *, target: str, name: str, key: str,
        look: Callable[[], str | None], prepare: Callable[[], Any], commit: Callable[[], Any],
    ) -> str:  # fmt: skip
        """The reference of the one effect, adopted or made. See the module for what is promised.

        Raises InDoubt, LeaseLost, Refused, RehearsalCommit, or what look, prepare and commit raise.
        """
        now = self.clock.now()
        effect = self.ledger.intend(target, name, key, run=self.run, now=now)
        if effect.state is EffectState.CONFIRMED:
            return effect.reference
        if effect.state is EffectState.IN_DOUBT:
            raise InDoubt(effect=name, key=key, why=effect.why)
        found, declared = self._look(look)
        if found is not None:
            return self._confirm(effect, found, adopted=True)
        if effect.state is EffectState.SUBMITTING:
            self._decide_uncertain(effect, look, declared)
            adopted = self.ledger.effect(target, name, key)
            if adopted is not None and adopted.state is EffectState.CONFIRMED:
                return adopted.reference
        prepare()
        return self._commit(effect, look, commit)

    def _look(self, look: Callable[[], str | None]) -> tuple[str | None, Look]:
        collected: list[Look] = []
        token = _declared.set(collected)
        try:
            found = look()
        finally:
            _declared.reset(token)
        conclusive = bool(collected) and all(one.conclusive for one in collected)
        settle_s = max((one.settle_s for one in collected), default=5.0)
        return (None if found is None else str(found)), Look(conclusive=conclusive, settle_s=settle_s)

    def _decide_uncertain(self, effect: Effect, look: Callable[[], str | None], declared: Look) -> None:
        """An earlier attempt may have clicked: adopt what shows up, else prove absence, else doubt."""
        found = self._look_until(look, declared.settle_s)
        if found is not None:
            self._confirm(effect, found, adopted=True)
        elif declared.conclusive:
            self.ledger.withdraw(effect, why="looked up and absent", run=self.run, now=self.clock.now())
            self.film.note("once.absent", {"target": effect.target, "effect": effect.name, "key": effect.key})
        else:
            self._doubt(effect, "an earlier attempt ended around the commit and the search cannot prove absence")

    def _commit(self, effect: Effect, look: Callable[[], str | None], commit: Callable[[], Any]) -> str:
        if self.rehearse:
            raise RehearsalCommit(effect=effect.name, key=effect.key)
        facts = {"target": effect.target, "effect": effect.name, "key": effect.key}
        self.film.note("once.submitting", facts)
        if not self.still_ours() or not self.ledger.submit(effect, item=self.item, run=self.run, now=self.clock.now()):
            raise LeaseLost(key=effect.key)
        problem: ApplicationError | None = None
        try:
            with self._gates_open():
                commit()
        except Refused as refusal:
            return self._refused(effect, look, refusal)
        except ApplicationError as error:
            problem = error
        return self._look_again(effect, look, problem)

    @contextmanager
    def _gates_open(self) -> Iterator[None]:
        with ExitStack() as opened:
            for gate in self.gates():
                opened.enter_context(gate.open())
            yield

    def _refused(self, effect: Effect, look: Callable[[], str | None], refusal: Refused) -> str:
        """The target said no. Believe it only if the look does not find the record after all."""
        found, _ = self._look(look)
        if found is not None:
            return self._confirm(effect, found, adopted=True)
        self.ledger.withdraw(effect, why=refusal.sentence("en"), run=self.run, now=self.clock.now())
        raise refusal

    def _look_again(self, effect: Effect, look: Callable[[], str | None], problem: ApplicationError | None) -> str:
        if problem is not None:
            # The answer was lost, not necessarily the effect. It stays `submitting`; the next attempt decides it.
            self.film.note("once.answer_lost", {"key": effect.key, "why": problem.sentence("en")})
            raise problem
        found, declared = self._look(look)
        if found is None:
            found = self._look_until(look, declared.settle_s)
        if found is None:
            if declared.conclusive:
                raise ApplicationError(
                    f"{effect.name} for {effect.key} was committed but does not show up on the other side"
                )
            self._doubt(effect, "committed, and the search does not show it")
        return self._confirm(effect, str(found), adopted=False)

    def _look_until(self, look: Callable[[], str | None], settle_s: float) -> str | None:
        deadline = self.clock.monotonic() + settle_s
        while True:
            found, _ = self._look(look)
            if found is not None or self.clock.monotonic() >= deadline:
                return found
            self.wait(min(0.5, max(0.05, settle_s / 10)))

    def _confirm(self, effect: Effect, reference: str, *, adopted: bool) -> str:
        self.ledger.confirm(effect, reference=reference, run=self.run, now=self.clock.now())
        self.film.note(
            "once.adopted" if adopted else "once.confirmed",
            {"target": effect.target, "effect": effect.name, "key": effect.key, "reference": reference},
        )
        return reference

    def _doubt(self, effect: Effect, why: str) -> None:
        self.ledger.doubt(effect, why=why, run=self.run, now=self.clock.now())
        self.film.note("once.in_doubt", {"key": effect.key, "why": why, "picture": self.film.picture(self.picture())})
        raise InDoubt(effect=effect.name, key=effect.key, why=why)
