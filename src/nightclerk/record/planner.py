"""Decide what a recording becomes: ask what only the person knows, name the elements, then compose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from nightclerk.record.elements import Namer
from nightclerk.record.entering import Entering
from nightclerk.record.joining import runner_of
from nightclerk.record.layout import human
from nightclerk.record.leading import Leader
from nightclerk.record.naming import identifier
from nightclerk.record.plan import AppPlan, Plan
from nightclerk.record.questions import commit_likelihood, likely_commit
from nightclerk.record.signing import Login, find_login
from nightclerk.record.steps import ON_ELEMENTS, Step, same_place
from nightclerk.record.values import Typed, is_private, quoted
from nightclerk.record.verbs import Line, Verb, Writer
from nightclerk.texts import say


class Planner(Entering):
    """Builds the plan of one recording."""

    def go_on(self, leader: Leader, file: Path, function: str) -> None:
        """Continue a flow: its record and its parameters are known, and it calls its run by a name of its own."""
        self.plan.held = runner_of(file.read_text(encoding="utf-8"), function)
        self.plan.reached = leader.reached
        kinds = leader.flow.hints()
        if leader.record is not None:
            self.plan.record = next(name for name, kind in kinds.items() if kind is type(leader.record))
            known = {name: getattr(leader.record, name) for name in leader.record.__dataclass_fields__}
            self.values.learn("column", known)
        self.values.learn("parameter", leader.parameters)

    def build(self, steps: Sequence[Step], owners: Sequence[str]) -> Plan:
        """The plan for `steps`; `owners[n]` names the app that step n was done in."""
        self.values.learn_row([step.value for step in steps if step.verb in ("fill", "choose") and not step.secret])
        if self.values.row is None:
            self.plan.sheet = self.values.sheet = None
        hidden = tuple(step.value for step in steps if step.verb == "fill" and is_private(step.value, step))
        for owner in dict.fromkeys(owners):
            self.plan.apps[owner] = AppPlan(facts=self.facts[owner], namer=self._namer(owner, hidden))
        commit = self._ask_commit(steps)
        steps, owners, commit = self._clicked_once(steps, owners, commit)
        self._name_key()
        self._sign_ins(steps, owners)
        self._lines(steps, owners, commit)
        self._compose(commit)
        return self.plan

    def _clicked_once(
        self, steps: Sequence[Step], owners: Sequence[str], commit: int | None
    ) -> tuple[Sequence[Step], Sequence[str], int | None]:
        """The steps with one click on the commit: its last, and a word to the person that there were more."""
        tries = [] if commit is None else refused_tries(steps, commit)
        if commit is None or not tries:
            return steps, owners, commit
        clicks = sorted([*tries, commit])
        self.plan.hints.append(say("record.clicked_again", n=len(clicks)))
        kept = [n for n in range(len(steps)) if n not in clicks[:-1]]
        return [steps[n] for n in kept], [owners[n] for n in kept], kept.index(clicks[-1])

    def _namer(self, owner: str, hidden: tuple[str, ...]) -> Namer:
        return Namer(owner, self.proof, self.values, self.facts[owner].known, hidden)

    # -------------------------------------------------------------------------------- questions

    def _ask_commit(self, steps: Sequence[Step]) -> int | None:
        """Which click cannot be taken back, as the person says."""
        clicks = [n for n, step in enumerate(steps) if step.verb == "click" and not step.looking]
        proposed = likely_commit(steps)
        if not clicks or (proposed is not None and commit_likelihood(steps[proposed]) == 3):
            return proposed
        choices = [*(click_words(steps[n]) for n in clicks), say("record.no_commit")]
        likely = clicks.index(proposed) if proposed in clicks else len(clicks)
        answer = self.asks.ask("commit", say("record.ask_commit"), choices, likely)
        return clicks[answer] if answer < len(clicks) else None

    def _name_key(self) -> None:
        """Which column names a row: derived, and asked where there is a choice."""
        sheet = self.plan.sheet
        if sheet is None:
            return
        best = sheet.key()
        likely = sheet.columns.index(best)
        place = self.asks.ask("key", say("record.ask_key"), [column.header for column in sheet.columns], likely)
        self.plan.key = sheet.columns[place].field

    # ------------------------------------------------------------------------------------ lines

    def _sign_ins(self, steps: Sequence[Step], owners: Sequence[str]) -> None:
        for owner, app in self.plan.apps.items():
            own = [n for n, name in enumerate(owners) if name == owner]
            login = find_login([steps[n] for n in own])
            if login is not None:
                user = None if login.user is None else own[login.user]
                app.signs_in = Login(
                    first=own[login.first], end=own[login.end - 1] + 1, password=own[login.password], user=user,
                    code=None if login.code is None else own[login.code],
                )  # fmt: skip
                app.user = steps[user].value if user is not None else ""

    def _lines(self, steps: Sequence[Step], owners: Sequence[str], commit: int | None) -> None:
        for place, (step, owner) in enumerate(zip(steps, owners, strict=True)):
            app = self.plan.apps[owner]
            login = app.signs_in
            is_login = login is not None and login.first <= place < login.end
            app.dialogs += step.dialogs
            line = self._line(replace(step, commit=place == commit), app, is_user=bool(login and place == login.user))
            if line is not None:
                self.plan.lines.append(replace(line, step=replace(line.step, soft=is_login)))

    def _line(self, step: Step, app: AppPlan, *, is_user: bool) -> Line | None:
        """One step as a line. What was only copied and never typed anywhere is left out later."""
        if step.verb not in ON_ELEMENTS:
            return Line(step=step, app=app.owner)
        typed: Typed | None = None
        reads: Typed | None = None
        more: list[Typed] = []
        if step.verb in ("fill", "choose") and not step.secret:
            account = Typed(source="literal", name="", shown="") if is_user else None
            typed = account or self.values.typed(step, may_be_literal=step.verb == "choose")
        elif step.verb == "upload":
            name = identifier(step.facts.get("field", "")) or "attachment"
            typed, *more = [self.values.file(name, self._kept(file)) for file in step.files or ("file",)]
        named = app.namer.name(step)
        target = app.namer.name_target(step) if step.verb == "drag" and step.to and not _same(step) else None
        if step.verb in ("read", "copy"):
            reads = self.values.read(step)
        return Line(
            step=step, app=app.owner, named=named, target=target, typed=typed, reads=reads, more=tuple(more)
        )  # fmt: skip

    def _kept(self, file: str) -> Path:
        return Path("data") / "recordings" / self.plan.name / file

    # ---------------------------------------------------------------------------------- compose

    def _compose(self, commit: int | None) -> None:
        lines = self._without_idle_copies()
        logins = [line for line in lines if line.step.soft]
        work = [line for line in lines if not line.step.soft]
        for app in self.plan.apps.values():
            self._sign_in_verb(app, [line for line in logins if line.app == app.owner])
        looking = [line for line in work if line.step.looking]
        work = [line for line in work if not line.step.looking]
        place = next((n for n, line in enumerate(work) if line.step.commit), None)
        if commit is None or place is None:
            self._plain(work)
        else:
            self._with_once(work, place, looking)
        self.plan.title = human(self.plan.name)

    def _without_idle_copies(self) -> list[Line]:
        used = {typed.name for line in self.plan.lines for typed in line.needs}
        self.plan.lines = [
            line
            for line in self.plan.lines
            if line.step.verb != "copy" or (line.reads is not None and line.reads.name in used)
        ]
        renamed = []
        for line in self.plan.lines:  # a variable that is typed as an amount elsewhere is read as one
            if line.reads is not None:
                line = replace(line, reads=self.values.known.get(line.reads.shown, line.reads))
            renamed.append(line)
        self.plan.lines = renamed
        return renamed

    # --------------------------------------------------------------------------------- sign in

    def _sign_in_verb(self, app: AppPlan, lines: Sequence[Line]) -> None:
        """`sign_in`: harmless when signed in already, waits until the login has gone."""
        if not lines or app.signs_in is None or "sign_in" in app.facts.verbs:
            return
        secret = next(line for line in lines if line.step.secret == "password")
        form = [
            line
            for line in lines
            if line.step.facts and (line.step.tab, line.step.frame) == (secret.step.tab, secret.step.frame)
        ]
        leading = [line for line in lines if line not in form]
        writer = Writer(base=app.facts.url)
        body = writer.body(leading[:1]) if leading else ["        self.open()"]
        if len(leading) > 1:
            body += writer.body(leading[1:])
        assert secret.named is not None
        field_name = quoted(secret.named.name)
        body += [f"        if not self[{field_name}].exists(timeout_s=LOGIN_S):", "            return"]
        for line in form:
            body += self._login_line(line, writer, app)
        body.append(f"        self[{field_name}].wait_gone()")
        verb = Verb(app=app.owner, name="sign_in", lines=tuple(lines), body=tuple(body))
        app.verbs.insert(0, verb)

    def _login_line(self, line: Line, writer: Writer, app: AppPlan) -> list[str]:
        assert line.named is not None
        if line.step.secret == "code":
            name = quoted(line.named.name)
            ask = quoted(say("record.code_needed", app=app.owner))
            return [f"        if self[{name}].exists():", f"            raise NeedsPerson({ask})"]
        if (
            line.step.verb == "fill"
            and not line.step.secret
            and line.typed is not None
            and line.typed.source == "literal"
        ):
            return [f"        self[{quoted(line.named.name)}].fill(self.user)"]
        return writer.body([line])


def _same(step: Step) -> bool:
    return step.to.get("path") == step.facts.get("path")


def refused_tries(steps: Sequence[Step], commit: int) -> list[int]:
    """The other clicks on the commit's button on one page: a habit's second click, or tries that the page refused.

    Only the last of them can have been taken; where the person went to another page in between, each is its own.
    """
    end = steps[commit]
    page = end.url.partition("?")[0]
    found: list[int] = []
    for ahead in (range(commit - 1, -1, -1), range(commit + 1, len(steps))):
        for n in ahead:
            step = steps[n]
            if step.verb in ("open", "tab") or step.looking or step.url.partition("?")[0] != page:
                break
            if step.verb == "click" and same_place(step, end):
                found.append(n)
    return sorted(found)


def click_words(step: Step) -> str:
    """A click as a choice in a question."""
    facts = step.facts
    words = str(facts.get("name") or facts.get("own") or facts.get("title") or facts.get("id") or facts.get("tag"))
    return f"{words[:24]} · {step.title[:20]}"
