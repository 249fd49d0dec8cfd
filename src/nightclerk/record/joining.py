"""Put newly recorded steps into a flow that is there already; whatever a person wrote in it stays as it was."""

from __future__ import annotations

import ast

from nightclerk.record import code
from nightclerk.record.plan import Plan
from nightclerk.record.values import Typed


def joined_flow(source: str, function: str, step: str, plan: Plan) -> str:
    """The module with the plan's steps behind `step` (its last step when "") of one flow function."""
    tree = ast.parse(source)
    node = next(n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == function)
    lines = source.splitlines()
    added = code.blocks_source(plan, plan.blocks)
    while added and not added[-1]:
        added.pop()
    place = _end_of_step(node, step)
    lines[place:place] = ["", *added] if added else []
    lines = _with_parameters(lines, node, plan)
    return code.with_imports("\n".join(lines).rstrip() + "\n", "\n".join([*added, _hints(plan)]))


def _hints(plan: Plan) -> str:
    return "\n".join(f"x: {typed.python}," for typed in plan.parameters)


def _end_of_step(node: ast.FunctionDef, step: str) -> int:
    """The number of lines up to the end of a step, or of the last statement that is no return."""
    steps = [child for child in node.body if isinstance(child, ast.With) and _title(child)]
    for child in steps:
        if _title(child) == step:
            return child.end_lineno or node.end_lineno or 0
    rest = [child for child in node.body if not isinstance(child, ast.Return)]
    return (rest[-1].end_lineno or 0) if rest else node.end_lineno or 0


def _title(node: ast.With) -> str:
    call = node.items[0].context_expr
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "step" and call.args:
        first = call.args[0]
        return str(first.value) if isinstance(first, ast.Constant) else ""
    return ""


def _with_parameters(lines: list[str], node: ast.FunctionDef, plan: Plan) -> list[str]:
    """New parameters behind the last one of the function."""
    have = {argument.arg for argument in [*node.args.args, *node.args.kwonlyargs]}
    fresh = [typed for typed in plan.parameters if typed.name not in have]
    last = node.args.args[-1]
    if not fresh or last.end_lineno is None or last.end_col_offset is None:
        return lines
    text = "".join(f", {_declared(typed)}" for typed in fresh)
    line = lines[last.end_lineno - 1]
    at = len(line.encode()[: last.end_col_offset].decode())
    lines[last.end_lineno - 1] = line[:at] + text + line[at:]
    return lines


def _declared(typed: Typed) -> str:
    return f'{typed.name}: str = ""' if typed.private else f"{typed.name}: {typed.python}"


def runner_of(source: str, function: str) -> str:
    """What a flow calls its run or transaction."""
    node = next(n for n in ast.parse(source).body if isinstance(n, ast.FunctionDef) and n.name == function)
    for argument in node.args.args:
        if argument.annotation is not None and ast.unparse(argument.annotation) in ("Run", "Transaction"):
            return argument.arg
    return node.args.args[0].arg
