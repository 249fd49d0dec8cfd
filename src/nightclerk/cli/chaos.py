"""Word for cruelty: chaos kills, freezes and starves bots on the sandbox and counts in the partner's own books."""

from __future__ import annotations

import contextlib
import json
import shutil
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from nightclerk.chaos.database import Severed
from nightclerk.chaos.faults import Partner
from nightclerk.chaos.harness import Attack, Outcome, attack
from nightclerk.chaos.scene import Database
from nightclerk.chaos.strikes import Struck
from nightclerk.cli.common import screen
from nightclerk.cli.evidence import verified
from nightclerk.errors import WorkspaceError
from nightclerk.sandbox.postgres import postgres as own_postgres
from nightclerk.texts import say
from nightclerk.workspace import load_workspace

#: Figures that are added up when both partners are attacked.
_SUMMED = ("kills", "faults", "items", "done", "in_doubt", "lost", "doubled", "seconds")


class Partners(StrEnum):
    """What `--partner` takes."""

    WEB = "web"
    DESKTOP = "desktop"
    BOTH = "both"


def register(app: typer.Typer) -> None:
    app.command("chaos", help="混沌测试：强杀、断网、拔电源，再按对方的账点数 / kill, cut and starve, then count")(
        chaos
    )


def chaos(
    kills: Annotated[int, typer.Option(min=0, help="强杀次数 / how many SIGKILLs")] = 20,
    faults: Annotated[int, typer.Option(min=0, help="其他故障次数 / how many other faults")] = 20,
    seed: Annotated[int, typer.Option(help="同一种子，同一顺序的故障 / the same seed, the same faults")] = 1,
    workers: Annotated[int, typer.Option(min=1, help="工作机数，需要 --postgres / workers, with --postgres")] = 1,
    partner: Annotated[Partners, typer.Option(help="对方系统 / whose screens are worked")] = Partners.WEB,
    lagging: Annotated[
        int, typer.Option(min=1, help="每几条订单去查询滞后的站点 / every Nth order goes to the site whose search lags")
    ] = 20,
    items: Annotated[int, typer.Option(min=1, help="至少多少订单 / at least so many orders")] = 50,
    postgres: Annotated[
        str, typer.Option(help="PostgreSQL 地址，或 local 自行启动一个 / a URL, or `local` to start one of its own")
    ] = "",
    minutes: Annotated[float, typer.Option(min=0, help="最多几分钟，0 不限 / no further fault after so long")] = 0,
    keep: Annotated[bool, typer.Option("--keep", help="保留临时工作区 / keep the temporary workspace")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="标准输出只有一个 JSON / one JSON object")] = False,
) -> None:
    """Strike at bots that work the sandbox; exit 0 only when nothing is lost or doubled and all evidence verifies.

    Everything happens in a temporary workspace; the one around the current folder is not touched.
    """
    if workers > 1 and not postgres:
        raise WorkspaceError(
            where=f"--workers {workers}", expected=say("chaos.needs_postgres"), remedy=say("chaos.add_postgres")
        )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that nobody whom we started is left behind
    folder = Path(tempfile.mkdtemp(prefix="nightclerk-chaos-"))
    chosen = list(Partner) if partner is Partners.BOTH else [Partner(partner.value)]
    outcomes: list[Outcome] = []
    proofs: list[bool] = []
    for n, one in enumerate(chosen):
        with _database(postgres) as database:
            asked = Attack(
                partner=one, seed=seed, kills=_share(kills, n, chosen), faults=_share(faults, n, chosen),
                workers=workers, items=items, folder=folder / one.value, database=database,
                minutes=minutes / len(chosen), lagging=lagging,
            )  # fmt: skip
            outcomes.append(_carry_out(asked))
            proofs.append(verified(load_workspace(asked.folder)).ok)
            screen.print(say("chaos.proof" if proofs[-1] else "chaos.no_proof"))
    facts = {**together(outcomes), "evidence_verified": all(proofs)}
    if as_json:
        print(json.dumps(facts, ensure_ascii=False))
    clean = all(proofs) and all(outcome.clean for outcome in outcomes)
    if clean and not keep:
        shutil.rmtree(folder, ignore_errors=True)
    else:
        screen.print(say("chaos.kept", folder=folder))
    raise typer.Exit(0 if clean else 1)


def together(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """One attack's figures as they are; of several the sums, and each under its partner's name."""
    facts = [outcome.facts() for outcome in outcomes]
    if len(facts) == 1:
        return facts[0]
    sums: Counter[str] = Counter()
    for one in facts:
        sums.update({name: one[name] for name in _SUMMED})
    return {**{name: round(sums[name], 1) for name in _SUMMED}, **{one["partner"]: one for one in facts}}


def _share(total: int, n: int, chosen: Sequence[Partner]) -> int:
    """The n-th partner's share; the shares add up to the total."""
    return total * (n + 1) // len(chosen) - total * n // len(chosen)


@contextlib.contextmanager
def _database(asked: str) -> Iterator[Database | None]:
    """No PostgreSQL, one of our own, or the user's: there connections are severed instead of stopping the server."""
    if not asked:
        yield None
    elif asked == "local":
        with own_postgres(durable=True) as server:
            yield server
    else:
        yield Severed(asked)


def _carry_out(asked: Attack) -> Outcome:
    store = "PostgreSQL" if asked.database else "SQLite"
    screen.print(
        say("chaos.title", partner=asked.partner.value, store=store, seed=asked.seed, folder=asked.folder)
    )  # fmt: skip
    outcome = attack(asked, tell=_tell)
    _show(outcome)
    return outcome


def _tell(n: int, of: int, struck: Struck) -> None:
    moment = struck.moment.value if struck.moment else struck.detail
    text = "chaos.struck" if struck.struck else "chaos.passed_by"
    screen.print(say(text, n=n, of=of, kind=struck.kind.value, moment=moment, item=struck.item), highlight=False)
    if n == of:
        screen.print(say("chaos.settling"))


def _show(outcome: Outcome) -> None:
    facts = outcome.facts()
    screen.print(say("chaos.counted", **facts))
    if outcome.resumption:
        screen.print(say("chaos.resumed", **outcome.resumption))
    if outcome.stalled:
        screen.print(say("chaos.stalled", why=outcome.stalled))
    if outcome.tally.needless:
        refs = ", ".join(outcome.tally.needless)
        screen.print(say("chaos.needless", count=len(outcome.tally.needless), refs=refs))
    if outcome.tally.in_doubt > outcome.tally.items / 100:
        screen.print(say("chaos.many_doubts", share=f"{outcome.tally.in_doubt / outcome.tally.items:.1%}"))
    if outcome.clean:
        screen.print(say("chaos.ok"))
    else:
        screen.print(say("chaos.bad", seed=outcome.attack.seed, folder=outcome.attack.folder))
