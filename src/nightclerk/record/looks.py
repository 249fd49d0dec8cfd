"""The look of `once` out of a recorded search: it gives the reference of this record, or None, and never another's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

from nightclerk.errors import WorkspaceError
from nightclerk.record.elements import Named, Namer
from nightclerk.record.naming import identifier
from nightclerk.record.values import Values, quoted
from nightclerk.record.verbs import Line, Verb, Writer

#: How long a search may take to show its first hit.
ANSWER_S = "ANSWER_S"


class LookFault(WorkspaceError):
    """A recorded search cannot serve as a look. Facts: why_zh, why_en."""

    en: ClassVar[str] = "The recorded look-up is not used: {why_en}."
    zh: ClassVar[str] = "录制的查询没有采用：{why_zh}。"


def look_verb(lines: Sequence[Line], namer: Namer, base: str, values: Values, *, conclusive: bool) -> Verb:
    """The verb that searches for a record by its key. LookFault when what was pointed at could be another's."""
    pointed = [line for line in lines if line.step.verb in ("read", "copy", "expect")]
    if not pointed:
        raise LookFault(why_zh="没有指出哪里显示结果（“读取”）", why_en="nothing on it was pointed at with “Read”")
    acts = [line for line in lines if line not in pointed]
    writer = Writer(base=base, known=list(values.known.values()))
    body = writer.body(acts)
    shown = next((line for line in pointed if line.step.verb != "expect"), pointed[0])
    guard = _guard(shown, values, writer)
    for line in (line for line in pointed if line.step.verb == "expect" and line is not shown):
        assert line.named is not None
        body += _must_say(line, line.named, writer)
    body += guard
    args = tuple(writer.args.values())
    named = shown.named
    assert named is not None
    return Verb(
        app=namer.app, name=_name(named), lines=tuple(lines), body=tuple(body),
        doc="Where this record stands on the other side, or None when it is not there.", returns="str | None",
        marks=("@looks(conclusive=True, settle_s=SETTLE_S)",) if conclusive else (), args=args,
    )  # fmt: skip


def _name(named: Named) -> str:
    """`find_` and what was pointed at, without the number that told it from a namesake."""
    return identifier("find_" + re.sub(r"_[0-9]+$", "", named.name.partition(".")[2]))


def _guard(line: Line, values: Values, writer: Writer) -> list[str]:
    """Return what was pointed at, only when it surely belongs to the record: its row or its page names the key."""
    named = line.named
    assert named is not None
    for typed in named.values.values():
        writer.args.setdefault(typed.name, typed)
    element = _of(named)
    if named.values:
        return [
            f"        found = {element}.texts(timeout_s={ANSWER_S})",
            "        return found[0] if found else None",
        ]
    text = line.step.value.strip()
    own = line.reads.name if line.reads else ""  # what this look itself reads is not known before it
    known = {shown: typed for shown, typed in values.known.items() if typed.name != own}
    if text in known:
        typed = known[text]
        writer.args.setdefault(typed.name, typed)
        return [
            f"        found = {element}.texts(timeout_s={ANSWER_S})",
            f"        return {typed.written()} if {typed.written()} in found else None",
        ]
    holding = [typed for shown, typed in known.items() if len(shown) >= 4 and shown in text]
    if not holding:
        raise LookFault(
            why_zh="所指的内容里没有本条的编号，可能是别的记录",
            why_en="what was pointed at does not name this record, so it could be another's",
        )
    typed = holding[0]
    writer.args.setdefault(typed.name, typed)
    said = f"mentions(text, {typed.written()})"
    return [
        f"        found = [text for text in {element}.texts(timeout_s={ANSWER_S}) if {said}]",
        "        return found[0] if found else None",
    ]


def _must_say(line: Line, named: Named, writer: Writer) -> list[str]:
    for typed in named.values.values():
        writer.args.setdefault(typed.name, typed)
    wanted = quoted(line.step.value)
    return [f"        if {wanted} not in {_of(named)}.texts(timeout_s={ANSWER_S}):", "            return None"]


def _of(named: Named) -> str:
    values = ", ".join(f"{name}={typed.written()}" for name, typed in named.values.items())
    return f"self[{quoted(named.name)}]" + (f".of({values})" if values else "")
