"""Read many files at once, each in a worker process with limits, and hand the results over in the files' order."""

from __future__ import annotations

import os
import queue
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from nightclerk.documents.invoices.isolated import InvoiceReader
from nightclerk.domain.invoices import Invoice
from nightclerk.errors import DocumentError

Result = list[Invoice] | DocumentError


def read_many(
    files: Sequence[Path],
    *,
    with_xml: bool = True,
    jobs: int = 0,
    timeout_s: float = 60.0,
    memory_mb: int = 2048,
    taught: Path | None = None,
) -> Iterator[tuple[Path, Result]]:
    """(file, its invoices or the sentence about it), in the order of the files; a bad file stops nothing.

    `jobs` worker processes (0 = one a core, at most four); each file may take `timeout_s` and `memory_mb`.
    """
    count = max(1, min(jobs or min(os.cpu_count() or 1, 4), len(files)))
    readers: queue.SimpleQueue[InvoiceReader] = queue.SimpleQueue()
    started = [InvoiceReader(timeout_s=timeout_s, memory_mb=memory_mb, taught=taught) for _ in range(count)]
    for reader in started:
        readers.put(reader)

    def read(file: Path) -> Result:
        reader = readers.get()
        try:
            return reader.read(file, with_xml=with_xml)
        except DocumentError as error:
            return error
        finally:
            readers.put(reader)

    try:
        with ThreadPoolExecutor(max_workers=count) as threads:
            yield from zip(files, threads.map(read, files), strict=True)
    finally:
        for reader in started:
            reader.close()
