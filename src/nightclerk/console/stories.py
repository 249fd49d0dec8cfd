"""Runs read from their journals, the latest few kept, so that paging through a long film reads it once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from pathlib import Path

from nightclerk.console import film
from nightclerk.console.services import Services
from nightclerk.evidence.journal import JOURNAL
from nightclerk.evidence.replay import RunStory
from nightclerk.texts import current_language

#: Stories kept; one of 10,000 steps takes some 40 MB.
KEPT = 12
_Key = tuple[str, int, int]
_stories: OrderedDict[_Key, RunStory] = OrderedDict()
_moments: OrderedDict[tuple[int, str], tuple[RunStory, tuple[film.Moment, ...]]] = OrderedDict()
_lock = threading.Lock()


def story(services: Services, folder: Path) -> RunStory:
    """The story of a run; read again only when its journal has changed. NoEvidence when there is none."""
    path = folder / JOURNAL
    stat = path.stat() if path.exists() else None
    key = (str(path), stat.st_size, stat.st_mtime_ns) if stat else (str(path), 0, 0)
    with _lock:
        if key in _stories:
            _stories.move_to_end(key)
            return _stories[key]
    found: RunStory = services.load_run(folder)
    with _lock:
        _stories[key] = found
        while len(_stories) > KEPT:
            _stories.popitem(last=False)
    return found


def moments_of(told: RunStory) -> tuple[film.Moment, ...]:
    """The moments of a story in the current language."""
    key = (id(told), current_language())
    with _lock:
        if key in _moments and _moments[key][0] is told:
            _moments.move_to_end(key)
            return _moments[key][1]
    found = tuple(film.moments(told))
    with _lock:
        _moments[key] = (told, found)
        while len(_moments) > KEPT:
            _moments.popitem(last=False)
    return found
