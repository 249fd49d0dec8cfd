"""The Python of a recording: the app class with its verbs, the record of a sheet's row, and the flow."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nightclerk.record.layout import bracketed, docstring, human
from nightclerk.record.naming import class_name
from nightclerk.record.plan import AppPlan, Block, OnceBlock, Plan
from nightclerk.record.sheets import Column
from nightclerk.record.values import quoted
from nightclerk.record.verbs import Verb

#: Constants that verbs may use: name -> (comment, value).
CONSTANTS = {
    "LOGIN_S": ("How long the login form may take to show up where there is one.", "3.0"),
    "ANSWER_S": ("How long a search may take to show its first hit.", "5.0"),
    "SETTLE_S": ("How long after a click a write of ours may still be under way.", "5.0"),
}


# ---------------------------------------------------------------------------------------- app class


def app_source(app: AppPlan) -> str:
    """A new module with the class of one app."""
    body = _methods(app.verbs)
    text = "\n".join(body)
    names = [app.facts.base, *_used(text)]
    imported = f"from nightclerk import {', '.join(sorted(names, key=_order))}"
    lines = [
        docstring(f"How {human(app.facts.name)} is worked, as recorded; verbs over named elements.", indent=0), "",
        "from __future__ import annotations", "", *_typing_imports(text), imported,
        "", *_constants(text), "", f'class {app.kind}({app.facts.base}, selectors="{app.facts.name}"):',
        docstring(app.facts.url or "A program in its own windows.", indent=4), "", *body,
    ]  # fmt: skip
    return "\n".join(lines).rstrip() + "\n"


#: Public names that verbs may use, and how a use of each begins.
NAMES = {
    "ApplicationError": "ApplicationError(", "NeedsPerson": "NeedsPerson(", "looks": "@looks", "mentions": "mentions(",
}  # fmt: skip


def _used(text: str) -> list[str]:
    return [name for name, sign in NAMES.items() if sign in text]


def _order(name: str) -> tuple[bool, str]:
    """As the import sorter has it: classes before functions."""
    return name[:1].islower(), name


def _methods(verbs: Iterable[Verb]) -> list[str]:
    lines: list[str] = []
    for verb in verbs:
        lines += [*verb.source(), ""]
    return lines


def _typing_imports(text: str) -> list[str]:
    modules = {"date": "datetime", "Decimal": "decimal", "Path": "pathlib"}
    wanted = [
        f"from {module} import {word}"
        for word, module in modules.items()
        if re.search(rf"(: |-> ){word}\b|\b{word}\(", text)
    ]
    return [*wanted, ""] if wanted else []


def _constants(text: str) -> list[str]:
    used = [name for name in CONSTANTS if name in text]
    lines = [line for name in used for line in (f"#: {CONSTANTS[name][0]}", f"{name} = {CONSTANTS[name][1]}")]
    return [*lines, ""] if lines else []


def merged_app(source: str, app: AppPlan) -> str:
    """An existing module with the new verbs at the end of its class; nothing else of it is touched."""
    tree = ast.parse(source)
    kind = next(n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == app.facts.class_name)
    lines = source.splitlines()
    end = kind.end_lineno or len(lines)
    added = ["", *_methods(app.verbs)]
    merged = [*lines[:end], *added, *lines[end:]] if app.verbs else lines
    text = "\n".join(merged).rstrip() + "\n"
    return with_imports(text, "\n".join(added))


def with_imports(source: str, added: str) -> str:
    """A module with the imports and constants that `added` needs beyond what it has."""
    tree = ast.parse(source)
    have = {
        alias.asname or alias.name
        for n in ast.walk(tree)
        if isinstance(n, ast.ImportFrom | ast.Import)
        for alias in n.names
    }
    defined = {t.id for n in tree.body if isinstance(n, ast.Assign) for t in n.targets if isinstance(t, ast.Name)}
    wanted = [line for line in _typing_imports(added) if line and line.rpartition(" ")[2] not in have]
    ours = [name for name in _used(added) if name not in have]
    wanted += [f"from nightclerk import {', '.join(sorted(ours, key=_order))}"] if ours else []
    constants = [
        line
        for name in CONSTANTS
        if name in added and name not in defined | have
        for line in (f"{name} = {CONSTANTS[name][1]}",)
    ]
    if not wanted and not constants:
        return source
    lines = source.splitlines()
    last = max((n.end_lineno or 0 for n in tree.body if isinstance(n, ast.ImportFrom | ast.Import)), default=0)
    return "\n".join([*lines[:last], *wanted, *(["", *constants] if constants else []), *lines[last:]]) + "\n"


# --------------------------------------------------------------------------------------------- flow


@dataclass
class FlowText:
    """Writes the module of a flow."""

    plan: Plan
    day: str

    def source(self) -> str:
        """The whole module."""
        plan = self.plan
        body = [*self._record(), *self._loading(), *self._flow()]
        text = "\n".join(body)
        lines = [
            docstring(f"{plan.title}: recorded on {self.day}; read it, name things better, and keep it.", indent=0), "",
            "from __future__ import annotations", "", *self._imports(text), "", *body,
        ]  # fmt: skip
        return "\n".join(lines).rstrip() + "\n"

    def _imports(self, text: str) -> list[str]:
        standard = ["from collections.abc import Mapping"] if "Mapping[" in text else []
        standard += ["from dataclasses import dataclass"] if "@dataclass" in text else []
        standard += [line for line in _typing_imports(text) if line]
        standard += ["from functools import partial"] if "partial(" in text else []
        order = ["collections", "dataclasses", "datetime", "decimal", "functools", "pathlib"]
        standard.sort(key=lambda line: next(n for n, module in enumerate(order) if f"from {module}" in line))
        apps = sorted(
            f"from {a.facts.module or f'flows.apps.{a.facts.name}'} import {a.kind}" for a in self.plan.apps.values()
        )
        names = [n for n in ("Queue", "Run", "Transaction", "flow") if f"{n}(" in text or f": {n}" in text]
        ours = [f"from nightclerk import {', '.join(sorted(names, key=_order))}"]
        if "load_layout(" in text:
            ours.append("from nightclerk.documents import load_layout, read_table")
        return [*standard, *([""] if standard else []), *ours, "", *apps, ""]

    # ------------------------------------------------------------------------------ the sheet

    def _record(self) -> list[str]:
        sheet, plan = self.plan.sheet, self.plan
        if sheet is None:
            return []
        fields = [f"    {column.field}: {self._type(column)}" for column in sheet.columns]
        named = f"self.{plan.key}" if sheet.column(plan.key).python == "str" else f"str(self.{plan.key})"
        decorated = "@dataclass(frozen=True, kw_only=True)"
        return [
            decorated, f"class {self.row}:",
            docstring(f"One row of {sheet.name}.", indent=4), "", *fields, "",
            "    @property", "    def key(self) -> str:",
            '        """What names the row on both sides."""', f"        return {named}", "", "",
            "#: Rows that wait to be worked.",
            f'{self.queue} = Queue("{plan.name.replace("_", "-")}", of={self.row})', "", "",
        ]  # fmt: skip

    def _type(self, column: Column) -> str:
        return column.python if column.filled or column.python == "str" else f"{column.python} | None"

    def _loading(self) -> list[str]:
        sheet, plan = self.plan.sheet, self.plan
        if sheet is None:
            return []
        fields = [f'{column.field}=row["{column.field}"]' for column in sheet.columns]
        made = bracketed(f"record = {self.row}", fields, "", indent=12)
        title = f"Load {plan.title[:1].lower()}{plan.title[1:]}"
        return [
            f'@flow({{"zh": "读入：{plan.title}", "en": {quoted(title)}}})',
            f"def load_{plan.name}(run: Run, sheet: Path) -> dict[str, int]:",
            '    """Queue the rows of a sheet; a row whose key is queued already is left alone."""',
            '    with run.step("Read the sheet"):',
            f'        layout = load_layout(run.workspace / "config" / "layouts" / "{plan.name}.yaml")',
            "        rows = read_table(run.workspace / sheet, layout)", "",
            '    with run.step("Queue the rows"):', "        queued = 0",
            "        for row in rows:", *made, f"            queued += run.put({self.queue}, record)",
            '    return {"rows": len(rows), "queued": queued}', "", "",
        ]  # fmt: skip

    @property
    def row(self) -> str:
        return f"{class_name(self.plan.name)}Row"

    @property
    def queue(self) -> str:
        return f"{self.plan.name}_queue"

    # ------------------------------------------------------------------------------- the flow

    def _flow(self) -> list[str]:
        plan = self.plan
        each = f", each={self.queue}" if plan.sheet else ""
        kind = "Transaction" if plan.runner == "tx" else "Run"
        parts = [f"{plan.runner}: {kind}", *(f"{app.owner}: {app.kind}" for app in plan.apps.values())]
        parts += [f"row: {self.row}"] if plan.sheet else []
        given = [typed for typed in plan.parameters if not typed.private]
        parts += [f"{typed.name}: {typed.python}" for typed in given]
        parts += [f'{typed.name}: str = ""' for typed in plan.parameters if typed.private]
        lines = [f'@flow({{"zh": {quoted(plan.title)}, "en": {quoted(plan.title)}}}{each})']
        lines += bracketed(f"def {plan.name}", parts, f" -> {self._returns()}:", indent=0)
        lines += [docstring(self._promise(), indent=4)]
        for block in plan.blocks:
            lines += [*self._block(block), ""]
        while lines[-1] == "":
            lines.pop()
        result = self._result()
        return [*lines, *([f"    return {result}"] if result else [])]

    def _promise(self) -> str:
        verbs = [verb for app in self.plan.apps.values() for verb in app.verbs if verb.doc and verb.returns != "str"]
        told = [verb.doc.rstrip(".") for verb in verbs if not verb.name.startswith(("find_", "said_", "sign_"))]
        what = "; ".join([*told[:1], *(one[:1].lower() + one[1:] for one in told[1:3])])
        return f"{what or self.plan.title}."

    def _returns(self) -> str:
        return "str" if self._result() else "None"

    def _result(self) -> str:
        if self.plan.once is not None:
            return self.plan.once.result
        for block in reversed(self.plan.blocks):
            if isinstance(block, Block) and (name := block.lines[-1].partition(" = ")[0]).isidentifier():
                return f"{name}.name" if name.startswith("file") else f"str({name})"
        return ""

    def _block(self, block: Block | OnceBlock) -> list[str]:
        runner = self.plan.runner
        head = f"    with {runner}.step({quoted(block.title)}):"
        if isinstance(block, Block):
            return [head, *(f"        {line}" for line in block.lines)]
        return [*self._helpers(block), head, *self._once(block)]

    def _helpers(self, block: OnceBlock) -> list[str]:
        lines: list[str] = []
        if block.look is None:
            lines += [
                "    def look() -> str | None:",
                '        """No search was recorded: after the click a person looks it up and answers the task."""',
                "        return None", "",
            ]  # fmt: skip
        if len(block.prepare) != 1:
            lines += [
                "    def prepare() -> None:",
                '        """Leave everything ready for the one click; repeatable."""',
            ]
            lines += [f"        {line}" for line in block.prepare] + (
                [""] if block.prepare else ["        return None", ""]
            )
        return lines

    def _once(self, block: OnceBlock) -> list[str]:
        look = f"lambda: {block.look}" if block.look else "look"
        prepare = f"lambda: {block.prepare[0]}" if len(block.prepare) == 1 else "prepare"
        parts = [
            f"look={look}",
            f"prepare={prepare}",
            f"commit={block.commit}",
            *([f"key={block.key}"] if block.key else []),
        ]
        return [
            f"        {block.result} = {self.plan.runner}.once(",
            *(f"            {part}," for part in parts),
            "        )",
        ]


def flow_source(plan: Plan, *, day: str) -> str:
    """The module of the recorded flow."""
    return FlowText(plan, day).source()


def blocks_source(plan: Plan, blocks: Sequence[Block | OnceBlock]) -> list[str]:
    """The lines of some blocks, to be put into an existing flow."""
    text = FlowText(plan, "")
    return [line for block in blocks for line in [*text._block(block), ""]]
