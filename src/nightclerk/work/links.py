"""Signed links that answer one task, once: for a message that reaches a person who is not at the console.

A link is a bearer's token: who has it may answer this one task, nothing else, until it runs out or has been used. It
is an HMAC-SHA256 over the task's name, the end of its time and a random word. The key lies in the vault.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete, select

from nightclerk.errors import NightClerkError
from nightclerk.work import tables as t
from nightclerk.work.books import Books

_WORD_BYTES, _UNTIL_BYTES, _MAC_BYTES = 12, 8, 20


class BadLink(NightClerkError):
    """The token was not signed by us, or it was changed on its way."""

    en = (
        "This link is not one of ours, or it was cut off on its way. "
        "Open it from the message again, or look the task up in the console."
    )
    zh = "这个链接不是本系统发出的，或在传送中被截断。请从消息里重新打开，或在控制台查找该任务。"


class LinkOver(NightClerkError):
    """Facts: until."""

    en = "This link could be used until {until}. Answer the task in the console instead."
    zh = "这个链接的有效期到 {until} 为止。请在控制台回答该任务。"


class LinkUsed(NightClerkError):
    """Facts: task."""

    en = "This link has answered its task already; each one answers once. The console shows what was kept."
    zh = "这个链接已经回答过它的任务，每个链接只能用一次。可在控制台查看记录。"


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A link whose signature and time hold: the task that it answers, and its own name in the books."""

    task: str
    link: str
    until: datetime


def sign_link(task: str, key: bytes, until: datetime) -> str:
    """A token (URL-safe text) that answers `task` until a moment (aware; seconds count)."""
    head = secrets.token_bytes(_WORD_BYTES) + int(until.timestamp()).to_bytes(_UNTIL_BYTES, "big") + task.encode()
    return urlsafe_b64encode(_mac(key, head) + head).decode().rstrip("=")


def open_link(token: str, key: bytes, now: datetime) -> Opened:
    """What a token stands for. Raises BadLink and LinkOver; whether it was used is for `Links.use` to say."""
    try:
        raw = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
        mac, head = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
        word, task = head[:_WORD_BYTES], head[_WORD_BYTES + _UNTIL_BYTES :].decode()
    except ValueError as error:
        raise BadLink from error
    if not hmac.compare_digest(mac, _mac(key, head)) or len(word) < _WORD_BYTES or not task:
        raise BadLink
    until = datetime.fromtimestamp(int.from_bytes(head[_WORD_BYTES : _WORD_BYTES + _UNTIL_BYTES], "big"), UTC)
    if now >= until:
        raise LinkOver(until=f"{until:%Y-%m-%d %H:%M} UTC")
    return Opened(task=task, link=word.hex(), until=until)


def _mac(key: bytes, head: bytes) -> bytes:
    return hmac.new(key, b"nightclerk task link\0" + head, hashlib.sha256).digest()[:_MAC_BYTES]


class Links(Books):
    """Which links have been used. Part of `SqlStore`."""

    def link_used(self, link: str) -> bool:
        return bool(self._rows(select(t.links.c.link).where(t.links.c.link == link)))

    def use_link(self, opened: Opened, *, now: datetime) -> None:
        """Spend a link, in the moment of the answer; of two at once one wins. Raises LinkUsed."""
        if not self._add(t.links, link=opened.link, task=opened.task, used_at=now):
            raise LinkUsed(task=opened.task)

    def forgive_link(self, opened: Opened) -> None:
        """The answer was refused (no such choice): the link may be used again."""
        with self._write() as connection:
            connection.execute(delete(t.links).where(t.links.c.link == opened.link))
