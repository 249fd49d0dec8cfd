"""How a process of ours speaks: log lines and the traceback of its death, without secrets and people's data."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import Any, TextIO

from loguru import logger

from nightclerk.hush import clean


class CleanStream:
    """A text stream that hands on whole lines, each cleaned. Everything else is the stream's own."""

    def __init__(self, stream: TextIO) -> None:
        self._stream, self._begun = stream, ""

    def write(self, text: str) -> int:
        *lines, self._begun = (self._begun + text).split("\n")
        for line in lines:
            self._stream.write(clean(line) + "\n")
        return len(text)

    def flush(self) -> None:
        """Bring out what was written; a line that is not whole yet is kept back no longer."""
        if self._begun:
            self._stream.write(clean(self._begun))
            self._begun = ""
        self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def speak_cleanly(*, output_too: bool = False) -> None:
    """Clean what this process writes to its standard error (and output); no variable's value goes into a traceback.

    A crash leaves no memory image either, where the system lets us say so; and the browser's driver, which prints all
    that is typed when DEBUG asks for it, is not told of DEBUG.
    """
    sys.stderr = CleanStream(sys.stderr)
    if output_too:
        sys.stdout = CleanStream(sys.stdout)
    logger.remove()
    logger.add(sys.stderr, level="WARNING", diagnose=False, backtrace=False, colorize=False)
    for name in ("DEBUG", "PWDEBUG", "DEBUG_FILE"):
        os.environ.pop(name, None)
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
