"""Let a browser only read for a while: what a rehearsal clicks can then send nothing that writes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import BrowserContext, Route

from nightclerk.web.faults import without_query

#: What HTTP calls safe (RFC 9110, 9.2.1).
SAFE = ("GET", "HEAD", "OPTIONS")


@contextmanager
def only_reads(context: BrowserContext) -> Iterator[list[str]]:
    """Stop every request that is not safe by its method; what comes is the growing list of those that were stopped.

    Exactly as strong as this: a site that writes on a GET is not held back, nor is a WebSocket that is open already.
    """
    stopped: list[str] = []

    def judge(route: Route) -> None:
        asked = route.request
        if asked.method in SAFE:
            route.continue_()
        else:
            stopped.append(f"{asked.method} {without_query(asked.url)}")
            route.abort("blockedbyclient")

    context.route("**/*", judge)
    try:
        yield stopped
    finally:
        context.unroute("**/*", judge)
