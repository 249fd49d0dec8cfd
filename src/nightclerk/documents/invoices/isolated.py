"""Read invoices in a process of their own, with limits on time and memory: a hostile file can only hurt that."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType

from nightclerk.documents.invoices.faults import BrokenFile
from nightclerk.documents.invoices.worker import receive, send
from nightclerk.domain.invoices import Invoice
from nightclerk.errors import DocumentError


class TooSlow(DocumentError):
    """Facts: file, limit_s."""

    en = "{file}: reading took more than {limit_s:g} s and was stopped. Look at the file by hand; it is kept."
    zh = "{file}：读取超过 {limit_s:g} 秒，已停止。请人工查看；该文件已保留。"


#: Not `-m`: the package has imported the module already, and Python would warn that it runs it twice.
_WORKER = "from nightclerk.documents.invoices.worker import main; main()"


class InvoiceReader:
    """`with InvoiceReader() as reader: reader.read(path)`; one worker process, started again after trouble."""

    def __init__(self, *, timeout_s: float = 60.0, memory_mb: int = 2048, taught: Path | None = None) -> None:
        self.timeout_s, self.memory_mb, self.taught = timeout_s, memory_mb, taught
        self._worker: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> InvoiceReader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def read(self, path: Path, *, with_xml: bool = True) -> list[Invoice]:
        """The invoices of one file. DocumentError when it cannot be read, takes too long or breaks the worker."""
        worker = self._started()
        assert worker.stdin is not None
        assert worker.stdout is not None
        late = threading.Event()

        def stop() -> None:
            late.set()
            worker.kill()

        timer = threading.Timer(self.timeout_s, stop)
        timer.start()
        try:
            send(worker.stdin, (str(path), with_xml, str(self.taught or "")))
            answer = receive(worker.stdout)
        except (BrokenPipeError, EOFError):
            answer = None
        finally:
            timer.cancel()
        if answer is None:
            self.close()
            if late.is_set():
                raise TooSlow(file=path.name, limit_s=self.timeout_s)
            raise BrokenFile(file=path.name, why="the reading process ended")
        if isinstance(answer, BaseException):
            raise answer
        return answer  # type: ignore[return-value]

    def close(self) -> None:
        """End the worker."""
        worker, self._worker = self._worker, None
        if worker is None:
            return
        for stream in (worker.stdin, worker.stdout):
            if stream is not None:
                stream.close()
        worker.kill()
        worker.wait(timeout=10)

    def _started(self) -> subprocess.Popen[bytes]:
        if self._worker is None or self._worker.poll() is not None:
            command = [sys.executable, "-c", _WORKER, str(self.memory_mb)]
            environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
            self._worker = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
        return self._worker
