"""Decisions about money: below the limit one person's word is enough, from it on a second person has to agree."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from fastapi import Request

from nightclerk.console.pages.common import people_of, services_of, user_of
from nightclerk.console.pledges import Pledge, PledgeKind
from nightclerk.domain.items import Task
from nightclerk.domain.reviewing import Share
from nightclerk.reviews import invoices as reviews
from nightclerk.work.answers import Answers

#: Words of a choice that pay nothing: nobody has to agree to them.
PAYS_NOTHING = frozenset({"reject", "refuse", "seen", "skip", "stop", "no", "it_is_not_there"})
_AMOUNT = re.compile(r"(?<![\w.-])(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d{2})(?![\w-])")


def amount_of(task: Task) -> Decimal:
    """The amount that a question for finance is about: its own field, else the largest in its words; 0 for none."""
    given = task.details.get("amount") or task.details.get("gross")
    found = [str(given)] if given else _AMOUNT.findall(task.question)
    return max((_decimal(text) for text in found), default=Decimal(0))


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text.replace(",", ""))
    except InvalidOperation:
        return Decimal(0)


def needs_second(request: Request, amount: Decimal) -> bool:
    """Whether an amount is so large that two people have to agree."""
    return abs(amount) >= services_of(request).two_person_from


def ask_about_invoice(request: Request, key: str, *, facts: dict[str, Any]) -> Pledge:
    """Keep an acceptance until a second person agrees."""
    who, now = user_of(request), services_of(request).now()
    return people_of(request).ask_second(PledgeKind.INVOICE, key, facts, who=who, now=now)[0]


def ask_about_answer(request: Request, task: Task, answer: str) -> Pledge:
    """Keep an answer until a second person agrees."""
    facts = {"answer": answer, "question": task.question, "amount": str(amount_of(task))}
    who, now = user_of(request), services_of(request).now()
    return people_of(request).ask_second(PledgeKind.ANSWER, task.task, facts, who=who, now=now)[0]


def both(pledge: Pledge) -> str:
    """The two names under which a decision is kept."""
    return f"{pledge.asked_by} + {pledge.settled_by}"


def carry_out_invoice(request: Request, pledge: Pledge) -> None:
    """Accept or split the invoice as the first person asked. DecidedAlready when it has changed since."""
    services, facts = services_of(request), pledge.facts
    said: dict[str, Any] = {"version": int(facts["version"]), "who": both(pledge), "why": str(facts.get("why", ""))}
    if facts.get("shares"):
        shares = [Share(order=one["order"], amount=Decimal(one["amount"])) for one in facts["shares"]]
        reviews.split(services.store, pledge.subject, shares=shares, now=services.now(), **said)
    else:
        reviews.accept(
            services.store,
            pledge.subject,
            orders=facts["orders"],
            now=services.now(),
            workspace=services.workspace,
            **said,
        )


def carry_out_answer(request: Request, pledge: Pledge) -> None:
    """Answer the task as the first person asked. AnsweredAlready when somebody was faster."""
    answers_of(request).answer(pledge.subject, str(pledge.facts["answer"]), who=both(pledge))


def answers_of(request: Request) -> Answers:
    """Takes answers; what an answer starts is started under the person's name."""
    services = services_of(request)
    return Answers(
        store=services.store, clock=services,
        launch=lambda bot, parameters, who: services.launcher.launch(bot, parameters, by=who),
    )  # fmt: skip
