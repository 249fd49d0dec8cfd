"""What tells one element from its neighbours, as learned from a page: a record that holds nobody's data."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from nightclerk.domain.privacy import find_private

#: Longest texts that a fingerprint keeps; names are kept whole up to this, a cut one could hide "…as draft".
LONGEST = 120
#: A fingerprint takes at most this many bytes as YAML.
MOST_BYTES = 1500
_DIGEST = re.compile(r"#[0-9a-f]{6}")
_FIGURES = re.compile(r"\d+(?:[.,]\d+)*")
_BETWEEN_HAN = re.compile(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])")
_NAME_LABEL = re.compile(r"(收件人|收货人|联系人|姓名|买家|客户|recipient|consignee|customer|buyer)\s*[:：]?$", re.I)
_ONE_LINE = ("name", "text", "label", "placeholder", "title", "alt", "value", "heading", "column")
_EVERYWHERE = ("href", "test_id", "id")


@dataclass(frozen=True, kw_only=True)
class Fingerprint:
    """One element as a page showed it. Texts are normalised; "" and () mean that there was none.

    `row` tells the repeated thing that it lives in from the others: digests of the texts that only this row has, or
    `{placeholders}`. `before` and `after` are the nearest texts in reading order. `counts` says how many elements of
    the page shared its name, role and name, id, href; of how many `twins` (one role, one name) it was the `nth`, and
    how many of these were `alike` in path and classes. `look` is a 64-bit difference hash of its picture, in hex.
    `choices` are digests of what a native select offers.
    `group` are digests of what stands beside it in its smallest surrounding; `kin_before` and `kin_after` stand for
    the controls next to it, `others` for those most like it when it was learned, `token` for itself.
    """

    role: str = ""
    tag: str = ""
    type: str = ""
    name: str = ""
    text: str = ""
    label: str = ""
    placeholder: str = ""
    title: str = ""
    alt: str = ""
    value: str = ""
    test_id: str = ""
    id: str = ""
    field_name: str = ""
    href: str = ""
    icon: str = ""
    form: str = ""
    heading: str = ""
    column: str = ""
    look: str = ""
    token: str = ""
    classes: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    landmarks: tuple[str, ...] = ()
    row: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    kin_before: tuple[str, ...] = ()
    kin_after: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    frame: tuple[str, ...] = ()
    shadow: tuple[str, ...] = ()
    box: tuple[int, ...] = ()
    order: int = -1
    counts: Mapping[str, int] = field(default_factory=dict)
    in_row: bool = False
    control: bool = False
    hidden: bool = False

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything in it that could be read by a person."""
        return (*(getattr(self, name) for name in (*_ONE_LINE, *_EVERYWHERE)), *self.before, *self.after)

    def to_mapping(self) -> dict[str, Any]:
        """The plain form for YAML and for the page: what says nothing is left out."""
        plain: dict[str, Any] = {}
        for one in fields(self):
            value = getattr(self, one.name)
            if value == one.default or (one.name == "counts" and not value):
                continue
            plain[one.name] = (
                list(value) if isinstance(value, tuple) else dict(value) if one.name == "counts" else value
            )
        return plain


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return dict(value) if isinstance(value, Mapping) else value


_PLACEHOLDER = re.compile(r"\{\w+\}")
_LONGEST_LABEL = 12
_TUPLES = {one.name for one in fields(Fingerprint) if str(one.type).startswith("tuple")}
_FLAGS = {"in_row", "control", "hidden"}


def from_mapping(plain: Mapping[str, Any]) -> Fingerprint:
    """The record of a stored mapping; what it does not know is left aside (a newer version wrote it)."""
    known: dict[str, Any] = {}
    for one in fields(Fingerprint):
        if one.name not in plain:
            continue
        value = plain[one.name]
        if one.name in _TUPLES:
            known[one.name] = tuple(int(part) if one.name == "box" else str(part) for part in value)
        elif one.name == "counts":
            known[one.name] = {str(key): int(number) for key, number in value.items()}
        else:
            known[one.name] = bool(value) if one.name in _FLAGS else int(value) if one.name == "order" else str(value)
    return Fingerprint(**known)


def seen(raw: Mapping[str, Any]) -> Fingerprint:
    """What `fingerprint.js` says of an element, as it is compared: normalised, the texts of its row as digests."""
    one = from_mapping(raw)
    texts: dict[str, Any] = {name: normal(getattr(one, name)) for name in _ONE_LINE}
    rows = tuple(token if _DIGEST.fullmatch(token) else digest(token) for token in one.row)
    texts |= {name: tuple(normal(text) for text in getattr(one, name)) for name in ("before", "after")}
    return replace(one, **texts, row=rows, group=_grouped(one.group), choices=_grouped(one.choices))


def learned(raw: Mapping[str, Any], *, values: Mapping[str, str] | None = None, keep_text: bool = True) -> Fingerprint:
    """What may be kept of an element that `fingerprint.js` described: no private text, no record's own values.

    `values` are those that filled the selector's placeholders; where they stand in the page, the placeholder is kept.
    `keep_text=False` for elements whose text is data (a private element, a value that is read).
    """
    one = from_mapping(raw)
    rows = tuple(_templated(token, values) for token in one.row)
    templates = tuple(token for token in rows if _labelled(token))  # the rest of such a row is this record's data
    kept = templates or tuple(digest(token) for token in rows if not _private(token))
    changes: dict[str, Any] = {name: _clean(getattr(one, name), values) for name in _ONE_LINE}
    changes |= {name: _templated(getattr(one, name), values) for name in _EVERYWHERE}
    changes |= {"before": _near(one.before[::-1], values)[::-1], "after": _near(one.after, values)}
    if not keep_text or not (one.control or one.role in ("heading", "columnheader", "tab")):
        changes |= dict.fromkeys(("text", "alt"), "")
        changes |= {} if one.control and keep_text else {"name": "", "value": ""}
    group, choices = (
        _grouped(text for text in texts if not _private(text) and _templated(text, values) == text)
        for texts in (one.group, one.choices)
    )
    whole = replace(one, **changes, row=kept, group=group, choices=choices, hidden=False)
    said = any(_templated(text, values) != text for text in (one.text, one.name, one.value))
    varies = said or _varies(whole, values)
    if varies and not templates:  # each value stands in a row of its own: this one's texts tell nothing of others
        whole = replace(whole, row=(), in_row=False)
    return _fitting(_of_any_value(whole) if varies else whole)


def filled_in(one: Fingerprint, values: Mapping[str, str]) -> Fingerprint:
    """A stored fingerprint with its `{placeholders}` filled in, ready to be compared with what `seen` gives."""
    if not values:
        return one

    def fill(text: str) -> str:
        for name, value in values.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    changes: dict[str, Any] = {name: fill(getattr(one, name)) for name in (*_ONE_LINE, *_EVERYWHERE)}
    changes |= {name: tuple(fill(text) for text in getattr(one, name)) for name in ("before", "after")}
    row = tuple(digest(fill(token)) if "{" in token else token for token in one.row)
    return replace(one, **changes, row=row)


def normal(text: str) -> str:
    """A text as it is compared: full-width forms folded, single spaces, none between Chinese characters."""
    return _BETWEEN_HAN.sub("", " ".join(unicodedata.normalize("NFKC", text).split()))


def digest(text: str) -> str:
    """A short stand-in for a text that may be somebody's data: equal texts, equal digests; not to be read back."""
    return "#" + hashlib.sha256(normal(text).casefold().encode()).hexdigest()[:6]


def _varies(one: Fingerprint, values: Mapping[str, str] | None) -> bool:
    """Whether another value means another element: its row, its name or its address holds a placeholder."""
    told = (*one.row, *(getattr(one, name) for name in (*_ONE_LINE, *_EVERYWHERE)))
    return any(f"{{{name}}}" in text for name in values or {} for text in told)


def _of_any_value(one: Fingerprint) -> Fingerprint:
    """Without what only says where one value stood: another record stands elsewhere, next to others."""
    counts = {name: number for name, number in one.counts.items() if name not in ("twins", "nth", "alike")}
    value = one.value if "{" in one.value else ""
    return replace(
        one, kin_before=(), kin_after=(), others=(), token="", order=-1, box=(), counts=counts, value=value,
        group=(), before=(), after=(),
    )  # fmt: skip


def _grouped(texts: Iterable[str]) -> tuple[str, ...]:
    """Digests of the texts of a group, figures aside: 11 new tasks are 12 tomorrow."""
    return tuple(dict.fromkeys(text if _DIGEST.fullmatch(text) else digest(_FIGURES.sub("0", text)) for text in texts))


def _templated(text: str, values: Mapping[str, str] | None) -> str:
    for name, value in (values or {}).items():
        if len(value) >= 2:
            text = text.replace(value, f"{{{name}}}")
    return text


def _labelled(text: str) -> bool:
    """Whether it is a placeholder with no more than a label: a whole sentence around it may hold anybody's data."""
    label, number = _PLACEHOLDER.subn("", text)
    return bool(number) and len(normal(label)) <= _LONGEST_LABEL and not re.search(r"\d", label)


def _private(text: str) -> bool:
    return bool(find_private(text))


def _clean(text: str, values: Mapping[str, str] | None) -> str:
    whole = normal(_templated(text, values))
    return "" if _private(whole) else whole[:LONGEST]


def _near(texts: Iterable[str], values: Mapping[str, str] | None) -> tuple[str, ...]:
    """Neighbour texts without data: nothing private, nothing after a label of people, no figures."""
    kept, label = [], ""
    for text in texts:
        one = normal(_templated(text, values))
        if not (
            _private(one) or _NAME_LABEL.search(label) or _NAME_LABEL.search(one[:-4]) or re.search(r"\d{3,}", one)
        ):
            kept.append(one)
        label = one
    return tuple(kept)


def _fitting(one: Fingerprint) -> Fingerprint:
    """The fingerprint without its least telling parts, should it be too large."""
    for name in ("others", "choices", "after", "before", "classes", "landmarks", "heading", "title"):
        if len(str(one.to_mapping()).encode()) <= MOST_BYTES:
            break
        emptied: dict[str, Any] = {name: "" if isinstance(getattr(one, name), str) else ()}
        one = replace(one, **emptied)
    return one
