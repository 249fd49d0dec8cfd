"""The healer of one app in one run: verifies hits, finds lost elements again, and learns only what a step bears out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from nightclerk.domain.privacy import brief
from nightclerk.errors import ApplicationError
from nightclerk.locate.fingerprint import Fingerprint, filled_in, learned, seen
from nightclerk.locate.healing import Ranked, Verdict, decide_healing, verify
from nightclerk.locate.ways import way_words
from nightclerk.ports import ActClass, Found, Selector
from nightclerk.texts import say

#: What only a look over the whole page tells, and a look at one element leaves as it was learned.
_OF_THE_PAGE = ("counts", "order", "look", "token", "kin_before", "kin_after", "others")
#: An element that is missing this long is no longer believed to be still loading; the next search is as much later.
HEAL_AFTER_S = 3.0


class ElementUnsure(ApplicationError):
    """Facts: element, best, second (in words), why."""

    en: ClassVar[str] = (
        "{element} is not where it was learned; the most alike are {best} and {second}, but {why}. "
        "Nothing was done with either. Review it: nightclerk healings list"
    )
    zh: ClassVar[str] = (
        "{element} 已不在原处；最像的是 {best} 和 {second}，但{why}。均未操作。请审核：nightclerk healings list"
    )


class HealingNotBorneOut(ApplicationError):
    """Facts: elements, step."""

    en: ClassVar[str] = (
        "In “{step}” {elements} was found again by its fingerprint and acted on, and nothing that the screen said "
        "afterwards bears it out; the step counts as failed. Read a result in this step, or accept the healing."
    )
    zh: ClassVar[str] = (
        "步骤“{step}”中 {elements} 是按指纹重新找到后操作的，之后屏幕上没有任何内容证实操作有效，按失败处理。"
        "请在该步骤中读取结果，或审核接受该修复。"
    )


@dataclass(frozen=True, kw_only=True)
class Healing:
    """An element that was found again: where it is now, how sure that is, and what a file would have to say.

    `extra` are the elements that its new place leans on (frames). `trust`: the strongest class of act allowed.
    """

    element: str
    before: Selector
    after: Selector
    extra: Mapping[str, Selector]
    trust: ActClass
    verdict: Verdict
    wanted: Fingerprint
    found: Fingerprint
    change: Mapping[str, Mapping[str, Any]]
    unlike: int = -1  # in how many of 64 bits its small picture differs; for the person, not for the decision

    @property
    def words(self) -> str:
        """The way that is used meanwhile, for the journal."""
        return f"healed: {way_words(self.after.ways[0])}"


@dataclass(kw_only=True)
class Healer:
    """What is known of an app's elements, and what this run has healed.

    `report` is told of each healing and of each doubt once (proposal, task for a person, journal). With `learns`
    elements without a fingerprint get one at their first good use.
    """

    app: str
    prints: dict[str, Fingerprint] = field(default_factory=dict)
    refused: Mapping[str, Sequence[Fingerprint]] = field(default_factory=dict)
    report: Callable[[Healing | Doubt], None] = lambda told: None
    learns: bool = True
    _healed: dict[str, Healing] = field(default_factory=dict)
    _unproven: dict[str, bool] = field(default_factory=dict)  # element -> acted on (an edit), in the open step
    _used: dict[str, Fingerprint] = field(default_factory=dict)
    _learned: dict[str, Fingerprint] = field(default_factory=dict)
    _told: set[str] = field(default_factory=set)
    _glancing: bool = False

    def wanted(self, selector: Selector, values: Mapping[str, str]) -> Fingerprint | None:
        """What to look for: the element's fingerprint with the values of this use; None when it has none."""
        stored = None if self._glancing else self.prints.get(selector.name)
        return filled_in(stored, values) if stored else None

    def believes(self, selector: Selector, values: Mapping[str, str], raw: Mapping[str, Any]) -> Ranked | None:
        """Whether the one element that a way hits is the one that was learned (None: yes, it is learned afresh)."""
        wanted = self.wanted(selector, values)
        if wanted is None:
            return None
        good, one = verify(wanted, seen(raw))
        if not good:
            return one
        stored = self.prints[selector.name]
        kept = {name: getattr(stored, name) for name in _OF_THE_PAGE}
        self._used[selector.name] = replace(_kept(selector, values, raw), **kept)
        return None

    @contextmanager
    def glancing(self) -> Iterator[None]:
        """For a question whose no is an answer: nothing is looked for elsewhere, and nobody is told of it."""
        before, self._glancing = self._glancing, True
        try:
            yield
        finally:
            self._glancing = before

    def is_new(self, selector: Selector) -> bool:
        """Whether nothing is known yet of an element that this run may get to know."""
        return self.learns and selector.name not in self.prints and selector.name not in self._learned

    def meet(self, selector: Selector, values: Mapping[str, str], raw: Mapping[str, Any]) -> None:
        """The first look at an element: what a person's selector hit, to be kept when its step ends well."""
        self._used[selector.name] = _kept(selector, values, raw)

    def judge(self, selector: Selector, wanted: Fingerprint, raws: Iterable[Mapping[str, Any]]) -> Verdict:
        """The verdict over the candidates of one pass, at the strictest class that it fulfils."""
        candidates = [seen(raw) for raw in raws]
        refused = self.refused.get(selector.name, ())
        if selector.commits:
            return decide_healing(wanted, candidates, ActClass.COMMIT, refused=refused)
        strict = decide_healing(wanted, candidates, ActClass.EDIT, refused=refused)
        if strict.ending == "healed":
            return strict
        return decide_healing(wanted, candidates, ActClass.READ, refused=refused)

    # ------------------------------------------------------------------------------- what this run has healed

    def healing(self, element: str) -> Healing | None:
        """What this run already knows of where an element is now."""
        return self._healed.get(element)

    def keep(self, healing: Healing) -> None:
        """Use a healing from now on, until its step refutes it."""
        self._healed[healing.element] = healing
        self._tell(healing.element, healing)

    def doubt(self, doubt: Doubt) -> None:
        """Tell people of an element that is not safely found."""
        self._tell(doubt.element, doubt)

    def used(self, element: str, *, edit: bool) -> None:
        """A healed element was relied on in the open step; an edit has to be borne out by what comes after."""
        self._unproven[element] = self._unproven.get(element, False) or edit

    def witness(self) -> None:
        """The screen said something that the flow asked for: acts before it are borne out."""
        self._unproven = dict.fromkeys(self._unproven, False)

    def step_held(self, step: str) -> None:
        """The step ended well. Raises HealingNotBorneOut when an act on a healed element was never borne out."""
        open_acts = [element for element, acted in self._unproven.items() if acted]
        if open_acts:
            self.step_failed()
            raise HealingNotBorneOut(elements=", ".join(open_acts), step=step)
        self._unproven.clear()
        self._learned |= {name: one for name, one in self._used.items() if one != self.prints.get(name)}
        self._used.clear()

    def step_failed(self) -> None:
        """The step ended badly: what it healed is revoked, and nothing is learned from it."""
        for element in self._unproven:
            self._healed.pop(element, None)
        self._unproven.clear()
        self._used.clear()

    def take_learned(self) -> dict[str, Fingerprint]:
        """The fingerprints that good uses have refreshed since the last call."""
        fresh, self._learned = self._learned, {}
        self.prints |= fresh
        return fresh

    def _tell(self, element: str, told: Healing | Doubt) -> None:
        if element not in self._told:
            self._told.add(element)
            self.report(told)


def _kept(selector: Selector, values: Mapping[str, str], raw: Mapping[str, Any]) -> Fingerprint:
    """What may be stored of an element of this selector."""
    return learned(raw, values=values, keep_text=not (selector.private or selector.secret))


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """An element that is not safely found: the verdict with its two best, and what was looked for."""

    element: str
    before: Selector
    wanted: Fingerprint
    verdict: Verdict

    def error(self) -> ElementUnsure:
        """The sentence for the item."""
        best, second = self.verdict.best, self.verdict.second
        return ElementUnsure(
            element=self.element,
            best=in_words(best.candidate) if best else "–",
            second=in_words(second.candidate) if second else "–",
            why=", ".join(reason_words(reason) for reason in self.verdict.reasons),
        )


def unsure_to_act(found: Found) -> ElementUnsure:
    """The error for an act on an element that was found again surely enough only to be read."""
    return ElementUnsure(element=found.selector.name, best=found.way, second="–", why=reason_words("read_only"))


def in_words(one: Fingerprint) -> str:
    """An element in a few words for people: what it is, what it says, where."""
    said = one.name or one.text or one.label or one.placeholder or one.id or one.field_name or ".".join(one.classes)
    place = f" ({brief(one.heading, 40)})" if one.heading else ""
    return f"{one.role or one.tag} “{brief(said, 40)}”{place}"


def reason_words(reason: str) -> str:
    """A doubt or veto as a clause in the current language."""
    return say(f"locate.veto.{reason}")
