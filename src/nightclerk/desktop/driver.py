"""Work a desktop program: find by keyboard path, picture or window; type by verified paste; read by copying.

Every act checks that the right window has the keyboard before the first key and after the last one.
GUI libraries are imported when a desktop is opened, so that this module loads anywhere.
"""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import AbstractContextManager
from pathlib import Path

from nightclerk import ocr
from nightclerk.desktop import session
from nightclerk.desktop.bursts import ALIVE_S, COPY_S, POLL_S, SELECT_ALL, Bursts
from nightclerk.desktop.clipboard import Clipboard, open_clipboard, wait_until
from nightclerk.desktop.faults import FieldDiffers, NoFile, NoPlace, NothingCopied, NotResponding, SecondInstance
from nightclerk.desktop.framing import frame_of
from nightclerk.desktop.grids import copied_rows, sure
from nightclerk.desktop.interruptions import Watch, is_described
from nightclerk.desktop.keyboard import Keyboard, open_keyboard, path
from nightclerk.desktop.masks import picture_reader
from nightclerk.desktop.mending import Mender
from nightclerk.desktop.permits import send
from nightclerk.desktop.screen import Screen
from nightclerk.desktop.tree import table_rows
from nightclerk.desktop.view import View
from nightclerk.desktop.ways import other_windows
from nightclerk.desktop.windows import Window, open_windows
from nightclerk.errors import ElementNotFound, WaitTimeout, WrongWindow
from nightclerk.locate.healer import HEAL_AFTER_S, Healer
from nightclerk.ports import AppSettings, Box, Clock, Found, Frame, ScreenState, Selector, SelectorSet


def open_desktop(
    *, selectors: SelectorSet, settings: AppSettings, clock: Clock, folder: Path, healer: Healer | None = None
) -> Desktop:
    """The desktop surface of one app, on this process's own desktop. MissingPart when the machine lacks one."""
    shared = session.open_session()
    try:
        return Desktop(
            selectors=selectors,
            settings=settings,
            clock=clock,
            shared=shared,
            view=View(windows=open_windows(), screen=Screen(), elements=selectors.elements),
            keyboard=open_keyboard(own_desktop=shared.own),
            clipboard=open_clipboard(),
            lock=shared.input_lock,
            healer=healer,
        )
    except BaseException:
        session.close_session()
        raise


class Desktop:
    """A DesktopSurface. The parts are handed in, so that tests can replace each."""

    def __init__(
        self,
        *,
        selectors: SelectorSet,
        settings: AppSettings,
        clock: Clock,
        shared: session.Session,
        view: View,
        keyboard: Keyboard,
        clipboard: Clipboard,
        lock: Callable[[], AbstractContextManager[None]] = contextlib.nullcontext,
        healer: Healer | None = None,
    ) -> None:
        self.selectors = selectors
        self.on_popup: Callable[[str], None] = lambda _name: None
        self._settings, self._clock, self._shared = settings, clock, shared
        self._view, self._clipboard = view, clipboard
        select_all = settings.facts.get("select_all", SELECT_ALL)
        self._bursts = Bursts(
            view=view, keyboard=keyboard, clipboard=clipboard, clock=clock, lock=lock, select_all=select_all
        )
        self._mender = Mender(healer or Healer(app=selectors.app, learns=False), view=view)
        self._reader = picture_reader(settings)
        self._program: int | None = None
        self._before: set[int] = set()  # windows that were there before our program

    # ------------------------------------------------------------------------------------- the program

    def start(self, command: Sequence[str], *, window: str, timeout_s: float) -> None:
        self.stop(timeout_s=3.0)
        log = self._shared.folder / f"{self._settings.name}.log"
        self._before = self._view.system.named()
        self._refuse_second_instance(window)
        self._program = self._shared.keeper.start(command, env=self._shared.env, log=str(log))
        try:
            # a splash screen is no pop-up, and a window of before may belong to a program that is just ending
            self._wait_window(window, timeout_s=timeout_s, watch=False, before=self._before)
        except WaitTimeout as error:
            if not self._ended():
                raise
            last = log.read_text(encoding="utf-8", errors="replace").strip().rpartition("\n")[2]
            raise session.ProgramNotStarted(command=command[0], why=last or "it ended at once") from error

    def stop(self, *, timeout_s: float) -> None:
        if self._program is not None:
            ours = self._view.system.named() - self._before
            self._shared.keeper.stop(self._program, timeout_s=timeout_s)
            self._program = None
            # the next program may get the same window numbers, so that the window manager must have let go of these
            self._wait(lambda: not ours & self._view.system.named(), COPY_S)

    def close(self) -> None:
        """End the program and let go of the desktop (which stays for this process's next app)."""
        self.stop(timeout_s=3.0)
        self._clipboard.close()
        self._view.close()
        session.close_session()

    def kill(self) -> None:
        """End the program at once, from another thread."""
        if self._program is not None:
            self._shared.keeper.stop(self._program, timeout_s=0.2)

    def _ended(self) -> bool:
        return self._program is not None and self._shared.keeper.poll(self._program) is not None

    # ----------------------------------------------------------------------------------------- windows

    def screen(self) -> str:
        height, width = self._view.screen.grab().shape[:2]
        return f"{width}x{height}, {self._shared.dpi} dpi" if self._shared.own else f"{width}x{height}"

    def windows(self) -> list[str]:
        return self._view.titles()

    def wait_window(self, title: str, *, timeout_s: float) -> str:
        return self._wait_window(title, timeout_s=timeout_s, watch=True)

    def focus(self, title: str) -> None:
        """Give the keyboard to the window with this title, which a program may only just be opening."""

        def named() -> list[Window]:
            return [one for one in self._view.system.windows() if re.search(title, one.title)]

        self._wait(lambda: bool(named()), self._settings.timeout_s)
        for window in named():
            self._view.system.focus(window)
            if self._wait(lambda: self._view.is_active(title), COPY_S):
                return
        raise WrongWindow(wanted=title, found=self._shows())

    def active_box(self) -> Box:
        """Where the active window's content stands on the screen."""
        active = self._view.active()
        box = self._view.system.box(active) if active is not None else None
        if box is None:
            raise WrongWindow(wanted="any window", found="-")
        return box

    def outline(self) -> list[str]:
        """The accessibility tree of the active window, for authors of selectors: a line a node."""
        return self._view.outline()

    def _wait_window(self, title: str, *, timeout_s: float, watch: bool, before: Set[int] = frozenset()) -> str:
        lookout = self._lookout()
        for now, last in self._turns(timeout_s):
            active = self._view.active()
            if active is not None and re.search(title, active.title) and active.handle not in before:
                return active.title
            if watch:
                lookout.ask(now)
            if last or (not watch and self._ended()):
                break
        self._refuse_hung_program()
        raise WaitTimeout(condition=f"window {title}", waited_s=timeout_s, showed=self._shows())

    # ----------------------------------------------------------------------------------------- finding

    def find(self, selector: Selector, values: Mapping[str, str], *, timeout_s: float) -> Found:
        lookout, heal_at = self._lookout(), self._clock.monotonic() + min(timeout_s, HEAL_AFTER_S)
        for now, last in self._turns(timeout_s):
            found = self._mender.look(selector, values)
            if found is not None:
                return found
            lookout.ask(now)
            if timeout_s and (last or now >= heal_at):
                heal_at = now + HEAL_AFTER_S
                found = self._mender.find_again(selector, values, over=last)
                if found is not None:
                    return found
            if last:
                break
        self._refuse_hung_program()
        self._refuse_wrong_window(selector)
        if self._view.unread(selector, values):
            ocr.demand()
        raise ElementNotFound(element=selector.name, waited_s=timeout_s, showed=self._shows())

    def exists(self, selector: Selector, values: Mapping[str, str]) -> bool:
        return self._view.count(selector, values) > 0

    def count(self, selector: Selector, values: Mapping[str, str]) -> int:
        return self._view.count(selector, values)

    def wait_gone(self, selector: Selector, values: Mapping[str, str], *, timeout_s: float) -> None:
        if not self._wait(lambda: not self.exists(selector, values), timeout_s):
            raise WaitTimeout(condition=f"{selector.name} gone", waited_s=timeout_s, showed=self._shows())

    def _refuse_wrong_window(self, selector: Selector) -> None:
        active = self._view.active()
        wanted = other_windows(selector, active.title) if active is not None else []
        if active is not None and wanted:
            raise WrongWindow(wanted=" | ".join(wanted), found=active.title)

    def _refuse_strange_window(self) -> None:
        """Keys for no element in particular go to a window of this app, or nowhere."""
        active = self._view.active()
        if self.selectors.elements and (active is None or not is_described(active.title, self.selectors)):
            raise WrongWindow(wanted=self._settings.name, found=active.title if active else "-")

    def _refuse_hung_program(self) -> None:
        active = self._view.active()
        if active is not None and not self._view.system.answers(active, timeout_s=ALIVE_S):
            raise NotResponding(window=active.title, waited_s=ALIVE_S)

    def _refuse_second_instance(self, title: str) -> None:
        there = [one.title for one in self._view.system.windows() if re.search(title, one.title)]
        if there and self.selectors.elements:
            raise SecondInstance(window=there[0])

    def _lookout(self) -> Watch:
        """Who watches one wait for what gets in its way."""
        return Watch(
            app=self._settings.name,
            selectors=self.selectors,
            view=self._view,
            ended=self._ended,
            copy=self.copy,
            close=self.click,
            on_popup=self.on_popup,
        )

    def _turns(self, timeout_s: float) -> Iterator[tuple[float, bool]]:
        """The turns of a wait: (monotonic time, whether this is the last turn)."""
        ends, pause = self._clock.monotonic() + timeout_s, threading.Event()
        while True:
            now = self._clock.monotonic()
            yield now, now >= ends
            pause.wait(POLL_S)

    # ------------------------------------------------------------------------------------------ acting

    def click(self, found: Found) -> None:
        with self._bursts.on(found) as target:
            if target.point is None and not target.keys:
                raise NoPlace(element=found.selector.name, act="click")
            self._bursts.enter(target, found.permit)

    def press(self, keys: str, found: Found | None = None) -> None:
        if found is None:
            with self._bursts.anywhere():
                self._refuse_strange_window()
                self._bursts.keyboard.press(path(keys))
            return
        with self._bursts.on(found) as target:
            if target.node is None or not target.node.focused():  # a second click at once would be a double click
                self._bursts.enter(target, found.permit)
            send(self._bursts.keyboard, path(keys), found.permit, self._clock)

    def fill(self, found: Found, text: str) -> None:
        with self._bursts.on(found) as target:
            if found.selector.secret:
                self._bursts.type_secret(target, text)
            else:
                self._bursts.paste(found, target, text)
            self._bursts.expect_window(target)

    def choose(self, found: Found, option: str) -> None:
        """Type the option's text into an editable choice, and take it."""
        self.fill(found, option)
        with self._bursts.on(found):
            self._bursts.keyboard.press(path("Enter"))

    def check(self, found: Found, on: bool) -> None:
        """Tick a box that the accessibility tree shows; NoPlace else: pictures and keys cannot tell its state."""
        node = found.handle.node
        if node is None:
            raise NoPlace(element=found.selector.name, act="check")
        if node.checked() != on:
            self.click(found)
        if not self._wait(lambda: bool(node.checked()) == on, COPY_S):
            raise FieldDiffers(element=found.selector.name, wanted=str(on), found=str(not on))

    def upload(self, found: Found, files: Sequence[Path]) -> None:
        """Type the paths into a file dialog's field, several ones in quotes."""
        self.fill(found, " ".join(f'"{file}"' for file in files) if len(files) > 1 else str(files[0]))

    def download(self, found: Found, folder: Path, *, timeout_s: float) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        before = _files(folder)
        self.click(found)
        seen: dict[Path, tuple[int, int]] = {}
        done: list[Path] = []

        def complete() -> bool:
            """A new file that has stopped growing."""
            now = {file: stamp for file, stamp in _files(folder).items() if before.get(file) != stamp and stamp[1]}
            done.extend(file for file, stamp in now.items() if seen.get(file) == stamp)
            seen.update(now)
            return bool(done)

        if not wait_until(complete, timeout_s=timeout_s, poll_s=0.05):
            raise NoFile(element=found.selector.name, waited_s=timeout_s, folder=folder.name)
        return done[0]

    # ----------------------------------------------------------------------------------------- reading

    def read(self, found: Found) -> str:
        if found.handle.node is not None:
            return str(found.handle.node.text())
        if found.handle.line is not None:
            return sure(found.handle.line, self._view.sight.again, element=found.selector.name)
        with self._bursts.on(found) as target:
            self._bursts.enter(target)
            whole_window = target.point is None and not target.keys
            text = self._bursts.copy(() if whole_window else self._bursts.select_all)
            self._bursts.expect_window(target)
        if text is None:
            raise NothingCopied(element=found.selector.name, window=target.window.title)
        return text

    def texts(self, selector: Selector, values: Mapping[str, str]) -> list[str]:
        nodes = self._view.nodes(selector, values)
        if nodes:
            return [node.text() for node in nodes]
        found = self._view.find(selector, values)
        return [] if found is None else [self.read(found)]

    def rows(self, selector: Selector, values: Mapping[str, str]) -> list[dict[str, str]]:
        """A grid as the tree, its copy (tab-separated lines) or two looks by OCR have it; the first line is the header.

        By OCR where the element has no other way than by text: the region of that way is the table.
        """
        if all("ocr" in way for way in selector.ways):
            return self._read_rows(selector, values)
        found = self.find(selector, values, timeout_s=self._settings.timeout_s)
        if found.handle.node is not None:
            return table_rows(found.handle.node)
        return copied_rows(self.read(found))

    def _read_rows(self, selector: Selector, values: Mapping[str, str]) -> list[dict[str, str]]:
        ocr.demand()
        rows = self._view.read_rows(selector, values)
        if rows is None:
            self._refuse_wrong_window(selector)
            raise ElementNotFound(element=selector.name, waited_s=0.0, showed=self._shows())
        return rows

    def copy(self) -> str:
        with self._bursts.anywhere():
            return self._bursts.copy() or ""

    def frame(self) -> Frame:
        """The picture of now. What was found private on it must fit it, so that a screen that moves gives none."""
        return frame_of(self._view, self.selectors, self._reader)

    def state(self) -> ScreenState:
        active = self._view.active()
        title = active.title if active else ""
        return ScreenState(where=title, showed=title or self._shows())

    # ------------------------------------------------------------------------------------------ inside

    def _shows(self) -> str:
        return "the program has ended" if self._ended() else ", ".join(self.windows()[:3]) or "no window"

    def _wait(self, condition: Callable[[], bool], timeout_s: float) -> bool:
        return self._bursts.wait(condition, timeout_s)


def _files(folder: Path) -> dict[Path, tuple[int, int]]:
    """Each file of a folder with its time of change and size."""
    stats = {file: file.stat() for file in folder.iterdir() if file.is_file()}
    return {file: (stat.st_mtime_ns, stat.st_size) for file, stat in stats.items()}
