"""The pictures of the regions of a plane: units' lines, active units and ranks."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from widthwise.diagnosis.landscape import LandscapeRecord
from widthwise.report.parts import (
    DataTable,
    Drawn,
    Figure,
    count,
    listed,
    number,
    percent,
    told,
)

__all__ = ["clipped_lines", "plane_figures"]

_ARRAYS = ("plane/grid_x", "plane/grid_y", "plane/region")
_MOST = 240
"""Grid lines that a picture needs at most: a page has no more pixels to show."""

_KEPT_IN_TABLE = 30


@dataclass(frozen=True)
class _Plane:
    """The grid, its regions, what is drawn in each cell, the units' lines, the rows."""

    x: np.ndarray
    y: np.ndarray
    region: np.ndarray
    layers: dict[str, np.ndarray]
    lines: np.ndarray
    points: np.ndarray


def plane_figures(record: Drawn[LandscapeRecord]) -> list[Figure]:
    """Draw the regions coloured by active units, and by rank where that is recorded."""
    plane = _plane(record)
    if plane is None:
        return []
    text = told(record.evidence.regions_2d)
    return [_figure(plane, layer, text) for layer in plane.layers]


def clipped_lines(
    lines: np.ndarray, x: Sequence[float], y: Sequence[float]
) -> list[list[list[float]]]:
    """Return the ends within the box of each line w·x + b = 0 that meets it."""
    box = np.array([[x[0], x[1]], [y[0], y[1]]])
    found = []
    for w1, w2, b in lines:
        size = float(np.hypot(w1, w2))
        if size == 0.0:
            continue
        normal = np.array([w1, w2]) / size
        foot, along = -b / size * normal, np.array([-normal[1], normal[0]])
        low, high = -np.inf, np.inf
        for axis in (0, 1):
            if along[axis] == 0.0:
                if not box[axis, 0] <= foot[axis] <= box[axis, 1]:
                    low, high = 1.0, 0.0
                continue
            ends = np.sort((box[axis] - foot[axis]) / along[axis])
            low, high = max(low, ends[0]), min(high, ends[1])
        if low < high:
            found.append([(foot + t * along).tolist() for t in (low, high)])
    return found


def _plane(record: Drawn[LandscapeRecord]) -> _Plane | None:
    found = record.numbers(*_ARRAYS)
    if found is None:
        return None
    x, y, region = found
    shape = (y.size, x.size)
    layers = {}
    for name in ("active_units", "rank"):
        (layer,) = record.numbers(f"plane/{name}") or (np.empty(0),)
        if layer.shape == shape:
            layers[name] = layer
    if region.shape != shape or not layers:
        return None
    (lines,) = record.numbers("plane/lines") or (np.empty((0, 3)),)
    (points,) = record.numbers("plane/x") or (np.empty((0, 2)),)
    across, down = (np.arange(0, size, -(-size // _MOST)) for size in (x.size, y.size))
    return _Plane(
        x[across],
        y[down],
        region[np.ix_(down, across)],
        {name: layer[np.ix_(down, across)] for name, layer in layers.items()},
        lines if lines.ndim == 2 and lines.shape[1] == 3 else np.empty((0, 3)),
        points if points.ndim == 2 and points.shape[1] == 2 else np.empty((0, 2)),
    )


_WORDS = {
    "active_units": (
        "Active units in each region",
        "active units",
        "The stronger the colour, the more units are on.",
    ),
    "rank": (
        "Rank in each region",
        "rank",
        "The stronger the colour, the more outputs they can move independently.",
    ),
}


def _figure(plane: _Plane, layer: str, text: str) -> Figure:
    title, word, reading = _WORDS[layer]
    values = plane.layers[layer]
    regions = np.unique(plane.region).size
    edges = clipped_lines(
        plane.lines, (plane.x.min(), plane.x.max()), (plane.y.min(), plane.y.max())
    )
    return Figure(
        identifier=f"plane_{layer}",
        title=title,
        summary=(
            f"Map of the plane of the two input columns, cut by {count(len(edges))} "
            f"lines, one for each unit, into {count(regions)} regions of "
            f"{count(values.min())} to {count(values.max())} {word}, with "
            f"{count(len(plane.points))} rows as points."
        ),
        reading=f"{text}{reading} A line is where one unit switches; a dot is a row.",
        table=_table(plane),
        curves=[
            {
                "word": word,
                "x": listed(plane.x),
                "y": listed(plane.y),
                "values": [[int(each) for each in row] for row in values],
                "regions": [[int(each) for each in row] for row in plane.region],
                "lines": edges,
                "points": plane.points.tolist(),
            }
        ],
        layout={},
    )


def _table(plane: _Plane) -> DataTable:
    labels, first, sizes = np.unique(
        plane.region, return_index=True, return_counts=True
    )
    inside = _rows_inside(plane)
    order = sorted(range(labels.size), key=lambda place: -int(sizes[place]))
    rows = tuple(
        (
            count(labels[place]),
            percent(sizes[place] / plane.region.size),
            *(
                number(layer.ravel()[first[place]], digits=6)
                for layer in plane.layers.values()
            ),
            count(inside.get(float(labels[place]), 0)),
        )
        for place in order[:_KEPT_IN_TABLE]
    )
    cut = len(rows) < labels.size
    return DataTable(
        (
            "region",
            "share of the picture",
            *(_WORDS[name][1] for name in plane.layers),
            "rows inside",
        ),
        rows,
        f"The {len(rows)} largest of {count(labels.size)} regions." if cut else "",
    )


def _rows_inside(plane: _Plane) -> dict[float, int]:
    """Count the rows by the region of the grid point next to each."""
    found: dict[float, int] = {}
    for x, y in plane.points:
        across, down = np.abs(plane.x - x).argmin(), np.abs(plane.y - y).argmin()
        label = float(plane.region[down, across])
        found[label] = found.get(label, 0) + 1
    return found
