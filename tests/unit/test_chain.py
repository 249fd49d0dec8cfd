"""The journal's chain: forging, reading back, and naming the first line that does not fit."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nightclerk.evidence.chain import START, canonical, forge, parse_line, split_tail, walk
from nightclerk.evidence.errors import ChainBroken

AT = "2026-11-22T02:00:00.000Z"
TEXT = st.text(max_size=20)
FACTS = st.dictionaries(TEXT, st.one_of(st.none(), st.booleans(), st.integers(), TEXT, st.lists(TEXT)), max_size=4)


def _journal(*bodies: dict[str, Any]) -> bytes:
    link, data = START, b""
    for body in bodies:
        signed = body["kind"] in {"begin", "step_end", "end"}
        raw, link = forge(link, {"at": AT, **body}, (lambda message: b"s" * 64) if signed else None)
        data += raw
    return data


JOURNAL = _journal({"kind": "begin"}, {"kind": "act", "value": "云杉"}, {"kind": "step_end"}, {"kind": "end"})


def _broken(data: bytes) -> tuple[str, int]:
    with pytest.raises(ChainBroken) as caught:
        list(walk(split_tail(data)[0]))
    return caught.value.kind, caught.value.line


def test_written_lines_read_back_in_order() -> None:
    """What was forged is walked through without a fault, values and all."""
    lines = list(walk(split_tail(JOURNAL)[0]))
    assert [line.kind for line in lines] == ["begin", "act", "step_end", "end"]
    assert [line.seq for line in lines] == [1, 2, 3, 4]
    assert lines[1].body["value"] == "云杉"


def test_body_is_canonical() -> None:
    """Keys are sorted, nothing is padded, and Chinese text stays readable."""
    assert canonical({"b": 1, "a": "单"}) == '{"a":"单","b":1}'.encode()


@settings(max_examples=60, deadline=None)
@given(facts=FACTS)
def test_any_facts_survive_the_line_format(facts: dict[str, Any]) -> None:
    """Line feeds, quotes and braces inside values never break a line in two."""
    raw, link = forge(START, {"kind": "note", "at": AT, "facts": facts})
    assert raw.count(b"\n") == 1
    parsed = parse_line(raw[:-1])
    assert parsed is not None
    assert parsed.body["facts"] == facts
    assert parsed.link == link


def test_an_edited_line_is_named() -> None:
    """One changed value is found at its own line."""
    assert _broken(JOURNAL.replace("云杉".encode(), "雪松".encode())) == ("changed", 2)


def test_a_deleted_line_is_named() -> None:
    """The line that took the missing one's place bears the wrong number."""
    lines = JOURNAL.splitlines(keepends=True)
    assert _broken(b"".join([lines[0], *lines[2:]])) == ("order", 2)


def test_swapped_lines_are_named() -> None:
    """Two lines that changed places are found at the first of them."""
    one, two, three, four = JOURNAL.splitlines(keepends=True)
    assert _broken(one + three + two + four) == ("order", 2)


def test_an_inserted_line_is_named() -> None:
    """A forged line with a fitting number still does not fit the chain after it."""
    lines = JOURNAL.splitlines(keepends=True)
    forged, _ = forge(START, {"kind": "note", "at": AT})
    assert _broken(b"".join([lines[0], forged.replace(b'"seq":1', b'"seq":2'), *lines[1:]])) == ("changed", 2)


def test_a_stripped_signature_is_named() -> None:
    """A line that must be signed cannot pass as one that need not be."""
    start = JOURNAL.index(b',"sig"', JOURNAL.index(b"step_end"))
    stripped = JOURNAL[:start] + b"}" + JOURNAL[JOURNAL.index(b"\n", start) :]
    assert _broken(stripped) == ("unsigned", 3)


def test_garbage_is_named() -> None:
    """A whole line that is no journal line is a fault, not a crash."""
    assert _broken(JOURNAL + b"hello\n") == ("garbled", 5)


def test_a_torn_last_line_is_no_fault() -> None:
    """Cut at any byte, the whole lines before the cut still fit and the rest is told apart."""
    for cut in range(len(JOURNAL)):
        lines, torn = split_tail(JOURNAL[:cut])
        assert len(list(walk(lines))) == JOURNAL[:cut].count(b"\n")
        assert not torn.endswith(b"\n")
