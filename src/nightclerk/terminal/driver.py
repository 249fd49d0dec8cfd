"""Work a terminal: find by label, position, text or keys; type with the cursor proven to stand in the field."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from nightclerk.errors import (
    ElementAmbiguous,
    ElementNotFound,
    PermitExpired,
    SessionLost,
    WaitTimeout,
    WorkspaceError,
)
from nightclerk.locate.deciding import Try, decide
from nightclerk.ports import AppSettings, Clock, Found, Frame, Permit, ScreenState, Selector, SelectorSet
from nightclerk.terminal import picture, places
from nightclerk.terminal.faults import FieldRefused, KeyboardLocked, NoKeyboardThere, NoWayThere, TooLong
from nightclerk.terminal.keys import path
from nightclerk.terminal.line import Line
from nightclerk.terminal.places import Target
from nightclerk.terminal.screen import Place, Screen, columns_of

_TURN_S = 0.1
_READ_BACK_S = 2.0


def open_terminal(*, selectors: SelectorSet, settings: AppSettings, clock: Clock) -> Terminal:
    """The terminal surface of one app: `url: tn3270://HOST` or a `command` such as [ssh, host]."""
    return Terminal(selectors=selectors, settings=settings, clock=clock)


def open_line(settings: AppSettings, *, timeout_s: float) -> Line:
    """A new session with the host. MissingPart when there is none to be had."""
    if settings.url:
        from nightclerk.terminal.tn3270 import Tn3270Line

        return Tn3270Line(settings.url, timeout_s=timeout_s, verify=settings.facts.get("verify", "yes") != "no")
    if settings.command:
        from nightclerk.terminal.vt import VtLine

        return VtLine(settings.command, encoding=settings.facts.get("encoding", "utf-8"))
    raise WorkspaceError(
        where="config/apps.yaml", expected=f"url or command for the terminal {settings.name}",
        remedy="Write url: tn3270://HOST or command: [ssh, HOST]",
    )  # fmt: skip


class Terminal:
    """A Surface over one `Line`. `dial` is handed in, so that tests can play the host."""

    def __init__(
        self,
        *,
        selectors: SelectorSet,
        settings: AppSettings,
        clock: Clock,
        dial: Callable[..., Line] = open_line,
    ) -> None:
        self.selectors = selectors
        self.on_popup: Callable[[str], None] = lambda _name: None
        self._settings, self._clock, self._dial = settings, clock, dial
        self._line: Line | None = None

    def start(self, *, timeout_s: float) -> None:
        """Hang up, dial, and wait until the host shows something (and the pattern `window` of apps.yaml)."""
        self.close()
        self._line = self._dial(self._settings, timeout_s=timeout_s)
        wanted = self._settings.window or r"\S"
        for screen, last in self._turns(timeout_s):
            if screen.says(wanted) and not screen.locked:
                return
            if last or not self._line.alive():
                raise WaitTimeout(condition=f"a screen {wanted}", waited_s=timeout_s, showed=screen.title())

    def running(self) -> bool:
        """Whether a session is up."""
        return self._line is not None and self._line.alive()

    def screen(self) -> Screen:
        """The screen of now; empty while there is no session."""
        return self._line.screen() if self._line is not None else Screen(cells=((" ",) * 80,) * 24)

    def lines(self) -> list[str]:
        return self.screen().lines()

    # ----------------------------------------------------------------------------------------- finding

    def find(self, selector: Selector, values: Mapping[str, str], *, timeout_s: float) -> Found:
        crowded, waited_from = None, self._clock.monotonic()
        for screen, last in self._turns(timeout_s):
            tries, hits = self._tries(screen, selector, values)
            decision = decide(tries, waited_s=self._clock.monotonic() - waited_from)
            if decision.ending == "found" and decision.chosen is not None and not screen.locked:
                target = hits[decision.chosen.position][0]
                where = picture.box(target.place) if target.place else None
                return Found(selector=selector, way=decision.chosen.words, box=where, handle=target)
            crowded = hits[decision.chosen.position] if decision.ending == "ambiguous" and decision.chosen else None
            self._interrupted(screen)
            if last:
                break
        if crowded:
            raise ElementAmbiguous(
                element=selector.name, count=len(crowded), first=_words(crowded[0]), second=_words(crowded[1])
            )
        if self.screen().locked:
            raise KeyboardLocked(waited_s=timeout_s, showed=self.screen().title())
        raise ElementNotFound(element=selector.name, waited_s=timeout_s, showed=self.screen().title())

    def _tries(
        self, screen: Screen, selector: Selector, values: Mapping[str, str]
    ) -> tuple[list[Try], list[list[Target]]]:
        hits = [places.targets(screen, selector, way, values) for way in selector.ways]
        pairs = enumerate(zip(selector.ways, hits, strict=True))
        return [Try(way=dict(way), position=n, fits=len(found)) for n, (way, found) in pairs], hits

    def _first(self, selector: Selector, values: Mapping[str, str]) -> list[Target]:
        """What the first way that fits anything fits."""
        _, hits = self._tries(self.screen(), selector, values)
        return next((found for found in hits if found), [])

    def exists(self, selector: Selector, values: Mapping[str, str]) -> bool:
        """Whether it stands there once the host has answered: before that, the screen of the step before shows."""
        self._wait_for_keyboard()
        return self._shows(selector, values)

    def count(self, selector: Selector, values: Mapping[str, str]) -> int:
        self._wait_for_keyboard()
        return len(self._first(selector, values))

    def texts(self, selector: Selector, values: Mapping[str, str]) -> list[str]:
        self._wait_for_keyboard()
        return [target.text for target in self._first(selector, values)]

    def rows(self, selector: Selector, values: Mapping[str, str]) -> list[dict[str, str]]:
        self._wait_for_keyboard()
        screen = self.screen()
        found = (places.rows(screen, selector, way, values) for way in selector.ways)
        return next((rows for rows in found if rows), [])

    def wait_gone(self, selector: Selector, values: Mapping[str, str], *, timeout_s: float) -> None:
        for _screen, last in self._turns(timeout_s):
            if not self._shows(selector, values):
                return
            if last:
                raise WaitTimeout(condition=f"{selector.name} gone", waited_s=timeout_s, showed=self.screen().title())

    # ------------------------------------------------------------------------------------------ acting

    def click(self, found: Found) -> None:
        """Press the element's keys; a field without keys gets the cursor."""
        target: Target = found.handle
        if target.keys:
            for chord in target.keys:
                self._press(chord, found.permit)
        elif target.input:
            self._enter(found)
        else:
            raise NoKeyboardThere(element=found.selector.name, act="click")

    def press(self, keys: str, found: Found | None = None) -> None:
        if found is not None and found.handle.input:
            self._enter(found)
        for chord in path(keys):
            self._press(chord)

    def fill(self, found: Found, text: str) -> None:
        """Clear the field, type, and read it back (a field that hides what is typed cannot be read back)."""
        target: Target = found.handle
        if not target.input or target.place is None:
            raise NoKeyboardThere(element=found.selector.name, act="fill")
        wide = sum(columns_of(character) for character in text)
        if wide > target.place.length:
            raise TooLong(element=found.selector.name, wanted=_shown(found, text), length=target.place.length)
        self._enter(found)
        line = self._live()
        line.clear_field(target.place)
        line.type(text)
        if not found.selector.secret:
            self._read_back(found, target.place, text)

    def choose(self, found: Found, option: str) -> None:
        """Type the option into its field: a terminal has no lists that drop down."""
        self.fill(found, option)

    def check(self, found: Found, on: bool) -> None:
        """Mark a selection field: X for on, empty for off."""
        self.fill(found, "X" if on else "")

    def upload(self, found: Found, files: Sequence[Path]) -> None:
        raise NoKeyboardThere(element=found.selector.name, act="upload")

    def download(self, found: Found, folder: Path, *, timeout_s: float) -> Path:
        raise NoKeyboardThere(element=found.selector.name, act="download")

    def read(self, found: Found) -> str:
        return str(found.handle.text)

    def go(self, place: Place) -> None:
        """Bring the cursor to a place (a person's click), where the terminal has a way there."""
        self._live().enter_field(place)

    def type(self, text: str) -> None:
        """Type at the cursor (a person's typing), once the host gives the keyboard."""
        self._wait_for_keyboard()
        self._live().type(text)

    # ---------------------------------------------------------------------------------------- evidence

    def frame(self) -> Frame:
        screen = self.screen()
        private = [picture.box(place) for place in picture.private_places(screen)]
        for selector in self.selectors.elements.values():
            if selector.private or selector.secret:
                private += [picture.box(place) for place in self._all_places(screen, selector)]
        secret = any(self._shows(marker, {}) for marker in self.selectors.unpictured)
        return Frame(pixels=picture.png(screen), private=tuple(private), secret_screen=secret)

    def state(self) -> ScreenState:
        screen = self.screen()
        return ScreenState(
            where=screen.title(), showed=" / ".join(line.strip() for line in screen.lines()[-2:] if line)
        )

    def close(self) -> None:
        """Hang up."""
        if self._line is not None:
            self._line.close()
            self._line = None

    def kill(self) -> None:
        """Hang up from another thread."""
        if self._line is not None:
            self._line.close()

    # ------------------------------------------------------------------------------------------ inside

    def _all_places(self, screen: Screen, selector: Selector) -> list[Place]:
        """Where a private element stands, for any value of its placeholders."""
        from nightclerk.locate.ways import widened

        wide = [way for way in map(widened, selector.ways) if way is not None]
        found = [target for way in wide for target in places.targets(screen, selector, way, {})]
        return [target.place for target in found if target.place is not None]

    def _enter(self, found: Found) -> None:
        place = found.handle.place
        if not self._live().enter_field(place):
            row, col = self.screen().cursor
            raise NoWayThere(element=found.selector.name, at=place.shown, cursor=f"{row + 1},{col + 1}")

    def _press(self, chord: str, permit: Permit | None = None) -> None:
        """One chord, once the host gives the keyboard; what it brings is the next look's business."""
        self._wait_for_keyboard()
        line = self._live()
        if permit is not None and (left_s := permit.left_s(self._clock)) <= 0:
            raise PermitExpired(element=permit.element, late_s=-left_s)
        line.press(chord)

    def _shows(self, selector: Selector, values: Mapping[str, str]) -> bool:
        return bool(self._first(selector, values))

    def _wait_for_keyboard(self) -> None:
        """Until the host gives the keyboard, which says that its answer is whole. KeyboardLocked; SessionLost."""
        timeout_s = self._settings.timeout_s
        for screen, last in self._turns(timeout_s):
            if not screen.locked:
                return
            self._live()
            if last:
                raise KeyboardLocked(waited_s=timeout_s, showed=screen.title())

    def _read_back(self, found: Found, place: Place, text: str) -> None:
        said = ""
        for screen, last in self._turns(_READ_BACK_S):
            said = screen.text(place)
            if said == text.strip():
                return
            if last:
                break
        raise FieldRefused(element=found.selector.name, wanted=_shown(found, text), found=_shown(found, said))

    def _live(self) -> Line:
        if self._line is None or not self._line.alive():
            raise SessionLost(app=self._settings.name, showed="the line is down")
        return self._line

    def _interrupted(self, screen: Screen) -> None:
        """Close a known pop-up; raise SessionLost for a line that is down or a screen that means it."""
        if screen.locked:
            self._live()
            return
        for popup in self.selectors.popups:
            if self._shows(popup.marker, {}):
                closing = self._first(popup.close, {}) if popup.close else []
                for chord in closing[0].keys if closing else ():
                    self._live().press(chord)
                self.on_popup(popup.name)
                return
        if any(self._shows(marker, {}) for marker in self.selectors.signed_out):
            raise SessionLost(app=self._settings.name, showed=screen.title())
        self._live()

    def _turns(self, timeout_s: float) -> Iterator[tuple[Screen, bool]]:
        """The screens of a wait, a new one at each change: (screen, whether this is the last turn)."""
        ends, pause = self._clock.monotonic() + timeout_s, threading.Event()
        while True:
            screen, now = self.screen(), self._clock.monotonic()
            yield screen, now >= ends
            if self._line is None:
                pause.wait(_TURN_S)
            else:
                self._line.wait_change(screen.serial, min(_TURN_S, max(0.0, ends - now)))


def _words(target: Target) -> str:
    return f"{target.text} ({target.place.shown})" if target.place else target.text


def _shown(found: Found, text: str) -> str:
    """A value for a message: private and secret ones do not show."""
    return "•••" if found.selector.secret or found.selector.private else text
