"""The practice systems as one web process: `python -m nightclerk.sandbox.server --state DIR --port 0`.

It listens on loopback only. When it listens it writes DIR/endpoints.json, which says where each system is and
how the legacy ERP is started. `--with-parent` ends it when its standard input closes.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import socket
import sys
import threading
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from nightclerk.sandbox import douyin, jd, mailroom, messages, oa, taobao
from nightclerk.sandbox.green.host3270 import Host
from nightclerk.sandbox.shop_site import PAGES, SlowPages, environment
from nightclerk.sandbox.troubles import NAMES, Troubles

SYSTEMS = {"taobao": taobao, "jd": jd, "douyin": douyin, "oa": oa, "messages": messages}
ERP_WINDOW = "云杉ERP"


def create(state: Path, troubles: Troubles) -> Starlette:
    """All web systems under one root: /taobao, /jd, /douyin, /oa, /messages, and a page that lists them."""
    mounts: list[BaseRoute] = [
        Mount(f"/{name}", app=SlowPages(system.create(state, troubles), troubles, name))
        for name, system in SYSTEMS.items()
    ]
    static = Mount("/static", app=StaticFiles(directory=PAGES / "static"))
    return Starlette(routes=[Route("/", _front), *mounts, static])


async def _front(request: Request) -> Response:
    return HTMLResponse(environment().get_template("front.html").render())


def endpoints(state: Path, base: str, troubles: Troubles, *, mainframe: str = "") -> dict[str, Any]:
    """What the bots need to know to reach every system."""
    erp = [sys.executable, "-m", "nightclerk.sandbox.erp", "--state", str(state)]
    for name in sorted(troubles.names):
        erp += ["--trouble", name]
    return {
        **{name: {"url": f"{base}/{name}"} for name in SYSTEMS},
        "legacy_erp": {"command": erp, "window": ERP_WINDOW},
        "green_erp": {"command": [sys.executable, "-m", "nightclerk.sandbox.green.vt", "--state", str(state)]},
        **({"mainframe_erp": {"url": mainframe}} if mainframe else {}),
        "inbox": {"folder": str(state / "inbox")},
        "state": str(state),
    }


def write_endpoints(state: Path, facts: dict[str, Any]) -> None:
    """Replace DIR/endpoints.json in one move."""
    file = state / "endpoints.json"
    draft = file.with_name(f"endpoints.{os.getpid()}.json")
    draft.write_text(json.dumps(facts, ensure_ascii=False, indent=1), encoding="utf-8")
    draft.replace(file)


def serve(state: Path, *, port: int, troubles: Troubles, with_parent: bool) -> None:
    """Serve until told to stop."""
    state.mkdir(parents=True, exist_ok=True)
    mailroom.fill(state / "inbox")
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    base = f"http://127.0.0.1:{listener.getsockname()[1]}"
    app = create(state, troubles)
    mainframe = Host(state, 0)
    threading.Thread(target=mainframe.serve_forever, daemon=True, name="mainframe").start()
    app.router.lifespan_context = _announce(state, endpoints(state, base, troubles, mainframe=mainframe.url))
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", access_log=False, lifespan="on"))
    if with_parent:
        threading.Thread(target=_stop_with_parent, args=(server,), daemon=True).start()
    listener.listen(128)
    server.run(sockets=[listener])


def _announce(state: Path, facts: dict[str, Any]) -> Any:
    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        write_endpoints(state, facts)
        yield

    return lifespan


def _stop_with_parent(server: uvicorn.Server) -> None:
    sys.stdin.buffer.read()
    server.should_exit = True
    server.force_exit = True


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="nightclerk.sandbox.server", description=__doc__.split("\n")[0])
    parser.add_argument("--state", type=Path, required=True, help="folder of the systems' own books")
    parser.add_argument("--port", type=int, default=0, help="0: any free port")
    parser.add_argument("--trouble", action="append", default=[], choices=NAMES, dest="troubles")
    parser.add_argument("--with-parent", action="store_true", help="end when standard input closes")
    asked = parser.parse_args(arguments)
    state = asked.state.resolve()
    serve(state, port=asked.port, troubles=Troubles(state, asked.troubles), with_parent=asked.with_parent)


if __name__ == "__main__":
    main()
