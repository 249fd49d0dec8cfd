"""Words for finance: invoices read, match, review."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from nightclerk.cli.common import JsonOption, WorkspaceOption, print_json, print_table, the_store
from nightclerk.documents.invoice_archive import write_index
from nightclerk.documents.invoices import as_json
from nightclerk.documents.invoices.pool import read_many
from nightclerk.documents.invoices.reader import unreadable_json
from nightclerk.documents.invoices.taught import FOLDER as TAUGHT
from nightclerk.documents.invoices.teaching import CannotTeach, mark_of, teach
from nightclerk.documents.match_files import match_files
from nightclerk.documents.matching_rules import workspace_rules
from nightclerk.documents.payment_rules import load_fee_terms
from nightclerk.documents.settlement_files import settle_files
from nightclerk.domain.invoices import Invoice, InvoiceStatus
from nightclerk.domain.verdicts import MatchRules
from nightclerk.errors import DocumentError, WorkspaceError
from nightclerk.records import dump
from nightclerk.reviews import invoices as reviews
from nightclerk.reviews.learned import KIND as RULE
from nightclerk.reviews.learned import settle_rules
from nightclerk.texts import say
from nightclerk.workspace import find_root

#: Exit status of `invoices read` when a file could not be read; 1 and 2 are errors of the call itself.
UNREADABLE = 3


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True, help="发票：读取、匹配、复核 / invoices: read, match, review")
    group.command("read", help="读取发票文件 / read invoice files")(read)
    group.command("match", help="与订单、到货单匹配 / match with orders and receipts")(match)
    group.command("settle", help="核对平台结算单 / check a shop's settlement")(settle)
    group.command("teach", help="教会一种版式 / teach a layout by marking its fields once")(teach_layout)
    group.command("review", help="等财务复核的发票 / invoices that wait for finance")(review)
    group.command("rules", help="复核提出的规则 / rules that reviews proposed")(rules)
    group.command("archive", help="原件索引 / index of the originals")(archive)
    app.add_typer(group, name="invoices")


def read(
    files: list[Path],
    xml: Annotated[bool, typer.Option("--xml/--no-xml", help="使用内嵌 XML / use embedded XML")] = True,
    jobs: Annotated[int, typer.Option(min=0, max=64, help="并行进程数，0 = 自动 / processes, 0 = automatic")] = 0,
    as_json_: JsonOption = False,
) -> None:
    """Read invoices from PDF, OFD and XML files; an unreadable file is reported and stops nothing.

    Exit status: 0 = every file was read, 3 = at least one could not be (it is in the list, with the reason).
    """
    results = read_many(files, with_xml=xml, jobs=jobs, taught=_taught())
    found = [entry for file, result in results for entry in _entries(file, result)]
    print_json(found) if as_json_ else _print_read(found)
    if any(entry["status"] == InvoiceStatus.UNREADABLE for entry in found):
        raise typer.Exit(UNREADABLE)


def _print_read(found: list[dict[str, Any]]) -> None:
    """One row an invoice, then each finding as a sentence."""
    columns = ("number", "issued_on", "gross")
    rows = [[entry["file"], entry["status"], *(_value(entry, name) for name in columns)] for entry in found]
    headers = [say(f"cli.invoice_{name}") for name in ("file", "status", "number", "date", "gross")]
    print_table(say("cli.invoices"), headers, rows)
    for entry in found:
        for finding in entry["findings"]:
            text = str(finding["text"])
            typer.echo(text if entry["file"] in text else f"{entry['file']}: {text}")


def _taught() -> Path | None:
    """The taught layouts of the workspace around the current folder, where there is one."""
    root = _root(None)
    return root / TAUGHT if root else None


def _root(workspace: Path | None) -> Path | None:
    """The workspace that is named, or the one around the current folder; None outside any."""
    if workspace is not None:
        return find_root(workspace)
    try:
        return find_root(None)
    except WorkspaceError:
        return None


def teach_layout(
    file: Annotated[Path, typer.Argument(help="样本 PDF / a PDF of this layout")],
    name: Annotated[str, typer.Option(help="版式名称 / name of the layout")],
    when: Annotated[str, typer.Option(help="只有该开票方页面才有的文字 / a text that only this issuer prints")],
    mark: Annotated[list[str], typer.Option(help="字段=页:左,上,右,下 / field=page:left,top,right,bottom (points)")],
    as_json_: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Keep where an issuer prints its fields in config/invoice_layouts; shows what the marks read in this file."""
    try:
        marks = [mark_of(text) for text in mark]
    except ValueError as error:
        raise CannotTeach(file=file.name, why=str(error), remedy="--mark gross=1:430,88,545,102") from error
    found = teach(find_root(workspace) / TAUGHT, file, name=name, when=when, marks=marks)
    rows = [[field, str(value.value), str(value.page)] for field, value in found.items()]
    if as_json_:
        print_json({field: value for field, value, _ in rows})
        return
    print_table(f"{TAUGHT.as_posix()}/{name}.yaml", [say("cli.field"), say("cli.value"), say("invoices.page")], rows)


def _entries(file: Path, result: list[Invoice] | DocumentError) -> list[dict[str, Any]]:
    if isinstance(result, DocumentError):
        return [unreadable_json(file, str(result))]
    return [as_json(invoice) for invoice in result]


def _value(entry: dict[str, Any], name: str) -> str:
    fields = entry.get("fields")
    field = fields.get(name) if isinstance(fields, dict) else None
    return str(field["value"]) if field else ""


def match(
    invoices: Annotated[Path, typer.Option(help="发票：JSON、Excel 或 CSV / invoices: JSON, Excel or CSV")],
    orders: Annotated[Path, typer.Option(help="采购订单：JSON、Excel 或 CSV / purchase orders: JSON, Excel or CSV")],
    receipts: Annotated[Path, typer.Option(help="到货单：JSON、Excel 或 CSV / receipts: JSON, Excel or CSV")],
    as_json_: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Match invoices with purchase orders and receipts; one verdict an invoice, with its rule and differences."""
    verdicts = match_files(invoices, orders, receipts, _rules(workspace))
    if as_json_:  # one object a line: laid out over several, a hundred thousand take longer to print than to find
        print("[" + ",\n".join(json.dumps(verdict, ensure_ascii=False) for verdict in verdicts) + "]")
        return
    headers = [say(f"cli.match_{name}") for name in ("invoice", "outcome", "pos", "rule")]
    rows = [[v["invoice"], v["outcome"], ", ".join(v["pos"]), v["rule"]] for v in verdicts]
    print_table(say("cli.invoices"), headers, rows)


def settle(
    statement: Annotated[Path, typer.Option(help="平台结算单 / the platform's statement: JSON, Excel or CSV")],
    orders: Annotated[Path, typer.Option(help="店铺订单 / the shop's orders: JSON, Excel or CSV")],
    as_json_: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Hold a platform's settlement against the shop's orders: sales, fees as config/payments.yaml has them, refunds."""
    root = _root(workspace)
    found = settle_files(statement, orders, load_fee_terms(root) if root else None)
    if as_json_:
        print_json(found)
        return
    headers = [say(f"invoices.column.{name}") for name in ("orders", "outcome", "gross", "reason")]
    rows = [[one["order"], one["outcome"], one["payout"], "；".join(one["differences"])] for one in found]
    print_table(say("cli.invoices"), headers, rows)


def _rules(workspace: Path | None) -> MatchRules | None:
    """The workspace's tolerances; outside any workspace, or without the file, the built-in ones."""
    root = _root(workspace)
    return workspace_rules(root) if root else None


def review(as_json_: JsonOption = False, workspace: WorkspaceOption = None) -> None:
    """List the invoices that wait for a person, with the reason, and what all invoices add up to."""
    with the_store(workspace) as store:
        found, sums = reviews.waiting(store, limit=10_000), reviews.totals(store)
    if as_json_:
        print_json([dump(row) for row in found])
        return
    headers = [say(f"invoices.column.{name}") for name in ("key", "seller", "gross", "rule", "orders", "reason")]
    rows = [[r.key, r.seller, f"{r.gross:,.2f} {r.currency}", r.rule, ", ".join(r.orders), r.reason] for r in found]
    print_table(say("cli.invoices"), headers, rows)
    for one in sums:
        amounts = {
            name: f"{getattr(one, name):,.2f}" for name in ("matched", "red_notes", "in_review", "rejected", "received")
        }
        typer.echo(say("invoices.totals" if one.adds_up else "invoices.totals_wrong", currency=one.currency, **amounts))


def rules(as_json_: JsonOption = False, workspace: WorkspaceOption = None) -> None:
    """Write the rules that people accepted into config/matching.yaml, and list those that still wait for a yes."""
    with the_store(workspace) as store:
        written = settle_rules(find_root(workspace), store)
        open_ = [task for task in store.tasks(limit=1000) if task.kind == RULE]
    if as_json_:
        print_json({"written": dump(written), "open": [dump(task) for task in open_]})
        return
    for rule in written:
        typer.echo(say("invoices.rule_written", subject=rule.subject, value=rule.value))
    rows = [[task.task, task.question] for task in open_]
    print_table(say("invoices.rules_open"), [say("invoices.column.task"), say("invoices.column.question")], rows)


def archive(as_json_: JsonOption = False, workspace: WorkspaceOption = None) -> None:
    """Write data/invoices/index.csv: every original with its hash, its orders and the number of its voucher."""
    with the_store(workspace) as store:
        entries = reviews.archive_entries(store)
    path = write_index(find_root(workspace), entries)
    if as_json_:
        print_json([dump(entry) for entry in entries])
        return
    typer.echo(say("invoices.archived", file=str(path), n=len(entries)))
