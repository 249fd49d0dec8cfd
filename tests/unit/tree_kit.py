"""A made-up accessibility tree, for tests of what is found in one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from nightclerk.desktop.tree import Node, Vanished
from nightclerk.ports import Box

SOMEWHERE = Box(x=10, y=10, width=50, height=20)


@dataclass
class Leaf:
    """A node that says what a test tells it to; `gone` ones vanish when they are asked anything."""

    kind: str
    called: str = ""
    tooltip: str = ""
    labelled: tuple[str, ...] = ()
    inside: Sequence[Leaf] = ()
    shows: bool = True
    place: Box | None = SOMEWHERE
    content: str = ""
    ticked: bool = False
    has_keyboard: bool = False
    gone: bool = False
    given: str = ""
    cells: tuple[list[str], list[list[str]]] = field(default_factory=lambda: ([], []))

    def role(self) -> str:
        return self.kind

    def name(self) -> str:
        return self.called

    def title(self) -> str:
        return self.tooltip

    def labels(self) -> list[str]:
        return list(self.labelled)

    def identifier(self) -> str:
        return self.given

    def showing(self) -> bool:
        if self.gone:
            raise Vanished
        return self.shows

    def children(self) -> Sequence[Node]:
        return self.inside

    def box(self) -> Box | None:
        return self.place

    def text(self) -> str:
        return self.content or self.called

    def focused(self) -> bool:
        return self.has_keyboard

    def checked(self) -> bool:
        return self.ticked

    def table(self) -> tuple[list[str], list[list[str]]]:
        return self.cells


def window(*inside: Leaf) -> Leaf:
    """A window with these things in a panel."""
    return Leaf("frame", inside=[Leaf("panel", inside=inside)])
