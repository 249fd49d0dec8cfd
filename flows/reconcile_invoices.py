"""Read every invoice of the inbox, match it against orders and receipts, file each, queue what may be paid."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from flows.invoice_payments import queue_payments, requested
from flows.invoices import NoInbox, invoice_queue
from nightclerk import Run, flow
from nightclerk.documents.finance_workbook import Booked, write_finance_workbook
from nightclerk.documents.invoice_archive import keep_original
from nightclerk.documents.invoices import DocumentError, InvoiceReader, as_json
from nightclerk.documents.invoices.taught import FOLDER as TAUGHT
from nightclerk.documents.match_words import candidates_json, reason, verdict_json
from nightclerk.documents.matching_rules import load_matching_rules
from nightclerk.documents.purchases import purchases
from nightclerk.documents.suppliers import with_suppliers
from nightclerk.domain.invoice_cases import InvoiceCase, Settled, case_of
from nightclerk.domain.invoices import Invoice
from nightclerk.domain.items import State, WorkItem
from nightclerk.domain.matching import match_all
from nightclerk.domain.purchasing import PurchaseOrder
from nightclerk.domain.verdicts import MatchOutcome, Verdict

#: Where a verdict puts its invoice. A rejected one is a copy: nobody has to do anything about it.
STATES = {
    MatchOutcome.MATCH: State.DONE,
    MatchOutcome.OFFSET: State.DONE,
    MatchOutcome.DUPLICATE: State.REJECTED,
    MatchOutcome.EXCEPTION: State.WAITING,
    MatchOutcome.REVIEW: State.WAITING,
}
#: The best source of an invoice first: its key is the plain number.
TRUST = (".xml", ".ofd", ".pdf")


@dataclass(frozen=True, kw_only=True)
class Paper:
    """One invoice document of the inbox. `case` is None when it could not be read far enough; `why` says why."""

    file: Path
    sha256: str
    kept: str
    invoice: Invoice | None = None
    case: InvoiceCase | None = None
    why: str = ""


@flow({"zh": "核对发票", "en": "Reconcile invoices"})
def reconcile_invoices(run: Run, inbox: Path = Path("data/sandbox/inbox")) -> dict[str, int]:
    """Reconcile the inbox; invoices that an earlier run has filed stay as they are."""
    with run.step("Read the inbox"):
        papers = read_inbox(run, run.workspace / inbox)
    with run.step("Match with orders and receipts"):
        orders, verdicts = match(run, papers)
    with run.step("File the invoices"):
        counts = file_papers(run, papers, orders, verdicts)
    with run.step("Queue the payments"):
        counts["payments"] = queue_payments(run)
    with run.step("Write the workbook for finance"):
        write_workbook(run, papers, verdicts)
    return {"read": len(papers), **counts}


# ------------------------------------------------------------------------------------------- reading


def read_inbox(run: Run, folder: Path) -> list[Paper]:
    """Every file of the folder as papers, best source first. A file that cannot be read stops nothing."""
    if not folder.is_dir():
        raise NoInbox(folder=folder)
    files = [file for file in folder.iterdir() if file.is_file() and not file.name.startswith(".")]
    files.sort(key=lambda file: (trust(file), file.stem, file.name))
    with InvoiceReader(taught=run.workspace / TAUGHT) as reader:
        papers = [paper for file in files for paper in read_file(run, reader, file)]
    return keyed(papers, filed(run))


def trust(file: Path) -> int:
    return TRUST.index(file.suffix.lower()) if file.suffix.lower() in TRUST else len(TRUST)


def read_file(run: Run, reader: InvoiceReader, file: Path) -> list[Paper]:
    sha256 = run.keep(file, kind="invoice")
    kept = keep_original(run.workspace, file, sha256)
    try:
        invoices = reader.read(file)
    except DocumentError as error:
        run.note("unreadable", file=file.name, why=str(error))
        return [Paper(file=file, sha256=sha256, kept=kept, why=str(error))]
    return [
        Paper(file=file, sha256=sha256, kept=kept, invoice=invoice, case=case_of(invoice, key=""))
        for invoice in invoices
    ]


def keyed(papers: Iterable[Paper], earlier: dict[str, WorkItem]) -> list[Paper]:
    """Give each case its key: the plain number for the first document of a number, number~file for the rest."""
    owner = {key: str(item.payload.get("file", "")) for key, item in earlier.items()}
    result = []
    for paper in papers:
        if paper.case is None:
            result.append(paper)
            continue
        number = f"{paper.case.code}{paper.case.number}"
        first = owner.setdefault(number, paper.file.name) == paper.file.name
        key = number if first else f"{number}~{paper.file.name}"
        case = replace(paper.case, key=key, sha256=paper.sha256, file=paper.file.name)
        result.append(replace(paper, case=case))
    return result


# ------------------------------------------------------------------------------------------ matching


def filed(run: Run) -> dict[str, WorkItem]:
    """What earlier runs have filed, by key."""
    return {item.key: item for item in run.items(invoice_queue)}


def match(run: Run, papers: Sequence[Paper]) -> tuple[dict[str, PurchaseOrder], dict[str, Verdict]]:
    """Orders by number, and a verdict for each new case by its key."""
    orders, receipts = purchases(run.workspace)
    rules = load_matching_rules(run.workspace / "config" / "matching.yaml")
    earlier = filed(run)
    fresh = [paper.case for paper in papers if paper.case is not None and paper.case.key not in earlier]
    settled = [settled_of(item) for item in earlier.values() if item.payload.get("number")]
    verdicts = match_all(with_suppliers(fresh, orders, rules), orders, receipts, rules, earlier=settled)
    run.note("matched", rules=rules.version, new=len(fresh), earlier=len(earlier))
    return {order.number: order for order in orders}, {verdict.invoice: verdict for verdict in verdicts}


def settled_of(item: WorkItem) -> Settled:
    accepted = item.details.get("orders", ()) if item.state is State.DONE else ()
    return Settled(case=invoice_queue.load(item.payload), orders=tuple(accepted))


# -------------------------------------------------------------------------------------------- filing


def file_papers(
    run: Run, papers: Sequence[Paper], orders: dict[str, PurchaseOrder], verdicts: dict[str, Verdict]
) -> dict[str, int]:
    """File each paper with its verdict; how many ended where (only those that this run filed)."""
    counts: Counter[str] = Counter({"matched": 0, "in_review": 0, "duplicates": 0, "red_notes": 0, "unreadable": 0})
    for paper in papers:
        if paper.case is None:
            counts["unreadable"] += file_unreadable(run, paper)
        elif paper.case.key in verdicts:
            verdict = verdicts[paper.case.key]
            counts[COUNTED[verdict.outcome]] += file_verdict(run, paper, paper.case, verdict, orders)
    return dict(counts)


COUNTED = {
    MatchOutcome.MATCH: "matched",
    MatchOutcome.OFFSET: "red_notes",
    MatchOutcome.DUPLICATE: "duplicates",
    MatchOutcome.EXCEPTION: "in_review",
    MatchOutcome.REVIEW: "in_review",
}


def file_verdict(run: Run, paper: Paper, case: InvoiceCase, verdict: Verdict, orders: dict[str, PurchaseOrder]) -> bool:
    state = STATES[verdict.outcome]
    if verdict.outcome is MatchOutcome.OFFSET and any(verdict.of.endswith(number) for number in requested(run)):
        state = State.WAITING  # the reversed invoice is on its way to be paid: a person claims it back
    return run.settle(
        invoice_queue,
        case,
        state,
        result=", ".join(verdict.orders) if state is State.DONE else "",
        reason=reason(verdict),
        details=details(paper, verdict, orders),
    )


def details(paper: Paper, verdict: Verdict | None, orders: dict[str, PurchaseOrder]) -> dict[str, object]:
    """What the review page shows: the fields with their boxes, the verdict, and the orders beside it."""
    read = as_json(paper.invoice) if paper.invoice else {}
    facts = {"file": paper.file.name, "sha256": paper.sha256, "kept": paper.kept}
    shown = {name: read[name] for name in ("fields", "lines", "findings", "format", "pages") if name in read}
    if verdict is None:
        return {**facts, **shown}
    return {
        **facts,
        **shown,
        "orders": list(verdict.orders),
        "verdict": verdict_json(verdict),
        "candidates": candidates_json(verdict, orders),
    }


def file_unreadable(run: Run, paper: Paper) -> bool:
    """A file without a usable invoice waits for a person under its own hash."""
    case = InvoiceCase(
        key=f"{paper.sha256[:12]}-{paper.file.name}",
        number="",
        issued_on=run.day,
        seller="",
        seller_tax_id="",
        net=Decimal(0),
        tax=Decimal(0),
        gross=Decimal(0),
        file=paper.file.name,
        sha256=paper.sha256,
        confirmed=False,
    )
    why = paper.why or "number, date or amounts could not be read / 号码、日期或金额未能读出"
    return run.settle(invoice_queue, case, State.WAITING, reason=why, details=details(paper, None, {}))


# ------------------------------------------------------------------------------------------ workbook


def write_workbook(run: Run, papers: Sequence[Paper], verdicts: dict[str, Verdict]) -> Path:
    """The workbook over what this run filed."""
    folder = run.files
    booked = [
        Booked(
            case=paper.case,
            verdict=verdicts.get(paper.case.key) if paper.case else None,
            file=paper.file.name,
            why=paper.why,
            link=os.path.relpath(run.workspace / paper.kept, folder),
            evidence=os.path.relpath(run.workspace / "logs" / run.id, folder),
        )
        for paper in papers
        if paper.case is None or paper.case.key in verdicts
    ]
    path = write_finance_workbook(folder / f"invoices-{run.day:%Y%m%d}.xlsx", booked)
    run.keep(path, kind="workbook")
    return path
