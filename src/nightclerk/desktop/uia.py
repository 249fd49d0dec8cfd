"""The accessibility tree of programs on Windows (UI Automation), behind the small interface of tree.py.

Not run by our tests on a real Windows: what is asked of the package `uiautomation` (extra `windows`) is tested with a
fake of its controls (tests/contract/test_trees.py). UI Automation objects belong to the thread that made them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nightclerk.desktop.tree import Node, Vanished
from nightclerk.errors import MissingPart
from nightclerk.ports import Box

#: What UI Automation calls things -> the words of tree.py.
ROLES = {
    "ButtonControl": "push button", "SplitButtonControl": "push button", "EditControl": "text",
    "DocumentControl": "text", "CheckBoxControl": "check box", "RadioButtonControl": "radio button",
    "ComboBoxControl": "combo box", "TableControl": "table", "DataGridControl": "table", "TreeControl": "tree",
    "DataItemControl": "table cell", "TabItemControl": "page tab", "MenuItemControl": "menu item",
    "TextControl": "label", "HeaderItemControl": "label", "WindowControl": "frame", "PaneControl": "panel",
    "ListControl": "list", "ListItemControl": "list item", "HyperlinkControl": "link",
}  # fmt: skip
_VALUE, _GRID, _TABLE, _TOGGLE = 10002, 10006, 10012, 10015  # ids of patterns
_LABELED_BY = 30018
_REMEDY = 'Run: pip install "nightclerk[windows]".'


class UiaTree:
    """All programs of this session. `gate` is the package `uiautomation`."""

    def __init__(self, gate: Any) -> None:
        self._gate = gate

    def window(self, title: str) -> Node | None:
        """The window in front if it has this title, else the first one that has."""
        front = self._gate.GetForegroundControl()
        if front is not None and front.Name == title:
            return UiaNode(front, self._gate)
        windows = self._gate.GetRootControl().GetChildren()
        return next((UiaNode(one, self._gate) for one in windows if one.Name == title), None)


class UiaNode:
    """A Node over UI Automation; every call may meet a thing that is gone."""

    def __init__(self, control: Any, gate: Any) -> None:
        self._thing, self._gate = control, gate

    def role(self) -> str:
        kind = str(self._ask(lambda: self._thing.ControlTypeName))
        if kind == "EditControl" and self._ask(lambda: self._thing.IsPassword):
            return "password text"
        return ROLES.get(kind, kind.removesuffix("Control").lower())

    def name(self) -> str:
        """An edit's name is what it says of itself, never its content."""
        return str(self._ask(lambda: self._thing.Name) or "")

    def title(self) -> str:
        return str(self._ask(lambda: self._thing.HelpText) or "")

    def labels(self) -> list[str]:
        element = self._ask(lambda: self._thing.GetPropertyValue(_LABELED_BY))
        label = self._ask(lambda: self._gate.Control.CreateControlFromElement(element)) if element else None
        return [str(label.Name)] if label is not None else []

    def identifier(self) -> str:
        return str(self._ask(lambda: self._thing.AutomationId) or "")

    def showing(self) -> bool:
        return not self._ask(lambda: self._thing.IsOffscreen)

    def focused(self) -> bool:
        return bool(self._ask(lambda: self._thing.HasKeyboardFocus))

    def checked(self) -> bool:
        pattern = self._pattern(_TOGGLE)
        return pattern is not None and self._ask(lambda: pattern.ToggleState) == 1

    def children(self) -> list[UiaNode]:
        return [UiaNode(one, self._gate) for one in self._ask(lambda: self._thing.GetChildren())]

    def box(self) -> Box | None:
        """Where it stands, in physical pixels; None for what has no place."""
        area = self._ask(lambda: self._thing.BoundingRectangle)
        width, height = area.right - area.left, area.bottom - area.top
        return Box(x=area.left, y=area.top, width=width, height=height) if width > 0 and height > 0 else None

    def text(self) -> str:
        pattern = self._pattern(_VALUE)
        return str(self._ask(lambda: pattern.Value) or "") if pattern is not None else self.name()

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Header texts and cells. Rows that a program makes only when they are scrolled to are not among them."""
        grid, table = self._pattern(_GRID), self._pattern(_TABLE)
        if grid is None or table is None:
            return [], []
        header = [str(one.Name) for one in self._ask(lambda: table.GetColumnHeaders())]
        rows, columns = self._ask(lambda: (grid.RowCount, grid.ColumnCount))
        return header, [[self._cell(grid, row, column) for column in range(columns)] for row in range(rows)]

    def _cell(self, grid: Any, row: int, column: int) -> str:
        cell = self._ask(lambda: grid.GetItem(row, column))
        return UiaNode(cell, self._gate).text() if cell is not None else ""

    def _pattern(self, number: int) -> Any:
        return self._ask(lambda: self._thing.GetPattern(number))

    def _ask(self, question: Callable[[], Any]) -> Any:
        """The answer of the program; Vanished when the thing is gone (a COMError, which is an Exception alone)."""
        try:
            return question()
        except Exception as error:
            if type(error).__name__ != "COMError" and not isinstance(error, OSError):
                raise
            raise Vanished from error


def open_uia() -> UiaTree:
    """The tree of this session. MissingPart where the package is not installed."""
    try:
        import uiautomation
    except ImportError as error:
        raise MissingPart(code="NO_UI_AUTOMATION", part="uiautomation", remedy=_REMEDY) from error
    return UiaTree(uiautomation)
