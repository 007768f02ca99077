"""The rows of a table that a chart draws, and their values as places and numbers."""

from collections.abc import Mapping, Sequence
from typing import Any

from widthwise.report.parts import values

__all__ = [
    "FARTHEST",
    "Row",
    "chosen",
    "distinct",
    "finite",
    "is_numeric",
    "said",
    "spaced",
]

Row = Mapping[str, Any]

FARTHEST = 1e250
"""The largest number that is drawn; its inverse is the least on a logarithmic axis."""


def chosen(rows: Sequence[Any], only: Any) -> list[Row]:
    """Return the rows whose columns have the values that `only` names."""
    wanted = only.items() if isinstance(only, Mapping) else ()
    return [
        row
        for row in rows
        if isinstance(row, Mapping)
        and all(row.get(column) == value for column, value in wanted)
    ]


def distinct(rows: Sequence[Row], column: str | None) -> list[Any]:
    """Return the values of a column in the order they appear; [None] without one."""
    if column is None:
        return [None]
    found: dict[str, Any] = {}
    for row in rows:
        found.setdefault(said(row.get(column)), row.get(column))
    return list(found.values())


def finite(value: Any) -> float | None:
    """Return a number that can be drawn, else None."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # No axis has room for what is farther out; plotting libraries overflow there.
    return float(value) if abs(value) <= FARTHEST else None


def is_numeric(rows: Sequence[Row], column: str) -> bool:
    """Say whether a column holds numbers and no words."""
    found = [row.get(column) for row in rows if row.get(column) is not None]
    return all(
        isinstance(each, int | float) and not isinstance(each, bool) for each in found
    )


def said(value: Any) -> str:
    """Return a value as a legend or an axis names it."""
    return values(value)


def spaced(name: str | None) -> str:
    """Return the name of a column as words."""
    return (name or "").replace("_", " ")
