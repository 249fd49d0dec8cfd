"""Work a desktop program: find by keyboard path, picture or window; type by verified paste; read by copying.

Every act checks that the right window has the keyboard before the first key and after the last one.
GUI libraries are imported when a desktop is opened, so that this module loads anywhere.
"""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from pathlib import Path

from nightclerk.desktop import session
from nightclerk.desktop.clipboard import Clipboard, open_clipboard, wait_until
from nightclerk.desktop.faults import FieldDiffers, NoFile, NoPlace, NothingCopied
from nightclerk.desktop.interruptions import Watch
from nightclerk.desktop.keyboard import Chord, Keyboard, RealKeyboard, path
from nightclerk.desktop.masks import held_still, picture_reader
from nightclerk.desktop.permits import mind, send
from nightclerk.desktop.screen import Screen
from nightclerk.desktop.tree import table_rows
from nightclerk.desktop.view import Target, View
from nightclerk.desktop.windows import open_windows
from nightclerk.errors import ApplicationError, ElementNotFound, WaitTimeout, WrongWindow
from nightclerk.ports import AppSettings, Box, Clock, Found, Frame, Permit, ScreenState, Selector, SelectorSet

_POLL_S = 0.01
_PASTE_S = 2.0
_COPY_S = 2.0
_NOTHING_S = 0.1
_TRIES = 2
#: So often a screen that moves is looked at anew before it is left unpictured.
_LOOKS = 4
#: One mouse and one keyboard a process: bursts of two apps never mix.
_INPUT = threading.RLock()


def open_desktop(*, selectors: SelectorSet, settings: AppSettings, clock: Clock, folder: Path) -> Desktop:
    """The desktop surface of one app, on this process's own desktop. MissingPart when the machine lacks one."""
    shared = session.open_session()
    try:
        return Desktop(
            selectors=selectors,
            settings=settings,
            clock=clock,
            shared=shared,
            view=View(windows=open_windows(), screen=Screen()),
            keyboard=RealKeyboard(own_desktop=shared.own),
            clipboard=open_clipboard(),
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
    ) -> None:
        self.selectors = selectors
        self.on_popup: Callable[[str], None] = lambda _name: None
        self._settings, self._clock, self._shared = settings, clock, shared
        self._view, self._keyboard, self._clipboard = view, keyboard, clipboard
        self._reader = picture_reader(settings)
        self._program: int | None = None
        self._before: set[int] = set()  # windows that were there before our program

    # ------------------------------------------------------------------------------------- the program

    def start(self, command: Sequence[str], *, window: str, timeout_s: float) -> None:
        self.stop(timeout_s=3.0)
        log = self._shared.folder / f"{self._settings.name}.log"
        self._before = self._view.system.named()
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
            self._wait(lambda: not ours & self._view.system.named(), _COPY_S)

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

    def windows(self) -> list[str]:
        return self._view.titles()

    def wait_window(self, title: str, *, timeout_s: float) -> str:
        return self._wait_window(title, timeout_s=timeout_s, watch=True)

    def focus(self, title: str) -> None:
        for window in self._view.system.windows():
            if re.search(title, window.title):
                self._view.system.focus(window)
                if self._wait(lambda: self._view.is_active(title), _COPY_S):
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
        raise WaitTimeout(condition=f"window {title}", waited_s=timeout_s, showed=self._shows())

    # ----------------------------------------------------------------------------------------- finding

    def find(self, selector: Selector, values: Mapping[str, str], *, timeout_s: float) -> Found:
        lookout = self._lookout()
        for now, last in self._turns(timeout_s):
            found = self._view.find(selector, values)
            if found is not None:
                return found
            lookout.ask(now)
            if last:
                break
        self._refuse_wrong_window(selector)
        raise ElementNotFound(element=selector.name, waited_s=timeout_s, showed=self._shows())

    def exists(self, selector: Selector, values: Mapping[str, str]) -> bool:
        return self._view.count(selector, values) > 0

    def count(self, selector: Selector, values: Mapping[str, str]) -> int:
        return self._view.count(selector, values)

    def wait_gone(self, selector: Selector, values: Mapping[str, str], *, timeout_s: float) -> None:
        if not self._wait(lambda: not self.exists(selector, values), timeout_s):
            raise WaitTimeout(condition=f"{selector.name} gone", waited_s=timeout_s, showed=self._shows())

    def _refuse_wrong_window(self, selector: Selector) -> None:
        wanted = [str(way.get("window", "")) for way in selector.ways]
        active = self._view.active()
        if active is not None and all(window and not re.search(window, active.title) for window in wanted):
            raise WrongWindow(wanted=" | ".join(dict.fromkeys(wanted)), found=active.title)

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
            pause.wait(_POLL_S)

    # ------------------------------------------------------------------------------------------ acting

    def click(self, found: Found) -> None:
        with self._hands_on(found) as target:
            if target.point is None and not target.keys:
                raise NoPlace(element=found.selector.name, act="click")
            self._enter(target, found.permit)

    def press(self, keys: str, found: Found | None = None) -> None:
        if found is None:
            with _INPUT:
                self._keyboard.press(path(keys))
            return
        with self._hands_on(found) as target:
            if target.node is None or not target.node.focused():  # a second click at once would be a double click
                self._enter(target, found.permit)
            send(self._keyboard, path(keys), found.permit, self._clock)

    def fill(self, found: Found, text: str) -> None:
        with self._hands_on(found) as target:
            if found.selector.secret:
                self._enter(target)
                self._keyboard.press(path("Control+A"))
                self._keyboard.type_ascii(text)
            else:
                self._paste(found, target, text)
            self._expect_window(target)

    def choose(self, found: Found, option: str) -> None:
        """Type the option's text into an editable choice, and take it."""
        self.fill(found, option)
        with self._hands_on(found):
            self._keyboard.press(path("Enter"))

    def check(self, found: Found, on: bool) -> None:
        """Tick a box that the accessibility tree shows; NoPlace else: pictures and keys cannot tell its state."""
        node = found.handle.node
        if node is None:
            raise NoPlace(element=found.selector.name, act="check")
        if node.checked() != on:
            self.click(found)
        if not self._wait(lambda: bool(node.checked()) == on, _COPY_S):
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
        with self._hands_on(found) as target:
            self._enter(target)
            whole_window = target.point is None and not target.keys
            text = self._copy(() if whole_window else path("Control+A"))
            self._expect_window(target)
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
        """A grid as the accessibility tree or its copy (tab-separated lines) has it; the first line is the header."""
        found = self.find(selector, values, timeout_s=self._settings.timeout_s)
        if found.handle.node is not None:
            return table_rows(found.handle.node)
        lines = [line.split("\t") for line in self.read(found).splitlines() if line.strip()]
        return [dict(zip(lines[0], line, strict=False)) for line in lines[1:]]

    def copy(self) -> str:
        with _INPUT:
            return self._copy(()) or ""

    def frame(self) -> Frame:
        """The picture of now. What was found private on it must fit it, so that a screen that moves gives none."""
        for _ in range(_LOOKS):
            if any(self._view.find(marker) is not None for marker in self.selectors.unpictured):
                return Frame(pixels=b"", secret_screen=True)
            pixels = self._view.still_picture()
            declared = self._view.private_boxes(self.selectors.elements.values())
            seen = self._view.text_boxes()
            if held_still(pixels, self._view.screen.grab()):
                reader = self._reader if seen is None else None
                return Frame(pixels=pixels, private=(*declared, *(seen or ())), reader=reader)
        return Frame(pixels=b"", unpictured="the screen did not hold still")

    def state(self) -> ScreenState:
        active = self._view.active()
        title = active.title if active else ""
        return ScreenState(where=title, showed=title or self._shows())

    # ------------------------------------------------------------------------------------------ inside

    @contextlib.contextmanager
    def _hands_on(self, found: Found) -> Iterator[Target]:
        """The keyboard and mouse for one burst, the element's window being the active one, a commit's permit good."""
        target: Target = found.handle
        with _INPUT:
            try:
                self._expect_window(target)
                mind(found.permit, self._clock)
            except ApplicationError as error:
                error.untouched = found.permit is not None
                raise
            yield target

    def _expect_window(self, target: Target) -> None:
        active = self._view.active()
        if active is None or active.handle != target.window.handle:
            raise WrongWindow(wanted=target.window.title, found=active.title if active else "-")

    def _enter(self, target: Target, permit: Permit | None = None) -> None:
        """Go into the element by mouse or keys; a window that is meant as a whole has the caret already."""
        if target.point is not None:
            mind(permit, self._clock)
            self._keyboard.click(*target.point)
        elif target.keys:
            send(self._keyboard, target.keys, permit, self._clock)

    def _paste(self, found: Found, target: Target, text: str) -> None:
        """Paste and read back until the field says exactly `text`."""
        said: str | None = None
        for _ in range(_TRIES):
            self._enter(target)
            taken = self._put(text)
            self._expect_window(target)
            if taken:
                said = self._says(target, text)
                if (said or "") == text:
                    return
                self._expect_window(target)
        raise FieldDiffers(element=found.selector.name, wanted=text, found=said or "")

    def _says(self, target: Target, text: str) -> str | None:
        """What the field says now, where `text` was typed: by the accessibility tree, else by copying it."""
        node = target.node
        if node is None:
            return self._copy(path("Control+A"), timeout_s=_COPY_S if text else _NOTHING_S)
        self._wait(lambda: node.text() == text, _COPY_S)
        return node.text()

    def _put(self, text: str) -> bool:
        """Replace what the field says; False when the program did not take the text from the clipboard."""
        if not text:
            self._keyboard.press(path("Home Shift+End Delete"))
            return True
        self._clipboard.put(text)
        self._keyboard.press(path("Control+A Control+V"))
        return self._clipboard.taken(timeout_s=_PASTE_S)

    def _copy(self, first: tuple[Chord, ...], *, timeout_s: float = _COPY_S) -> str | None:
        self._clipboard.arm()
        self._keyboard.press((*first, *path("Control+C")))
        text = self._clipboard.copied(timeout_s=timeout_s)
        self._clipboard.arm()  # nobody's data stays on the clipboard
        return text

    def _shows(self) -> str:
        return "the program has ended" if self._ended() else ", ".join(self.windows()[:3]) or "no window"

    def _wait(self, condition: Callable[[], bool], timeout_s: float) -> bool:
        return wait_until(condition, timeout_s=timeout_s, poll_s=_POLL_S)


def _files(folder: Path) -> dict[Path, tuple[int, int]]:
    """Each file of a folder with its time of change and size."""
    stats = {file: file.stat() for file in folder.iterdir() if file.is_file()}
    return {file: (stat.st_mtime_ns, stat.st_size) for file, stat in stats.items()}
