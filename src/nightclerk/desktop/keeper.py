"""A child process that owns the programs of one desktop and ends them when the bot's process is gone.

`python keeper.py [FOLDER]` reads one JSON request a line and answers each with one line:
{"start": [argv], "env": {…}, "cwd": …, "log": path, "pass_fd": n} -> {"pid": n}
{"poll": pid}                      -> {"code": null | n}
{"stop": pid, "timeout_s": s}      -> {"code": n}       (asked first, then killed)
End of input (the bot left, in whatever way) stops every program, the last one first, and
removes FOLDER.
Standard library only, and no import of nightclerk: it must start in milliseconds.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from typing import Any

_PR_SET_PDEATHSIG = 1


def _die_with_keeper() -> None:
    """Linux: the kernel kills this child should the keeper itself be killed."""
    import ctypes

    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class Programs:
    """The programs that were started, by process id."""

    def __init__(self) -> None:
        self._running: dict[int, subprocess.Popen[bytes]] = {}

    def start(self, request: dict[str, Any]) -> int:
        log = request.get("log") or os.devnull
        fds = (request["pass_fd"],) if "pass_fd" in request else ()
        with open(log, "ab") as sink:  # noqa: PTH123 - keeps the start-up free of pathlib
            program = subprocess.Popen(
                request["start"],
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                cwd=request.get("cwd") or None,
                env={**os.environ, **request.get("env", {})},
                pass_fds=fds,
                preexec_fn=_die_with_keeper if sys.platform == "linux" else None,
            )
        self._running[program.pid] = program
        return program.pid

    def poll(self, pid: int) -> int | None:
        program = self._running.get(pid)
        return program.poll() if program else -1

    def stop(self, pid: int, timeout_s: float) -> int:
        program = self._running.pop(pid, None)
        if program is None:
            return -1
        if program.poll() is None:
            program.terminate()
            try:
                program.wait(timeout_s)
            except subprocess.TimeoutExpired:
                program.kill()
        return program.wait()

    def stop_all(self) -> None:
        for pid in reversed(list(self._running)):
            self.stop(pid, timeout_s=2.0)


def _answer(programs: Programs, request: dict[str, Any]) -> dict[str, Any]:
    try:
        if "start" in request:
            return {"pid": programs.start(request)}
        if "poll" in request:
            return {"code": programs.poll(request["poll"])}
        return {"code": programs.stop(request["stop"], float(request.get("timeout_s", 3.0)))}
    except OSError as error:
        return {"error": str(error)}


def main() -> None:
    """Serve requests until standard input ends."""
    with contextlib.suppress(OSError):
        os.setsid()  # Ctrl+C in the bot's terminal must not end the desktop first
    programs = Programs()
    try:
        for line in sys.stdin:
            print(json.dumps(_answer(programs, json.loads(line))), flush=True)
    finally:
        programs.stop_all()
        for folder in sys.argv[1:]:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
