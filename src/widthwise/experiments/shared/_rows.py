"""Trials brought together, and rows of tables picked and sorted into groups."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from widthwise.experiments.shared._definition import Cell
from widthwise.experiments.shared._record import Row

__all__ = ["gathered", "grouped", "picked"]


def picked(row: Mapping[str, Any], *columns: str) -> Row:
    """Return some columns of a row."""
    return {column: row[column] for column in columns}


def grouped(rows: Iterable[Row], *columns: str) -> dict[Any, list[Row]]:
    """Return the rows by the values of these columns, in the order they appear.

    The key is a value, or a tuple of them where there are several columns.
    """
    found: dict[Any, list[Row]] = {}
    for row in rows:
        key = tuple(row[column] for column in columns)
        found.setdefault(key[0] if len(key) == 1 else key, []).append(row)
    return found


def gathered(
    cells: Sequence[Cell], results: Sequence[Mapping[str, Any]], *names: str
) -> dict[tuple[Any, ...], list[Mapping[str, Any]]]:
    """Return what cells measured by what they have in common, in the cells' order.

    A cell without one of the names counts as having None there.
    """
    found: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    for cell, result in zip(cells, results, strict=True):
        found.setdefault(tuple(cell.get(name) for name in names), []).append(result)
    return found
