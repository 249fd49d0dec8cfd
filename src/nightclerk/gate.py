"""The gate that every commit must pass: shut outside `once`, open for exactly one act inside it, and not for long.

A commit that passes gets a `Permit`: until when its event may reach the target. What that is worth on each kind of
surface, and which windows stay open, is in docs/decisions/commit-permit.md.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from nightclerk.errors import CommitOutsideOnce, GuardError
from nightclerk.ports import Found, Frame, Permit


class SecondCommit(GuardError):
    """Facts: element, first (the commit that has already passed in this opening)."""

    en = "{element} is a second commit in one `once` (after {first}); nothing was clicked. Use one `once` for each."
    zh = "一次 once 内又要提交 {element}（已提交 {first}）；没有点击。每个效果请单独使用一次 once。"


class HealedCommit(GuardError):
    """Facts: element, way."""

    en = (
        "{element} was only found in a learned way ({way}), and a commit is never healed; nothing was clicked. "
        "Review the page and write the right way into its selector."
    )
    zh = "{element} 只能通过学习到的方式找到（{way}），提交动作不允许自愈；没有点击。请核对页面并修改定位文件。"


class FollowsNothing(GuardError):
    """Facts: element, follows."""

    en = "{element} answers the question of {follows}, which has not been clicked in this `once`; nothing was clicked."
    zh = "{element} 用于回答 {follows} 之后的询问，而本次 once 尚未执行 {follows}；没有点击。"


@dataclass
class Opening:
    """One `once` in its commit: what has passed, and on what permit. The gates of all apps of a run share it.

    `check` is the last look before the click: it raises when the item is no longer ours or the permit is over.
    `frame` is the screen as it was right before the first commit.
    """

    permit: Permit | None = None
    check: Callable[[Permit], None] = lambda permit: None
    asked_for: str = ""
    passed: list[str] = field(default_factory=list)
    frame: Frame | None = None

    @property
    def element(self) -> str:
        """The first commit that has passed ("" while none has)."""
        return self.passed[0] if self.passed else ""

    def knows_nothing_was_clicked(self, error: BaseException) -> bool:
        """Whether it is certain that no commit reached the target, although `error` ended the act.

        Certain: its element was asked for and never let through; or it was the only one, and the surface says that
        it failed before the event.
        """
        if not self.passed:
            return bool(self.asked_for)
        return len(self.passed) == 1 and bool(getattr(error, "untouched", False))


class CommitGate:
    """Lets one commit pass for each opening, and after it what its selector declares to be its follow-up."""

    def __init__(self) -> None:
        self._opening: Opening | None = None

    @contextlib.contextmanager
    def open(self, opening: Opening | None = None) -> Iterator[Opening]:
        """Open the gate for one commit. Only `once` calls this; openings do not nest."""
        if self._opening is not None:
            raise SecondCommit(element="once", first=self._opening.element or "once")
        self._opening = opening or Opening()
        try:
            yield self._opening
        finally:
            self._opening = None

    def demand(self, element: str, *, follows: str = "") -> Opening:
        """The opening in which a commit of `element` may pass now; raises when there is none."""
        opening = self._opening
        if opening is None:
            raise CommitOutsideOnce(element=element)
        if follows and not opening.passed:
            raise FollowsNothing(element=element, follows=follows)
        if opening.passed and opening.passed[-1] != follows:
            raise SecondCommit(element=element, first=opening.element)
        opening.asked_for = opening.asked_for or element
        return opening

    def allow(
        self, element: str, *, follows: str = "", found: Found | None = None, frame: Frame | None = None
    ) -> Permit | None:
        """Let the commit of `element` pass and shut the gate behind it; its permit, where `once` gave one."""
        opening = self.demand(element, follows=follows)
        if found is not None and found.healed:
            raise HealedCommit(element=element, way=found.way)
        permit = replace(opening.permit, element=element) if opening.permit else None
        if permit is not None:
            opening.check(permit)
        opening.frame = opening.frame or frame
        opening.passed.append(element)
        return permit
