"""One figure of an experiment, said by the columns that it draws."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from widthwise.records import write

__all__ = ["Chart"]


@dataclass(frozen=True)
class Chart:
    """One figure, whose numbers are columns of one table of the measurement.

    Attributes
    ----------
    name
        A short key, unique in its experiment, fit for a file name.
    title
        What a reader sees in it, one sentence.
    figure
        The paper's figure that it draws again ("Figure 3, left"); empty if it is ours.
    table
        The table that is drawn.
    x, y
        Columns, horizontal and vertical.
    kind
        "lines" joins the rows of a series in the order of x; "points" does not;
        "heat map" colours each (x, y) by the column `z`.
    by
        The column that tells one series (a colour, a name in the legend) from another.
    panels
        The column that tells one panel from another.
    only
        Values that columns must have for a row to be drawn.
    low, high
        Columns of an interval around y.
    reference
        A column whose value is constant in a series, drawn as a dashed level; for a
        heat map a column in the units of x, drawn dashed in each row of cells.
    z, z_label, z_range
        For a heat map: the colour's column, its name, and the ends of its scale.
    log
        The axes that are logarithmic: "", "x", "y" or "xy".
    x_label, y_label
        What the axes show, with units.
    caption
        Sentences that belong under it.

    Examples
    --------
    >>> import widthwise as ww
    >>> chart = ww.experiments.Chart(
    ...     "loss", "It falls.", table="curve", x="step", y="loss"
    ... )
    >>> chart.kind
    'lines'
    """

    name: str
    title: str
    table: str
    x: str
    y: str
    kind: Literal["lines", "points", "heat map"] = "lines"
    by: str | None = None
    panels: str | None = None
    only: Mapping[str, Any] = field(default_factory=dict)
    low: str | None = None
    high: str | None = None
    reference: str | None = None
    z: str | None = None
    z_label: str = ""
    z_range: tuple[float, float] | None = None
    log: Literal["", "x", "y", "xy"] = ""
    x_label: str = ""
    y_label: str = ""
    caption: str = ""
    figure: str = ""

    def as_content(self) -> dict[str, Any]:
        """Return the chart as plain JSON types."""
        return write(self)
