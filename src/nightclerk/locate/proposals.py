"""Healings as proposals: what a run found again, for a person to accept or refuse; files in the workspace's data."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from io import StringIO
from pathlib import Path
from typing import Any, ClassVar

from ruamel.yaml import YAML

from nightclerk.errors import NightClerkError
from nightclerk.locate.files import overlay_file
from nightclerk.locate.fingerprint import Fingerprint, from_mapping
from nightclerk.locate.healer import Doubt, Healing, in_words
from nightclerk.locate.parse import did_you_mean
from nightclerk.locate.prints import write_whole
from nightclerk.locate.propose import change_as_diff
from nightclerk.locks import alone
from nightclerk.ports import Selector

#: open: nobody has decided. unsure: never used, shown for orientation. written: accepted and in the file itself.
STATES = ("open", "unsure", "accepted", "refused", "written")


class UnknownProposal(NightClerkError):
    """Facts: proposal, remedy."""

    en: ClassVar[str] = "There is no healing {proposal}. {remedy}"
    zh: ClassVar[str] = "没有名为 {proposal} 的修复提案。{remedy}"


class AlreadyDecided(NightClerkError):
    """Facts: proposal, state, by."""

    en: ClassVar[str] = "{proposal} has been decided already ({state} by {by}); nothing was changed."
    zh: ClassVar[str] = "{proposal} 已有结论（{state}，{by}）；没有改动。"


class NothingToAccept(NightClerkError):
    """Facts: proposal."""

    en: ClassVar[str] = "{proposal} was not safely found, so there is no change to accept; mend its selector by hand."
    zh: ClassVar[str] = "{proposal} 没有可靠地找到，没有可接受的改动；请手工修改定位文件。"


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """One healing for a person to look at. Boxes are (x, y, width, height) on their pictures; pictures are sha256.

    `change` is what a selector file would say, by element; `diff` the same beside what it says now. `unlike`: in how
    many of 64 bits its small picture differs from the one that was learned (-1: not known).
    """

    proposal: str
    app: str
    element: str
    state: str
    run: str
    at: str
    probability: float
    margin: float
    trust: str
    reasons: tuple[str, ...]
    agreeing: tuple[str, ...]
    conflicting: tuple[str, ...]
    best: str
    second: str
    change: Mapping[str, Mapping[str, Any]]
    diff: str
    learned: Mapping[str, Any]
    found: Mapping[str, Any]
    before_box: tuple[int, ...] = ()
    after_box: tuple[int, ...] = ()
    before_picture: str = ""
    after_picture: str = ""
    before_run: str = ""
    unlike: int = -1
    evidence: Mapping[str, float] = field(default_factory=dict)
    decided_by: str = ""
    decided_at: str = ""

    @property
    def fingerprint(self) -> Fingerprint:
        """Where the element is now."""
        return from_mapping(self.found)


def proposal_of(told: Healing | Doubt, *, app: str, run: str, at: str, **pictures: Any) -> Proposal:
    """The record of what a healer has told."""
    verdict, wanted = told.verdict, told.wanted
    best, second = verdict.best, verdict.second
    healed = isinstance(told, Healing)
    change = told.change if isinstance(told, Healing) else {}
    found = told.found if isinstance(told, Healing) else best.candidate if best else Fingerprint()
    return Proposal(
        proposal=_name(app, told.element, found), app=app, element=told.element, run=run, at=at,
        state="open" if healed else "unsure", probability=round(verdict.probability, 4),
        margin=round(verdict.margin, 2), trust=verdict.trust.value, reasons=verdict.reasons,
        agreeing=best.evidence.agreeing if best else (), conflicting=best.evidence.conflicting if best else (),
        best=in_words(best.candidate) if best else "", second=in_words(second.candidate) if second else "",
        change=change, diff=change_as_diff(told.element, spec_of(told.before), change) if healed else "",
        learned=wanted.to_mapping(), found=found.to_mapping() if healed else _without_data(found),
        before_box=wanted.box, after_box=found.box,
        unlike=told.unlike if isinstance(told, Healing) else -1,
        evidence=dict(best.evidence.features) if best else {}, **pictures,
    )  # fmt: skip


def _without_data(found: Fingerprint) -> dict[str, Any]:
    """What may be kept of a candidate: its texts in the open, nothing of its row."""
    return replace(found, row=(), before=(), after=()).to_mapping()


def _name(app: str, element: str, found: Fingerprint) -> str:
    """The same element found in the same place is the same proposal, whichever run met it."""
    place = json.dumps([found.role, found.name, found.id, found.field_name, found.test_id, found.href, found.path])
    return f"{app}.{element}.{hashlib.sha256(place.encode()).hexdigest()[:6]}"


def spec_of(selector: Selector) -> dict[str, Any]:
    """What a selector file says of where an element is, as far as a healing may change it."""
    spec: dict[str, Any] = dict(selector.ways[0])
    if len(selector.ways) > 1:
        spec["fallback"] = [dict(way) for way in selector.ways[1:]]
    for key in ("within", "frame"):
        if getattr(selector, key):
            spec[key] = getattr(selector, key)
    return spec


class Proposals:
    """The proposals of a workspace: one JSON file each under `data/healing/proposals`."""

    def __init__(self, workspace: Path) -> None:
        self._workspace = workspace
        self._folder = workspace / "data" / "healing" / "proposals"

    def put(self, proposal: Proposal) -> bool:
        """Add one; False when it is known already (a person's word about it stands)."""
        file = self._file(proposal.proposal)
        if file.exists():
            return False
        write_whole(file, json.dumps(asdict(proposal), ensure_ascii=False, indent=1))
        return True

    def all(self, *, state: str = "", app: str = "") -> list[Proposal]:
        """Proposals by name."""
        found = [_load(file) for file in sorted(self._folder.glob("*.json"))]
        return [one for one in found if (not state or one.state == state) and (not app or one.app == app)]

    def get(self, name: str) -> Proposal:
        """One by its name, or by its element when that is clear."""
        if self._file(name).is_file():
            return _load(self._file(name))
        alike = [one for one in self.all() if name in (f"{one.app}.{one.element}", one.element)]
        if len(alike) == 1:
            return alike[0]
        raise UnknownProposal(proposal=name, remedy=did_you_mean(name, [one.proposal for one in self.all()]))

    def accept(self, name: str, *, who: str, at: str) -> Proposal:
        """From now on the selector's healed layer says where the element is."""
        with alone(self._folder / ".turn"):
            proposal = self._undecided(name)
            if not proposal.change:
                raise NothingToAccept(proposal=proposal.proposal)
            overlay = overlay_file(self._workspace, proposal.app)
            write_whole(overlay, _merged(overlay, proposal.change))
            return self._decided(proposal, "accepted", who, at)

    def refuse(self, name: str, *, who: str, at: str) -> Proposal:
        """What it points at is not the element: it is never proposed nor used for it again."""
        with alone(self._folder / ".turn"):
            return self._decided(self._undecided(name), "refused", who, at)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Nobody else decides or writes meanwhile."""
        with alone(self._folder / ".turn"):
            yield

    def mark_written(self, proposal: Proposal) -> None:
        """The change stands in the hand-written file now."""
        self._save(replace(proposal, state="written"))

    def refused(self, app: str) -> dict[str, list[Fingerprint]]:
        """What people have refused, by element."""
        found: dict[str, list[Fingerprint]] = {}
        for proposal in self.all(state="refused", app=app):
            found.setdefault(proposal.element, []).append(proposal.fingerprint)
        return found

    def _undecided(self, name: str) -> Proposal:
        proposal = self.get(name)
        if proposal.decided_by:
            raise AlreadyDecided(proposal=proposal.proposal, state=proposal.state, by=proposal.decided_by)
        return proposal

    def _decided(self, proposal: Proposal, state: str, who: str, at: str) -> Proposal:
        decided = replace(proposal, state=state, decided_by=who, decided_at=at)
        self._save(decided)
        return decided

    def _save(self, proposal: Proposal) -> None:
        write_whole(self._file(proposal.proposal), json.dumps(asdict(proposal), ensure_ascii=False, indent=1))

    def _file(self, name: str) -> Path:
        return self._folder / f"{Path(name).name}.json"


def _load(file: Path) -> Proposal:
    plain: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    for key in ("reasons", "agreeing", "conflicting", "before_box", "after_box"):
        plain[key] = tuple(plain[key])
    return Proposal(**plain)


def _merged(file: Path, change: Mapping[str, Mapping[str, Any]]) -> str:
    yaml = YAML(typ="rt")
    document = yaml.load(file.read_text(encoding="utf-8")) if file.is_file() else None
    document = document if document is not None else {}
    for name, spec in _by_screen(change):
        screen, short = name
        document.setdefault(screen, {})[short] = dict(spec)
    out = StringIO()
    yaml.width = 4000
    yaml.dump(document, out)
    return out.getvalue()


def _by_screen(change: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[tuple[str, str], Mapping[str, Any]]]:
    for name, spec in change.items():
        screen, _, short = name.partition(".")
        yield (screen, short), spec
