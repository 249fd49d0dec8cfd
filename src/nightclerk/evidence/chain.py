"""The journal's chain: how a line is written, linked to the one before it, signed and read back (pure).

The format is written down for outsiders in `docs/evidence-format.md`; a second implementation of its
reading half is `docs/verify_evidence.py`. Change one and you change all three.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from nightclerk.evidence.errors import LineChanged, LineGarbled, LinesMoved, LineTooLong, SignatureGone

FORMAT = "nightclerk-journal/1"

#: No line is longer, so that a reader needs no more memory than this, whatever somebody put there.
LONGEST_LINE = 4 << 20

#: Lines that must carry a signature: whatever stands before one of them is sealed by it.
SIGNED_KINDS = frozenset({"begin", "resume", "step_end", "item_end", "end"})

_LINE = re.compile(rb'\{"body":(\{.*\}),"hash":"([0-9a-f]{64})"(?:,"sig":"([A-Za-z0-9+/]{86}==)")?\}')
_AT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)

Sign = Callable[[bytes], bytes]


@dataclass(frozen=True, kw_only=True)
class Link:
    """What the next line is chained to: sequence number, hash and signature of the last line."""

    seq: int = 0
    hash: str = FORMAT
    sig: str = ""


#: The link before the first line of every journal.
START = Link()


class Line(NamedTuple):
    """One line of a journal as it was read (a tuple: 500,000 of them are made to verify a long run)."""

    seq: int
    kind: str
    body: Mapping[str, Any]
    hash: str
    sig: str = ""

    @property
    def link(self) -> Link:
        return Link(seq=self.seq, hash=self.hash, sig=self.sig)


def canonical(body: Mapping[str, Any]) -> bytes:
    """The one way a body is written: JSON, keys sorted, no spaces, UTF-8, no NaN."""
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("utf-8")


def link_hash(previous: Link, body: bytes) -> str:
    """SHA-256 over the previous line's hash and signature, a line feed, and this body's bytes."""
    return hashlib.sha256(b"%s%s\n%s" % (previous.hash.encode(), previous.sig.encode(), body)).hexdigest()


def signed_message(line_hash: str, form: str = FORMAT) -> bytes:
    """What a signature is made over: the format's name, a line feed, the line's hash."""
    return f"{form}\n{line_hash}".encode()


def forge(
    previous: Link, body: Mapping[str, Any], sign: Sign | None = None, *, form: str = FORMAT
) -> tuple[bytes, Link]:
    """Write the next line: its bytes (with the line feed) and the link that the line after it needs."""
    body_bytes = canonical({**body, "seq": previous.seq + 1})
    line_hash = link_hash(previous, body_bytes)
    sig = base64.b64encode(sign(signed_message(line_hash, form))).decode() if sign else ""
    tail = f',"sig":"{sig}"' if sig else ""
    raw = b'{"body":%s,"hash":"%s"%s}\n' % (body_bytes, line_hash.encode(), tail.encode())
    if len(raw) > LONGEST_LINE:
        raise LineTooLong(kind=body.get("kind", ""), size=len(raw), longest=LONGEST_LINE)
    return raw, Link(seq=previous.seq + 1, hash=line_hash, sig=sig)


def split_tail(data: bytes) -> tuple[list[bytes], bytes]:
    """The whole lines of a journal (without line feeds), and what a crash left of a last one."""
    *lines, torn = data.split(b"\n")
    return lines, torn


def parse_line(raw: bytes) -> Line | None:
    """One line as it reads, or None if it is no journal line at all. Checks no hash."""
    match = _LINE.fullmatch(raw)
    body = _body(match[1]) if match else None
    if match is None or body is None:
        return None
    return Line(body["seq"], body["kind"], body, match[2].decode(), (match[3] or b"").decode())


def walk(
    raws: Iterable[bytes], *, form: str = FORMAT, signed_kinds: frozenset[str] | None = SIGNED_KINDS
) -> Iterator[Line]:
    """Yield the lines that fit the chain, one by one; a kind of `ChainBroken` at the first that does not.

    `signed_kinds` None: every line must be signed. Signatures are only looked for here (a line that must have one
    and has none is a fault); whether they are good is for `verify`, which needs the key.
    """
    before, sha256, fullmatch = form.encode(), hashlib.sha256, _LINE.fullmatch
    for number, raw in enumerate(raws, start=1):
        match = fullmatch(raw)
        if match is None:
            raise LineGarbled(line=number)
        body_bytes, line_hash, sig = match.groups()
        body = _body(body_bytes)
        if body is None:
            raise LineGarbled(line=number)
        if body["seq"] != number:
            raise LinesMoved(line=number, found=body["seq"])
        true_hash, kind = sha256(b"%s\n%s" % (before, body_bytes)).hexdigest(), body["kind"]
        if true_hash != line_hash.decode():
            raise LineChanged(line=number)
        if not sig and (signed_kinds is None or kind in signed_kinds):
            raise SignatureGone(line=number, found=kind)
        yield Line(number, kind, body, true_hash, sig.decode() if sig else "")
        before = line_hash + sig if sig else line_hash


def _body(body_bytes: bytes) -> dict[str, Any] | None:
    """A line's body, or None: no UTF-8, no JSON, a name twice in one object, or a field that two readers could read
    in two ways (a `seq` of 1.0 or true, say)."""
    try:
        text = body_bytes.decode()
        body, end = _decode(text)
        seq, kind, at = body["seq"], body["kind"], body["at"]
    except (ValueError, KeyError, RecursionError):
        return None
    if end != len(text) or type(seq) is not int or type(kind) is not str or not _is_time(at):
        return None
    return body


def _is_time(at: Any) -> bool:
    return type(at) is str and _AT.fullmatch(at) is not None


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


_decode = json.JSONDecoder(object_pairs_hook=_each_name_once, parse_constant=_no_constant).raw_decode
