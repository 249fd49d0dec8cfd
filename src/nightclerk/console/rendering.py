"""Turns a page's facts into HTML: the template environment, its filters, and the frame that every page shares."""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from nightclerk.console import assets
from nightclerk.console.services import Services
from nightclerk.texts import catalogue, current_language, say

HERE = Path(__file__).parent

#: State, outcome or effect -> the colour family of its badge (see console.css).
TONES = {
    "done": "good", "ran": "good", "confirmed": "good", "matched": "good", "ok": "good",
    "running": "busy", "in_progress": "busy", "submitting": "busy",
    "new": "calm", "planned": "calm", "queued": "calm", "intent": "calm", "skipped": "calm", "cancelled": "calm",
    "withdrawn": "calm",
    "waiting": "ask", "paused": "ask", "late": "ask", "abandoned": "ask", "rejected": "ask",
    "in_doubt": "doubt", "doubt": "doubt",
    "failed": "bad", "crashed": "bad", "missed": "bad", "blocked": "bad",
}  # fmt: skip


def words(key: str, fallback: str) -> str:
    """The text of a key, or the fallback for a word that the catalogue does not know (a new state, a file's kind)."""
    return say(key) if key in catalogue() else fallback


def result_words(text: str) -> str:
    """What a flow returned: figures such as {"orders": 48} as words, anything else as it is."""
    try:
        found = json.loads(text)
    except ValueError:
        return text
    if not isinstance(found, dict):
        return text
    return " · ".join(f"{words(f'console.result.{name}', name)} {value}" for name, value in found.items())


def badge(state: Any, kind: str = "state") -> Markup:
    """A state as a coloured word; the dot repeats the tone for people who do not see colours."""
    text = words(f"console.{kind}.{state}", str(state))
    tone = TONES.get(str(state), "calm")
    return Markup('<span class="nc-badge nc-{}" data-state="{}">{}</span>').format(tone, state, text)


def title_of(bot: Any) -> str:
    """A bot's title in the current language."""
    return bot.title.get(current_language()) or next(iter(bot.title.values()), "") or bot.name


def shown(value: Any) -> str:
    """A value of a payload or form as a person reads it."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return say("console.yes" if value else "console.no")
    if isinstance(value, (datetime, date)):
        return value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:,.2f}"
    if isinstance(value, dict):
        return "; ".join(f"{name}: {shown(inner)}" for name, inner in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(shown(inner) for inner in value)
    return str(value)


def money(value: Any) -> str:
    """An amount with thousands and two places, so that two can be compared at a glance; other text as it is."""
    try:
        return f"{Decimal(str(value).replace(',', '')):,.2f}"
    except InvalidOperation:
        return shown(value)


def fresh_id() -> str:
    """A number for one form on one page, so that it acts once however often it is sent."""
    return secrets.token_hex(8)


def span(seconds: float | None) -> str:
    """A stretch of time in the two largest units."""
    if seconds is None:
        return "–"
    if seconds < 60:
        return say("console.span.seconds", n=f"{seconds:.1f}" if seconds < 10 else f"{seconds:.0f}")
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return say("console.span.hours", hours=hours, minutes=f"{minutes:02d}")
    return say("console.span.minutes", minutes=minutes, seconds=f"{rest:02d}")


def with_query(request: Request, **changes: Any) -> str:
    """This page's address with some parameters changed, or dropped when None."""
    query = dict(request.query_params)
    query.update({name: str(value) for name, value in changes.items() if value is not None})
    for name in [name for name, value in changes.items() if value is None] + ["said"]:
        query.pop(name, None)
    return request.url.path + (f"?{urlencode(query)}" if query else "")


@cache
def _fingerprint(path: Path, changed: float) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


def static(name: str) -> str:
    """The address of one of our own files, changing with its content."""
    path = assets.OWN / name
    return f"/static/{name}?v={_fingerprint(path, path.stat().st_mtime)}"


def icon(name: str) -> Markup:
    """One drawing of our icon file; hidden from screen readers, the words beside it speak."""
    address = static("icons.svg")
    return Markup('<svg class="nc-icon" aria-hidden="true"><use href="{}#{}"></use></svg>').format(address, name)


class Renderer:
    """The template environment of one console, with the clock and time zone of its services."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.environment = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.environment.globals |= {
            "t": say, "words": words, "icon": icon, "static": static, "badge": badge, "fresh_id": fresh_id,
        }  # fmt: skip
        self.environment.filters |= {
            "money": money, "local": self.local,
            "clock": self.clock, "moment": self.moment, "ago": self.ago, "shown": shown, "span": span,
            "title_of": title_of, "result_words": result_words, "address": lambda text: quote(str(text), safe=""),
        }  # fmt: skip

    def clock(self, at: datetime | None) -> str:
        """The local time of day, with the date when it is another day."""
        if at is None:
            return "–"
        local, today = at.astimezone(self.services.zone), self.services.now().astimezone(self.services.zone)
        return f"{local:%H:%M}" if local.date() == today.date() else f"{local:%m-%d %H:%M}"

    def moment(self, at: datetime | None) -> str:
        """The full local time."""
        return f"{at.astimezone(self.services.zone):%Y-%m-%d %H:%M:%S}" if at else "–"

    def local(self, text: str) -> str:
        """The full local time of a moment that is written as text; the text itself when it is none."""
        try:
            return self.moment(datetime.fromisoformat(text))
        except ValueError:
            return text

    def ago(self, at: datetime | None) -> str:
        """How far a moment is away, in words."""
        if at is None:
            return "–"
        gap = self.services.now() - at
        key = "console.ago" if gap >= timedelta(0) else "console.ahead"
        return say(key, span=_rough(abs(gap)))

    def page(self, request: Request, template: str, *, status: int = 200, **facts: Any) -> HTMLResponse:
        """A whole page."""
        facts |= self._frame(request)
        html = self.environment.get_template(template).render(facts)
        return HTMLResponse(html, status_code=status)

    def _frame(self, request: Request) -> dict[str, Any]:
        session = getattr(request.state, "session", None)
        said = request.query_params.get("said", "")
        return {
            "request": request,
            "session": session,
            "language": current_language(),
            "look": request.cookies.get("nightclerk_look", "auto"),
            "here": request.url.path,
            "with_query": lambda **changes: with_query(request, **changes),
            "said": said if f"console.said.{said}" in catalogue() else "",
            "now": self.services.now(),
            "said_n": _number(request.query_params.get("n", "")),
            "open_tasks": self.services.store.open_tasks() if session else 0,
            "open_pledges": self._open_pledges(request) if session else 0,
        }

    def _open_pledges(self, request: Request) -> int:
        return len(request.app.state.people.open_pledges(now=self.services.now()))


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else 0


def _rough(gap: timedelta) -> str:
    minutes = int(gap.total_seconds() // 60)
    if minutes < 1:
        return say("console.moments")
    if minutes < 60:
        return say("console.minutes", n=minutes)
    if minutes < 48 * 60:
        return say("console.hours", n=minutes // 60)
    return say("console.days", n=minutes // (24 * 60))
