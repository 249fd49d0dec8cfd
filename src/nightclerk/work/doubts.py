"""A person's word about effects that nobody could see: the one place where it enters the ledger."""

from __future__ import annotations

from datetime import datetime

from nightclerk.domain.items import Effect, EffectState
from nightclerk.ports import Ledger


def open_doubts(ledger: Ledger, key: str, now: datetime) -> list[Effect]:
    """The effects of exactly this business key of which nobody knows whether they landed.

    A `submitting` one counts once its permit is over: before that its click may still be under way, and nobody's
    look at the other side can be the last word.
    """
    return [one for one in ledger.effects(key=key) if one.key == key and _nobody_knows(one, now)]


def _nobody_knows(effect: Effect, now: datetime) -> bool:
    if effect.state is EffectState.SUBMITTING:
        return effect.permit_until is None or effect.permit_until < now
    return effect.state is EffectState.IN_DOUBT


def settle_doubts(
    ledger: Ledger, key: str, *, there: bool, who: str, now: datetime, reference: str = "", why: str = ""
) -> list[Effect]:
    """Write down what a person saw on the other side; the effects as they stand now.

    there: confirmed under `reference`. Not there: withdrawn, so that the item may be entered again. An effect that
    changed meanwhile (a worker saw it after all) keeps what it says.
    """
    settled = []
    for effect in open_doubts(ledger, key, now):
        if there:
            said = reference or f"seen by {who}"
            changed = ledger.confirm(effect, reference=said, run=effect.run, now=now)
        else:
            changed = ledger.withdraw(effect, why=f"{who}: {why or 'not there'}", run=effect.run, now=now)
        settled += [changed] if changed else []
    return settled
