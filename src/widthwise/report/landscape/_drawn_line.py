"""The picture of one network of a single input column: breakpoints and regions."""

import numpy as np

from widthwise.diagnosis.landscape import LandscapeRecord
from widthwise.report.parts import (
    DataTable,
    Drawn,
    Figure,
    count,
    listed,
    number,
    thinned,
    told,
)

__all__ = ["line_figure"]

_ARRAYS = ("line/grid", "line/outputs", "line/region_edges", "line/active_units")
_KEPT_IN_TABLE = 40


def line_figure(record: Drawn[LandscapeRecord]) -> Figure | None:
    """Draw the outputs over the column, and how many units are on in each region."""
    found = record.numbers(*_ARRAYS)
    if found is None:
        return None
    grid, outputs, edges, active = found
    if grid.shape != outputs.shape or edges.size != active.size + 1:
        return None
    edges = np.clip(edges, grid.min(), grid.max())
    (breakpoints,) = record.numbers("line/breakpoints") or (np.empty(0),)
    (points,) = record.numbers("line/x") or (np.empty(0),)
    labels = np.asarray(record.arrays.get("line/y", ()), dtype=np.float64)
    has_labels = labels.shape == points.shape and bool(np.isfinite(labels).any())
    inside = np.histogram(points, bins=_rising(edges))[0] if active.size else ()
    counts = [int(each) for each in inside]
    places = thinned(active.size, keep=_KEPT_IN_TABLE)
    return Figure(
        identifier="line",
        title="One random network on the line",
        summary=(
            f"Line chart of the outputs of one random network over its only input "
            f"column, from {number(grid.min())} to {number(grid.max())}, with "
            f"{count(points.size)} rows. {count(breakpoints.size)} breakpoints cut "
            f"the column into {count(active.size)} regions with "
            f"{count(active.min())} to {count(active.max())} active units; "
            f"{count(sum(1 for each in counts if each))} of them hold a row."
        ),
        reading=(
            f"{told(record.evidence.network_1d)}Each unit switches at its "
            "breakpoint, a tick; between two ticks the network is a straight line. The "
            "bars count the units that are on."
        ),
        table=DataTable(
            ("region", "from", "to", "active units", "rows inside"),
            tuple(
                (
                    count(place + 1),
                    number(edges[place]),
                    number(edges[place + 1]),
                    count(active[place]),
                    count(counts[place]),
                )
                for place in places
            ),
            ""
            if len(places) == active.size
            else "Some regions are left out; arrays.npz holds them all.",
        ),
        curves=[
            {
                "x": listed(points),
                "y": listed(labels) if has_labels else None,
                "breakpoints": listed(breakpoints),
                "grid": listed(grid),
                "outputs": listed(outputs),
                "edges": listed(edges),
                "active": [int(each) for each in active],
                "inside": counts,
            }
        ],
        layout={},
    )


def _rising(edges: np.ndarray) -> np.ndarray:
    """Return edges that a histogram takes: never falling."""
    return np.maximum.accumulate(edges)
