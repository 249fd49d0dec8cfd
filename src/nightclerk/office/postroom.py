"""The post room of a workspace, put together: its channels, its vault, its books, its links, its morning report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from loguru import logger

from nightclerk.app import links_key, vault_of
from nightclerk.domain.items import Task
from nightclerk.figures.briefing import morning_text, overdrawn
from nightclerk.messages import Post, load_messaging
from nightclerk.messages.notices import Notices
from nightclerk.ports import Clock
from nightclerk.work.links import sign_link
from nightclerk.work.messages import Message
from nightclerk.work.store import SqlStore
from nightclerk.workspace import Workspace

#: How long a link works that answers a question without a deadline.
LINK_LASTS = timedelta(days=3)


@dataclass(frozen=True, kw_only=True)
class AllNews(Notices):
    """What the books say, and the bots whose error budget is overdrawn."""

    def news(self, now: datetime) -> Iterator[Message]:
        yield from super().news(now)
        if any(bot.error_budget is not None for bot in self.workspace.bots.values()):
            yield from overdrawn(self.store, self.workspace, now)


def post_of(workspace: Workspace, store: SqlStore, clock: Clock) -> Post:
    """The post room; faults of its file go to the log, and what is sound in it is used."""
    messaging, faults = load_messaging(workspace.root)
    for fault in faults:
        logger.error("{}", fault.sentence())

    def link(task: Task) -> str:
        if not messaging.console:
            return ""
        until = task.deadline or clock.now() + LINK_LASTS
        return f"{messaging.console}/t/{sign_link(task.task, links_key(workspace), until)}"

    return Post(
        store=store, messaging=messaging, vault=vault_of(workspace), clock=clock,
        notices=AllNews(store=store, workspace=workspace, link=link), zone=ZoneInfo(workspace.settings.timezone),
        language=workspace.settings.language, report=lambda now: morning_text(store, workspace, now),
    )  # fmt: skip
