"""A PostgreSQL of our own to practise on: Debian's server in a temporary folder, on loopback, ended by id."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nightclerk.errors import MissingPart
from nightclerk.offspring import die_with_parent
from nightclerk.texts import say

ROLE, DATABASE = "night", "nightclerk"
START_TIMEOUT_S = 60.0


def postgres_programs() -> Path | None:
    """The folder with `initdb` and `postgres` (the newest that is installed), None where there is none."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True)
    found = shutil.which("postgres")
    places = [*debian, *([Path(found).parent] if found else [])]
    return next((place for place in places if (place / "initdb").exists() and (place / "postgres").exists()), None)


class Postgres:
    """One server and its empty database. `url` is postgresql://…; `durable` keeps fsync on, as a real one has it."""

    def __init__(self, *, durable: bool = False, folder: Path | None = None) -> None:
        programs = postgres_programs()
        if programs is None:
            raise MissingPart(
                code="NO_POSTGRES",
                part="PostgreSQL",
                remedy=say("reasons.install", command="apt-get install postgresql"),
            )
        self._programs, self._durable = programs, durable
        self._folder = Path(tempfile.mkdtemp(prefix="nightclerk-pg-", dir=folder))
        self._as: dict[str, Any] = {}
        if sys.platform != "win32" and os.geteuid() == 0:  # the server refuses to run as root
            shutil.chown(self._folder, "postgres", "postgres")
            self._as = {"user": "postgres", "group": "postgres", "extra_groups": []}
        self.port = _free_port()
        self._password = secrets.token_urlsafe(12)
        self.process: subprocess.Popen[bytes] | None = None
        self._make_cluster()
        self.start()

    @property
    def url(self) -> str:
        return f"postgresql://{ROLE}:{self._password}@127.0.0.1:{self.port}/{DATABASE}"

    def start(self) -> None:
        """Start the server (again) and wait until it answers."""
        settings = [
            f"port={self.port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={self._folder}",
            f"fsync={'on' if self._durable else 'off'}", "max_connections=200", "logging_collector=off",
        ]  # fmt: skip
        command = [str(self._programs / "postgres"), "-D", str(self._folder / "cluster")]
        for setting in settings:
            command += ["-c", setting]
        with (self._folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, cwd=self._folder, preexec_fn=die_with_parent, **self._as
            )
        self._wait_until_up()
        self._make_database()

    def stop(self, *, at_once: bool = False) -> None:
        """End the server: in order, or `at_once` as in a power cut (SIGQUIT: no checkpoint, every client cut off)."""
        if self.process is None:
            return
        self.process.send_signal(3 if at_once else 2)
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def close(self) -> None:
        """End the server and remove its folder."""
        self.stop(at_once=True)
        shutil.rmtree(self._folder, ignore_errors=True)

    def new_database(self, name: str) -> str:
        """An empty database beside the first one; returns its URL."""
        self._run(["createdb", *self._where(), name])
        return self.url.rpartition("/")[0] + f"/{name}"

    def log(self) -> str:
        return (self._folder / "server.log").read_text(encoding="utf-8", errors="replace")

    def _make_cluster(self) -> None:
        secret = self._folder / "password"
        secret.write_text(self._password)
        secret.chmod(0o644)  # the folder around it is the server's alone, and the file goes at once
        options = ["-U", ROLE, "-A", "scram-sha-256", "--pwfile", str(secret), "--no-sync", "-E", "UTF8"]
        self._run(["initdb", "-D", str(self._folder / "cluster"), "--locale=C.UTF-8", *options])
        secret.unlink()

    def _make_database(self) -> None:
        exists = self._run(["psql", *self._where(), "-Atc", "SELECT 1 FROM pg_database WHERE datname='nightclerk'",
                            "postgres"])  # fmt: skip
        if not exists.strip():
            self._run(["createdb", *self._where(), DATABASE])

    def _wait_until_up(self) -> None:
        waiting = threading.Event()
        for _ in range(int(START_TIMEOUT_S / 0.1)):
            if self.process is None or self.process.poll() is not None:
                break
            ready = [str(self._programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
            if subprocess.run(ready, check=False, cwd="/").returncode == 0:
                return
            waiting.wait(0.1)
        raise MissingPart(code="NO_POSTGRES", part=say("reasons.a_server"), remedy=self.log()[-500:])

    def _where(self) -> list[str]:
        return ["-h", "127.0.0.1", "-p", str(self.port), "-U", ROLE]

    def _run(self, command: Sequence[str]) -> str:
        program = [str(self._programs / command[0]), *command[1:]]
        environment = {**os.environ, "PGPASSWORD": self._password}
        done = subprocess.run(
            program, capture_output=True, text=True, cwd=self._folder, env=environment, check=False, **self._as
        )
        if done.returncode != 0:
            raise MissingPart(
                code="NO_POSTGRES", part=say("reasons.working", what=command[0]), remedy=done.stderr.strip()[-500:]
            )
        return done.stdout


@contextmanager
def postgres(*, durable: bool = False) -> Iterator[Postgres]:
    """A server for the length of a `with` block."""
    server = Postgres(durable=durable)
    try:
        yield server
    finally:
        server.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
