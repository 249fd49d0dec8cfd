"""Words for elements that were found again: what a run healed, accept or refuse it, write it into the files."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from nightclerk.app import starter_root
from nightclerk.cli.common import (
    JsonOption,
    WorkspaceOption,
    person,
    print_json,
    print_table,
    tell,
    the_store,
    the_workspace,
)
from nightclerk.locate.healer import reason_words
from nightclerk.locate.proposals import Proposal, Proposals
from nightclerk.locate.rewrite import write_accepted
from nightclerk.reviews.healings import settle_answers, tell_answer
from nightclerk.texts import say

StateOption = Annotated[str, typer.Option(help="状态 / state: open|unsure|accepted|refused|written")]


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True, help="自愈的元素 / elements that were found again")
    group.command("list", help="列出自愈提案 / list proposals")(healings_list)
    group.command("show", help="看一个提案：依据、改动、图片 / one proposal with its evidence")(healings_show)
    group.command("accept", help="就是它：进入定位覆盖层 / that is it")(healings_accept)
    group.command("refuse", help="不是它：不再提议 / that is not it")(healings_refuse)
    group.command("write", help="把已接受的改动写入定位文件 / write what was accepted into the files")(healings_write)
    app.add_typer(group, name="healings")


def healings_list(state: StateOption = "", as_json: JsonOption = False, workspace: WorkspaceOption = None) -> None:
    """List what runs found again or could not safely find."""
    proposals = _proposals(workspace).all(state=state)
    if as_json:
        print_json(proposals)
        return
    headers = [say("cli.healing"), say("cli.state"), say("cli.found_at"), "P", say("cli.margin"), say("cli.reason")]
    print_table(say("cli.healings"), headers, [_row(one) for one in proposals])


def _row(one: Proposal) -> list[Any]:
    why = ", ".join(reason_words(r) for r in one.reasons) if one.state == "unsure" else ", ".join(one.agreeing[:5])
    return [one.proposal, _state(one), one.best, f"{one.probability:.3f}", f"{one.margin:.1f}", why]


def _state(one: Proposal) -> str:
    return say(f"cli.healing_state.{one.state}")


def healings_show(proposal: str, as_json: JsonOption = False, workspace: WorkspaceOption = None) -> None:
    """Show one proposal: what agrees and contradicts, both places, both pictures, the change."""
    one = _proposals(workspace).get(proposal)
    if as_json:
        print_json(one)
        return
    facts: list[list[Any]] = [
        [say("cli.state"), _state(one)], [say("cli.found_at"), one.best], [say("cli.second"), one.second or "–"],
        ["P", f"{one.probability:.4f}"], [say("cli.margin"), f"{one.margin:.2f}"], [say("cli.trust"), one.trust],
        [say("cli.agreeing"), ", ".join(one.agreeing)], [say("cli.conflicting"), ", ".join(one.conflicting) or "–"],
        [say("cli.look"), f"{64 - one.unlike}/64" if one.unlike >= 0 else "–"],
        [say("cli.before"), f"{one.before_run} {one.before_picture} {list(one.before_box)}"],
        [say("cli.after"), f"{one.run} {one.after_picture} {list(one.after_box)}"],
    ]  # fmt: skip
    print_table(one.proposal, [say("cli.field"), say("cli.value")], facts)
    print(one.diff)


def healings_accept(proposal: str, as_json: JsonOption = False, workspace: WorkspaceOption = None) -> None:
    """Accept: from now on the selectors say so (overlay); `healings write` puts it into the file."""
    root = the_workspace(workspace).root
    one = _proposals(workspace).accept(proposal, who=person(), at=_now())
    tell_answer(root, one)
    with the_store(workspace) as store:
        store.answer(f"healing/{one.proposal}", answer="accept", who=person(), now=datetime.now(UTC))
    tell(say("cli.healing_accepted", proposal=one.proposal), as_json=as_json, proposal=one.proposal, state=one.state)


def healings_refuse(proposal: str, as_json: JsonOption = False, workspace: WorkspaceOption = None) -> None:
    """Refuse: this target is remembered and never used for the element again."""
    one = _proposals(workspace).refuse(proposal, who=person(), at=_now())
    with the_store(workspace) as store:
        store.answer(f"healing/{one.proposal}", answer="refuse", who=person(), now=datetime.now(UTC))
    tell(say("cli.healing_refused", proposal=one.proposal), as_json=as_json, proposal=one.proposal, state=one.state)


def healings_write(as_json: JsonOption = False, workspace: WorkspaceOption = None) -> None:
    """Write accepted healings into the selector files; comments and other lines stay as they are."""
    root = the_workspace(workspace).root
    written = write_accepted(root, starter=starter_root())
    told = [{"file": one.file.relative_to(root), "line": one.line, "proposal": one.proposal} for one in written]
    lines = [*("{file}:{line}  {proposal}".format(**one) for one in told), say("cli.healings_written", n=len(told))]
    tell("\n".join(lines), as_json=as_json, written=told)


def _proposals(workspace: Any) -> Proposals:
    """The proposals, after what people answered in the console has been carried over."""
    root = the_workspace(workspace).root
    with the_store(workspace) as store:
        settle_answers(root, store)
    return Proposals(root)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
