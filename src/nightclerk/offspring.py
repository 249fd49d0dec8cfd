"""Children that do not outlive their parent, in whatever way it ends: Linux kills them with it."""

from __future__ import annotations

import ctypes
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1


def _die_with_parent() -> None:
    """Runs in the child, between fork and exec."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


#: For `subprocess.Popen(preexec_fn=…)`; None where the system cannot do it. The parent is the *thread* that starts
#: the child: start it from one that lives as long as the child may.
die_with_parent: Callable[[], None] | None = _die_with_parent if sys.platform == "linux" else None
