"""λ_min by activation and points, and how far relu's is ahead of the others'."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from widthwise.experiments.shared import Cell, Chart, Row, picked

__all__ = [
    "AHEAD",
    "SMALLEST",
    "eigenvalue_arrays",
    "is_smooth",
    "smallest_tables",
]

SMALLEST = Chart(
    name="smallest",
    title="",
    table="",
    x="",
    y="smallest",
    low="low",
    high="high",
    by="activation",
    only={"is_resolved": True},
    log="xy",
)
"""The figure of the first table of `smallest_tables`, without its words."""

AHEAD = Chart(
    name="gap",
    title="",
    table="gap",
    x="",
    y="ratio",
    by="activation",
    reference="one",
    log="xy",
    y_label="λ_min of relu / λ_min of the other",
    caption="Where the other's λ_min is not resolved, the ratio is drawn at the least "
    "it can be.",
)
"""The figure of the second one, likewise."""


def smallest_tables(
    table: str,
    value: str,
    place: Sequence[str],
    cells: Sequence[Cell],
    results: Sequence[Mapping[str, Any]],
) -> dict[str, list[Row]]:
    """Return the table of λ_min and, where relu was run, that of its lead, "gap".

    Parameters
    ----------
    table, value
        The first table's name, and the column of λ_min.
    place
        What of a cell tells where the activation was tried.
    """
    rows = [
        {
            **picked(cell, *place, "n", "activation"),
            **picked(found, "smoothness", value, "low", "high"),
            "is_resolved": found["low"] > 0,
            "condition": found["condition"],
        }
        for cell, found in zip(cells, results, strict=True)
    ]
    ahead = list(_ahead(rows, value, place))
    return {table: rows, "gap": ahead} if ahead else {table: rows}


def _ahead(rows: list[Row], value: str, place: Sequence[str]) -> Iterator[Row]:
    """Yield λ_min of relu over that of each other activation at the same place."""
    known = {
        tuple(picked(row, *place).values()): row
        for row in rows
        if row["activation"] == "relu"
    }
    for row in rows:
        relu = known.get(tuple(picked(row, *place).values()))
        if relu is None or relu["low"] <= 0 or row is relu:
            continue
        yield {
            **picked(row, *place, "activation"),
            "ratio": relu[value] / (row[value] if row["is_resolved"] else row["high"]),
            "is_resolved": row["is_resolved"],
            "one": 1.0,
        }


def eigenvalue_arrays(
    cells: Iterable[Cell], results: Iterable[Mapping[str, Any]], *names: str
) -> dict[str, np.ndarray]:
    """Return all eigenvalues by what tells the cells apart."""
    return {
        "/".join(str(cell[name]) for name in names) + "/eigenvalues": np.array(
            found["eigenvalues"]
        )
        for cell, found in zip(cells, results, strict=True)
    }


def is_smooth(row: Mapping[str, Any]) -> bool:
    """Say whether the activation of a row has every derivative."""
    return math.isinf(row["smoothness"])
