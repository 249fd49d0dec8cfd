"""Where each typed value comes from: a column of the sheet, something read before, the account, or a parameter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rapidfuzz import fuzz

from nightclerk.domain.privacy import find_private
from nightclerk.record.meaning import amount_format, amount_of, day_format, day_of
from nightclerk.record.naming import element_name, unique
from nightclerk.record.sheets import Column, Sheet, cell_text, means
from nightclerk.record.steps import Step

#: Texts shorter than this equal a cell by chance too easily: the header must fit the field as well.
SURE_LENGTH = 3


@dataclass(frozen=True, kw_only=True)
class Typed:
    """One value as code sees it: `source` is column, parameter, variable or literal.

    `python` is its type in code; `form` the f-string body that writes `{x}` as the person did ("{x}" for text);
    `shown` is the text itself; `private`: nobody's file may hold it.
    """

    source: str
    name: str
    shown: str
    python: str = "str"
    form: str = "{x}"
    private: bool = False

    def written(self, expression: str = "") -> str:
        """The Python expression that gives the text to type."""
        x = expression or self.name
        if self.source == "literal":
            return quoted(self.shown)
        if self.form == "{x}":
            return x if self.python == "str" else f"str({x})"
        if self.form == "{x:%Y-%m-%d}":
            return f"{x}.isoformat()"
        return f"f{quoted(self.form.replace('{x', '{' + x))}"


def quoted(text: str) -> str:
    """A Python string literal in double quotes."""
    escaped = (
        text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    )
    return f'"{escaped}"'


@dataclass
class Values:
    """All values of one recording; asked for each typed text in order, it remembers what it has named."""

    sheet: Sheet | None = None
    row: int | None = None
    known: dict[str, Typed] = field(default_factory=dict)
    taken: set[str] = field(default_factory=lambda: {"key"})

    def learn_row(self, texts: Iterable[str]) -> None:
        """Find out which row of the sheet the person worked from."""
        if self.sheet is not None:
            self.row = self.sheet.best_row([text for text in texts if text])
        if self.sheet is not None and self.row is not None:
            self.taken |= {column.field for column in self.sheet.columns}

    def learn(self, source: str, facts: Mapping[str, object]) -> None:
        """Values that a flow has already, by the names that it has for them."""
        for name, value in facts.items():
            self.taken.add(name)
            text = cell_text(value)
            if len(text) >= SURE_LENGTH:
                python = {"Decimal": "Decimal", "date": "date", "int": "int"}.get(type(value).__name__, "str")
                form = day_format(text) if python == "date" else amount_format(text) if python == "Decimal" else "{x}"
                self.known.setdefault(text, Typed(source=source, name=name, shown=text, python=python, form=form))

    def typed(self, step: Step, *, may_be_literal: bool = False) -> Typed:
        """Where the value of a fill or a choice comes from."""
        text, name = step.value, element_name(step.facts)
        if text.strip() in self.known and len(text.strip()) >= SURE_LENGTH:
            return self.known[text.strip()]
        found = self._column(text, step) or self._variable(text)
        if found is None:
            literal = may_be_literal or not text.strip()
            found = Typed(source="literal", name="", shown=text) if literal else self._parameter(text, name, step)
        return self._keep(found)

    def parameter(self, name: str, text: str) -> Typed:
        """A value that stands in the page, such as the number of the row that was clicked."""
        if text in self.known:
            return self.known[text]
        column = self._column(text, None)
        private = bool(find_private(text))
        free = unique(name, self.taken)
        return self._keep(column or Typed(source="parameter", name=free, shown=text, private=private))

    def file(self, name: str, shown: Path) -> Typed:
        """A file that was uploaded."""
        free = unique(name, self.taken)
        self.taken.add(free)
        return Typed(source="parameter", name=free, shown=shown.as_posix(), python="Path")

    def read(self, step: Step) -> Typed:
        """A value that was read from the page, from now on a variable."""
        free = unique(element_name({**step.facts, "name": "", "own": "", "text": ""}), self.taken)
        return self._keep(Typed(source="variable", name=free, shown=step.value.strip()))

    def _keep(self, typed: Typed) -> Typed:
        if typed.source != "literal":
            self.taken.add(typed.name)
            self.known.setdefault(typed.shown.strip(), typed)
        return typed

    def _column(self, text: str, step: Step | None) -> Typed | None:
        if self.sheet is None or self.row is None:
            return None
        fitting = self.sheet.fields_of(self.row, text)
        if step is not None:
            fitting.sort(key=lambda column: -likeness(column, step))
            if len(text.strip()) < SURE_LENGTH:
                fitting = [column for column in fitting if likeness(column, step) >= 60]
        return as_column(fitting[0], text) if fitting else None

    def _variable(self, text: str) -> Typed | None:
        variables = [typed for typed in self.known.values() if typed.source == "variable"]
        for typed in reversed(variables):
            if typed.shown == text.strip():
                return typed
        for typed in reversed(variables):
            if len(text.strip()) >= SURE_LENGTH and means(typed.shown, text) and amount_of(text) is not None:
                self.known[typed.shown] = changed = Typed(
                    source="variable", name=typed.name, shown=typed.shown, python="Decimal", form=amount_format(text)
                )
                return changed
        return None

    def _parameter(self, text: str, name: str, step: Step) -> Typed:
        private = is_private(text, step)
        free = unique(name, self.taken)
        if not private and day_of(text) is not None and len(text) >= 8:
            return Typed(source="parameter", name=free, shown=text, python="date", form=day_format(text))
        return Typed(source="parameter", name=free, shown=text, private=private)


def as_column(column: Column, text: str) -> Typed:
    """A typed text as the column that it came from, written the way the person wrote it."""
    form, python = "{x}", column.python
    if python == "date":
        form = day_format(text)
    elif python == "Decimal":
        form = amount_format(text)
    return Typed(
        source="column", name=column.field, shown=text, python=python, form=form, private=column.private
    )  # fmt: skip


def likeness(column: Column, step: Step) -> float:
    """How alike the header of a column and the name of a field are, 0 to 100."""
    words = [str(step.facts.get(key, "")) for key in ("label", "name", "placeholder", "before", "title")]
    same = column.field == element_name(step.facts)
    return 100.0 if same else max((fuzz.partial_ratio(column.header, word) for word in words if word), default=0.0)


_NAME_FIELD = re.compile(r"收件人|收货人|联系人|姓名|recipient|consignee|full name|contact", re.I)


def is_private(text: str, step: Step) -> bool:
    """Whether a typed text is somebody's data: by its shape, or because its field asks for a name."""
    label = " ".join(str(step.facts.get(key, "")) for key in ("label", "name", "placeholder", "before"))
    return bool(find_private(text, label=label) or _NAME_FIELD.search(label))
