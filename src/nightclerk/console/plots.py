"""Bars and lines as inline SVG: drawn on the server, read by screen readers as a table's words, no request made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 640.0, 200.0
_LEFT, _BOTTOM, _TOP, _RIGHT = 44.0, 26.0, 10.0, 8.0
_STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True, kw_only=True)
class Series:
    """One line or one layer of bars. `tone` is a class of the style sheet; None is a gap."""

    name: str
    tone: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, kw_only=True)
class Mark:
    """One bar or point on the plot."""

    x: float
    y: float
    width: float
    height: float
    value: float
    label: str
    tone: str


@dataclass(frozen=True, kw_only=True)
class Plot:
    """A drawing in a box of WIDTH by HEIGHT. `grid` is (y, text), `ticks` is (x, text), `lines` are point lists."""

    marks: tuple[Mark, ...] = ()
    grid: tuple[tuple[float, str], ...] = ()
    ticks: tuple[tuple[float, str], ...] = ()
    lines: tuple[tuple[str, str], ...] = ()  # (tone, "x,y x,y …")
    width: float = WIDTH
    height: float = HEIGHT


def nice(most: float) -> float:
    """The round number at or above the most: where the axis ends."""
    if most <= 0:
        return 1.0
    size: float = 10 ** (len(str(int(most))) - 1) if most >= 1 else 1.0
    return next(step * size for step in (*_STEPS, 100) if step * size >= most)


def _places(count: int) -> list[tuple[float, float]]:
    """(left, width) of each of `count` columns."""
    room = (WIDTH - _LEFT - _RIGHT) / max(count, 1)
    return [(_LEFT + n * room, room) for n in range(count)]


def _y(value: float, most: float) -> float:
    return _TOP + (HEIGHT - _TOP - _BOTTOM) * (1 - value / most)


_Texts = tuple[tuple[float, str], ...]


def _frame(labels: Sequence[str], most: float, suffix: str) -> tuple[_Texts, _Texts]:
    """The grid and the ticks."""
    grid = tuple((_y(most * part, most), f"{most * part:g}{suffix}") for part in (0, 0.5, 1))
    every = max(1, -(-len(labels) // 10))
    places = _places(len(labels))
    ticks = tuple(
        (left + room / 2, label)
        for n, ((left, room), label) in enumerate(zip(places, labels, strict=True))
        if n % every == 0
    )
    return grid, ticks


def bars(labels: Sequence[str], series: Sequence[Series], *, suffix: str = "") -> Plot:
    """Stacked bars, one column a label."""
    sums = [sum(one.values[n] or 0 for one in series) for n in range(len(labels))]
    most, marks = nice(max(sums, default=0)), []
    for n, (left, room) in enumerate(_places(len(labels))):
        below = 0.0
        for one in series:
            value = one.values[n] or 0
            top = _y(below + value, most)
            gap = room * 0.22
            if value:
                height = _y(below, most) - top
                marks.append(Mark(
                    x=left + gap / 2, y=top, width=min(room - gap, 56), height=height, value=value, label=labels[n],
                    tone=one.tone,
                ))  # fmt: skip
            below += value
    grid, ticks = _frame(labels, most, suffix)
    return Plot(marks=tuple(marks), grid=grid, ticks=ticks)


def lines(labels: Sequence[str], series: Sequence[Series], *, most: float = 100, suffix: str = "%") -> Plot:
    """Lines over the labels, with a point a value; a gap breaks a line."""
    marks: list[Mark] = []
    drawn: list[tuple[str, str]] = []
    places = _places(len(labels))
    for one in series:
        stretch: list[str] = []
        for n, value in enumerate(one.values):
            if value is None:
                drawn += [(one.tone, " ".join(stretch))] * (len(stretch) > 1)
                stretch = []
                continue
            x, y = places[n][0] + places[n][1] / 2, _y(value, most)
            stretch.append(f"{x:.1f},{y:.1f}")
            marks.append(Mark(x=x, y=y, width=0, height=0, value=value, label=labels[n], tone=one.tone))
        drawn += [(one.tone, " ".join(stretch))] * (len(stretch) > 1)
    grid, ticks = _frame(labels, most, suffix)
    return Plot(marks=tuple(marks), lines=tuple(drawn), grid=grid, ticks=ticks)
