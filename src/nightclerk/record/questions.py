"""What the recorder asks when the person has stopped: the commit, what names a row, how sure the look is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from nightclerk.record.steps import Step

_COMMITS = re.compile(
    r"提交|保存|发货|确认|下单|付款|支付|送审|审核|过账|录入|入库|出库|完成|发布|发送|删除|作废|申请|报销|登记|"
    r"submit|save|confirm|ship|pay\b|post|create|send|delete|place order|check ?out|finish|register|apply|book", re.I
)  # fmt: skip
_HARMLESS = re.compile(
    r"查询|搜索|登录|登陆|取消|导出|导入|关闭|返回|下载|search|find|log ?in|sign ?in|cancel|export|back|close", re.I
)


class Questioner(Protocol):
    """Puts one question with its choices; returns the place of the answer."""

    def ask(self, name: str, question: str, choices: Sequence[str], likely: int) -> int: ...


@dataclass
class Prepared:
    """Answers that were given beforehand, by the name of the question: a place or a part of the choice's words."""

    answers: Mapping[str, str | int] = field(default_factory=dict)
    otherwise: Callable[[str, str, Sequence[str], int], int] | None = None
    asked: list[str] = field(default_factory=list)

    def ask(self, name: str, question: str, choices: Sequence[str], likely: int) -> int:
        self.asked.append(name)
        answer = self.answers.get(name)
        if answer is None:
            return self.otherwise(name, question, choices, likely) if self.otherwise else likely
        if isinstance(answer, int):
            return answer
        return next((place for place, choice in enumerate(choices) if answer in choice), likely)


def commit_likelihood(step: Step) -> int:
    """How much a click looks like one that cannot be taken back: 0 not at all, 3 pointed at by the person."""
    if step.verb != "click" or step.looking:
        return 0
    if step.commit:
        return 3
    words = " ".join(str(step.facts.get(key, "")) for key in ("name", "own", "value", "title"))
    if _HARMLESS.search(words) or not _COMMITS.search(words):
        return 0
    clickable = step.facts.get("role") in ("button", "link", "menuitem") or step.facts.get("tag") in ("button", "input")
    return 2 if clickable else 1


def likely_commit(steps: Sequence[Step]) -> int | None:
    """The place of the click that is proposed as the commit: the surest, and of those the last."""
    scores = [commit_likelihood(step) for step in steps]
    best = max(scores, default=0)
    return None if best < 2 else len(scores) - 1 - scores[::-1].index(best)
