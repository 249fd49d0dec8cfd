"""How a process of ours speaks: log lines and the traceback of its death, without secrets and people's data."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import traceback
from collections.abc import Mapping
from typing import Any, TextIO

from loguru import logger

from nightclerk.hush import clean

#: How log lines are written: text or json. Set by `logs:` of the workspace's settings.
LOGS = "NIGHTCLERK_LOGS"


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

    @property
    def behind(self) -> TextIO:
        """The stream itself, for lines that are clean already."""
        return self._stream

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
    log_as(os.environ.get(LOGS, "text"))
    for name in ("DEBUG", "PWDEBUG", "DEBUG_FILE"):
        os.environ.pop(name, None)
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def log_as(kind: str) -> None:
    """Log lines for people (`text`, warnings and worse) or programs (`json`, one object a line); children follow."""
    os.environ[LOGS] = kind
    logger.remove()
    if kind == "json":
        logger.add(_write_json, level="INFO", diagnose=False, backtrace=False)
    else:
        logger.add(sys.stderr, level="WARNING", diagnose=False, backtrace=False, colorize=False)


def _write_json(message: Any) -> None:
    """One log line as JSON, each text in it cleaned; whole lines only, so that processes may share the stream."""
    line = json.dumps(json_line(message.record), ensure_ascii=False)
    stream = sys.stderr.behind if isinstance(sys.stderr, CleanStream) else sys.stderr
    stream.write(line + "\n")
    stream.flush()


def json_line(record: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of one log record: time (ISO), level, message, where, process, what it was about, and the error."""
    facts = {
        "time": record["time"].isoformat(timespec="milliseconds"), "level": record["level"].name,
        "message": clean(record["message"]), "where": f"{record['name']}:{record['line']}",
        "pid": record["process"].id, **{name: clean(str(fact)) for name, fact in record["extra"].items()},
    }  # fmt: skip
    error = record["exception"]
    if error is not None and error.type is not None:
        told = traceback.format_exception(error.type, error.value, error.traceback)
        facts["error"] = clean("".join(told))
    return facts
