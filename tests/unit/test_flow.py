"""Flows: what a function declares, and how parameters are read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

import pytest

from nightclerk.errors import WorkspaceError
from nightclerk.flow import Queue, flow, load_flow, parse_value
from nightclerk.run import Run

DAY = date(2026, 11, 20)


class Mode(StrEnum):
    FAST = "fast"
    CAREFUL = "careful"


@dataclass(frozen=True, kw_only=True)
class Parcel:
    key: str


@flow({"zh": "导出", "en": "Export"}, each=Queue("parcels", of=Parcel))
def export(run: Run, parcel: Parcel, paid_on: date, mode: Mode = Mode.FAST) -> None:
    """A flow to look at."""


def test_only_plain_parameters_can_be_set() -> None:
    """The run and the record come from the engine; dates, choices and defaults are the author's."""
    assert [(p.name, p.required, p.choices) for p in export.parameters()] == [
        ("paid_on", True, ()),
        ("mode", False, ("fast", "careful")),
    ]
    assert export.titles["en"] == "Export"


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (date, "today", DAY),
        (date, "yesterday", date(2026, 11, 19)),
        (date, "2026-11-01", date(2026, 11, 1)),
        (bool, "是", True),
        (bool, "off", False),
        (Decimal, "12.50", Decimal("12.50")),
        (Mode, "careful", Mode.CAREFUL),
        (int, "007", 7),
        (str, "007", "007"),
    ],
)
def test_values_are_read_by_type(kind: type, text: str, value: object) -> None:
    """Text from a bot file, the console or --set becomes the flow's type."""
    assert parse_value(kind, text, name="x", day=DAY) == value


@pytest.mark.parametrize(("kind", "text"), [(date, "soon"), (bool, "maybe"), (Decimal, "1,5"), (Mode, "slow")])
def test_a_value_of_the_wrong_type_is_refused(kind: type, text: str) -> None:
    """The sentence names the parameter and the value, before any browser opens."""
    with pytest.raises(WorkspaceError, match=rf"paid_on: .*{text}.*--set paid_on="):
        parse_value(kind, text, name="paid_on", day=DAY)


def test_a_flow_that_is_none() -> None:
    """Naming something that is no flow says which half is wrong."""
    with pytest.raises(WorkspaceError, match=r"a module 'flows.nowhere'"):
        load_flow("flows.nowhere:x")
    with pytest.raises(WorkspaceError, match="a function marked with @flow"):
        load_flow("nightclerk.flow:load_flow")
