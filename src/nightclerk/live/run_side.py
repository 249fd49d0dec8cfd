"""What a run needs so that it can be watched and taken over, put together for the process that performs it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Protocol

from nightclerk.live.door import Door
from nightclerk.live.easel import Easel
from nightclerk.live.holding import Holding, OnScreen
from nightclerk.live.looking import Looking, Subject
from nightclerk.live.takeover import TakeOver
from nightclerk.ports import Film


class Shown(OnScreen, Protocol):
    """The app on the screen, with what the eye must know of it."""

    @property
    def subject(self) -> Subject: ...


class RunSide:
    """Use it as a context around the run; `safe_point` is what the run calls where nothing is half done."""

    def __init__(
        self, *, data: Path, run: str, film: Film, screen: Callable[[], Shown | None], committing: Callable[[], bool],
        stopped: Callable[[], object | None], time_out: Callable[[], AbstractContextManager[object]],
        item: Callable[[], str] = lambda: "", touched: Callable[[], None] = lambda: None,
    ) -> None:  # fmt: skip
        self._screen = screen
        easel, takeover = Easel(), TakeOver(run)
        self._easel, self._looking = easel, Looking(easel)
        self._door = Door(data, takeover=takeover, easel=easel, app=self._app, item=item, refresh=self._refresh)
        holding = Holding(
            takeover=takeover, easel=easel, film=film, screen=screen, committing=committing, stopped=stopped,
            time_out=time_out, touched=touched,
        )  # fmt: skip
        self.safe_point = holding.safe_point

    def __enter__(self) -> RunSide:
        self._door.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._door.__exit__(kind, error, trace)
        self._looking.close()

    def _app(self) -> str:
        screen = self._screen()
        return screen.app if screen is not None else ""

    def _refresh(self, held: bool) -> None:
        screen = self._screen()
        if screen is None:
            self._easel.show(b"", (0, 0), "no_screen")
        elif screen.beside:
            self._looking.refresh(screen.subject, held=held)
