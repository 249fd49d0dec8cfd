"""What an account's browser profile may keep: its session. What was seen and typed (history, caches, tabs) goes.

Chromium writes addresses, form contents and page bodies into its profile. They are removed when the browser has closed,
and before the next one starts, so that what a crash left goes then. Cookies and the sites' own storage stay: they are
the session, and what a site puts into its own storage is the site's.
"""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

import psutil

#: What makes up a session; "Local State" holds the key that cookies are encrypted with on some systems.
KEPT = frozenset({"Default", "Local State", "First Run", "Last Version"})
KEPT_OF_DEFAULT = frozenset({"Cookies", "Cookies-journal", "Network", "Local Storage", "IndexedDB", "WebStorage"}) | {
    "Preferences",
    "Secure Preferences",
}


def forget_visits(profile: Path) -> None:
    """Remove what is no part of the session; nothing while a browser is using the profile.

    What the system does not let go of just now (an open file on Windows) goes the next time.
    """
    if not profile.is_dir() or in_use(profile):
        return
    for folder, kept in ((profile, KEPT), (profile / "Default", KEPT_OF_DEFAULT)):
        for path in folder.iterdir() if folder.is_dir() else ():
            if path.name not in kept:
                _remove(path)


def in_use(profile: Path) -> bool:
    """Whether a browser that lives holds the profile (its lock is a link to "<machine>-<process id>")."""
    with contextlib.suppress(OSError, ValueError, psutil.NoSuchProcess):
        holder = psutil.Process(int((profile / "SingletonLock").readlink().name.rpartition("-")[2]))
        return holder.status() != psutil.STATUS_ZOMBIE  # killed, and nobody there to bury it, as in some containers
    return False


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
        return
    with contextlib.suppress(OSError):
        path.unlink()
