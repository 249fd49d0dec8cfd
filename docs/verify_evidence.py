"""Verify NightClerk evidence without NightClerk: python verify_evidence.py FOLDER [KEYS] [--heads HEADS.json]

FOLDER is one run's folder or a folder of runs. KEYS is a public key (PEM) or a folder of them (*.pub); without it the
keys beside the runs are believed. HEADS.json holds what was noted down elsewhere: {run: [line, hash]}. Standard library
and `cryptography` only; the format is in evidence-format.md. Exit status 0: nothing was altered. 1: the first fault of
each run is printed.
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

JOURNAL, REMOVED, ACCESS = "nightclerk-journal/1", "nightclerk-removed/1", "nightclerk-access/1"
SIGNED = {"begin", "resume", "step_end", "item_end", "end"}
OF_A_RUN = {"journal.jsonl", "removed.jsonl", "pictures", "files"}
LONGEST = 4 << 20
LINE = re.compile(rb'\{"body":(\{.*\}),"hash":"([0-9a-f]{64})"(?:,"sig":"([A-Za-z0-9+/]{86}==)")?\}')
NAME = re.compile(r'[0-9a-f]{64}(\.webp|-[^\x00-\x1f<>:"/\\|?*]+)')
AT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)
Keys = dict[str, Ed25519PublicKey]
Line = tuple[int, dict[str, Any], str, str]


class Altered(Exception):
    """The evidence is not as it was written."""


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object in which no name stands twice."""
    if len(found := dict(pairs)) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def no_number(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


DECODER = json.JSONDecoder(object_pairs_hook=once, parse_constant=no_number)


def body_of(text: bytes) -> dict[str, Any]:
    """A line's body; empty when two readers could read it in two ways."""
    try:
        body: dict[str, Any] = DECODER.decode(text.decode())
        good = type(body["seq"]) is int and type(body["kind"]) is str and AT.fullmatch(body["at"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}
    return body if good else {}


def lines_of(path: Path, form: str) -> Iterator[Line]:
    """Yield (number, body, hash, signature) of every line that fits the chain."""
    if path.is_symlink() or not path.is_file():
        raise Altered(f"{path.name} is gone or no file")
    previous, number, ended = form, 0, False
    with path.open("rb") as file:
        while raw := file.readline(LONGEST + 1):
            if not raw.endswith(b"\n") and len(raw) <= LONGEST:
                return  # the half line of a crash
            number += 1
            match = LINE.fullmatch(raw[:-1])
            body = body_of(match[1]) if match else {}
            if match is None or not body:
                raise Altered(f"line {number} is not a journal line")
            line_hash, sig = match[2].decode(), (match[3] or b"").decode()
            if body["seq"] != number or (ended and body["kind"] != "resume"):
                raise Altered(f"line {number} is out of order")
            if hashlib.sha256(previous.encode() + b"\n" + match[1]).hexdigest() != line_hash:
                raise Altered(f"line {number} does not fit the line before it")
            if not sig and (form != JOURNAL or body["kind"] in SIGNED):
                raise Altered(f"line {number} has lost its signature")
            yield number, body, line_hash, sig
            previous, ended = line_hash + sig, body["kind"] == "end"


def key_of(logs: Path, name: str, given: Keys | None) -> Ed25519PublicKey:
    """The public key of that name: among those given, else the one that lies beside the runs."""
    beside = logs / "keys" / f"{name}.pub"
    keys = given if given is not None else keys_in(beside) if re.fullmatch("[0-9a-f]{16}", name) else {}
    if name not in keys:
        raise Altered(f"there is no public key {name}")
    return keys[name]


def keys_in(path: Path) -> Keys:
    """Public keys by name, which is the beginning of the SHA-256 of their raw bytes."""
    found = {}
    for file in sorted(path.glob("*.pub")) if path.is_dir() else [path] if path.is_file() else []:
        key = load_pem_public_key(file.read_bytes())
        if not isinstance(key, Ed25519PublicKey):
            raise Altered(f"{file.name} is no Ed25519 key")
        found[hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16]] = key
    return found


def check_signature(key: Ed25519PublicKey, form: str, number: int, line_hash: str, sig: str) -> None:
    try:
        raw = base64.b64decode(sig)
        key.verify(raw, f"{form}\n{line_hash}".encode())
        if base64.b64encode(raw).decode() != sig:  # base64 has spare bits
            raise InvalidSignature
    except InvalidSignature:
        raise Altered(f"the signature of line {number} is not good") from None


def side_chain(path: Path, form: str, logs: Path, given: Keys | None) -> Iterator[Line]:
    """The lines of a chain in which every line is signed by the key that it names."""
    for number, body, line_hash, sig in lines_of(path, form):
        check_signature(key_of(logs, body["key"], given), form, number, line_hash, sig)
        yield number, body, line_hash, sig


def check_files(folder: Path, names: dict[str, int], gone: set[str], complete: bool) -> None:
    """Every file named in the journal has the content its name says; after the end no other file is there."""
    if folder.is_symlink():
        raise Altered(f"{folder.name} is a link")
    for name, line in names.items():
        path = folder / name
        if not path.exists() and not path.is_symlink() and f"{folder.name}/{name}" in gone:
            continue
        if path.is_symlink() or not path.is_file():
            raise Altered(f"{folder.name}/{name} (line {line}) is gone")
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != name[:64]:
                raise Altered(f"{folder.name}/{name} (line {line}) was changed")
    extra = {path.name for path in folder.iterdir()} - names.keys() if complete and folder.is_dir() else ()
    if extra:
        raise Altered(f"{folder.name}/{min(extra)} is in no line of the journal")


def check_anchors(anchors: list[tuple[int, str]], last: int, found: dict[int, str]) -> None:
    for number, head in anchors:
        if last < number:
            raise Altered(f"cut off after line {last}: line {number} was noted down elsewhere")
        if found.get(number) != head:
            raise Altered(f"line {number} is not the one that was noted down elsewhere")


def verify(
    run: Path, given: Keys | None = None, noted: tuple[int, str] | None = None, last: tuple[int, str] | None = None
) -> str:
    """Check one run; returns a sentence, raises Altered. `last`: what was noted down of its removed.jsonl."""
    gone: set[str] = set()
    receipts: dict[int, str] = {}
    anchors, removed, journal_gone = [noted] if noted else [], 0, None
    if (run / "removed.jsonl").exists():
        for number, body, line_hash, _ in side_chain(run / "removed.jsonl", REMOVED, run.parent, given):
            if body["run"] != run.name:
                raise Altered(f"removed.jsonl line {number} is of another run")
            receipts[number] = line_hash
            gone |= set(body["names"])
            anchors, removed = [*anchors, (body["head"][0], body["head"][1])], removed + len(body["names"])
            journal_gone = tuple(body["head"]) if body.get("journal") else journal_gone
    check_anchors([last] if last else [], max(receipts, default=0), receipts)
    if journal_gone and not (run / "journal.jsonl").exists():
        check_anchors([a for a in anchors if a[0]], journal_gone[0], dict([journal_gone]))
        for name in ("pictures", "files"):
            check_files(run / name, {}, gone, True)
        return f"good, its {journal_gone[0]} lines were removed when they were due"
    return verify_journal(run, given, [a for a in anchors if a[0]], gone) + (
        f"; {removed} files removed" * bool(removed)
    )


def verify_journal(run: Path, given: Keys | None, anchors: list[tuple[int, str]], gone: set[str]) -> str:
    opening, ended, number, signed, adopted = None, False, 0, None, 0
    found: dict[int, str] = {}
    noted = {anchor[0] for anchor in anchors}
    named: dict[str, dict[str, int]] = {"pictures": {}, "files": {}}
    for number, body, line_hash, sig in lines_of(run / "journal.jsonl", JOURNAL):
        opening, ended = opening or body, body["kind"] == "end"
        if number in noted:
            found[number] = line_hash
        if body["kind"] == "resume":
            adopted += number - 1 - (signed[0] if signed else 0)
        signed = (number, line_hash, sig) if sig else signed
        if "sha256" in body and body["kind"] in ("picture", "file"):
            name = body["sha256"] + (".webp" if body["kind"] == "picture" else f"-{body['name']}")
            if not NAME.fullmatch(name):
                raise Altered(f"line {number} names no file of a run")
            named[f"{body['kind']}s"].setdefault(name, number)
    check_anchors(anchors, number, found)
    if opening is None or signed is None:
        return "empty: it has not begun"
    if opening["kind"] != "begin" or opening["run"] != run.name or opening["format"] != JOURNAL:
        raise Altered(f"line 1 is not the beginning of run {run.name}")
    check_signature(key_of(run.parent, opening["key"], given), JOURNAL, *signed)  # it vouches for all lines before it
    for folder, names in named.items():
        check_files(run / folder, names, gone, ended)
    if ended and (strange := {path.name for path in run.iterdir()} - OF_A_RUN):
        raise Altered(f"{min(strange)} is no part of a run")
    open_end = "" if ended else f"; not ended, the last {number - signed[0]} lines are unsealed"
    return f"good, {number} lines{open_end}" + (f"; {adopted} lines were unsealed in a crash" * bool(adopted))


def main(where: str | Path, given: str | Path | None = None, heads: str | Path | None = None) -> int:
    """Print one sentence for each run; returns the exit status."""
    path = Path(where).resolve()
    noted = {run: tuple(head) for run, head in json.loads(Path(heads).read_bytes()).items()} if heads else {}
    receipts = {name[8:]: noted.pop(name) for name in sorted(noted) if name.startswith("removed/")}
    keys, bad = keys_in(Path(given)) if given else None, 0
    single = any((path / mark).is_file() for mark in ("journal.jsonl", "removed.jsonl"))
    runs = [
        run
        for run in sorted(path.iterdir())
        if run.name in {*noted, *receipts} or any((run / mark).exists() for mark in OF_A_RUN)
    ]
    for run in [path] if single else runs:
        bad += told(run.name, lambda run=run: verify(run, keys, noted.get(run.name), receipts.get(run.name)))
    before, due = access_of_months(path, keys) if not single else ({}, set())
    noted = {name: last for name, last in {**before, **noted}.items() if name not in due}
    for name in sorted({*noted, *receipts} - {run.name for run in runs}) if not single else ():
        bad += told(name, lambda name=name: verify_access(path, name, keys, noted.get(name)))
    for file in sorted((path / "access").glob("*.jsonl")) if not single else ():
        if f"access/{file.stem}" not in noted:
            bad += told(f"access/{file.stem}", lambda file=file: verify_access(path, f"access/{file.stem}", keys, None))
    return 1 if bad else 0


def access_of_months(logs: Path, keys: Keys | None) -> tuple[dict[str, tuple[int, str]], set[str]]:
    """The last line of each access journal by what the next month's says, and those removed when they were due."""
    before, gone = {}, set()
    for file in sorted((logs / "access").glob("*.jsonl")):
        try:
            for _, body, _, _ in side_chain(file, ACCESS, logs, keys):
                older = body.get("before") or {}
                if "seq" in older:
                    before["access/" + older["file"].removesuffix(".jsonl")] = (older["seq"], older["hash"])
                if body.get("what") == "prune":
                    due = {f"access/{stem}" for stem in body.get("facts", {}).get("access", ())}
                    gone |= {name for name in due if not (logs / f"{name}.jsonl").exists()}
        except (Altered, TypeError, AttributeError, KeyError):
            continue  # told when this file's own turn comes
    return before, gone


def verify_access(logs: Path, name: str, keys: Keys | None, noted: tuple[int, str] | None) -> str:
    """Check one access journal; whatever else was noted down and is not there is missing."""
    path = logs / f"{name}.jsonl"
    if not name.startswith("access/") or not path.exists():
        raise Altered("it is gone")
    found = {number: line_hash for number, _, line_hash, _ in side_chain(path, ACCESS, logs, keys)}
    check_anchors([noted] if noted else [], max(found, default=0), found)
    return f"good, {len(found)} accesses"


def told(name: str, check: Any) -> int:
    try:
        sentence, bad = check(), 0
    except (Altered, OSError, ValueError, KeyError, TypeError, AttributeError, IndexError) as fault:
        sentence, bad = f"ALTERED: {fault}", 1
    print(ascii(f"{name}: {sentence}")[1:-1])  # nothing that hostile evidence says can move the terminal
    return bad


if __name__ == "__main__":
    words = sys.argv[1:]
    at = words.index("--heads") if "--heads" in words else len(words)
    heads = words[at + 1 : at + 2]
    words = words[:at] + words[at + 2 :]
    sys.exit(main(*words[:2], **({"heads": heads[0]} if heads else {})) if words else __doc__)
