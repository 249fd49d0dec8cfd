"""Serves the console: in a thread beside a shift, or on its own until it is stopped."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import uvicorn
from fastapi import FastAPI

from nightclerk.console.app import LOOPBACK, create_app, first_code, needs_code
from nightclerk.console.services import Services
from nightclerk.errors import ApplicationError, MissingPart
from nightclerk.texts import say

START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 10.0
#: While figures are counted beside a page, its thread waits about so long for each turn at the interpreter (else 5 ms).
TURN_S = 0.0005


class _Server(uvicorn.Server):
    """A server that tells when it answers, and leaves the process's signals alone."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    def install_signal_handlers(self) -> None:
        """Signals belong to the command line."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


@dataclass(frozen=True, kw_only=True)
class ConsoleHandle:
    """A running console. `sign_in_url` signs one person in as admin, once, as long as the admin has no password."""

    url: str
    sign_in_url: str
    app: FastAPI = field(repr=False)
    _server: _Server = field(repr=False)
    _thread: threading.Thread = field(repr=False)

    def new_sign_in_url(self) -> str:
        """Another one-time link; the one before stops working."""
        return f"{self.url}/sign-in?code={first_code(self.app)}"

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until the console has ended; False when it still runs after `timeout_s`."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(STOP_TIMEOUT_S)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise MissingPart(
            code="PORT_TAKEN", part=f"{host}:{port}", remedy=say("console.serve.port", why=error.strerror)
        ) from error
    return listener


def start_console(services: Services, *, host: str = "127.0.0.1", port: int = 0) -> ConsoleHandle:
    """Start the console in a thread and wait until it answers. `port=0` takes a free one."""
    sys.setswitchinterval(min(sys.getswitchinterval(), TURN_S))
    listener = _listen(host, port)
    app = create_app(services, hosts=tuple(dict.fromkeys((*LOOPBACK, host))))
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, ws="websockets-sansio", timeout_graceful_shutdown=2,
        server_header=False,
    )  # fmt: skip
    server = _Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="nightclerk-console", daemon=True)
    thread.start()
    if not server.ready.wait(START_TIMEOUT_S):
        server.should_exit = True
        raise ApplicationError(say("console.serve.silent", seconds=START_TIMEOUT_S))
    url = f"http://{'127.0.0.1' if host in {'0.0.0.0', ''} else host}:{listener.getsockname()[1]}"
    address = f"{url}/sign-in?code={first_code(app)}" if needs_code(app) else f"{url}/sign-in"
    return ConsoleHandle(url=url, sign_in_url=address, app=app, _server=server, _thread=thread)


def serve(
    services: Services,
    *,
    host: str = "127.0.0.1",
    port: int = 8765,
    tell: Callable[[str], None] = print,
) -> None:
    """Serve until Ctrl+C; the one-time sign-in link is told first."""
    console = start_console(services, host=host, port=port)
    tell(say("console.serve.ready", url=console.url))
    tell(say("console.serve.sign_in", url=console.sign_in_url))
    try:
        while not console.wait(timeout_s=1.0):
            pass
    except KeyboardInterrupt:
        tell(say("console.serve.stopping"))
    finally:
        console.stop()
