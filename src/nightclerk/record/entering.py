"""The one `tx.once` of a recorded flow: what prepares, the click that commits, and how it is looked up afterwards."""

from __future__ import annotations

from collections.abc import Sequence

from nightclerk.record.composing import Composing
from nightclerk.record.layout import human
from nightclerk.record.looks import LookFault, look_verb
from nightclerk.record.naming import unique
from nightclerk.record.plan import AppPlan, OnceBlock
from nightclerk.record.verbs import Line, Verb, Writer, caption, in_flow, story, stretches, verb_name, with_open
from nightclerk.texts import say


class Entering(Composing):
    """Adds `once` to what is composed."""

    def _with_once(self, work: Sequence[Line], place: int, looking: Sequence[Line]) -> None:
        """The steps before the commit prepare, those right after it answer, the rest comes behind `once`."""
        self.plan.held = self.plan.held or "tx"
        before, commit, after = work[:place], work[place], work[place + 1 :]
        quiet = [n for n, line in enumerate(after) if line.step.verb not in ("expect", "click", "press")]
        answers, tail = after[: min(quiet, default=len(after))], after[min(quiet, default=len(after)) :]
        app = self.plan.apps[commit.app]
        if not app.namer.mark_commit(commit.named):
            self.plan.hints.append(say("record.known_commit", element=commit.named.name if commit.named else ""))
        look, prepare = self._look(looking), self._prepare(before)
        verb = self._commit_verb(commit, [line for line in answers if line.app == commit.app], app)
        self.plan.blocks.append(self._once_block(commit, verb, look, prepare))
        last_url = looking[-1].step.url if looking else commit.step.url
        for number, group in enumerate(stretches(tail)):
            moved = number == 0 and group[0].step.url != last_url
            self.plan.blocks += self._block(with_open(group) if moved else group)

    def _once_block(self, commit: Line, verb: Verb, look: str | None, prepare: tuple[str, ...]) -> OnceBlock:
        values = [in_flow(arg, self.plan.record, self.plan.runner) for arg in verb.args]
        called = f"{verb.app}.{verb.name}"
        return OnceBlock(
            title=caption(commit) or human(verb.name),
            look=look,
            prepare=prepare,
            commit=f"partial({', '.join([called, *values])})" if values else called,
            key="" if self.plan.sheet else self._key(),
            result=unique("reference", self.values.taken),
        )

    def _key(self) -> str:
        """The expression for the business key of a flow without a sheet: a typed number, else any typed text."""
        typed = [line.typed for line in self.plan.lines if line.typed is not None]
        texts = [one for one in typed if one.source in ("parameter", "column") and one.python == "str"]
        telling = [one for one in texts if any(sign.isdigit() for sign in one.shown)]
        chosen = next(iter(telling or texts), None)
        return in_flow(chosen, self.plan.record, self.plan.runner) if chosen else f"{self.plan.runner}.id"

    def _look(self, looking: Sequence[Line]) -> str | None:
        """The call that looks the record up; None, and a hint, where no safe look was recorded."""
        if not looking:
            self.plan.hints.append(say("record.no_look"))
            return None
        owner = self.plan.apps[looking[0].app]
        try:
            answers = [say("record.yes"), say("record.no")]
            conclusive = self.asks.ask("conclusive", say("record.ask_conclusive"), answers, 1) == 0
            verb = look_verb(with_open(looking), owner.namer, owner.facts.url, self.values, conclusive=conclusive)
        except LookFault as fault:
            self.plan.hints.append(str(fault))
            return None
        return owner.add(verb).call(owner.owner, self.plan.record, self.plan.runner)

    def _prepare(self, before: Sequence[Line]) -> tuple[str, ...]:
        """The calls that leave everything ready for the commit; repeatable, so the first opens its page."""
        calls: list[str] = []
        for number, group in enumerate(stretches(before)):
            for block in self._block(with_open(group) if number == 0 and self._begins() else group):
                calls += block.lines
        return tuple(calls)

    def _commit_verb(self, commit: Line, answers: Sequence[Line], app: AppPlan) -> Verb:
        """The one click, and what the page must say after it."""
        writer = Writer(base=app.facts.url, known=list(self.values.known.values()))
        body = writer.body([commit])
        for line in answers:
            if line.step.verb == "expect":
                saying = self._saying(line)
                wanted = self._wanted(line.step.value, in_app=True)
                for typed in self.values.known.values():
                    if typed.source != "literal" and len(typed.shown) >= 4 and typed.shown in line.step.value:
                        writer.args.setdefault(typed.name, typed)
                body += [
                    f"        said = self.{saying.name}({wanted})",
                    f"        if said != {wanted}:",
                    f'            raise ApplicationError(f"{app.owner}: {{said}}")',
                ]
            else:
                body += writer.body([line])
        name = verb_name([commit]).removeprefix("open_") or "commit"
        return app.add(
            Verb(
                app=app.owner,
                name=name,
                lines=(commit, *answers),
                doc=story([commit]),
                body=tuple(body),
                args=tuple(writer.args.values()),
            )
        )
