"""From lines to verbs and steps of the flow: what is called where, what comes back, what is expected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nightclerk.domain.privacy import find_private
from nightclerk.record.elements import css_of
from nightclerk.record.layout import human
from nightclerk.record.naming import identifier, unique
from nightclerk.record.plan import AppFacts, Block, Plan
from nightclerk.record.proof import Proof
from nightclerk.record.questions import Questioner
from nightclerk.record.sheets import Sheet
from nightclerk.record.values import Typed, Values, quoted
from nightclerk.record.verbs import Line, Verb, Writer, caption, in_flow, story, stretches, verb_name, with_open


class Composing:
    """Composes the plan of one recording. `proof` looks at its pages, `asks` puts the questions."""

    def __init__(
        self, name: str, apps: Mapping[str, AppFacts], *, proof: Proof, asks: Questioner, sheet: Sheet | None = None
    ) -> None:
        self.proof, self.asks = proof, asks
        self.values = Values(sheet=sheet)
        self.plan = Plan(name=name, title="", apps={}, values=self.values, sheet=sheet)
        self.facts = dict(apps)

    def _plain(self, work: Sequence[Line]) -> None:
        for group in stretches(work):
            self.plan.blocks += self._block(with_open(group) if self._begins() else group)

    def _begins(self) -> bool:
        """Whether what comes next is the beginning of its flow: then it opens its own page."""
        return not self.plan.blocks and not self.plan.reached

    def _block(self, group: Sequence[Line]) -> list[Block]:
        """The flow's lines for one stretch: a call, an assignment, or an expectation."""
        expects = [line for line in group if line.step.verb == "expect"]
        acts = [line for line in group if line.step.verb != "expect"]
        made = []
        if acts and (len(acts) > 1 or acts[0].step.verb != "open" or self.plan.blocks == []):
            verb = self._verb(acts)
            call = verb.call(verb.app, self.plan.record, self.plan.runner)
            made.append(Block(title=human(verb.name), lines=(f"{verb.gives.name} = {call}" if verb.gives else call,)))
        elif acts:
            verb = self._verb(acts)
            made.append(Block(title=human(verb.name), lines=(verb.call(verb.app, self.plan.record, self.plan.runner),)))
        made += [self._expectation(line) for line in expects]
        return made

    def _verb(self, lines: Sequence[Line], name: str = "") -> Verb:
        """A verb of the app for one stretch."""
        app = self.plan.apps[lines[0].app]
        writer = Writer(base=app.facts.url, known=list(self.values.known.values()))
        gives, returns, body = None, "None", []
        last = lines[-1]
        if last.reads is not None:
            body = writer.body(lines[:-1]) + self._reading(last, writer)
            gives, returns = last.reads, last.reads.python
        elif last.step.verb == "download":
            body = writer.body(lines)
            body[-1] = body[-1].replace("        self[", "        return self[", 1)
            gives, returns = Typed(source="variable", name=self._file_name(), shown="", python="Path"), "Path"
        else:
            body = writer.body(lines)
        doc = story(lines) or (f"Return {caption(last)}." if gives else "")
        verb = Verb(
            app=app.owner, name=name or verb_name(lines), lines=tuple(lines), doc=doc, gives=gives, body=tuple(body),
            returns=returns, args=tuple(writer.args.values()),
        )  # fmt: skip
        return app.add(verb)

    def _file_name(self) -> str:
        name = unique("file", self.values.taken)
        self.values.taken.add(name)
        return name

    def _reading(self, line: Line, writer: Writer) -> list[str]:
        assert line.reads is not None
        assert line.named is not None
        values = ", ".join(f"{name}={typed.written()}" for name, typed in line.named.values.items())
        for typed in line.named.values.values():
            writer.args.setdefault(typed.name, typed)
        read = f"self[{quoted(line.named.name)}]" + (f".of({values})" if values else "") + ".read()"
        wrapped = (
            f'Decimal(str({read}).replace(",", "").strip("¥￥$元 "))'
            if line.reads.python == "Decimal"
            else f"str({read})"
        )
        return [f"        return {wrapped}"]

    def _expectation(self, line: Line) -> Block:
        """`tx.expect(app.said_x("…") == "…", …)`; the verb waits until it says so."""
        verb = self._saying(line)
        app, runner = self.plan.apps[line.app], self.plan.runner
        wanted = self._wanted(line.step.value)
        if find_private(wanted):  # somebody's number is no line of code: it is handed in
            wanted = in_flow(self.values.parameter("expected_text", line.step.value), self.plan.record, runner)
        values = [
            f"{typed.name}={in_flow(typed, self.plan.record, runner)}"
            for typed in verb.args
            if typed.name != "expected"
        ]
        called = f"{app.owner}.{verb.name}({', '.join([wanted, *values])})"
        said = line.step.value[:40] if wanted == quoted(line.step.value) else "what this record says"
        otherwise = quoted(f"{line.named.name if line.named else ''} does not say {said}")
        return Block(title="Check the answer", lines=(f"{runner}.expect({called} == {wanted}, {otherwise})",))

    def _wanted(self, text: str, *, in_app: bool = False) -> str:
        """The expected text, with the record's own values in their place."""
        for shown, typed in self.values.known.items():
            if typed.source != "literal" and len(shown) >= 4 and shown in text:
                place = typed.name if in_app else in_flow(typed, self.plan.record, self.plan.runner)
                written = typed.form.replace("{x", "{" + place)
                return "f" + quoted(text.replace(shown, "\0")).replace("\0", written)
        return quoted(text)

    def _saying(self, line: Line) -> Verb:
        """The verb that reads what an expectation is about, once it says what is expected or the time is over."""
        assert line.named is not None
        app, named = self.plan.apps[line.app], line.named
        css, extra = css_of(named), tuple(named.values.values())
        of = "".join(f", {name}={typed.written()}" for name, typed in named.values.items())
        body = []
        if css and "{text}" not in css:
            told = app.namer.made_beside(named, f'{css}:has-text("{{expected}}")')
            asked = f"self[{quoted(told)}].of(expected=expected{of})"
            body = [f"        {asked}.exists(timeout_s=self.session.settings.timeout_s)"]
        values = f".of({of[2:]})" if of else ""
        body.append(f"        return str(self[{quoted(named.name)}]{values}.read())")
        expected = Typed(source="literal", name="expected", shown="")
        said = str(line.step.facts.get("label", "")) or "the page"
        doc = f"What {said} says there, as soon as it is what was expected."
        return app.add(
            Verb(
                app=app.owner,
                name=identifier(f"said_{named.name.partition('.')[2]}"),
                lines=(line,),
                doc=doc,
                body=tuple(body),
                returns="str",
                args=(expected, *extra),
            )
        )
