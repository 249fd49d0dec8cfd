"""Rules that decisions propose: asked as a task, written to `config/matching.yaml` only after a person said yes.

`propose` asks; `settle_rules` writes what was accepted since, with who accepted it, and gives the file a new version.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from ruamel.yaml import YAML

from nightclerk.domain.items import Task
from nightclerk.domain.learning import Rule
from nightclerk.ports import Tasks
from nightclerk.records import dump, load
from nightclerk.texts import say

KIND, ADOPT, LEAVE = "rule", "accept", "refuse"
_KEYS = {"alias": "aliases", "order_number": "order_numbers"}


def propose(store: Tasks, rules: Sequence[Rule], *, key: str, now: datetime) -> list[str]:
    """Ask about each rule once; returns the ids of the questions that are new."""
    asked = []
    for rule in rules:
        name = f"rule/{hashlib.sha256(f'{rule.kind} {rule.subject} {rule.value}'.encode()).hexdigest()[:16]}"
        question = say(f"matching.propose.{rule.kind.value}", subject=rule.subject, value=rule.value)
        task = Task(
            task=name, kind=KIND, question=question, choices=(ADOPT, LEAVE), queue="invoices", key=key,
            details=dump(rule), asked_at=now,
        )  # fmt: skip
        if store.ask(task):
            asked.append(name)
    return asked


def settle_rules(workspace: Path, store: Tasks) -> list[Rule]:
    """Write the accepted rules that `config/matching.yaml` does not hold yet; returns those that were written."""
    told = [task for task in store.tasks(open_only=False, limit=10_000) if task.kind == KIND and task.answer == ADOPT]
    return [rule for task in told if _write(workspace, rule := load(Rule, task.details), task)]


def _write(workspace: Path, rule: Rule, task: Task) -> bool:
    path, yaml = workspace / "config" / "matching.yaml", YAML(typ="rt")
    book = (yaml.load(path.read_text(encoding="utf-8")) if path.exists() else None) or {}
    section = book.setdefault(_KEYS[rule.kind.value], {} if rule.kind.value == "alias" else [])
    if rule.subject in section or rule.value in section:
        return False
    note = f"{task.answered_by} {task.answered_at:%Y-%m-%d}" if task.answered_at else task.answered_by
    if isinstance(section, list):
        section.append(rule.value)
    else:
        section[rule.subject] = rule.value
    before = str(book.get("version", "")).partition(" + ")[0]
    book["version"] = f"{before} + {note}".strip(" +")
    part = path.with_suffix(".part")
    part.parent.mkdir(parents=True, exist_ok=True)
    with part.open("w", encoding="utf-8") as file:
        yaml.dump(book, file)
    part.replace(path)
    return True
