"""What can go wrong in a browser, as sentences; and the one place where Playwright's own errors are translated."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from typing import ClassVar

from playwright.sync_api import Error as PlaywrightError

from nightclerk.errors import ApplicationError


class PageUnavailable(ApplicationError):
    """Facts: url, why (an HTTP status or a network error)."""

    en: ClassVar[str] = "{url} cannot be reached ({why}). It is tried again; if that lasts, check site and network."
    zh: ClassVar[str] = "无法打开 {url}（{why}）。该条稍后重试；若持续如此，请检查网站和网络。"


class BrowserTrouble(ApplicationError):
    """Facts: why."""

    en: ClassVar[str] = "The browser stopped working: {why}. It is started anew for the next attempt."
    zh: ClassVar[str] = "浏览器出现故障：{why}。下次尝试时将重新启动。"


class CannotAct(ApplicationError):
    """Facts: element, verb, why."""

    en: ClassVar[str] = "{element} does not take a {verb}: {why}."
    zh: ClassVar[str] = "{element} 无法执行 {verb}：{why}。"


class WrongContent(ApplicationError):
    """Facts: element, wanted, shown (both empty for secret and private elements)."""

    en: ClassVar[str] = "{element} was given “{wanted}” but shows “{shown}”. Nothing further was done with it."
    zh: ClassVar[str] = "已向 {element} 输入“{wanted}”，但它显示“{shown}”。没有继续操作。"


class NoSuchOption(ApplicationError):
    """Facts: element, option, offered (the options that are there)."""

    en: ClassVar[str] = "{element} has no option “{option}”; it offers {offered}."
    zh: ClassVar[str] = "{element} 没有选项“{option}”；可选的有：{offered}。"


PASSING = re.compile(
    r"context was destroyed|navigat|detached|not attached|Cannot find (default execution )?context|frame was|No frame"
    r"|Frame has been|uniqueContextId",
    re.I,
)
BROKEN = re.compile(r"has been closed|Target closed|crashed|Connection closed|browser has disconnected", re.I)
NETWORK = re.compile(r"net::(ERR_\w+)")


def first_line(error: Exception) -> str:
    """What Playwright says, without its call log."""
    text = str(error).split("Call log:")[0].strip()
    return text.splitlines()[0].removeprefix("Error: ") if text else type(error).__name__


def is_passing(error: PlaywrightError) -> bool:
    """Whether the error only says that the page changed under our hands."""
    return bool(PASSING.search(str(error))) and not BROKEN.search(str(error))


@contextlib.contextmanager
def translated(*, element: str, verb: str) -> Iterator[None]:
    """Turn what Playwright raises within an act into errors of our family."""
    try:
        yield
    except PlaywrightError as error:
        if BROKEN.search(str(error)):
            raise BrowserTrouble(why=first_line(error)) from error
        raise CannotAct(element=element, verb=verb, why=why_not(str(error))) from error


@contextlib.contextmanager
def only_passing(*, element: str, verb: str) -> Iterator[None]:
    """Let through what only says that the page changed under our hands; translate the rest."""
    try:
        yield
    except PlaywrightError as error:
        if is_passing(error):
            raise
        with translated(element=element, verb=verb):
            raise


def why_not(log: str) -> str:
    """The reason in the call log of an act that timed out."""
    for line in reversed(log.splitlines()):
        for sign in ("is not enabled", "is not visible", "is not editable", "is not stable", "intercepts pointer"):
            if sign in line:
                return line.strip(" -")
    return log.splitlines()[0] if log else "?"


def without_query(url: str) -> str:
    """A URL as it may be written down: no query, no fragment."""
    return re.split(r"[?#]", url, maxsplit=1)[0]
