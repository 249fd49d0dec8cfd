"""The base of every app class: a site, a desktop program or a terminal worked through named elements."""

from __future__ import annotations

import contextlib
import functools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar, cast

from nightclerk.element import Element
from nightclerk.errors import ApplicationError, WorkspaceError
from nightclerk.gate import CommitGate
from nightclerk.locate.healer import Healer
from nightclerk.locate.parse import did_you_mean
from nightclerk.ports import (
    Account,
    Act,
    ActClass,
    AppSettings,
    Clock,
    DesktopSurface,
    Film,
    Secret,
    Surface,
    TerminalSurface,
    Vault,
    WebSurface,
)
from nightclerk.texts import say

#: How many pages of failed acts an app keeps in one run, beside their pictures.
MOST_PAGES = 20


@dataclass
class Session:
    """What one app works with in one run; built by `app.py`."""

    surface: Surface
    film: Film
    gate: CommitGate
    clock: Clock
    account: Account | None
    vault: Vault
    settings: AppSettings
    files: Path = field(default_factory=Path)
    healer: Healer = field(default_factory=lambda: Healer(app=""))
    alive: Callable[[], None] = lambda: None  # asked before every act: a process that may act no more ends here
    safe_point: Callable[[], object] = lambda: None  # nothing is half done: a person may look, or have the screen

    pages_kept: int = 0

    def still(self) -> dict[str, str]:
        """What a test needs beside the picture of a failure: where it was, on what kind of surface, the kept page."""
        where = ""
        with contextlib.suppress(ApplicationError):
            where = self.surface.state().where
        facts = {"where": where, "surface": type(self.surface).__name__, "page": self.keep_page()}
        return {name: fact for name, fact in facts.items() if fact}

    def keep_page(self) -> str:
        """Keep the page of now, still and masked, with the run's files; its sha256 ("" where there is none to keep).

        Only after a failure, and only so many: a test needs one, and a failure that repeats itself shows nothing new.
        """
        take = getattr(self.surface, "snapshot", None)
        page = take() if take is not None and self.pages_kept < MOST_PAGES else ""
        if not page:
            return ""
        self.pages_kept += 1
        file = self.files / f"page-{self.settings.name}-{self.pages_kept}.html"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(page, encoding="utf-8")
        sha256 = self.film.keep_file(file, kind="page")
        file.unlink()
        return sha256

    @contextlib.contextmanager
    def signing_in(self) -> Iterator[None]:
        """A stretch in which the login screen is no sign of a lost session."""
        whole = self.surface.selectors
        self.surface.selectors = replace(whole, signed_out=())
        try:
            yield
        finally:
            self.surface.selectors = whole


class App:
    """A site or program: verbs over named elements. `class Taobao(WebApp, selectors="taobao")`."""

    #: All app classes by the name of their selectors.
    classes: ClassVar[dict[str, type[App]]] = {}
    #: The name of the folder under `selectors/` ("" for a base class of several apps).
    selectors: ClassVar[str] = ""
    #: Which kind of surface it needs: web, desktop or terminal.
    kind: ClassVar[str] = ""

    def __init_subclass__(cls, *, selectors: str = "", **options: Any) -> None:
        super().__init_subclass__(**options)
        if selectors:
            cls.selectors = selectors
            App.classes[selectors] = cls
        for verb in ("sign_in", "sign_out"):
            if verb in cls.__dict__:
                setattr(cls, verb, _without_session_watch(cls.__dict__[verb]))

    def __init__(self, session: Session) -> None:
        self.session = session
        session.surface.on_popup = self._popup_closed

    def __getitem__(self, name: str) -> Element:
        elements = self.session.surface.selectors.elements
        if name not in elements:
            raise WorkspaceError(
                where=f"selectors/{self.session.settings.name}",
                expected=say("locate.unknown_element", app=self.session.settings.name, name=name),
                remedy=did_you_mean(name, elements),
            )
        return Element(self.session, elements[name])

    def sign_in(self) -> None:
        """Log in. Called on first use and after a lost session, so it must be harmless when logged in."""

    def sign_out(self) -> None:
        """Leave the session; called when the app is let go for good."""

    @property
    def user(self) -> str:
        """The login name of this run's account."""
        return self._account().user

    @property
    def secret(self) -> Secret:
        """The secret of this run's account, to be handed to `fill`."""
        return self.session.vault.get(self._account().secret)

    @property
    def code(self) -> Secret:
        """The one-time code of this run's account, made at the keystroke; to be handed to `fill`."""
        account = self._account()
        return self.session.vault.get(account.otp or account.secret)

    def _account(self) -> Account:
        if self.session.account is None:
            raise _fault(self.session.settings, "account", "config/accounts.yaml")
        return self.session.account

    def _popup_closed(self, name: str) -> None:
        self.session.film.note("popup_closed", {"app": self.session.settings.name, "popup": name})

    def _journal(self, verb: str, act_class: ActClass, value: str | None = None) -> None:
        """Put an act on film that is about the whole screen, not about one element."""
        self.session.film.act(
            Act(
                verb=verb,
                act_class=act_class,
                app=self.session.settings.name,
                value=value,
                where=self.session.surface.state().where,
            )
        )


def _without_session_watch(verb: Callable[[Any], None]) -> Callable[[Any], None]:
    @functools.wraps(verb)
    def watched(app: App) -> None:
        with app.session.signing_in():
            verb(app)

    return watched


def _fault(settings: AppSettings, what: str, where: str) -> WorkspaceError:
    return WorkspaceError(
        where=where,
        expected=say(f"locate.no_{what}", app=settings.name),
        remedy=say(f"locate.no_{what}_remedy", app=settings.name),
    )


class WebApp(App):
    """A site in a browser."""

    kind = "web"

    @property
    def _page(self) -> WebSurface:
        return cast(WebSurface, self.session.surface)

    def open(self, path_or_url: str = "", *, timeout_s: float | None = None) -> None:
        """Go to a page: a full URL, or a path under the app's own `url`."""
        self._page.goto(self.address(path_or_url), timeout_s=timeout_s or self.session.settings.timeout_s)
        self._journal("open", ActClass.READ, re.sub(r"\?[^#]*", "", path_or_url))  # a query may carry anything

    def address(self, path_or_url: str) -> str:
        """The full URL of a path of this app."""
        if re.match(r"[a-z][a-z0-9+.-]*:", path_or_url):
            return path_or_url
        if not self.session.settings.url:
            raise _fault(self.session.settings, "url", "config/apps.yaml")
        return f"{self.session.settings.url.rstrip('/')}/{path_or_url.lstrip('/')}"

    def reload(self) -> None:
        """Load the page again."""
        self._page.reload(timeout_s=self.session.settings.timeout_s)
        self._journal("reload", ActClass.READ)

    def tab(self, number: int) -> None:
        """Go on in the open tab of that number, counted from 1 in the order in which they were opened."""
        self._page.tab(number)
        self._journal("tab", ActClass.READ, str(number))

    @property
    def url(self) -> str:
        """Where the browser is."""
        return self._page.url()

    @property
    def title(self) -> str:
        """The title of the page."""
        return self._page.title()


class DesktopApp(App):
    """A program in its own windows."""

    kind = "desktop"

    @property
    def _desktop(self) -> DesktopSurface:
        return cast(DesktopSurface, self.session.surface)

    def start(self, *, timeout_s: float | None = None) -> None:
        """Start the program and wait for its window."""
        settings = self.session.settings
        if not settings.command:
            raise _fault(settings, "command", "config/apps.yaml")
        timeout_s = timeout_s or settings.timeout_s
        self._desktop.start(settings.command, window=settings.window, timeout_s=timeout_s)
        self._journal("start", ActClass.READ, self._desktop.screen())

    def stop(self, *, timeout_s: float = 10.0) -> None:
        """End the program that `start` started."""
        self._desktop.stop(timeout_s=timeout_s)
        self._journal("stop", ActClass.READ)

    def windows(self) -> list[str]:
        """Titles of the visible windows, topmost first."""
        return self._desktop.windows()

    def wait_window(self, title: str, *, timeout_s: float | None = None) -> str:
        """Wait until the topmost window's title matches the pattern; returns the title."""
        shown = self._desktop.wait_window(title, timeout_s=timeout_s or self.session.settings.timeout_s)
        self._journal("wait_window", ActClass.READ, shown)
        return shown

    def focus(self, title: str) -> None:
        """Bring the window whose title matches the pattern to the front."""
        self._desktop.focus(title)
        self._journal("focus", ActClass.READ, title)

    def press(self, *keys: str) -> None:
        """Press chords one after the other in the active window."""
        self.session.safe_point()
        for chord in keys:
            self.session.alive()
            self._desktop.press(chord)
        self._journal("press", ActClass.EDIT, " ".join(keys))

    def copy(self) -> str:
        """Copy what is selected, and return it."""
        text = self._desktop.copy()
        self._journal("copy", ActClass.READ, text)
        return text


class TerminalApp(App):
    """A host's screens over a terminal line."""

    kind = "terminal"

    @property
    def _terminal(self) -> TerminalSurface:
        return cast(TerminalSurface, self.session.surface)

    def start(self, *, timeout_s: float | None = None) -> None:
        """Dial the host and wait for its first screen."""
        self._terminal.start(timeout_s=timeout_s or self.session.settings.timeout_s)
        self._journal("start", ActClass.READ)

    def running(self) -> bool:
        """Whether the session is up."""
        return self._terminal.running()

    def lines(self) -> list[str]:
        """The lines of the screen."""
        return self._terminal.lines()

    def press(self, *keys: str) -> None:
        """Press chords one after the other, each once the host gives the keyboard."""
        self.session.safe_point()
        for chord in keys:
            self.session.alive()
            self._terminal.press(chord)
        self._journal("press", ActClass.EDIT, " ".join(keys))


def app_class(name: str, classes: Sequence[type[App]] = ()) -> type[App]:
    """The app class whose selectors are called `name`, among `classes` or all that were imported."""
    known = {kind.selectors: kind for kind in classes} or App.classes
    if name not in known:
        raise WorkspaceError(
            where="flows/apps",
            expected=say("locate.unknown_app", app=name),
            remedy=did_you_mean(name, known),
        )
    return known[name]
