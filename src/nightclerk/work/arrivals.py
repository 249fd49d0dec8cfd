"""Files that arrive in a folder: taken once each, and only when whoever writes them has let go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

#: Names that programs give to files which are not whole yet.
_UNFINISHED = (".part", ".partial", ".crdownload", ".download", ".filepart", ".tmp", ".swp")


@dataclass
class Arrivals:
    """Remembers since when each file has looked as it does; forgotten when the process ends, so it waits anew then."""

    _seen: dict[Path, tuple[str, float]] = field(default_factory=dict)
    _taken: dict[Path, str] = field(default_factory=dict)

    def ready(self, root: Path, pattern: str, now_s: float, settle_s: float) -> Iterator[tuple[Path, str]]:
        """Files that fit a pattern (relative to `root`, or absolute) and have not changed for `settle_s`.

        Each comes with its version, size and time of change: the same file brought again is another arrival.
        """
        whole = Path(pattern)
        folder = Path(whole.anchor) if whole.is_absolute() else root
        for path in sorted(folder.glob(str(whole.relative_to(whole.anchor)))):
            version = _version(path)
            if not version or self._taken.get(path) == version:
                continue
            known, since_s = self._seen.get(path, ("", now_s))
            if known != version:
                self._seen[path] = (version, now_s)
            elif now_s - since_s >= settle_s:
                yield path, version

    def took(self, path: Path, version: str) -> None:
        """Something has been started for this arrival: it comes no more. (After a restart the slots know.)"""
        self._taken[path] = version


def _version(path: Path) -> str:
    """Size and time of change; "" for what is no whole file."""
    if path.name.startswith((".", "~$")) or path.suffix.lower() in _UNFINISHED:
        return ""
    try:
        facts = path.stat()
    except OSError:  # it was taken away while we looked
        return ""
    return f"{facts.st_size}|{facts.st_mtime_ns}" if path.is_file() else ""
