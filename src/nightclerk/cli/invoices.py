"""Words for finance: invoices read, match, review."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from nightclerk.cli.common import JsonOption, WorkspaceOption, print_json, print_table, the_store
from nightclerk.documents.invoices import as_json
from nightclerk.documents.invoices.pool import read_many
from nightclerk.documents.invoices.reader import unreadable_json
from nightclerk.documents.match_files import match_files
from nightclerk.documents.matching_rules import load_matching_rules
from nightclerk.domain.invoices import Invoice
from nightclerk.domain.items import FOR_A_PERSON
from nightclerk.domain.verdicts import MatchRules
from nightclerk.errors import DocumentError, WorkspaceError
from nightclerk.texts import say
from nightclerk.workspace import find_root


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True, help="发票：读取、匹配、复核 / invoices: read, match, review")
    group.command("read", help="读取发票文件 / read invoice files")(read)
    group.command("match", help="与订单、到货单匹配 / match with orders and receipts")(match)
    group.command("review", help="等财务复核的发票 / invoices that wait for finance")(review)
    app.add_typer(group, name="invoices")


def read(
    files: list[Path],
    xml: Annotated[bool, typer.Option("--xml/--no-xml", help="使用内嵌 XML / use embedded XML")] = True,
    jobs: Annotated[int, typer.Option(min=0, max=64, help="并行进程数，0 = 自动 / processes, 0 = automatic")] = 0,
    as_json_: JsonOption = False,
) -> None:
    """Read invoices from PDF, OFD and XML files; an unreadable file is reported and stops nothing."""
    found = [entry for file, result in read_many(files, with_xml=xml, jobs=jobs) for entry in _entries(file, result)]
    if as_json_:
        print_json(found)
        return
    columns = ("number", "issued_on", "gross")
    rows = [[entry["file"], entry["status"], *(_value(entry, name) for name in columns)] for entry in found]
    headers = [say(f"cli.invoice_{name}") for name in ("file", "status", "number", "date", "gross")]
    print_table(say("cli.invoices"), headers, rows)


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
    if as_json_:
        print_json(verdicts)
        return
    headers = [say(f"cli.match_{name}") for name in ("invoice", "outcome", "pos", "rule")]
    rows = [[v["invoice"], v["outcome"], ", ".join(v["pos"]), v["rule"]] for v in verdicts]
    print_table(say("cli.invoices"), headers, rows)


def _rules(workspace: Path | None) -> MatchRules | None:
    """The workspace's tolerances; outside any workspace, or without the file, the built-in ones."""
    try:
        file = find_root(workspace) / "config" / "matching.yaml"
    except WorkspaceError:
        return None
    return load_matching_rules(file) if file.exists() else None


def review(as_json_: JsonOption = False, workspace: WorkspaceOption = None) -> None:
    """List the invoices that wait for a person, with the reason."""
    with the_store(workspace) as store:
        waiting = store.items("invoices", states=FOR_A_PERSON, limit=10_000)
    if as_json_:
        print_json(waiting)
        return
    headers = [say("cli.invoice_number"), say("cli.state"), say("cli.reason")]
    print_table(say("cli.invoices"), headers, [[i.key, i.state.value, i.reason] for i in waiting])
