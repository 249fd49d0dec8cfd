"""A Tryton server to practise on: install it (Debian, root), make and seed a SQLite database, serve it on loopback.

`python tests/real/tryton_server.py DIR` makes everything in DIR, prints how to reach it, and serves until Ctrl+C.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DATABASE = "night"
PASSWORD = "night-shift"  # of a database that lives as long as one test
SYSTEM_PYTHON = "/usr/bin/python3"
PROGRAMS = ("trytond", "trytond-admin", "tryton", "dbus-daemon")
PACKAGES = (
    "tryton-server", "tryton-client", "tryton-proteus", "tryton-modules-sale", "python3-gi", "gir1.2-gtk-3.0",
    "gir1.2-atspi-2.0", "at-spi2-core", "dbus", "xvfb", "openbox",
)  # fmt: skip
_SEED_S, _START_S, _STOP_S = 600.0, 90.0, 10.0
_CONFIG = """[database]
uri = sqlite://
path = {folder}

[web]
listen = 127.0.0.1:{port}

[session]
super_pwd =
"""


@dataclass(frozen=True, kw_only=True)
class Tryton:
    """A server that runs. `books` is its SQLite file, to be read only."""

    address: str
    books: Path
    pid: int


def missing() -> str:
    """Why Tryton cannot be run here, in one sentence ("" when it can)."""
    absent = _absent()
    if not absent:
        return ""
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return f"{', '.join(absent)} missing; as root on Debian: apt-get install -y {' '.join(PACKAGES)}"
    return ""


def _absent() -> list[str]:
    """The programs, and the libraries of the accessibility tree, that this machine lacks."""
    absent = [name for name in PROGRAMS if shutil.which(name) is None]
    probe = [SYSTEM_PYTHON, "-c", "import gi; gi.require_version('Atspi', '2.0'); import proteus"]
    if not absent and subprocess.run(probe, capture_output=True, check=False, timeout=60).returncode != 0:
        absent.append("AT-SPI for Python")
    return absent


def install() -> None:
    """Install what is missing with apt-get; nothing when all is there."""
    if not _absent():
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-q"], ["install", "-y", "-q", "--no-install-recommends", *PACKAGES]):
        _call(["apt-get", *command], env=environment, timeout_s=900)


def make_database(folder: Path, *, seed: Mapping[str, Any]) -> Path:
    """A fresh database with the sale module in `folder`, seeded with customers and items; returns its SQLite file."""
    books = folder / f"{DATABASE}.sqlite"
    books.touch()  # trytond-admin does not make the file of a database, only its tables
    config = _config(folder, port=0)
    password = folder / "password"
    password.write_text(PASSWORD, encoding="utf-8")
    environment = {**os.environ, "TRYTONPASSFILE": str(password)}
    admin = ["trytond-admin", "-c", str(config), "-d", DATABASE]
    _call([*admin, "--all", "-p", "--email", "night@yunshan.example"], env=environment, timeout_s=_SEED_S)
    _call([*admin, "-u", "sale", "--activate-dependencies"], env=environment, timeout_s=_SEED_S)
    seed_file = folder / "seed.json"
    seed_file.write_text(json.dumps(seed, ensure_ascii=False), encoding="utf-8")
    script = Path(__file__).with_name("tryton_seed.py")
    _call([SYSTEM_PYTHON, str(script), str(config), DATABASE, str(seed_file)], env=environment, timeout_s=_SEED_S)
    return books


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[Tryton]:
    """Serve the database of `folder` on a free loopback port; stopped by process id at the end."""
    port = _free_port()
    with (folder / "trytond.log").open("ab") as log:
        command = ["trytond", "-c", str(_config(folder, port=port)), "-d", DATABASE]
        server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder)
    try:
        _wait_for_answer(server, port, log=folder / "trytond.log")
        yield Tryton(address=f"127.0.0.1:{port}", books=folder / f"{DATABASE}.sqlite", pid=server.pid)
    finally:
        _stop(server)


def _config(folder: Path, *, port: int) -> Path:
    file = folder / "trytond.conf"
    file.write_text(_CONFIG.format(folder=folder, port=port), encoding="utf-8")
    return file


def _call(command: Sequence[str], *, env: Mapping[str, str], timeout_s: float) -> None:
    ended = subprocess.run(command, env=dict(env), capture_output=True, text=True, check=False, timeout=timeout_s)
    if ended.returncode != 0:
        raise RuntimeError(
            f"{' '.join(command)} ended with {ended.returncode}: {(ended.stderr or ended.stdout)[-2000:]}"
        )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for_answer(server: subprocess.Popen[bytes], port: int, *, log: Path) -> None:
    deadline, pause = time.monotonic() + _START_S, threading.Event()
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        with contextlib.suppress(OSError), urllib.request.urlopen(_version(port), timeout=5):
            return
        pause.wait(0.2)
    raise RuntimeError(f"trytond does not answer on port {port}: {log.read_text(encoding='utf-8')[-2000:]}")


def _version(port: int) -> urllib.request.Request:
    """The one call that a Tryton server answers without a session."""
    question = json.dumps({"id": 0, "method": "common.server.version", "params": []}).encode()
    return urllib.request.Request(
        f"http://127.0.0.1:{port}/", data=question, headers={"Content-Type": "application/json"}
    )


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


SAMPLE: Mapping[str, Any] = {
    "customers": [{"code": "C1001", "name": "线上-淘宝云杉家居"}],
    "items": [{"code": "0101001", "name": "云杉茶杯", "price": "39.00"}],
}


def main() -> None:
    """Make a database in the given folder unless it is there, and serve it."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that the server is stopped in either case
    folder = Path(sys.argv[1]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    why = missing()
    if why:
        raise SystemExit(why)
    install()
    if not (folder / f"{DATABASE}.sqlite").exists():
        make_database(folder, seed=SAMPLE)
    with serving(folder) as tryton, contextlib.suppress(KeyboardInterrupt):
        print(f"tryton tryton://admin@{tryton.address}/{DATABASE}/ password {PASSWORD}", flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
