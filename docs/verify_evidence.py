"""Verify NightClerk evidence without NightClerk: python verify_evidence.py FOLDER [PUBLIC_KEY.pub]

FOLDER is one run's folder or a folder of runs. Standard library and `cryptography` only; the format is in
evidence-format.md. Exit status 0: nothing was altered. 1: the first fault of each run is printed.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

FORMAT = b"nightclerk-journal/1"
SIGNED = {"begin", "resume", "step_end", "item_end", "end"}
LINE = re.compile(rb'\{"body":(\{.*\}),"hash":"([0-9a-f]{64})"(?:,"sig":"([A-Za-z0-9+/]{86}==)")?\}')


class Altered(Exception):
    """The evidence is not as it was written."""


def lines_of(run: Path) -> Iterator[tuple[int, dict[str, Any], bytes, bytes]]:
    """Yield (number, body, hash, signature) of every line that fits the chain."""
    previous, number, ended = FORMAT, 0, False
    with (run / "journal.jsonl").open("rb") as file:
        for raw in file:
            if not raw.endswith(b"\n"):
                return  # the half line of a crash
            number += 1
            match = LINE.fullmatch(raw[:-1])
            if not match:
                raise Altered(f"line {number} is not a journal line")
            body, line_hash, sig = match[1], match[2], match[3] or b""
            if hashlib.sha256(previous + b"\n" + body).hexdigest().encode() != line_hash:
                raise Altered(f"line {number} does not fit the line before it")
            fields = json.loads(body)
            if fields["seq"] != number or (ended and fields["kind"] != "resume"):
                raise Altered(f"line {number} is out of order")
            if fields["kind"] in SIGNED and not sig:
                raise Altered(f"line {number} has lost its signature")
            yield number, fields, line_hash, sig
            previous, ended = line_hash + sig, fields["kind"] == "end"


def key_of(run: Path, name: str, given: str | None) -> Ed25519PublicKey:
    """The public key: the one given, else the one that lies beside the runs."""
    path = Path(given) if given else run.parent / "keys" / f"{name}.pub"
    if not re.fullmatch(r"[0-9a-f]{16}", name) or not path.is_file():
        raise Altered(f"there is no public key {name}")
    key = load_pem_public_key(path.read_bytes())
    if not isinstance(key, Ed25519PublicKey):
        raise Altered(f"{path.name} is no Ed25519 key")
    if hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16] != name:
        raise Altered(f"the public key {path.name} is not {name}")
    return key


def check_files(folder: Path, names: set[str], complete: bool) -> None:
    """Every file named in the journal has the content its name says; after the end no other file is there."""
    for name in sorted(names):
        path = folder / name
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != name[:64]:
            raise Altered(f"{folder.name}/{name} is gone or was changed")
    extra = {path.name for path in folder.iterdir()} - names if complete and folder.is_dir() else ()
    if extra:
        raise Altered(f"{folder.name}/{min(extra)} is in no line of the journal")


def verify(run: Path, given: str | None = None) -> str:
    """Check one run; returns a sentence, raises Altered."""
    opening, ended, number, pictures, files, signed = None, False, 0, set(), set(), []
    for number, body, line_hash, sig in lines_of(run):
        opening, ended = opening or body, body["kind"] == "end"
        if sig:
            signed.append((number, line_hash, sig))
        if body["kind"] == "picture" and "sha256" in body:
            pictures.add(f"{body['sha256']}.webp")
        if body["kind"] == "file":
            files.add(f"{body['sha256']}-{body['name']}")
    if opening is None:
        return "empty: it has not begun"
    if opening["kind"] != "begin" or opening["run"] != run.name:
        raise Altered(f"line 1 is not the beginning of run {run.name}")
    key = key_of(run, opening["key"], given)
    for line, line_hash, sig in signed[-1:]:  # the last signature vouches for all lines before it
        try:
            raw = base64.b64decode(sig)
            key.verify(raw, FORMAT + b"\n" + line_hash)
            if base64.b64encode(raw) != sig:  # base64 has spare bits
                raise InvalidSignature
        except InvalidSignature:
            raise Altered(f"the signature of line {line} is not good") from None
    check_files(run / "pictures", pictures, ended)
    check_files(run / "files", files, ended)
    unsealed = number - signed[-1][0]
    return f"good, {number} lines" + ("" if ended else f"; not ended, the last {unsealed} lines are unsealed")


def main(where: str | Path, given: str | None = None) -> int:
    """Print one sentence for each run; returns the exit status."""
    path = Path(where).resolve()
    marks = ("journal.jsonl", "pictures", "files")
    runs = [run for run in sorted(path.iterdir()) if any((run / mark).exists() for mark in marks)]
    if (path / "journal.jsonl").exists():
        runs = [path]
    bad = 0
    for run in runs:
        try:
            print(f"{run.name}: {verify(run, given)}")
        except (Altered, OSError, ValueError, KeyError, TypeError) as fault:
            bad += 1
            print(f"{run.name}: ALTERED: {fault}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]) if len(sys.argv) > 1 else __doc__)
