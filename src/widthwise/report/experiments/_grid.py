"""The cells of a heat map, panel by panel."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np

from widthwise.report.charts import Drawing, Grid, Panel
from widthwise.report.experiments._panels import panel_title, panelled
from widthwise.report.experiments._rows import (
    Row,
    distinct,
    finite,
    is_numeric,
    said,
)

__all__ = ["with_grids"]


def with_grids(bare: Drawing, chart: Mapping[str, Any], rows: list[Row]) -> Drawing:
    """Return the drawing with a cell for each (x, y); several rows in one are averaged.

    Both axes have the values that occur, evenly spaced unless the axis is logarithmic,
    and all panels have the same. The reference of a heat map is a column in the units
    of x, drawn in each row of cells where it falls.
    """
    across, up = (_axis(rows, chart[key]) for key in ("x", "y"))
    x_edges = _edges(across) if bare.log_x else ()
    panels, most = [], 0
    for value, some in panelled(rows, chart.get("panels")):
        cells, deepest = _cells(some, chart, across, up)
        most = max(most, deepest)
        title = panel_title(chart.get("panels"), value)
        level = tuple(
            _level(some, chart, each, across, is_numbered=bool(x_edges)) for each in up
        )
        panels.append(Panel(title, grid=Grid(cells, level)))
    known = [
        each
        for panel in panels
        if panel.grid
        for row in panel.grid.z
        for each in row
        if each is not None
    ]
    if not known:
        why = f"The column {chart['z']!r} holds no finite number."
        return replace(bare, problem=why)
    notes = ["Grey cells were not measured."]
    total = len(panels) * len(across) * len(up)
    if most > 1:
        notes.append(f"A cell is the mean of up to {most} rows.")
    return replace(
        bare,
        x_names=tuple(said(each) for each in across),
        y_names=tuple(said(each) for each in up),
        x_edges=x_edges,
        y_edges=_edges(up) if bare.log_y else (),
        z_range=_ends(chart.get("z_range")) or (min(known), max(known)),
        panels=tuple(panels),
        notes=tuple(notes[1:] if len(known) == total else notes),
    )


def _axis(rows: Sequence[Row], column: str) -> list[Any]:
    found = [each for each in distinct(rows, column) if each is not None]
    return sorted(found) if is_numeric(rows, column) else found


def _level(
    rows: Sequence[Row],
    chart: Mapping[str, Any],
    height: Any,
    across: Sequence[Any],
    *,
    is_numbered: bool,
) -> float | None:
    """Return where the reference of one row of cells stands, None where it does not."""
    if chart.get("reference") is None or not is_numeric(rows, chart["x"]):
        return None
    beside = (row for row in rows if said(row.get(chart["y"])) == said(height))
    known = [finite(row.get(chart["reference"])) for row in beside]
    value = next((each for each in known if each is not None), None)
    numbers = [each for each in map(finite, across) if each is not None]
    if value is None or not numbers or not numbers[0] <= value <= numbers[-1]:
        return None
    return (
        value if is_numbered else float(np.interp(value, numbers, range(len(numbers))))
    )


def _edges(values: Sequence[Any]) -> tuple[float, ...]:
    """Return where cells around positive numbers end on a logarithmic axis."""
    known = [each for each in map(finite, values) if each is not None and each > 0]
    if len(known) < len(values) or len(known) < 2:
        return ()
    between = [math.sqrt(low) * math.sqrt(high) for low, high in pairwise(known)]
    first = known[0] * (known[0] / between[0])
    last = known[-1] * (known[-1] / between[-1])
    return (first, *between, last)


def _cells(
    rows: Sequence[Row],
    chart: Mapping[str, Any],
    across: Sequence[Any],
    up: Sequence[Any],
) -> tuple[tuple[tuple[float | None, ...], ...], int]:
    """Return the means, and how many rows the fullest cell has."""
    found: dict[tuple[str, str], list[float]] = {}
    for row in rows:
        z = finite(row.get(chart["z"]))
        if z is not None:
            key = (said(row.get(chart["x"])), said(row.get(chart["y"])))
            found.setdefault(key, []).append(z)
    cells = tuple(
        tuple(_mean(found.get((said(x), said(y)))) for x in across) for y in up
    )
    return cells, max(map(len, found.values()), default=0)


def _mean(several: list[float] | None) -> float | None:
    return sum(several) / len(several) if several else None


def _ends(found: Any) -> tuple[float, float] | None:
    if not isinstance(found, list | tuple) or len(found) != 2:
        return None
    low, high = finite(found[0]), finite(found[1])
    return None if low is None or high is None or low >= high else (low, high)
