"""The process that opens strangers' files: reads paths from standard input, writes pickled results to its output.

Started by `isolated.InvoiceReader`; its memory is limited where the system allows it, and the reader ends it
when a file takes too long. What it unpickles it has written itself.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import struct
import sys
from pathlib import Path
from typing import IO, cast

import cv2

from nightclerk.documents.invoices.faults import BrokenFile, TooMuch
from nightclerk.documents.invoices.reader import read_invoices
from nightclerk.errors import NightClerkError


def limit_memory(megabytes: int) -> None:
    """Cap the address space of this process, where the system knows such a limit (Windows does not)."""
    try:
        import resource
    except ImportError:
        return
    size = megabytes * 1024 * 1024
    with contextlib.suppress(ValueError, OSError):  # macOS refuses
        resource.setrlimit(resource.RLIMIT_AS, (size, size))


def send(stream: IO[bytes], value: object) -> None:
    """One length-prefixed pickle."""
    data = pickle.dumps(value)
    stream.write(struct.pack(">I", len(data)) + data)
    stream.flush()


def receive(stream: IO[bytes]) -> object | None:
    """The next value, or None at the end of the stream."""
    head = stream.read(4)
    if len(head) < 4:
        return None
    return pickle.loads(stream.read(struct.unpack(">I", head)[0]))


def answer(path: Path, with_xml: bool, taught: Path | None, megabytes: int) -> object:
    """The invoices of a file, or the sentence about it as an exception to raise."""
    try:
        return read_invoices(path, with_xml=with_xml, taught=taught)
    except MemoryError:
        return TooMuch(file=path.name, what="the memory that it needs", limit=f"{megabytes} MB")
    except (NightClerkError, OSError) as error:
        return error
    except Exception as error:  # whatever a library trips over in a stranger's file is about that file
        return BrokenFile(file=path.name, why=f"{type(error).__name__}: {error}"[:200])


def main() -> None:
    megabytes = int(sys.argv[1])
    limit_memory(megabytes)
    cv2.setNumThreads(1)
    # Libraries may print; the protocol keeps the real standard output to itself.
    output = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    while (asked := receive(sys.stdin.buffer)) is not None:
        path, with_xml, taught = cast("tuple[str, bool, str]", asked)
        send(output, answer(Path(path), with_xml, Path(taught) if taught else None, megabytes))
