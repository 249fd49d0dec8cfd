"""A browser that may only read: what a rehearsal clicks sends nothing that could write."""

from __future__ import annotations

from typing import Any

from nightclerk.ports import Selector
from nightclerk.web.page import WebPage

SEND = Selector(name="page.send", ways=({"css": "button"},))
SAID = Selector(name="page.said", ways=({"css": "output:has-text('DELETE'), output:has-text('stopped')"},))
PAGE = """<!doctype html><meta charset=utf-8><button>发</button><output></output><script>
document.querySelector('button').onclick = async () => {
  const said = [];
  for (const method of ['GET', 'POST', 'DELETE'])
    said.push(await fetch('/harmless?' + method, {method}).then(() => method, () => 'stopped'));
  document.querySelector('output').textContent = said.join(' ');
}</script>"""


def test_only_what_reads_is_let_through(site: Any, web: WebPage) -> None:
    """GET passes, POST and DELETE are stopped and told by method and address; afterwards all pass again."""
    site.written["/harmless.html"] = PAGE
    web.goto(f"{site}/harmless.html", timeout_s=30)
    site.asked.clear()
    with web.only_reads() as stopped:
        web.click(web.find(SEND, {}, timeout_s=10))
        assert _said(web) == "GET stopped stopped"
    assert stopped == [f"POST {site}/harmless", f"DELETE {site}/harmless"]
    assert [path for path in site.asked if "?" in path] == ["/harmless?GET"]
    web.goto(f"{site}/harmless.html", timeout_s=30)
    web.click(web.find(SEND, {}, timeout_s=10))
    assert _said(web).startswith("GET POST")


def _said(page: WebPage) -> str:
    return page.read(page.find(SAID, {}, timeout_s=20))
