"""Reasons that forbid a healing however alike two elements are: another row, another record, another intent."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nightclerk.locate.compare import (
    ALIKE,
    HALF,
    Evidence,
    kept_of,
    known_other,
    likeness_of,
    other_record,
    row_kept,
    same_record,
)
from nightclerk.locate.fingerprint import Fingerprint
from nightclerk.locate.twins import other_look
from nightclerk.locate.words import opposed, same_act

#: A candidate in a row that keeps less of what tells rows apart is in another row.
ROW_KEPT = 0.6
_DIGITS = re.compile(r"\d+")
_GROUPS = (
    frozenset({"textbox", "searchbox", "spinbutton", "combobox", "listbox", "slider"}),
    frozenset({"checkbox", "radio", "switch", "menuitemcheckbox", "menuitemradio", "option"}),
    frozenset({"button", "link", "menuitem", "tab", "treeitem", "summary"}),
)
_TYPES_THAT_MATTER = {"submit", "reset", "password", "file", "checkbox", "radio"}
_SAID = ("name", "text", "label", "title", "value", "placeholder")


def vetoes(wanted: Fingerprint, one: Fingerprint, evidence: Evidence) -> tuple[str, ...]:
    """Every reason, as words of the catalogue (`locate.veto.…`), for which `one` must not stand in for `wanted`."""
    return tuple(dict.fromkeys(_vetoes(wanted, one, evidence)))


def _vetoes(wanted: Fingerprint, one: Fingerprint, evidence: Evidence) -> Iterator[str]:
    identified = [anchor for anchor in evidence.anchors if anchor not in ("name", "placeholder")]
    yield from _of_record(wanted, one, identified)
    yield from _of_words(wanted, one, identified)
    yield from _of_kind(wanted, one, identified)
    if _lost_twin(wanted, one) and not identified:
        yield "lost_twin"
    if not identified and other_look(wanted, one):
        yield "other_look"
    if not identified and _nameless_twin(wanted, evidence):
        yield "nameless_twin"
    if not identified and _other_section(wanted, one):
        yield "other_section"
    if not identified and _came_to_an_id(wanted, one):
        yield "came_to_an_id"
    if not identified and _offers_other(wanted, one):
        yield "other_choices"
    if not identified and known_other(wanted, one):
        yield "known_other"
    if not identified and (_elsewhere(wanted, evidence) or _carried_off(wanted, one, evidence)):
        yield "elsewhere"


def _of_record(wanted: Fingerprint, one: Fingerprint, identified: list[str]) -> Iterator[str]:
    if wanted.row and row_kept(wanted, one) < ROW_KEPT and not same_record(wanted, one) and "id" not in identified:
        yield "other_row"
    if wanted.row and not one.in_row and not identified:
        yield "other_row"
    if _unmarked_row(wanted, one) and not identified:
        yield "other_row"
    if other_record(wanted, one):
        yield "other_record"
    if wanted.href and one.href and wanted.href != one.href and _file(wanted.href) != _file(one.href):
        yield "other_target"


def _unmarked_row(wanted: Fingerprint, one: Fingerprint) -> bool:
    """A button of a row that nothing told from the others: after a sort, another row's button stands in its place."""
    if not wanted.in_row or wanted.row:
        return False
    return max(two.counts.get(what, 1) for two in (wanted, one) for what in ("role_name", "twins")) > 1


def _of_words(wanted: Fingerprint, one: Fingerprint, identified: list[str]) -> Iterator[str]:
    for name in _SAID:
        was, now = getattr(wanted, name), getattr(one, name)
        if reason := opposed(was, now):
            yield reason
        if was and now and not identified and _only_numbers_differ(was, now):
            yield "other_number"
    if wanted.name and one.name and not identified and not same_act(wanted.name, one.name):
        likeness = max(_alike(wanted, one, name) for name in ("name", "label"))
        if likeness < ALIKE:
            yield "other_name"
    if wanted.name and not one.name and not identified:
        yield "other_name"


def _only_numbers_differ(was: str, now: str) -> bool:
    """Page 2 for page 3, Address 2 for Address; not a text that was reworded as well."""
    return was != now and " ".join(_DIGITS.sub(" ", was).split()) == " ".join(_DIGITS.sub(" ", now).split())


def _alike(wanted: Fingerprint, one: Fingerprint, name: str) -> float:
    was, now = getattr(wanted, name), getattr(one, name)
    return likeness_of(was, now) if was and now else 0.0


def _of_kind(wanted: Fingerprint, one: Fingerprint, identified: list[str]) -> Iterator[str]:
    if _group(wanted.role) != _group(one.role) and not identified:
        yield "other_kind"
    if wanted.type and one.type and wanted.type != one.type and {wanted.type, one.type} & _TYPES_THAT_MATTER:
        yield "other_kind"
    if not (wanted.name or wanted.text) and wanted.icon and wanted.icon != one.icon and not identified:
        yield "other_icon"
    for name in ("test_id", "field_name"):
        was, now = getattr(wanted, name), getattr(one, name)
        if was and now and was != now and not (set(identified) - {name}):
            yield "other_identity"


def _group(role: str) -> int:
    return next((number for number, roles in enumerate(_GROUPS) if role in roles), -1)


def _lost_twin(wanted: Fingerprint, one: Fingerprint) -> bool:
    """Several bore this name when it was learned and fewer do now: the one that is left may be the other one."""
    if wanted.token and wanted.token == one.token:
        were, are = wanted.counts.get("twins", 0), one.counts.get("twins", 0)
        return were > 1 and 0 < are < were
    were, are = wanted.counts.get("role_name", 0), one.counts.get("role_name", 0)
    return were > 1 and are < were and wanted.name == one.name


def _nameless_twin(wanted: Fingerprint, evidence: Evidence) -> bool:
    """Nothing of its own, one of several alike, and its row or group does not say which."""
    if wanted.counts.get("twins", 1) <= 1 or any(getattr(wanted, name) for name in _SAID):
        return False
    return max(evidence.features.get("row+", 0.0), evidence.features.get("group+", 0.0)) < 1.0


def _other_section(wanted: Fingerprint, one: Fingerprint) -> bool:
    """One of several alike, under another heading than the one that was learned."""
    if max(print_of.counts.get(what, 1) for print_of in (wanted, one) for what in ("role_name", "twins")) <= 1:
        return False
    return wanted.heading != one.heading and likeness_of(wanted.heading, one.heading) < ALIKE


def _came_to_an_id(wanted: Fingerprint, one: Fingerprint) -> bool:
    """Nothing of its own told the wanted one, and this one has an id."""
    if wanted.icon or wanted.id or any(getattr(wanted, name) for name in _SAID):
        return False
    return bool(one.id)


def _offers_other(wanted: Fingerprint, one: Fingerprint) -> bool:
    """A select that nothing names is told by what it offers: one that lacks a choice of it is another."""
    if not wanted.choices or any(getattr(wanted, name) for name in _SAID):
        return False
    return kept_of(wanted.choices, one.choices) < 1.0


def _elsewhere(wanted: Fingerprint, evidence: Evidence) -> bool:
    """Nothing around it is as it was; of what has no words of its own, that is asked even where little was around."""
    named = any(getattr(wanted, name) for name in _SAID)
    around = sum(bool(part) for part in (wanted.heading, wanted.landmarks, wanted.before, wanted.after, wanted.path))
    places = set(evidence.contexts) - {"icon"}  # an icon is part of the element, not of its surroundings
    return around >= (2 if named else 0) and not places and evidence.features.get("path+", 0.0) < HALF


def _carried_off(wanted: Fingerprint, one: Fingerprint, evidence: Evidence) -> bool:
    """Under another heading, in another part of the page: a copy with its company, as in a list of shortcuts."""
    headed = wanted.heading == one.heading or likeness_of(wanted.heading, one.heading) >= ALIKE
    kept = max(evidence.features.get(name, 0.0) for name in ("path+", "landmarks+", "form+"))
    return bool(wanted.path) and not headed and kept < HALF


def _file(href: str) -> str:
    """The last part of a link without its query: what a page is called wherever the site moved it."""
    return href.split("?")[0].rstrip("/").rsplit("/", 1)[-1].casefold()
