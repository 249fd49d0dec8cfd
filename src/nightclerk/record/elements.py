"""Give every recorded element a name and ways that were proven on the page it was recorded from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from nightclerk.locate.fingerprint import Fingerprint, learned
from nightclerk.locate.ways import placeholders
from nightclerk.ports import Selector, SelectorSet
from nightclerk.record.events import Facts
from nightclerk.record.naming import element_name, english, identifier, screen_name, unique
from nightclerk.record.pages import Writer
from nightclerk.record.proof import Proof
from nightclerk.record.ranking import Way, attribute, chosen, is_place, scope_ways, usable, ways_of
from nightclerk.record.rows import row_key
from nightclerk.record.steps import INSIDE, Step
from nightclerk.record.templates import templated
from nightclerk.record.values import Typed, Values

READS = frozenset({"read", "expect", "copy"})


@dataclass(frozen=True, kw_only=True)
class Named:
    """One element of an app under its name. `values` fill its placeholders: placeholder -> where it comes from."""

    selector: Selector
    values: Mapping[str, Typed] = field(default_factory=dict)
    fingerprint: Fingerprint | None = None
    fresh: bool = True

    @property
    def name(self) -> str:
        return self.selector.name


@dataclass
class Namer:
    """Names the elements of one app, step by step. `known` are the elements that its files describe already."""

    app: str
    proof: Proof
    values: Values
    known: SelectorSet
    hidden: tuple[str, ...] = ()
    made: dict[str, Named] = field(default_factory=dict)

    def name(self, step: Step) -> Named:
        """The element of a step: one that the app knows already, or a new one with proven ways."""
        return self._named(step, step.facts, step.mark, reads=step.verb in READS)

    def name_target(self, step: Step) -> Named:
        """The element that a drag ends on."""
        page = step.to_page or step.page
        return self._named(replace(step, page=page, verb="drag"), step.to, "to", reads=False)

    @property
    def selectors(self) -> SelectorSet:
        """All elements that can be looked up just now."""
        fresh = {name: named.selector for name, named in self.made.items()}
        return replace(self.known, elements={**self.known.elements, **fresh})

    def made_beside(self, named: Named, css: str) -> str:
        """An element like `named` that is only there once it says what is `{expected}`; its name."""
        one = named.selector
        name = f"{one.name}_saying"
        told = Selector(name=name, ways=({"css": css},), within=one.within, frame=one.frame, where=one.where)
        self.made.setdefault(name, Named(selector=told))
        return name

    def mark_commit(self, named: Named | None) -> bool:
        """From now on this element can only be clicked inside `once`; False when the app's files have to say so."""
        if named is not None and named.name in self.made:
            kept = tuple(way for way in named.selector.ways if not {"label", "placeholder"} & set(way))
            changed = replace(named.selector, commits=True, ways=kept or named.selector.ways)
            self.made[named.name] = replace(self.made[named.name], selector=changed)
            return True
        return named is not None and named.selector.commits

    # ---------------------------------------------------------------------------------------- inside

    def _named(self, step: Step, facts: Facts, mark: str, *, reads: bool) -> Named:
        assert step.page is not None, step.verb
        self.proof.show(Writer(hidden=self.hidden).page(step.page))
        screen = screen_name(step.url, _dialog(facts), step.title)
        frame = self._frame(step, screen)
        inside = step.verb in INSIDE
        reused = self._known_one(mark, screen, frame, inside) if not reads else None
        if reused is not None:
            return reused
        row = self._row(facts, mark, screen, frame, only_known=step.looking)
        found, within = self._ways(facts, mark, screen, frame, row, reads=reads, inside=inside)
        ways, values = self._templated(found, mark, within=within, frame=frame, inside=inside, row=row)
        if row is not None:
            values = {**row.values, **values}
        return self._keep(step, facts, screen, ways, values, within=within, frame=frame)

    def _templated(
        self, found: list[Way], mark: str, *, within: str, frame: str, inside: bool, row: Named | None
    ) -> tuple[list[Way], dict[str, Typed]]:
        """The ways with placeholders for the record's values, as far as they still lead to the element."""
        ways, values = templated(found, self.values.known)
        filling = {**(row.values if row else {}), **values}
        texts = {name: typed.shown for name, typed in filling.items()}
        held = [w for w in ways if self._leads(w, mark, within=within, frame=frame, inside=inside, values=texts)]
        return (held, values) if held else (found, {})

    def _keep(
        self, step: Step, facts: Facts, screen: str, ways: list[Way], values: Mapping[str, Typed],
        *, within: str, frame: str,
    ) -> Named:  # fmt: skip
        for named in self.made.values():
            one = named.selector
            if not one.name.startswith(f"{screen}."):
                continue
            if one.ways and dict(one.ways[0]) == ways[0] and (one.within, one.frame) == (within, frame):
                return replace(named, values=values)
        taken = {name.partition(".")[2] for name in self.selectors.elements if name.startswith(f"{screen}.")}
        short = unique(_short_name(step, facts), taken)
        selector = Selector(
            name=f"{screen}.{short}", ways=tuple(ways), within=within, frame="" if within else frame,
            secret=step.secret == "password", where=f"selectors/{self.app}",
        )  # fmt: skip
        named = Named(selector=selector, values=values, fingerprint=_fingerprint(step, facts, values))
        self.made[selector.name] = named
        return named

    def _known_one(self, mark: str, screen: str, frame: str, inside: bool) -> Named | None:
        """An element that is described already: by the app's files, or on this screen of this recording."""
        here = [one.selector for name, one in self.made.items() if name.startswith(f"{screen}.")]
        for selector in [*self.known.elements.values(), *here]:
            if selector.frame != frame or selector.within or any(placeholders(way) for way in selector.ways):
                continue
            if self.proof.finds(selector, mark, selectors=self.selectors, values={}, inside=inside):
                fresh = selector.name in self.made
                return Named(selector=selector, fresh=fresh) if not fresh else self.made[selector.name]
        return None

    def _frame(self, step: Step, screen: str) -> str:
        """The name of the innermost frame of a step ("" on the page itself); outer frames are named on the way."""
        outer = ""
        for number in range(len(step.frames) - 1, -1, -1):
            facts = step.frames[number]
            tag = str(facts.get("tag", "iframe"))
            tries = [*ways_of(facts), *_by_source(facts, tag), {"css": tag}]
            ways = [way for way in tries if self._leads(way, f"frame{number}", frame=outer)]
            outer = self._add_part(screen, "frame", chosen(ways) or [{"css": str(facts["path"])}], frame=outer)
        return outer

    def _row(self, facts: Facts, mark: str, screen: str, frame: str, *, only_known: bool) -> Named | None:
        """The repeated thing that an element lives in, told from the others by what it says."""
        key = row_key(facts, self.values.known, only_known=only_known)
        if key is None:
            return None
        row = facts["row"]
        value = self.values.parameter(english(key.column) or identifier(key.column) or "row_key", key.text)
        place = f"{{{value.name}}}"
        attributes = {**row.get("data", {}), "id": row.get("id", "")}
        ways: list[Way] = [
            {"css": attribute(name, text, str(row["tag"])).replace(key.text, place)}
            for name, text in attributes.items()
            if text and text == key.text
        ]
        said = text_matches(place) if key.partial else (f':has(:text-is("{place}"))',)
        kinds = [str(row["tag"]), *(f".{name}" for name in row.get("classes", ())[:2] if usable(name))]
        ways += [{"css": f"{kind}{says}"} for kind in kinds for says in said]
        texts = {value.name: key.text}
        proven = [way for way in ways if self._leads(way, f"{mark}.row", frame=frame, values=texts)]
        if not proven:
            return None
        name = self._add_part(screen, "row", proven[:2], frame=frame)
        return replace(self.made[name], values={value.name: value})

    def _ways(
        self, facts: Facts, mark: str, screen: str, frame: str, row: Named | None, *, reads: bool, inside: bool
    ) -> tuple[list[Way], str]:
        """The ways of an element, and the name of what it is looked up within."""
        tries = ways_of(facts, reads=reads, data=self.values.known)
        if row is not None:
            texts = {name: typed.shown for name, typed in row.values.items()}
            inner = [*(way for way in tries if not is_place(way)), {"css": str(facts["row"].get("inner", ""))}]
            inner = [way for way in inner if way.get("css", "x")]
            proven = [way for way in inner if self._leads(way, mark, within=row.name, values=texts, inside=inside)]
            if proven:
                return chosen(proven), row.name
        proven = [way for way in tries if self._leads(way, mark, frame=frame, inside=inside)]
        if any(not is_place(way) for way in proven):
            return chosen([way for way in proven if not is_place(way)]), ""
        scoped = self._scoped(facts, tries, mark, screen, frame, inside)
        return scoped or (chosen(proven) or [{"css": str(facts["path"])}], "")

    def _scoped(
        self, facts: Facts, tries: list[Way], mark: str, screen: str, frame: str, inside: bool
    ) -> tuple[list[Way], str] | None:
        """Ways that hold within the nearest ancestor that can itself be told from others."""
        for number, scope in enumerate(facts.get("scopes", ())):
            for way in scope_ways(scope):
                if self._leads(way, f"{mark}.scope{number}", frame=frame):
                    inner = self._within(way, scope, tries, mark, screen, frame, inside)
                    if inner is not None:
                        return inner
        return None

    def _within(
        self, way: Way, scope: Facts, tries: list[Way], mark: str, screen: str, frame: str, inside: bool
    ) -> tuple[list[Way], str] | None:
        """Ways that hold inside one ancestor; None when none does."""
        said = english(str(scope.get("name") or scope.get("heading") or "")) or str(scope.get("role") or scope["tag"])
        before = set(self.made)
        name = self._add_part(screen, identifier(said) or "part", [way], frame=frame)
        proven = [one for one in tries if not is_place(one) and self._leads(one, mark, within=name, inside=inside)]
        if proven:
            return chosen(proven), name
        for added in set(self.made) - before:
            del self.made[added]
        return None

    def _add_part(self, screen: str, short: str, ways: list[Way], *, frame: str) -> str:
        """The name of a frame, row or region that others are looked up in; made once."""
        for name, named in self.made.items():
            if list(map(dict, named.selector.ways))[:1] == ways[:1] and named.selector.frame == frame:
                return name
        taken = {name.partition(".")[2] for name in self.selectors.elements if name.startswith(f"{screen}.")}
        name = f"{screen}.{unique(short, taken)}"
        selector = Selector(name=name, ways=tuple(ways), frame=frame, where=f"selectors/{self.app}")
        self.made[name] = Named(selector=selector)
        return name

    def _leads(
        self, way: Way, mark: str, *, frame: str = "", within: str = "", inside: bool = False,
        values: Mapping[str, str] | None = None,
    ) -> bool:  # fmt: skip
        more = {"frame": "" if within else frame, "within": within}
        return self.proof.leads(way, mark, selectors=self.selectors, values=values or {}, inside=inside, **more)


def _dialog(facts: Facts) -> str:
    for scope in facts.get("scopes", ()):
        if scope.get("role") in ("dialog", "alertdialog"):
            return str(scope.get("name") or scope.get("heading") or "")
    return ""


def _by_source(facts: Facts, tag: str) -> Iterator[Way]:
    """A frame by the last part of its address."""
    last = re.split(r"[?#]", str(facts.get("src", "")))[0].rstrip("/").rpartition("/")[2]
    if usable(last):
        yield {"css": f'{tag}[src*="{last}"]'}


def _short_name(step: Step, facts: Facts) -> str:
    if step.secret:
        return step.secret
    if step.verb in READS:
        plain = {**facts, "name": "", "own": "", "text": "", "title": ""}
        row = facts.get("row") or {}
        return english(str(row.get("column", ""))) or element_name(plain)
    return element_name(facts)


def _fingerprint(step: Step, facts: Facts, values: Mapping[str, Typed]) -> Fingerprint | None:
    raw: Any = facts.get("print")
    if not isinstance(raw, Mapping):
        return None
    texts = {name: typed.shown for name, typed in values.items()}
    return learned(raw, values=texts, keep_text=step.verb not in READS and not step.secret)


def text_matches(place: str) -> tuple[str, str]:
    """CSS for a text that holds a number whole, so that A100 is not found in A1001: around the text, and on it."""
    whole = f':text-matches("(^|[^A-Za-z0-9]){place}([^A-Za-z0-9]|$)")'
    return f":has({whole})", whole


def css_of(named: Named) -> str:
    """A CSS way of an element, for a way that also asks for its text ("" when it has none)."""
    return next((str(way["css"]) for way in named.selector.ways if "css" in way and not is_place(way)), "")
