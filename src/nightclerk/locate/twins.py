"""Tell twins apart: several elements that say the same, of which one looks as the learned one did."""

from __future__ import annotations

from collections.abc import Sequence

from nightclerk.locate.fingerprint import Fingerprint


def own_look(wanted: Fingerprint, candidates: Sequence[Fingerprint]) -> int | None:
    """The place of the one visible candidate that says what the wanted one said, in its path and with its classes.

    None when these did not tell the wanted one from its twins when it was learned (or an older print does not say),
    when several or none look so, and when twins of it were not gathered.
    """
    if wanted.counts.get("alike") != 1 or not (wanted.token and wanted.path):
        return None
    twins = [place for place, one in enumerate(candidates) if one.token == wanted.token]
    own = [place for place in twins if not candidates[place].hidden and _same_look(wanted, candidates[place])]
    if len(own) != 1 or candidates[own[0]].counts.get("twins", 0) > len(twins):
        return None
    return own[0]


def _same_look(wanted: Fingerprint, one: Fingerprint) -> bool:
    return (wanted.path, wanted.classes, wanted.shadow) == (one.path, one.classes, one.shadow)


def other_look(wanted: Fingerprint, one: Fingerprint) -> bool:
    """Whether a candidate stands where another twin stood: the same path but for a step or two, or other classes.

    A page whose classes were renamed as a whole, or that put something around its elements, changes more than that.
    """
    if wanted.counts.get("alike") != 1 or wanted.counts.get("twins", 1) <= 1 or one.token != wanted.token:
        return False
    kept = [was == now for was, now in zip(wanted.path, one.path, strict=False)]
    if not kept or 2 * sum(kept) < len(kept):
        return False
    return not all(kept) or wanted.classes != one.classes
