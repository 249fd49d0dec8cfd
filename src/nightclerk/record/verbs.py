"""Verbs of an app class: stretches of recorded steps on one screen, as the lines of a method."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from nightclerk.record.elements import Named
from nightclerk.record.layout import bracketed, docstring, signature
from nightclerk.record.naming import english, identifier
from nightclerk.record.steps import Step
from nightclerk.record.values import Typed, quoted

#: Where a desktop's steps were done, in place of an address: this and the pattern of the window's title.
WINDOW = "window:"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One step with all that its code needs. `typed` is what it types, `reads` what it gives back.

    `more` are the files of one upload behind the first.
    """

    step: Step
    app: str
    named: Named | None = None
    target: Named | None = None
    typed: Typed | None = None
    reads: Typed | None = None
    more: tuple[Typed, ...] = ()

    @property
    def needs(self) -> list[Typed]:
        """The values that must be handed in."""
        values = [*([self.typed] if self.typed else []), *self.more]
        for named in (self.named, self.target):
            values += named.values.values() if named else ()
        return [value for value in values if value.source != "literal"]


@dataclass(frozen=True, kw_only=True)
class Verb:
    """A method of an app class. `gives` is the variable that it returns; `said` the text that it should find."""

    app: str
    name: str
    lines: tuple[Line, ...]
    doc: str = ""
    gives: Typed | None = None
    body: tuple[str, ...] = ()
    returns: str = "None"
    marks: tuple[str, ...] = ()
    args: tuple[Typed, ...] = ()

    def source(self) -> list[str]:
        """The lines of the method."""
        listed = [f"{arg.name}: {arg.python}" for arg in self.args]
        parts = ["self", *(["*"] if len(listed) > 1 else []), *listed]
        head = [f"    {mark}" for mark in self.marks] + signature(self.name, parts, self.returns, indent=4)
        doc = [docstring(self.doc, indent=8)] if self.doc else []
        return [*head, *doc, *(self.body or ("        pass",))]

    def call(self, owner: str, record: str, runner: str) -> str:
        """The expression that calls it in a flow."""
        values = [in_flow(arg, record, runner) for arg in self.args]
        given = values if len(values) == 1 else [f"{a.name}={v}" for a, v in zip(self.args, values, strict=True)]
        return f"{owner}.{self.name}({', '.join(given)})"


def in_flow(typed: Typed, record: str, runner: str) -> str:
    """Where a flow has a value: in the record of its row, or in a name of its own."""
    if typed.source == "column":
        return f"{record}.{typed.name}"
    return f"{runner}.workspace / {typed.name}" if typed.python == "Path" else typed.name


@dataclass
class Writer:
    """Writes the body of one verb; `base` is the app's address."""

    base: str
    known: Sequence[Typed] = field(default_factory=tuple)
    args: dict[str, Typed] = field(default_factory=dict)

    def body(self, lines: Iterable[Line]) -> list[str]:
        """All lines of a method's body."""
        return [text for line in lines for text in self._line(line)]

    def _line(self, line: Line) -> list[str]:
        step = line.step
        for typed in line.needs:
            self.args.setdefault(typed.name, typed)
        if step.verb == "open" and step.value.startswith(WINDOW):
            return bracketed("self.focus", [f"r{quoted_raw(step.value.removeprefix(WINDOW))}"], "", indent=8)
        if step.verb == "open":
            return bracketed("self.open", [self.path(step.value)] if self.path(step.value) else [], "", indent=8)
        if step.verb == "tab":
            return [f"        self.tab({step.value})"]
        element = element_of(line.named)
        return bracketed(f"{element}.{step.verb}", self._arguments(line), "", indent=8)

    def _arguments(self, line: Line) -> list[str]:
        step, typed = line.step, line.typed
        if step.verb in ("fill", "choose", "upload"):
            if step.secret == "password":
                return ["self.secret"]
            assert typed is not None
            if line.more:
                return [f"[{', '.join(one.name for one in (typed, *line.more))}]"]
            return [typed.name if typed.python == "Path" else typed.written()]
        if step.verb == "press":
            return [quoted(step.value)]
        if step.verb == "check":
            return [] if step.value == "on" else ["False"]
        if step.verb == "drag":
            offset = [f"offset={step.offset}"] if step.offset and line.target is None else []
            return [element_of(line.target), *offset] if line.target else offset
        return []

    def path(self, url: str) -> str:
        """The argument of `open`: relative to the app's address, known values as f-string fields; "" for its start."""
        text = relative(url, self.base)
        fields = {}
        for typed in sorted(self.known, key=lambda one: -len(one.shown)):
            if len(typed.shown) >= 4 and typed.shown in text and typed.source in ("column", "parameter", "variable"):
                fields[typed.name] = typed
                text = text.replace(typed.shown, f"\0{typed.name}\0")
        if not text:
            return ""
        if not fields:
            return quoted(text)
        self.args.update(fields)
        parts = text.replace("{", "{{").replace("}", "}}").split("\0")
        return "f" + quoted("".join(f"{{{part}}}" if n % 2 else part for n, part in enumerate(parts)))


def quoted_raw(pattern: str) -> str:
    """What stands after `r` for a pattern: in the quotes that it does not hold."""
    return f"'{pattern}'" if '"' in pattern else f'"{pattern}"'


def relative(url: str, base: str) -> str:
    """A URL as the app class opens it: without the app's own address."""
    base = base.rstrip("/")
    if url.rstrip("/") == base:
        return ""
    return url[len(base) + 1 :] if url.startswith(f"{base}/") else url


def element_of(named: Named | None) -> str:
    """`self["orders.ship"].of(order=order)`"""
    assert named is not None
    values = ", ".join(f"{name}={typed.written()}" for name, typed in named.values.items())
    return f"self[{quoted(named.name)}]" + (f".of({values})" if values else "")


def caption(line: Line) -> str:
    """What a person calls the element of a step."""
    facts = line.step.facts
    said = line.step.verb in ("read", "expect", "copy")
    for key in ("label", "before") if said else ("label", "name", "placeholder", "own", "before"):
        text = str(facts.get(key, ""))
        if text and len(text) <= 16 and not any(sign.isdigit() for sign in text) and not _is_data(text, line):
            return text
    return line.named.name.partition(".")[2].replace("_", " ") if line.named else ""


def _is_data(text: str, line: Line) -> bool:
    """Whether what an element says is a value of this one record, such as the name in the row that was clicked."""
    values = line.named.values.values() if line.named else ()
    return any(typed.shown and (typed.shown in text or text in typed.shown) for typed in values)


_DONE = {
    "fill": "fill in", "choose": "choose", "check": "tick", "click": "click", "upload": "upload", "drag": "move",
    "double_click": "double-click", "right_click": "right-click",
}  # fmt: skip


def story(lines: Sequence[Line]) -> str:
    """What a stretch does, in one sentence."""
    parts: list[tuple[str, list[str]]] = []
    for line in lines:
        word = _DONE.get(line.step.verb, "")
        if not word or not caption(line):
            continue
        if parts and parts[-1][0] == word:
            parts[-1][1].append(caption(line))
        else:
            parts.append((word, [caption(line)]))
    text = "; ".join(f"{word} {', '.join(dict.fromkeys(names))}" for word, names in parts)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def stretches(lines: Sequence[Line]) -> list[list[Line]]:
    """Cut a recording where a screen is left for another, an app for another, or something was read."""
    cut: list[list[Line]] = []
    for line in lines:
        last = cut[-1][-1] if cut else None
        fresh = (
            last is None or last.app != line.app or last.reads is not None or last.step.verb in ("expect", "download")
        )
        fresh = fresh or line.step.verb in ("open", "expect") or (screen_left(cut[-1], line) if cut else False)
        if fresh:
            cut.append([line])
        else:
            cut[-1].append(line)
    return cut


def screen_left(stretch: Sequence[Line], line: Line) -> bool:
    """Whether a step is on another screen than a stretch that has already done something worth a name."""
    worth = [one for one in stretch if one.step.verb in ("fill", "choose", "check", "upload", "drag")]
    return bool(worth) and screen_of(line) != screen_of(stretch[-1]) and len(stretch) > 1


def screen_of(line: Line) -> str:
    return line.named.name.partition(".")[0] if line.named else ""


def verb_name(lines: Sequence[Line]) -> str:
    """A name for a stretch: what was clicked last, else what was filled in, else the screen it opens."""
    screen = next((screen_of(line) for line in reversed(lines) if screen_of(line)), "")
    filled = any(line.step.verb in ("fill", "choose", "check", "upload") for line in lines)
    last = lines[-1]
    if last.reads is not None:
        return f"read_{last.reads.name}"
    if last.step.verb == "download":
        return identifier(f"download_{screen}") or "download"
    word = english(caption(last)) if last.step.verb in ("click", "double_click") else ""
    if word and not filled:
        return identifier(f"open_{word}" if word not in ("find", "search") else word)
    if word and word in ("find", "search", "ok", "next", "add"):
        return identifier(f"{word}_{screen}")
    if filled:
        return identifier(f"fill_{screen}")
    if screen:
        return identifier(f"open_{screen}")
    address = urlsplit(last.step.value if last.step.verb == "open" else last.step.url).path.rpartition("/")[2]
    return f"open_{identifier(Path(address).stem) or 'start'}"


def with_open(lines: Sequence[Line]) -> list[Line]:
    """A stretch that can be repeated: it begins by opening the page that it began on."""
    if not lines or lines[0].step.verb == "open":
        return list(lines)
    first = lines[0]
    start = Step(verb="open", value=first.step.url, url=first.step.url, tab=first.step.tab, looking=first.step.looking)
    return [replace(first, step=start, named=None, target=None, typed=None, reads=None), *lines]
