"""A named thing on a screen and what can be done with it; every act goes to the journal, a commit through the gate."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from nightclerk.domain.privacy import mask
from nightclerk.errors import ApplicationError, ElementAmbiguous, ElementNotFound, GuardError, NightClerkError
from nightclerk.hush import hide
from nightclerk.locate.healer import ElementUnsure, unsure_to_act
from nightclerk.locate.reads import Value, first_group, typed
from nightclerk.ports import Act, ActClass, Found, Frame, Secret, Selector, WebSurface

if TYPE_CHECKING:
    from nightclerk.screens import Session

#: How long one look lasts while waiting for the first of several.
GLANCE_S = 0.5


class OnlyOnPages(GuardError):
    """Facts: element."""

    en: ClassVar[str] = "{element} is not on a web page: hover and drag work in a browser only."
    zh: ClassVar[str] = "{element} 不在网页上：悬停和拖动只能用于浏览器。"


@dataclass(frozen=True)
class Element:
    """One element of an app, by name. It is a description: the screen is asked at each use."""

    session: Session = field(repr=False)
    selector: Selector
    values: Mapping[str, str] = field(default_factory=dict)

    def of(self, **values: object) -> Element:
        """This element with the `{placeholders}` of its selector filled in."""
        return replace(self, values={**self.values, **{name: str(value) for name, value in values.items()}})

    # ------------------------------------------------------------------------------------------- edits

    def click(self, *, timeout_s: float | None = None) -> None:
        """Click it once."""
        with self._act("click", timeout_s) as found:
            self.session.surface.click(found)

    def fill(self, text: str | Secret, *, timeout_s: float | None = None) -> None:
        """Replace its content by `text`; the surface reads it back."""
        if isinstance(text, Secret):
            with self._act("fill", timeout_s, secret=True) as found:
                self.session.surface.fill(found, text.reveal())
        else:
            if self.selector.secret:
                hide(text)
            with self._act("fill", timeout_s, value=text) as found:
                self.session.surface.fill(found, text)

    def press(self, keys: str, *, timeout_s: float | None = None) -> None:
        """Press one chord in it, such as "Enter" or "Control+A"."""
        with self._act("press", timeout_s, value=keys) as found:
            self.session.surface.press(keys, found)

    def choose(self, option: str, *, timeout_s: float | None = None) -> None:
        """Pick the option that says `option`."""
        with self._act("choose", timeout_s, value=option) as found:
            self.session.surface.choose(found, option)

    def check(self, on: bool = True, *, timeout_s: float | None = None) -> None:
        """Tick it, or take the tick off."""
        with self._act("check", timeout_s, value="on" if on else "off") as found:
            self.session.surface.check(found, on)

    def upload(self, files: Path | Sequence[Path], *, timeout_s: float | None = None) -> None:
        """Hand it one file or several."""
        paths = [files] if isinstance(files, Path) else list(files)
        with self._act("upload", timeout_s, value=", ".join(path.name for path in paths)) as found:
            self.session.surface.upload(found, paths)

    def hover(self, *, timeout_s: float | None = None) -> None:
        """Hold the mouse over it, so that its menu opens."""
        with self._act("hover", timeout_s) as found:
            self._web().hover(found)

    def double_click(self, *, timeout_s: float | None = None) -> None:
        """Click it twice at once, as a grid wants it that opens a row."""
        with self._act("double_click", timeout_s) as found:
            self._web().double_click(found)

    def right_click(self, *, timeout_s: float | None = None) -> None:
        """Open the menu that the page has for it."""
        with self._act("right_click", timeout_s) as found:
            self._web().right_click(found)

    def drag(
        self, to: Element | None = None, *, offset: tuple[int, int] = (0, 0), timeout_s: float | None = None
    ) -> None:
        """Drag it onto another element, or by an offset in pixels."""
        with self._act("drag", timeout_s, value=to._label() if to else f"{offset[0]}, {offset[1]}") as found:
            self._web().drag(found, to._find(timeout_s) if to else None, offset)

    def download(self, *, timeout_s: float | None = None) -> Path:
        """Click it and return the file that comes; a copy stays with the run's evidence."""
        with self._act("download", timeout_s) as found:
            file = self.session.surface.download(found, self.session.files, timeout_s=self._timeout(timeout_s))
        self.session.film.keep_file(file, kind="download")
        return file

    # ------------------------------------------------------------------------------------------- reads

    def read(self, *, timeout_s: float | None = None) -> Value:
        """What it says, as the type that its selector's `reads` names."""
        with self._failures("read"):
            found = self._find(timeout_s)
            text = first_group(self.session.surface.read(found), self.selector.ways, self.values)
            self._rely(found, ActClass.READ)
            self._journal("read", ActClass.READ, found=found, value=text)
            return typed(text, self.selector.reads, element=self.selector.name)

    def texts(self, *, timeout_s: float = 0) -> list[str]:
        """The texts of all that fit; waits up to `timeout_s` for the first."""
        with self._failures("texts"):
            if timeout_s:
                self._wait_any(timeout_s)
            texts = self.session.surface.texts(self.selector, self.values)
            self._seen(bool(texts))
            self._journal("texts", ActClass.READ, value=" | ".join(texts))
            return texts

    def rows(self, *, timeout_s: float | None = None) -> list[dict[str, str]]:
        """The table or grid as one mapping a row, keyed by header text; waits for the table."""
        with self._failures("rows"):
            found = self._find(timeout_s)
            rows = self.session.surface.rows(self.selector, self.values)
            self._rely(found, ActClass.READ)
            self._journal("rows", ActClass.READ, found=found, value=f"{len(rows)} rows")
            return rows

    def exists(self, *, timeout_s: float = 0) -> bool:
        """Whether it is on the screen; waits up to `timeout_s` for it."""
        with self._failures("exists"):
            if timeout_s:
                self._wait_any(timeout_s)
            there = self.session.surface.exists(self.selector, self.values)
            self._seen(there)
            self._journal("exists", ActClass.READ, value="yes" if there else "no")
            return there

    def count(self) -> int:
        """How many things on the screen fit."""
        with self._failures("count"):
            number = self.session.surface.count(self.selector, self.values)
            self._seen(number > 0)
            self._journal("count", ActClass.READ, value=str(number))
            return number

    def wait(self, *, timeout_s: float | None = None) -> Element:
        """Wait until it is visible."""
        with self._failures("wait"):
            found = self._find(timeout_s)
            self._rely(found, ActClass.READ)
            self._journal("wait", ActClass.READ, found=found)
        return self

    def wait_gone(self, *, timeout_s: float | None = None) -> None:
        """Wait until it is no longer visible."""
        with self._failures("wait_gone"):
            self.session.surface.wait_gone(self.selector, self.values, timeout_s=self._timeout(timeout_s))
            self._journal("wait_gone", ActClass.READ)

    # ----------------------------------------------------------------------------------------- inside

    @contextlib.contextmanager
    def _act(
        self, verb: str, timeout_s: float | None, *, value: str | None = None, secret: bool = False
    ) -> Iterator[Found]:
        """Find, pass the gate if this is a commit, journal, and let the caller act on what was found."""
        commit = self.selector.commits
        with self._failures(verb):
            if commit:
                self.session.gate.demand(self.selector.name, follows=self.selector.follows)
            found = self._find(timeout_s)
            if secret:
                found = replace(found, selector=replace(found.selector, secret=True))
                value = None
            self._rely(found, ActClass.COMMIT if commit else ActClass.EDIT)
            if commit:
                found = self._admitted(verb, found, value)
            self.session.alive()
            yield found
            if not commit:
                self._journal(verb, ActClass.EDIT, found=found, value=value)
        if commit:
            self._film_after_commit(verb)

    def _admitted(self, verb: str, found: Found, value: str | None) -> Found:
        """Put a commit on film, then pass the gate with it; what was found comes back with its permit."""
        name, frame = self.selector.name, self._frame()
        self._journal(verb, ActClass.COMMIT, found=found, value=value, frame=frame)
        permit = self.session.gate.allow(name, follows=self.selector.follows, found=found, frame=frame)
        return replace(found, permit=permit)

    def _rely(self, found: Found, act_class: ActClass) -> None:
        """Use what was found: an edit of a healed element must be safe enough, and be borne out by a later read."""
        healer = self.session.healer
        if not found.healed:
            if act_class is ActClass.READ:
                healer.witness()
            return
        if act_class is ActClass.EDIT and found.trust is not ActClass.EDIT:
            raise unsure_to_act(found)
        healer.used(self.selector.name, edit=act_class is ActClass.EDIT)

    def _seen(self, something: bool) -> None:
        """A look that found something, by the ways of the files alone, bears out what was done before it."""
        if something:
            self.session.healer.witness()

    def _find(self, timeout_s: float | None) -> Found:
        return self.session.surface.find(self.selector, self.values, timeout_s=self._timeout(timeout_s))

    def _web(self) -> WebSurface:
        """The surface, where it has a mouse that can hover and drag."""
        if not hasattr(self.session.surface, "drag"):
            raise OnlyOnPages(element=self.selector.name)
        return cast(WebSurface, self.session.surface)

    def _timeout(self, timeout_s: float | None) -> float:
        return self.session.settings.timeout_s if timeout_s is None else timeout_s

    def _wait_any(self, timeout_s: float) -> None:
        """Wait until at least one thing fits, or until the time is over."""
        surface = self.session.surface
        for _ in range(math.ceil(timeout_s / GLANCE_S)):
            if surface.count(self.selector, self.values):
                return
            missing = contextlib.suppress(ElementNotFound, ElementAmbiguous, ElementUnsure)  # not yet, or not at all
            with missing, self.session.healer.glancing():
                surface.find(self.selector, self.values, timeout_s=min(GLANCE_S, timeout_s))
                return

    def _journal(
        self,
        verb: str,
        act_class: ActClass,
        *,
        found: Found | None = None,
        value: str | None = None,
        frame: Frame | None = None,
    ) -> None:
        hidden = self.selector.secret or (found is not None and found.selector.secret)
        self.session.film.act(
            Act(
                verb=verb,
                act_class=act_class,
                app=self.session.settings.name,
                element=self._label(),
                way=found.way if found else "",
                box=found.box if found else None,
                value=None if hidden else value,
                private=self.selector.private,
                where=self.session.surface.state().where,
            ),
            frame=frame,
        )

    def _label(self) -> str:
        """The name with its values, for the journal: `orders.row_ship(order=123)`."""
        if not self.values:
            return self.selector.name
        return f"{self.selector.name}({', '.join(f'{name}={value}' for name, value in self.values.items())})"

    def _frame(self) -> Frame | None:
        """The picture of now; None where the screen cannot be pictured, which must not stop the act itself."""
        with contextlib.suppress(ApplicationError):
            return self.session.surface.frame()
        return None

    def _film_after_commit(self, verb: str) -> None:
        self.session.film.note("after_commit", {"element": self._label(), "verb": verb}, frame=self._frame())

    @contextlib.contextmanager
    def _failures(self, verb: str) -> Iterator[None]:
        """Put a failed act on film, with the picture of what the screen shows. Before and after it is a safe point."""
        self.session.safe_point()
        try:
            yield
        except NightClerkError as error:
            facts = {
                "verb": verb,
                "app": self.session.settings.name,
                "element": self._label(),
                "error": type(error).__name__,
                "reason": mask(str(error)),
                "picture": self.session.film.picture(self._frame()),
                **self.session.still(),
            }
            self.session.film.note("act_failed", facts)
            self.session.safe_point()
            raise
