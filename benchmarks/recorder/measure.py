"""Record every session once, check what was written, run it once by the engine, and compare what the page then held.

    python benchmarks/recorder/measure.py WORKSPACES [--kits FOLDER] [--only NAME…]

`--kits` is a folder with the pages of kits.py and the kits' own files. A session counts as replayed when its bot ends
well at the first try and the site has been told exactly what it was told while recording (for a sheet: once a row).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))
from benchmarks.recorder.kits import KITS
from tests.record.kit import PAGES, Bench, Desk, desk, empty_workspace
from tests.record.sessions import OWN, Session

#: How an item may end; a run counts other things as well.
ENDINGS = {"done", "failed", "rejected", "in_doubt", "waiting", "retried", "abandoned"}


def measure(root: Path, sessions: Sequence[Session], folder: Path, *, static: bool) -> list[dict[str, Any]]:
    """One line a session, each in a workspace of its own."""
    lines = []
    with desk(folder) as site:
        for session in sessions:
            bench = empty_workspace(root / session.name)
            line = record_one(bench, session, site)
            if "error" not in line:
                run_one(bench, line, site)
                line |= {"faults": bench.faults()} if static else {}
            print(json.dumps({k: v for k, v in line.items() if k != "told"}, ensure_ascii=False), flush=True)
            lines.append(line)
    return lines


def record_one(bench: Bench, session: Session, site: Desk) -> dict[str, Any]:
    site.take()
    sheet = bench.root / f"{session.name}.csv" if session.sheet else None
    if sheet is not None:
        sheet.write_text(session.sheet, encoding="utf-8")
    began, cpu = time.monotonic(), time.process_time()
    line: dict[str, Any] = {"session": session.name}
    try:
        url = f"{site.url}/{session.page}"
        outcome = bench.record(url, session.person, flow=session.name, sheet=sheet, **session.answers)
        line |= {"steps": len(outcome.steps), "told": site.take(), "sheet": bool(sheet), "hints": outcome.written.hints}
    except Exception as error:
        line |= {
            "error": f"{type(error).__name__}: {error}".splitlines()[0][:200],
            "trace": traceback.format_exc()[-600:],
        }
    return line | {"record_s": round(time.monotonic() - began, 1), "record_cpu_s": round(time.process_time() - cpu, 2)}


def run_one(bench: Bench, line: dict[str, Any], site: Desk) -> None:
    bot = line["session"].replace("_", "-")
    site.take()
    try:
        ended = bench.run(*([f"load-{bot}"] if line["sheet"] else []), bot)[-1]
    except (AssertionError, subprocess.TimeoutExpired) as error:
        line |= {"replayed": False, "why": str(error)[-300:]}
        return
    told = site.take()
    same = len(told) == 3 and line["told"][0] in told if line["sheet"] else told == line["told"]
    well = ended["state"] == "done" and set(ended["counts"]) & ENDINGS == {"done"}
    reasons = [item["reason"] for item in ended["items"] if item["key"].startswith(f"test-{bot}") or line["sheet"]]
    line |= {"replayed": bool(well and same), "same": same, "state": ended["state"], "counts": ended["counts"]}
    line |= {} if line["replayed"] else {"why": [reason for reason in reasons if reason][:2], "told_again": told}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workspaces", type=Path)
    parser.add_argument("--kits", type=Path)
    parser.add_argument("--only", nargs="*", dest="names", metavar="NAME")
    parser.add_argument("--fast", action="store_true", help="leave out check, mypy and ruff")
    asked = parser.parse_args()
    chosen = [session for session in OWN if not asked.names or session.name in asked.names]
    lines = measure(asked.workspaces, chosen, PAGES, static=not asked.fast)
    if asked.kits:
        chosen = [session for session in KITS if not asked.names or session.name in asked.names]
        lines += measure(asked.workspaces, chosen, asked.kits, static=not asked.fast)
    replayed = sum(bool(line.get("replayed")) for line in lines)
    clean = sum(line.get("faults") == [] for line in lines)
    print(json.dumps({"sessions": len(lines), "replayed": replayed, "clean": clean}))


if __name__ == "__main__":
    main()
