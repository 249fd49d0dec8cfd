"""A screen in memory, for testing flows and app classes without a browser: scripted texts, recorded acts."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from nightclerk.errors import (
    ApplicationError,
    ElementAmbiguous,
    ElementNotFound,
    PermitExpired,
    SessionLost,
    WaitTimeout,
)
from nightclerk.locate.ways import filled, way_words
from nightclerk.ports import Box, Clock, Found, Frame, ScreenState, Selector, SelectorSet

#: A picture of one white pixel.
WHITE_PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a49444154789c63f80f0001010100b138f6140000000049454e44ae426082"
)


class FakeSurface:
    """Shows what a test tells it to show, under the names of the selectors, and remembers what was done.

    >>> surface.show("orders.total", "共 3 条")
    >>> surface.when("click", "orders.save", lambda: surface.show("orders.saved", "保存成功"))

    An element with values is shown under its filled name: `show("orders.row(order=7)", …)`; without such an entry
    the plain name answers for all values. Nothing waits: what is not shown now counts as never coming.
    With a `clock` it minds the permits of commits: an act that comes too late does nothing, as on a real screen.
    """

    def __init__(self, selectors: SelectorSet, *, where: str = "fake", clock: Clock | None = None) -> None:
        self._clock = clock
        self.selectors = selectors
        self.on_popup: Callable[[str], None] = lambda name: None
        self.acts: list[tuple[str, str, str]] = []
        self._where = where
        self._shown: dict[str, list[str]] = {}
        self._tables: dict[str, list[dict[str, str]]] = {}
        self._options: dict[str, list[str]] = {}
        self._files: dict[str, Path] = {}
        self._reactions: dict[tuple[str, str], Callable[[], None]] = {}
        self._signed_out = ""

    # ------------------------------------------------------------------------------ what a test scripts

    def show(self, name: str, *texts: str) -> None:
        """Let `name` be on the screen, once for each text."""
        self._shown[name] = list(texts) or [""]

    def hide(self, name: str) -> None:
        """Take `name` off the screen."""
        self._shown.pop(name, None)

    def show_table(self, name: str, rows: Sequence[Mapping[str, str]]) -> None:
        """Let `name` be a table with these rows."""
        self.show(name)
        self._tables[name] = [dict(row) for row in rows]

    def offer(self, name: str, *options: str) -> None:
        """Let `name` be a select with these options."""
        self.show(name)
        self._options[name] = list(options)

    def send(self, name: str, file: Path) -> None:
        """Let a click on `name` download `file`."""
        self.show(name)
        self._files[name] = file

    def when(self, verb: str, name: str, react: Callable[[], None]) -> None:
        """Run `react` after each `verb` on `name`; it may show, hide or raise."""
        self._reactions[verb, name] = react

    def lose_session(self, showed: str = "login") -> None:
        """From now on nothing is found, because the target logged us out."""
        self._signed_out = showed

    def restore_session(self) -> None:
        """End what `lose_session` began."""
        self._signed_out = ""

    # ----------------------------------------------------------------------------------- Surface: reads

    def find(self, selector: Selector, values: Mapping[str, str], *, timeout_s: float) -> Found:
        texts = self._texts(selector, values)
        if not texts:
            raise ElementNotFound(element=selector.name, waited_s=timeout_s, showed=self.state().showed)
        if len(texts) > 1:
            raise ElementAmbiguous(element=selector.name, count=len(texts), first=texts[0], second=texts[1])
        way = way_words(filled(selector.ways[0], values, element=selector.name, where=selector.where))
        return Found(
            selector=selector,
            way=way,
            box=Box(x=0, y=0, width=1, height=1),
            handle=self._key(selector, values),
        )

    def exists(self, selector: Selector, values: Mapping[str, str]) -> bool:
        return bool(self._texts(selector, values))

    def count(self, selector: Selector, values: Mapping[str, str]) -> int:
        return len(self._texts(selector, values))

    def texts(self, selector: Selector, values: Mapping[str, str]) -> list[str]:
        return list(self._texts(selector, values))

    def rows(self, selector: Selector, values: Mapping[str, str]) -> list[dict[str, str]]:
        found = self.find(selector, values, timeout_s=0)
        return [dict(row) for row in self._tables.get(found.handle, [])]

    def wait_gone(self, selector: Selector, values: Mapping[str, str], *, timeout_s: float) -> None:
        if self._texts(selector, values):
            raise WaitTimeout(condition=f"{selector.name} to go away", waited_s=timeout_s, showed=self.state().showed)

    def read(self, found: Found) -> str:
        return self._shown[found.handle][0]

    def _texts(self, selector: Selector, values: Mapping[str, str]) -> list[str]:
        texts = self._shown.get(self._key(selector, values), [])
        if self._signed_out and self.selectors.signed_out and not texts:
            raise SessionLost(app=self.selectors.app, showed=self._signed_out)
        return texts

    def _key(self, selector: Selector, values: Mapping[str, str]) -> str:
        exact = f"{selector.name}({', '.join(f'{name}={value}' for name, value in values.items())})"
        return exact if exact in self._shown else selector.name

    # ----------------------------------------------------------------------------------- Surface: edits

    def click(self, found: Found) -> None:
        self._did("click", found)

    def fill(self, found: Found, text: str) -> None:
        self._shown[found.handle] = [text]
        self._did("fill", found, "•••" if found.selector.secret else text)

    def press(self, keys: str, found: Found | None = None) -> None:
        self._did("press", found, keys)

    def choose(self, found: Found, option: str) -> None:
        offered = self._options.get(found.handle, [])
        if option not in offered:
            raise ApplicationError(f"{found.selector.name}: {option} / {', '.join(offered)}")
        self._shown[found.handle] = [option]
        self._did("choose", found, option)

    def check(self, found: Found, on: bool) -> None:
        self._shown[found.handle] = ["on" if on else "off"]
        self._did("check", found, "on" if on else "off")

    def hover(self, found: Found) -> None:
        self._did("hover", found)

    def double_click(self, found: Found) -> None:
        self._did("double_click", found)

    def right_click(self, found: Found) -> None:
        self._did("right_click", found)

    def drag(self, found: Found, to: Found | None, offset: tuple[int, int]) -> None:
        self._did("drag", found, str(to.handle) if to else f"{offset[0]}, {offset[1]}")

    def tab(self, number: int) -> None:
        self._did("tab", None, str(number))

    def upload(self, found: Found, files: Sequence[Path]) -> None:
        self._did("upload", found, ", ".join(file.name for file in files))

    def download(self, found: Found, folder: Path, *, timeout_s: float) -> Path:
        self._did("download", found)
        if found.handle not in self._files:
            raise WaitTimeout(condition=f"a file from {found.handle}", waited_s=timeout_s, showed=self.state().showed)
        folder.mkdir(parents=True, exist_ok=True)
        return Path(shutil.copy(self._files[found.handle], folder))

    def _did(self, verb: str, found: Found | None, value: str = "") -> None:
        name = found.handle if found else ""
        if found is not None and found.permit is not None and self._clock is not None:
            left_s = found.permit.left_s(self._clock)
            if left_s <= 0:
                raise PermitExpired(element=found.selector.name, late_s=-left_s)
        self.acts.append((verb, name, value))
        react = self._reactions.get((verb, name))
        if react:
            react()

    # ------------------------------------------------------------------------------- pages and pictures

    def goto(self, url: str, *, timeout_s: float) -> None:
        self._where = url
        self.acts.append(("goto", "", url))

    def reload(self, *, timeout_s: float) -> None:
        self.acts.append(("reload", "", self._where))

    def url(self) -> str:
        return self._where

    def title(self) -> str:
        return self._where

    def frame(self) -> Frame:
        return Frame(pixels=WHITE_PIXEL)

    def state(self) -> ScreenState:
        return ScreenState(where=self._where, showed=self._signed_out or ", ".join(self._shown))

    def kill(self) -> None:
        self.acts.append(("kill", "", ""))

    def close(self) -> None:
        self.acts.append(("close", "", ""))
