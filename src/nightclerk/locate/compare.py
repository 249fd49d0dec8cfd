"""Compare a stored fingerprint with one element of the page: what agrees, what contradicts, how much of an anchor."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from nightclerk.locate.fingerprint import Fingerprint
from nightclerk.locate.words import same_act

#: Texts at least this alike are one text that was reworded; less alike than HALF they contradict each other.
ALIKE, HALF = 0.8, 0.5
_ANCHOR_IDS = ("test_id", "id", "field_name")
_TEXTS = ("label", "placeholder", "title", "alt", "value", "text")
_CONTEXTS = ("heading", "form", "column")
_CHOICES = ("radio", "checkbox")
_DECORATION = " .:*>»→<«←·|-"
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What speaks for and against one candidate. `features` are in [0, 1]: `x+` helps, `x-` hurts."""

    features: dict[str, float] = field(default_factory=dict)
    anchors: tuple[str, ...] = ()
    contexts: tuple[str, ...] = ()
    name_likeness: float = 0.0

    @property
    def agreeing(self) -> tuple[str, ...]:
        """What agrees fully, in words for a person."""
        return tuple(name[:-1] for name, value in self.features.items() if name.endswith("+") and value >= ALIKE)

    @property
    def conflicting(self) -> tuple[str, ...]:
        """What contradicts, in words for a person."""
        return tuple(name[:-1] for name, value in self.features.items() if name.endswith("-") and value >= HALF)


def compare(wanted: Fingerprint, one: Fingerprint) -> Evidence:
    """Everything that a fingerprint and a candidate say of each other; both normalised (`filled_in`, `seen`)."""
    features = dict(_features(wanted, one))
    likeness = features.get("name+", 0.0)
    return Evidence(
        features=features,
        anchors=tuple(_anchors(wanted, one, likeness)),
        contexts=tuple(_shared_contexts(features)),
        name_likeness=likeness,
    )


def likeness_of(a: str, b: str) -> float:
    """How alike two texts are, 0 to 1; case and what only decorates their ends aside."""
    x, y = a.casefold().strip(_DECORATION) or a, b.casefold().strip(_DECORATION) or b
    return 1.0 if x == y else fuzz.ratio(x, y) / 100


def overlap(a: Sequence[str], b: Sequence[str]) -> float:
    """The share of `a` and `b` that both have."""
    return len(set(a) & set(b)) / len(set(a) | set(b)) if a and b else 0.0


def row_kept(wanted: Fingerprint, one: Fingerprint) -> float:
    """The share of the row's distinguishing texts that the candidate's row has as well."""
    return kept_of(wanted.row, one.row)


def kept_of(was: Sequence[str], now: Sequence[str]) -> float:
    """The share of `was` that is in `now` as well."""
    return sum(token in now for token in was) / len(was) if was else 0.0


def known_other(wanted: Fingerprint, one: Fingerprint) -> bool:
    """Whether such an element stood beside the wanted one already when that was learned."""
    return bool(one.token) and one.token != wanted.token and one.token in wanted.others


def same_record(wanted: Fingerprint, one: Fingerprint) -> bool:
    """Whether links lead to the same page of the same record, figures included."""
    return bool(wanted.href) and wanted.href == one.href


def other_record(wanted: Fingerprint, one: Fingerprint) -> bool:
    """Whether links are made alike but lead to another record: /orders/17 and /orders/18."""
    if not wanted.href or not one.href or wanted.href == one.href:
        return False
    return _DIGITS.sub("0", wanted.href) == _DIGITS.sub("0", one.href)


def _features(wanted: Fingerprint, one: Fingerprint) -> Iterator[tuple[str, float]]:
    yield from _names(wanted, one)
    for name in _TEXTS:
        yield from _text(name, getattr(wanted, name), getattr(one, name))
    for name in (*_ANCHOR_IDS, "href", "icon", "role", "tag", "type"):
        yield from _exact(name, getattr(wanted, name), getattr(one, name))
    for name in _CONTEXTS:
        yield from _text(name, getattr(wanted, name), getattr(one, name))
    yield from _lists(wanted, one)
    yield from _company(wanted, one)
    yield from _places(wanted, one)


def _names(wanted: Fingerprint, one: Fingerprint) -> Iterator[tuple[str, float]]:
    if not wanted.name:
        if one.name:
            yield "name_new-", 1.0
        return
    if not one.name:
        yield "name_gone-", 1.0
        return
    likeness = likeness_of(wanted.name, one.name)
    yield "name+", likeness if likeness >= HALF else 0.0
    yield "name-", 1.0 - likeness if likeness < ALIKE else 0.0
    if likeness == 1.0:
        shared = max(wanted.counts.get("role_name", 1), one.counts.get("role_name", 1), 1)
        yield "name_rare+", 1.0 / shared
    elif same_act(wanted.name, one.name):
        yield "act+", 1.0


def _text(name: str, was: str, now: str) -> Iterator[tuple[str, float]]:
    if not was or not now:
        if was:
            yield f"{name}_gone-", 1.0
        return
    likeness = likeness_of(was, now)
    if likeness >= ALIKE:
        yield f"{name}+", likeness
    else:
        yield f"{name}-", 1.0 - likeness


def _exact(name: str, was: str, now: str) -> Iterator[tuple[str, float]]:
    if was and now:
        yield (f"{name}+", 1.0) if was == now else (f"{name}-", 1.0)
    elif was:
        yield f"{name}_gone-", 1.0
    elif now and name in (*_ANCHOR_IDS, "href"):
        yield f"{name}_new-", 1.0


def _lists(wanted: Fingerprint, one: Fingerprint) -> Iterator[tuple[str, float]]:
    for name in ("classes", "landmarks", "before", "after"):
        was, now = getattr(wanted, name), getattr(one, name)
        if not was:
            continue
        share = overlap(was, now)
        yield f"{name}+", share
        yield f"{name}-", 1.0 - share if now else 0.5
    if wanted.path:
        same = sum(a == b for a, b in zip(wanted.path, one.path, strict=False)) / len(wanted.path)
        yield "path+", max(same, overlap(wanted.path, one.path))
    if wanted.in_row != one.in_row:
        yield "in_row-", 1.0
    if wanted.row:
        yield "row+", row_kept(wanted, one)
        yield "row-", 1.0 - row_kept(wanted, one)


def _company(wanted: Fingerprint, one: Fingerprint) -> Iterator[tuple[str, float]]:
    """What stands with it: its group, the controls next to it, its twins, those that were known to be others."""
    if wanted.group:
        yield "group+", kept_of(wanted.group, one.group)
        yield "group-", 1.0 - kept_of(wanted.group, one.group) if one.group else 0.5
    if not wanted.token or not one.token:
        return
    nearest = []
    for name in ("kin_before", "kin_after"):
        was, now = getattr(wanted, name), getattr(one, name)
        if was:
            yield f"{name}+", kept_of(was, now)
            nearest.append(was[:1] == now[:1])
    if nearest:
        yield "between+", sum(nearest) / len(nearest)
    were, are = wanted.counts.get("twins", 0), one.counts.get("twins", 0)
    if were and are and wanted.token == one.token:
        yield ("twins+", 1.0) if were == are else ("twins-", 1.0)
        if were == are:
            yield "nth+", float(wanted.counts.get("nth", -1) == one.counts.get("nth", -2))
            yield "lone+", float(were == 1)
    if known_other(wanted, one):
        yield "known_other-", 1.0


def _places(wanted: Fingerprint, one: Fingerprint) -> Iterator[tuple[str, float]]:
    yield ("frame+", 1.0) if wanted.frame == one.frame else ("frame-", 1.0)
    yield ("shadow+", 1.0) if wanted.shadow == one.shadow else ("shadow-", 1.0)
    if one.hidden:
        yield "hidden-", 1.0
    if wanted.control != one.control:
        yield "control-", 1.0
    if wanted.order >= 0 and wanted.order == one.order and wanted.role == one.role:
        yield "order+", 1.0
    if len(wanted.box) == 4 and len(one.box) == 4:
        away = max(abs(wanted.box[0] - one.box[0]), abs(wanted.box[1] - one.box[1]))
        yield "position+", max(0.0, 1.0 - away / 200)
        grown = max(abs(wanted.box[2] - one.box[2]), abs(wanted.box[3] - one.box[3]))
        yield "size+", max(0.0, 1.0 - grown / 40)


def _anchors(wanted: Fingerprint, one: Fingerprint, likeness: float) -> Iterator[str]:
    """Single traits that identify by themselves: given names, unique links, a name that nothing else bears."""
    for name in _ANCHOR_IDS:
        if name == "field_name" and wanted.role in _CHOICES and "field_name" not in wanted.counts:
            continue  # the choices of a group bear one field name
        if getattr(wanted, name) and getattr(wanted, name) == getattr(one, name) and _rare(name, wanted, one):
            yield name
    if same_record(wanted, one) and _rare("href", wanted, one):
        yield "href"
    if likeness == 1.0 and _rare("role_name", wanted, one):
        yield "name"
    elif wanted.placeholder and _same_prompt(wanted, one) and _rare("role_name", wanted, one):
        yield "placeholder"
    if wanted.row and row_kept(wanted, one) >= 1.0 and wanted.column and wanted.column == one.column:
        yield "cell"


def _same_prompt(wanted: Fingerprint, one: Fingerprint) -> bool:
    return wanted.placeholder == one.placeholder and wanted.label == one.label


def _rare(what: str, wanted: Fingerprint, one: Fingerprint) -> bool:
    return wanted.counts.get(what, 1) <= 1 and one.counts.get(what, 1) <= 1


def _shared_contexts(features: dict[str, float]) -> Iterator[str]:
    for name in (*_CONTEXTS, "landmarks", "before", "after", "path", "icon", "row", "group"):
        if features.get(f"{name}+", 0.0) >= HALF:
            yield name
    if features.get("between+", 0.0) >= HALF:  # on a small page the same controls are around wherever it stands
        yield from (name for name in ("kin_before", "kin_after") if features.get(f"{name}+", 0.0) >= HALF)
