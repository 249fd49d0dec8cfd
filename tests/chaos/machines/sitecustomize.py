"""Put on a process's path, this makes it believe that it runs on a machine of its own: the name in MACHINE."""

from __future__ import annotations

import os

if "MACHINE" in os.environ:
    import socket

    from nightclerk.work import process

    process.this_place = lambda: f"place-{os.environ['MACHINE']}"
    socket.gethostname = lambda: os.environ["MACHINE"]
