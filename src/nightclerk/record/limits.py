"""How long a recording waits: a browser that no longer answers is ended, and nobody is waited for without end."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

from nightclerk.errors import ApplicationError

#: No call to a browser takes this long: the page has stopped (an endless script), or the browser has.
STUCK_AFTER_S = 120.0
#: A person who does nothing for this long has gone away; what was recorded until then is written.
AWAY_AFTER_S = 3600.0
#: A question that nobody answers in the bar for this long is put in the terminal, or takes its likely answer.
ANSWER_WITHIN_S = 600.0
_PROFILES = "nightclerk-recording-"


class RecordingStuck(ApplicationError):
    """Facts: waited_s. The browser was ended; nothing has been written."""

    zh = "网页 {waited_s:g} 秒没有响应，已关闭录制用的浏览器，没有写入任何文件。请检查该网页后重新录制。"
    en = (
        "The page has not answered for {waited_s:g} s: the recorder's browser was closed and nothing was written. "
        "Look at that page, then record again."
    )


class ScriptFailed(ApplicationError):
    """Facts: where (file:line of the script), said (what the browser said, in its words)."""

    zh = "{where}：脚本做到这里时浏览器报告：{said}。没有写入任何文件；请修正脚本后重新录制。"
    en = "{where}: here the browser told the script: {said}. Nothing was written; mend the script and record again."


class Guard:
    """Ends a browser that does not come back from a call. `beat` says that it did; `tripped` that it was ended."""

    def __init__(self, end: Callable[[], object], *, after_s: float = STUCK_AFTER_S) -> None:
        self.after_s = after_s
        self.tripped = False
        self._end = end
        self._beat_at = time.monotonic()

    def beat(self) -> None:
        """The browser has answered."""
        self._beat_at = time.monotonic()

    @contextlib.contextmanager
    def watching(self, *, waits: Callable[[], bool] = lambda: False) -> Iterator[None]:
        """Watch while the body runs. `waits`: whether the browser rightly waits for the person (a box of its own)."""
        over = threading.Event()
        self.beat()
        thread = threading.Thread(target=self._watch, args=(over, waits), name="recording-guard", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _watch(self, over: threading.Event, waits: Callable[[], bool]) -> None:
        while not over.wait(min(1.0, self.after_s / 4)):
            if waits():
                self.beat()
            elif time.monotonic() - self._beat_at > self.after_s:
                self.tripped = True
                self._end()
                return


@contextlib.contextmanager
def own_profile() -> Iterator[Path]:
    """A folder for the browser's profile, gone afterwards; those of recorders that were killed go as well."""
    _sweep(Path(tempfile.gettempdir()))
    prefix = f"{_PROFILES}{psutil.Process().pid}-"
    with tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def _sweep(folder: Path) -> None:
    """Remove the profiles of recorders that no longer run: a signed-in person's cookies would stay in them."""
    for left in folder.glob(f"{_PROFILES}*"):
        owner = left.name.removeprefix(_PROFILES).partition("-")[0]
        if owner.isdigit() and not psutil.pid_exists(int(owner)):
            shutil.rmtree(left, ignore_errors=True)
