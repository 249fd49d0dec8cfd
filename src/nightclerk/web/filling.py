"""Put text into a field of a page and read it back; date pickers take it only when they are left by keyboard."""

from __future__ import annotations

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Locator

from nightclerk.ports import Found
from nightclerk.web.asking import ask
from nightclerk.web.faults import BROKEN, BrowserTrouble, CannotAct, WrongContent, why_not
from nightclerk.web.grip import Grip

TEXT = """e => e.matches('input[type=checkbox], input[type=radio]') ? (e.checked ? 'on' : 'off')
    : e.matches('input, textarea') ? e.value
    : e.matches('select') ? [...e.selectedOptions].map(o => o.text).join(' ') : e.innerText"""


def put(found: Found, text: str, held: Grip | None = None) -> None:
    """Replace the content. Playwright's own error quotes the text, so nothing of it may go on from here."""
    try:
        if found.permit or not held or not held.fill(text):
            found.handle.fill(text)
        return
    except PlaywrightError as error:
        broken, why = bool(BROKEN.search(str(error))), why_not(str(error))
    if broken:
        raise BrowserTrouble(why=why)
    raise CannotAct(element=found.selector.name, verb="fill", why=why)


def text_of(found: Found, held: Grip | None) -> str:
    """What an element says; a field's content counts as its text."""
    told = held.ask(TEXT) if held else []
    return str(told[0] if told else ask(found.handle, TEXT))


def shown_after(found: Found, text: str, held: Grip | None) -> str:
    """What the field shows after `text` was put into it."""
    shown = text_of(found, held)
    if shown.strip() != text.strip() and _is_date_field(found.handle):
        put(found, text)
        found.handle.press("Enter")
        found.handle.press("Tab")
        shown = ask(found.handle, TEXT)
    return shown


def compare(found: Found, text: str, shown: str) -> None:
    """Raise WrongContent unless the field shows the text, whatever its white space."""
    if " ".join(shown.split()) != " ".join(text.split()):
        hidden = found.selector.secret or found.selector.private
        raise WrongContent(element=found.selector.name, wanted="" if hidden else text, shown="" if hidden else shown)


def _is_date_field(locator: Locator) -> bool:
    return bool(ask(locator, "e => e.type === 'date' || !!e.closest('[class*=picker], [class*=date]')"))
