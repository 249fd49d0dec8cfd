"""How soon a person sees what a run does: `python -m benchmarks.console.live [--bots export-taobao key-orders]`.

Bots of the practice workspace work in processes of their own; the page of each is open in a browser. Counted from the
moment of an act, as the journal states it, to the moment in which the page has painted the picture of it. Both clocks
are this machine's.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from nightclerk.cli.consoles import console_of
from nightclerk.cli.sandbox import Sandbox
from nightclerk.console.rights import Role
from nightclerk.evidence.journal import JOURNAL
from nightclerk.init import create_workspace
from nightclerk.office.office import Office
from nightclerk.web.browser import installed_browser
from nightclerk.workspace import load_workspace

#: Notes each picture that the page has painted, through reloads of the page: [milliseconds since 1970, address].
WATCH = """document.addEventListener('load', (event) => {
  const image = event.target;
  if (image.id !== 'picture') return;
  requestAnimationFrame(() => {
    const painted = JSON.parse(sessionStorage.painted || '[]');
    sessionStorage.painted = JSON.stringify([...painted, [Date.now(), image.getAttribute('src')]]);
  });
}, true);"""


def bodies(journal: Path) -> list[dict[str, Any]]:
    return [json.loads(line)["body"] for line in journal.read_bytes().split(b"\n")[:-1]]


def acts(journal: Path) -> list[tuple[float, str]]:
    """(milliseconds since 1970, sha256) of everything pictured, in the order of its happening."""
    lines = bodies(journal)
    pictures = {line["shot"]: line["sha256"] for line in lines if line["kind"] == "picture" and "sha256" in line}
    shown = [line for line in lines if line["kind"] != "picture" and line.get("shot") in pictures]
    return [(datetime.fromisoformat(line["at"]).timestamp() * 1000, pictures[line["shot"]]) for line in shown]


def delays(painted: list[tuple[float, str]], done: list[tuple[float, str]]) -> list[float]:
    """Milliseconds from the first act that a painted picture shows, since the paint before it, to the paint."""
    found, before = [], 0.0
    for at, address in painted:
        moments = [moment for moment, sha in done if sha in address and before <= moment <= at]
        if moments:
            found.append(at - moments[0])
            before = moments[-1]
    return found


def watched(page: Page, office: Office, address: str, bot: str) -> tuple[list[tuple[float, str]], str]:
    """Launch the bot and look at its page until it has ended."""
    run = office.launch(bot, {}, by="benchmark")
    page.evaluate("delete sessionStorage.painted")
    page.goto(f"{address}/runs/{run}")
    for _ in range(600):
        if office.over(run):
            break
        page.wait_for_timeout(500)
    page.wait_for_timeout(2000)
    return page.evaluate("JSON.parse(sessionStorage.painted || '[]')"), run


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--bots", nargs="*", default=["export-taobao", "key-orders"], help="each after the one before")
    bots = words.parse_args().bots
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        home = load_workspace(create_workspace(Path(folder) / "night"))
        with Sandbox(home):
            office = Office(home)
            console = console_of(office)
            browser = playwright.chromium.launch(executable_path=str(installed_browser()), args=["--no-sandbox"])
            try:
                page = browser.new_page()
                people, now = console.app.state.people, office.clock.now()
                people.ensure_user("lin", Role.OPERATOR)
                page.goto(f"{console.url}/sign-in?code={people.issue_code('lin', now=now)}")
                page.wait_for_url("**/tonight")
                page.add_init_script(WATCH)
                found: list[float] = []
                for bot in bots:
                    painted, run = watched(page, office, console.url, bot)
                    found += delays(painted, acts(home.logs / run / JOURNAL))
            finally:
                browser.close()
                console.stop()
                office.close()
    found.sort()
    if not found:
        raise SystemExit("the page painted nothing: did the run start?")
    late = found[min(len(found) - 1, int(len(found) * 0.95))]
    middle, worst = statistics.median(found), found[-1]
    print(f"{len(found)} pictures painted: median {middle:.0f} ms, p95 {late:.0f} ms, worst {worst:.0f} ms")


if __name__ == "__main__":
    main()
