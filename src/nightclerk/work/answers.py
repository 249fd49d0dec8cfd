"""What a person's answer does: it is kept, and the item that waited for it goes on."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from nightclerk.domain.items import State, Task
from nightclerk.errors import NightClerkError
from nightclerk.ports import Clock, Store
from nightclerk.work.doubts import settle_doubts
from nightclerk.work.links import Links, open_link

#: Who answered when nobody did in time.
FALLBACK = "deadline"
#: Kinds of tasks that no item waits for: what answers them goes elsewhere.
BESIDE = ("healing", "rule", "popup", "first_items")


class AnsweredAlready(NightClerkError):
    """Facts: task, who, answer."""

    en = "{who} has answered this already: {answer}. Nothing was changed."
    zh = "{who} 已经回答过：{answer}。没有改动。"


class NoSuchChoice(NightClerkError):
    """Facts: task, answer, choices."""

    en = "{answer!r} is none of the choices ({choices}). Answer with one of them."
    zh = "{answer!r} 不在可选项中（{choices}）。请从中选择。"


class NoSuchTask(NightClerkError):
    """Facts: task."""

    en = "There is no task {task!r}. `nightclerk tasks` lists those that wait."
    zh = "没有任务 {task!r}。nightclerk tasks 可列出待办。"


@dataclass(frozen=True, kw_only=True)
class Answers:
    """Takes answers and lets the items go on. `launch(bot, parameters, who)` starts a bot, where there is an engine."""

    store: Store
    clock: Clock
    launch: Callable[[str, Mapping[str, Any], str], object] | None = None

    def answer(self, task: str, answer: str, *, who: str) -> Task:
        """Keep the answer (the first one wins) and put the task's item back to work.

        Raises NoSuchTask, NoSuchChoice, AnsweredAlready.
        """
        known = self.store.task(task)
        if known is None:
            raise NoSuchTask(task=task)
        if known.choices and answer not in known.choices:
            raise NoSuchChoice(task=task, answer=answer, choices=", ".join(known.choices))
        if not self.store.answer(task, answer=answer, who=who, now=self.clock.now()):
            first = self.store.task(task) or known
            raise AnsweredAlready(task=task, who=first.answered_by, answer=first.answer)
        if known.kind == "in_doubt":
            self._settle_doubt(known, answer, who)
        if known.kind not in BESIDE:
            self._go_on(known, answer, who)
        if known.kind == "first_items" and answer == "go_on" and self.launch is not None:
            self.launch(str(known.details["bot"]), dict(known.details.get("parameters", {})), who)
        return known

    def fall_back(self) -> list[Task]:
        """Take the stated fallback of every question whose deadline has passed; those without one stay open."""
        taken = []
        for task in self.store.overdue(self.clock.now()):
            if task.fallback:
                with contextlib.suppress(AnsweredAlready):  # somebody was quicker by a moment
                    taken.append(self.answer(task.task, task.fallback, who=FALLBACK))
        return taken

    def answer_by_link(self, token: str, key: bytes, answer: str, *, links: Links, who: str = "link") -> Task:
        """Answer the task of a signed link, which is spent by that; a refused answer spends nothing.

        Raises BadLink, LinkOver and LinkUsed besides what `answer` raises.
        """
        opened = open_link(token, key, self.clock.now())
        links.use_link(opened, now=self.clock.now())
        try:
            return self.answer(opened.task, answer, who=who)
        except (NoSuchChoice, NoSuchTask):
            links.forgive_link(opened)
            raise

    def _settle_doubt(self, task: Task, answer: str, who: str) -> None:
        """The person looked on the other side: the ledger takes their word, with their name."""
        key, there = str(task.details.get("key", task.key)), answer == "it_is_there"
        settle_doubts(self.store, key, there=there, who=who, why=answer, now=self.clock.now())

    def _go_on(self, task: Task, answer: str, who: str) -> None:
        item = self.store.item(task.queue, task.key) if task.key else None
        if item is not None and item.state in (State.WAITING, State.IN_DOUBT):
            self.store.decide(
                task.queue, task.key, version=item.version, state=State.NEW, who=who, why=answer, now=self.clock.now()
            )
