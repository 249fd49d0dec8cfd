"""Worker of the benchmark: the flow through the real engine, as `nightclerk run` performs it, with full evidence."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from keying import keyed, order_queue, selectors

from nightclerk.app import store_of
from nightclerk.child import perform_run
from nightclerk.domain.items import RunRecord
from nightclerk.workspace import load_workspace

#: The last order of a batch waits for the next batch, so an order's own time has to cover what the other ways take:
#: with the usual five minutes the run was ended, as it should be, when the others took longer on a loaded machine.
_BOT = "bot: bench\nflow: keying:key_order\ntimeout: 24h\nitem_timeout: 24h\nattempts: 1\n"


def main() -> None:
    url, folder = sys.argv[1], Path(sys.argv[2])
    _write(folder, url)
    workspace = load_workspace(folder)
    store = store_of(workspace)
    now = datetime.now(UTC)
    store.add_run(RunRecord(run="bench-1", bot="bench", flow="keying:key_order", queued_at=now))
    warm_up = keyed(9_999_999, first=0, last=True)
    store.put(order_queue.name, warm_up.key, order_queue.dump(warm_up), now=now)
    store.close()
    state = perform_run(workspace, "bench-1")
    sys.exit(0 if state.value == "done" else f"the run ended as {state.value}")


def _write(folder: Path, url: str) -> None:
    """A workspace of its own."""
    files = {
        "bots/bench.yaml": _BOT,
        "config/apps.yaml": f"bench: {{url: '{url}'}}\n",
        "config/settings.yaml": "pictures_mb_per_run: 100000\n",
        "selectors/bench/erp.yaml": selectors(),
        "flows/README": "",
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
