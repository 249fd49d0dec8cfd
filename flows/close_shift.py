"""Close the shift: one report of what ran, what was entered and what waits for whom, as Excel and as a page."""

from __future__ import annotations

from datetime import UTC, datetime

from nightclerk import Run, flow
from nightclerk.documents.report import ShiftReport, write_html, write_xlsx


@flow({"zh": "班次收尾", "en": "Close the shift"})
def close_shift(run: Run) -> dict[str, int]:
    """Write the shift's report into the run's files; return its four figures."""
    with run.step("Collect what happened"):
        report = collect(run)

    with run.step("Write the report"):
        run.files.mkdir(parents=True, exist_ok=True)
        name = f"夜班报告-{report.day:%Y%m%d}"
        for file in (
            write_xlsx(report, run.files / f"{name}.xlsx"),
            write_html(report, run.files / f"{name}.html"),
        ):
            run.keep(file, kind="report")
    return dict(zip(("ran", "ran_badly", "entered", "waiting"), (n for _, n, _ in report.figures()), strict=True))


def collect(run: Run) -> ShiftReport:
    """The records of this shift: its runs, their effects, every queue, and the open questions."""
    runs = [record for record in run.runs() if record.run != run.id]
    ours = {record.run for record in runs}
    queues = [queue for queue in run.queues() if not queue.startswith("run:")]
    return ShiftReport(
        day=run.day,
        made_at=datetime.now(UTC),
        runs=runs,
        items=[item for queue in queues for item in run.items(queue)],
        effects=[effect for effect in run.effects() if effect.run in ours],
        tasks=run.tasks(),
        heads=run.heads(),
    )
