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
from typing import Any

from nightclerk.evidence.errors import LineChanged, LineGarbled, LinesMoved, SignatureGone

FORMAT = "nightclerk-journal/1"

#: Lines that must carry a signature: whatever stands before one of them is sealed by it.
SIGNED_KINDS = frozenset({"begin", "resume", "step_end", "item_end", "end"})

_LINE = re.compile(rb'\{"body":(\{.*\}),"hash":"([0-9a-f]{64})"(?:,"sig":"([A-Za-z0-9+/]{86}==)")?\}')

Sign = Callable[[bytes], bytes]


@dataclass(frozen=True, kw_only=True)
class Link:
    """What the next line is chained to: sequence number, hash and signature of the last line."""

    seq: int = 0
    hash: str = FORMAT
    sig: str = ""


#: The link before the first line of every journal.
START = Link()


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a journal as it was read."""

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


def signed_message(line_hash: str) -> bytes:
    """What a signature is made over: the format's name, a line feed, the line's hash."""
    return f"{FORMAT}\n{line_hash}".encode()


def forge(previous: Link, body: Mapping[str, Any], sign: Sign | None = None) -> tuple[bytes, Link]:
    """Write the next line: its bytes (with the line feed) and the link that the line after it needs."""
    body_bytes = canonical({**body, "seq": previous.seq + 1})
    line_hash = link_hash(previous, body_bytes)
    sig = base64.b64encode(sign(signed_message(line_hash))).decode() if sign else ""
    tail = f',"sig":"{sig}"' if sig else ""
    raw = b'{"body":%s,"hash":"%s"%s}\n' % (body_bytes, line_hash.encode(), tail.encode())
    return raw, Link(seq=previous.seq + 1, hash=line_hash, sig=sig)


def split_tail(data: bytes) -> tuple[list[bytes], bytes]:
    """The whole lines of a journal (without line feeds), and what a crash left of a last one."""
    *lines, torn = data.split(b"\n")
    return lines, torn


def parse_line(raw: bytes) -> Line | None:
    """One line as it reads, or None if it is no journal line at all. Checks no hash."""
    match = _LINE.fullmatch(raw)
    return None if match is None else _line(match)


def walk(raws: Iterable[bytes]) -> Iterator[Line]:
    """Yield the lines that fit the chain, one by one; a kind of `ChainBroken` at the first that does not.

    Signatures are only looked for here (a line that must have one and has none is a fault); whether they
    are good is for `verify`, which needs the key.
    """
    before = FORMAT.encode()
    for number, raw in enumerate(raws, start=1):
        match = _LINE.fullmatch(raw)
        line = match and _line(match)
        if match is None or line is None:
            raise LineGarbled(line=number)
        if line.seq != number:
            raise LinesMoved(line=number, found=line.seq)
        body_bytes, line_hash, sig = match.groups()
        if hashlib.sha256(b"%s\n%s" % (before, body_bytes)).hexdigest() != line.hash:
            raise LineChanged(line=number)
        if not sig and line.kind in SIGNED_KINDS:
            raise SignatureGone(line=number, found=line.kind)
        yield line
        before = line_hash + (sig or b"")


def _line(match: re.Match[bytes]) -> Line | None:
    body_bytes, line_hash, sig = match.groups()
    try:
        body = json.loads(body_bytes.decode())
        return Line(
            seq=body["seq"],
            kind=body["kind"],
            body=body,
            hash=line_hash.decode(),
            sig=(sig or b"").decode(),
        )
    except (ValueError, KeyError):
        return None
