"""A chart of a record with its numbers in place, for a page or for paper."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["KINDS", "Drawing", "Grid", "Line", "Panel", "unable"]

KINDS = ("lines", "points", "heat map")
"""The kinds of chart that this version draws."""


@dataclass(frozen=True)
class Line:
    """One series in one panel; a gap in y is None.

    `level` is the dashed reference: one number for each x.
    """

    series: int
    x: tuple[float, ...]
    y: tuple[float | None, ...]
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]
    level: tuple[float | None, ...]

    def known(self) -> list[bool]:
        """Return for each point whether both ends of its interval are known."""
        return [None not in each for each in zip(self.low, self.high, strict=True)]

    def lonely(self) -> list[bool]:
        """Return for each point whether it alone of its neighbours has an interval.

        A band needs two neighbours; a point without gets bars.
        """
        known = [False, *self.known(), False]
        beside = zip(known, known[1:], known[2:], strict=False)
        return [here and not (before or after) for before, here, after in beside]

    def constant_level(self) -> float | None:
        """Return the one level of all points; None where it changes or is none."""
        found = {each for each in self.level if each is not None}
        return found.pop() if len(found) == 1 else None


@dataclass(frozen=True)
class Grid:
    """The cells of a heat map; a row for each of the drawing's `y_names`.

    `level` is where the dashed reference stands in each row: a place among `x_names`,
    a fraction between two of them, or a number where there are `x_edges`.
    """

    z: tuple[tuple[float | None, ...], ...]
    level: tuple[float | None, ...] = ()


@dataclass(frozen=True)
class Panel:
    """One pair of axes."""

    title: str
    lines: tuple[Line, ...] = ()
    grid: Grid | None = None
    x_range: tuple[float, float] | None = None
    y_range: tuple[float, float] | None = None


@dataclass(frozen=True)
class Drawing:
    """What is drawn, whatever draws it.

    Attributes
    ----------
    series, looks
        The names in the legend, and the number of each one's colour, marker and dash.
    figure
        The paper's figure that it draws again; empty if it is ours.
    by, reference
        What tells the series apart, and what the dashed level is, in words.
    x_names, y_names
        Names of the places 0, 1, … of an axis that has words instead of numbers.
    x_edges, y_edges
        Where the cells of a heat map end on an axis that is logarithmic; elsewhere they
        are as many as there are names, evenly spaced.
    is_turned
        Whether the names of a dot chart stand on the vertical axis: lines then hold
        the values in `y` and the places in `x`, and are drawn the other way round.
    shares_x, shares_y
        Whether all panels have one scale.
    notes
        What is not drawn, in sentences.
    problem
        Why nothing is drawn, or None.
    """

    name: str
    title: str
    kind: str
    table: str
    figure: str = ""
    caption: str = ""
    x_label: str = ""
    y_label: str = ""
    z_label: str = ""
    z_range: tuple[float, float] | None = None
    log_x: bool = False
    log_y: bool = False
    by: str = ""
    reference: str = ""
    series: tuple[str, ...] = ()
    looks: tuple[int, ...] = ()
    x_names: tuple[str, ...] = ()
    y_names: tuple[str, ...] = ()
    x_edges: tuple[float, ...] = ()
    y_edges: tuple[float, ...] = ()
    is_turned: bool = False
    shares_x: bool = True
    shares_y: bool = True
    panels: tuple[Panel, ...] = ()
    notes: tuple[str, ...] = ()
    problem: str | None = None


def unable(chart: Mapping[str, Any], place: int, why: str) -> Drawing:
    """Return a chart that cannot be drawn, with the reason."""

    def text(key: str, otherwise: str) -> str:
        found = chart.get(key)
        return found if isinstance(found, str) and found else otherwise

    return Drawing(
        name=text("name", f"chart_{place + 1}"),
        title=text("title", f"Chart {place + 1}"),
        kind=text("kind", ""),
        table=text("table", ""),
        figure=text("figure", ""),
        caption=text("caption", ""),
        problem=why,
    )
