"""A message bus for one desktop, on which programs offer their accessibility tree (nothing where there is no D-Bus)."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from nightclerk.desktop.clipboard import wait_until

_START_S = 10.0
#: Set in somebody's environment, these hide the tree or lead to another desktop's.
_MISLEADING = ("NO_AT_BRIDGE", "AT_SPI_BUS_ADDRESS", "GTK_A11Y", "DBUS_STARTER_ADDRESS", "DBUS_STARTER_BUS_TYPE")


def forget_other_desktops() -> None:
    """Take out of this process's environment what would hide the trees of programs that it starts."""
    for name in _MISLEADING:
        os.environ.pop(name, None)


def start_bus(start: Callable[..., int], env: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Start a session bus in `folder`; the environment that leads this process and its programs to it.

    The accessibility bus comes up on it by itself as soon as a program asks. No D-Bus on this machine, or one that
    does not start, is no fault: pictures and keys work without it. `start` is the keeper's.
    """
    if shutil.which("dbus-daemon") is None:
        return {}
    socket = folder / "bus"
    command = ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--nosyslog", f"--address=unix:path={socket}"]
    start(command, env=dict(env), log=str(folder / "dbus.log"))
    if not wait_until(socket.exists, timeout_s=_START_S):
        return {}
    found = {"DBUS_SESSION_BUS_ADDRESS": f"unix:path={socket}"}
    os.environ.update(found)
    return found
