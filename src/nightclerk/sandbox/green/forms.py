"""Block-mode screens as data: fixed texts, input fields, a message line; both front ends draw the same form."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field

ROWS, COLUMNS = 24, 80
MESSAGE_ROW, HINT_ROW = 22, 23


@dataclass(frozen=True, kw_only=True)
class Text:
    """Words at a fixed place; rows and columns count from 0."""

    row: int
    col: int
    text: str
    bright: bool = False


@dataclass(kw_only=True)
class Input:
    """A field that a person may type into, `length` columns wide."""

    name: str
    row: int
    col: int
    length: int
    value: str = ""
    hidden: bool = False


@dataclass(kw_only=True)
class Form:
    """One screen. `values` by input name is what the keys were pressed with."""

    title: str
    texts: list[Text] = field(default_factory=list)
    inputs: list[Input] = field(default_factory=list)
    message: str = ""
    hint: str = ""
    focus: str = ""

    def labelled(self, row: int, col: int, label: str, name: str, length: int, **more: object) -> None:
        """A label and the input right of it."""
        self.texts.append(Text(row=row, col=col, text=f"{label}:"))
        self.inputs.append(Input(name=name, row=row, col=col + width(label) + 3, length=length, **more))  # type: ignore[arg-type]

    def labelled_at(self, row: int, col: int, name: str, length: int, value: str) -> None:
        """An input of a list, whose label is the list's header."""
        self.inputs.append(Input(name=name, row=row, col=col, length=length, value=value))

    def all_texts(self) -> list[Text]:
        """The fixed texts with title, message and hint."""
        return [
            Text(row=0, col=1, text=self.title, bright=True), *self.texts,
            *([Text(row=MESSAGE_ROW, col=1, text=self.message, bright=True)] if self.message else []),
            Text(row=HINT_ROW, col=1, text=self.hint),
        ]  # fmt: skip


def width(text: str) -> int:
    """How many columns a text takes."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def fit(text: str, columns: int) -> str:
    """A text cut and padded to so many columns."""
    kept = ""
    for character in text:
        if width(kept + character) > columns:
            break
        kept += character
    return kept + " " * (columns - width(kept))
