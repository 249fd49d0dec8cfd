"""The accessibility tree of programs on Linux (AT-SPI), behind the small interface of tree.py.

Rule of this driver: locate and read through the tree, act with real mouse and keys, verify through the tree.
Programs answer from their main loop, so that an answer also says that the program is not busy.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from nightclerk.desktop.tree import Node, Tree, Vanished
from nightclerk.desktop.uia import open_uia
from nightclerk.errors import MissingPart
from nightclerk.ports import Box

#: Debian's own Python, which has PyGObject as the package python3-gi.
_SYSTEM_PYTHON = "/usr/bin/python3"
_ANSWER_MS = 15_000
_LARGEST = 10_000
_REMEDY = "Run: apt-get install -y python3-gi gir1.2-atspi-2.0 at-spi2-core dbus (elsewhere: pip install PyGObject)."


class AtspiTree:
    """All programs of this process's desktop that offer a tree."""

    def __init__(self, atspi: Any) -> None:
        self._atspi = atspi
        self._root = atspi.get_desktop(0)

    def window(self, title: str) -> Node | None:
        """The window with this title, the active one first; a box without a title has any name in the tree."""
        self._root.clear_cache()  # kept true by events only, and we run no event loop (Cache.NONE hangs, at-spi 2.46)
        windows = [node for node in self._windows() if node.showing() and (not title or node.name() == title)]
        return next((node for node in windows if node.active()), windows[0] if windows and title else None)

    def _windows(self) -> Iterator[AtspiNode]:
        for program in AtspiNode(self._root, self._atspi).children():
            try:
                yield from program.children()
            except Vanished:
                continue


class AtspiNode:
    """A Node over AT-SPI; every call may meet a thing that is gone."""

    def __init__(self, accessible: Any, atspi: Any) -> None:
        self._thing, self._atspi = accessible, atspi

    def role(self) -> str:
        return str(self._ask(self._thing.get_role_name))

    def name(self) -> str:
        return str(self._ask(self._thing.get_name) or "")

    def title(self) -> str:
        return str(self._ask(self._thing.get_description) or "")

    def labels(self) -> list[str]:
        return self._ask(self._labels)

    def identifier(self) -> str:
        ask = getattr(self._thing, "get_accessible_id", None)  # libraries before 2.34 do not have it
        return str(self._ask(ask) or "") if ask is not None else ""

    def showing(self) -> bool:
        return self._has("SHOWING")

    def active(self) -> bool:
        """Whether this window has the keyboard."""
        return self._has("ACTIVE")

    def focused(self) -> bool:
        return self._now("FOCUSED")

    def checked(self) -> bool:
        return self._now("CHECKED")

    def children(self) -> list[AtspiNode]:
        things = self._ask(lambda: [self._thing.get_child_at_index(n) for n in range(self._thing.get_child_count())])
        return [AtspiNode(thing, self._atspi) for thing in things if thing is not None]

    def box(self) -> Box | None:
        """Where it stands on the screen; None for what has no place (hidden widgets say -2147483648)."""
        area = self._ask(lambda: self._thing.get_extents(self._atspi.CoordType.SCREEN))
        if area.width <= 0 or area.height <= 0 or area.x < 0 or area.y < 0:
            return None
        return Box(x=area.x, y=area.y, width=area.width, height=area.height)

    def text(self) -> str:
        return str(self._ask(self._text))

    def table(self) -> tuple[list[str], list[list[str]]]:
        return self._ask(self._table)

    # ------------------------------------------------------------------------------------------ inside

    def _labels(self) -> list[str]:
        kind = self._atspi.RelationType.LABELLED_BY
        relations = [one for one in self._thing.get_relation_set() if one.get_relation_type() == kind]
        targets = [one.get_target(n) for one in relations for n in range(one.get_n_targets())]
        return [str(target.get_name() or "") for target in targets if target is not None]

    def _text(self) -> str:
        content = self._thing.get_text_iface()
        if content is None:
            return str(self._thing.get_name() or "")
        return str(self._atspi.Text.get_text(content, 0, self._atspi.Text.get_character_count(content)))

    def _table(self) -> tuple[list[str], list[list[str]]]:
        table, atspi = self._thing.get_table_iface(), self._atspi
        if table is None:
            return [], []
        columns = range(atspi.Table.get_n_columns(table))
        rows = range(min(atspi.Table.get_n_rows(table), _LARGEST // max(1, len(columns))))
        header = [str(atspi.Table.get_column_description(table, n) or "") for n in columns]
        cells = [[self._cell(atspi.Table.get_accessible_at(table, row, n)) for n in columns] for row in rows]
        return header, cells

    def _cell(self, cell: Any) -> str:
        """What a cell says; one that is made of parts (icon and text, currency and amount) says theirs."""
        own = "" if cell is None else str(cell.get_name() or "")
        if own or cell is None:
            return own
        parts = (self._cell(cell.get_child_at_index(n)) for n in range(cell.get_child_count()))
        return " ".join(part for part in parts if part)

    def _now(self, state: str) -> bool:
        """A state that may have changed since the search that found this node."""
        self._thing.clear_cache()
        return self._has(state)

    def _has(self, state: str) -> bool:
        wanted = getattr(self._atspi.StateType, state)
        return bool(self._ask(lambda: self._thing.get_state_set().contains(wanted)))

    def _ask(self, question: Callable[[], Any]) -> Any:
        """The answer of the program; Vanished when the thing is gone."""
        try:
            return question()
        except import_gi().repository.GLib.Error as error:
            raise Vanished from error


@cache
def open_tree() -> Tree:
    """The tree of this process's desktop. MissingPart where what it needs is not installed."""
    if sys.platform == "win32":
        return open_uia()
    if not _bus_there():  # the library ends the process where there is no bus
        raise MissingPart(code="NO_ACCESSIBILITY_BUS", part="D-Bus", remedy=_REMEDY)
    gi = import_gi()
    try:
        gi.require_version("Atspi", "2.0")
        atspi: Any = import_module("gi.repository.Atspi")
        import_module("gi.repository.GLib")
    except (ImportError, ValueError) as error:
        raise MissingPart(code="NO_ACCESSIBILITY_BUS", part="AT-SPI", remedy=_REMEDY) from error
    atspi.init()
    atspi.set_timeout(_ANSWER_MS, _ANSWER_MS)
    return AtspiTree(atspi)


def _bus_there() -> bool:
    """Whether this process has a session bus, on which the accessibility bus comes up."""
    named = os.environ.get("DBUS_SESSION_BUS_ADDRESS") or os.environ.get("AT_SPI_BUS_ADDRESS")
    return bool(named) or (Path(os.environ.get("XDG_RUNTIME_DIR", "/nowhere")) / "bus").exists()


@cache
def import_gi() -> Any:
    """PyGObject: this Python's own, else the system's if it was built for the same version of Python."""
    try:
        return import_module("gi")
    except ImportError:
        folder = _system_folder()
    sys.path.append(folder)  # for this import alone: nothing else of the system's packages is to be seen
    try:
        return import_module("gi")
    except ImportError as error:
        raise MissingPart(code="NO_ACCESSIBILITY_BUS", part="PyGObject", remedy=_REMEDY) from error
    finally:
        sys.path.remove(folder)


def _system_folder() -> str:
    """The folder that holds the system's `gi` package."""
    command = [_SYSTEM_PYTHON, "-c", "import gi; print(gi.__path__[0])"]
    try:
        told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    except (OSError, subprocess.SubprocessError) as error:
        raise MissingPart(code="NO_ACCESSIBILITY_BUS", part="PyGObject", remedy=_REMEDY) from error
    return str(Path(told.stdout.strip()).parent)
