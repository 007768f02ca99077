"""The tables of an experiment as a page shows them: their first rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from widthwise.report.experiments._columns import columns_of, file_names
from widthwise.report.experiments._rows import is_numeric, said, spaced

__all__ = ["Sheet", "sheets"]

_ROWS_SHOWN, _ROWS_OPEN = 50, 12

_INFINITE = {"smoothness"}
"""Columns in which null, as JSON writes infinity, means nothing else."""


@dataclass(frozen=True)
class Sheet:
    """One table: its headings, its first rows, and where the rest is.

    Attributes
    ----------
    headings
        The columns' names, and whether each holds numbers.
    is_open
        Whether it is short enough to stand open.
    """

    identifier: str
    name: str
    headings: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[str, ...], ...]
    total: int
    is_open: bool
    link: str | None


def sheets(tables: Mapping[str, Any], folder: str | None = None) -> list[Sheet]:
    """Return the tables in the record's order; one that is no list of rows is empty."""
    _, *names = file_names(["findings", *tables])  # as the files are named
    return [
        _sheet(place, name, rows, file_name, folder)
        for place, ((name, rows), file_name) in enumerate(
            zip(tables.items(), names, strict=True)
        )
    ]


def _sheet(
    place: int, name: str, found: Any, file_name: str, folder: str | None
) -> Sheet:
    rows: Sequence[Mapping[str, Any]] = (
        [each for each in found if isinstance(each, Mapping)]
        if isinstance(found, list | tuple)
        else []
    )
    columns = columns_of(rows)
    return Sheet(
        identifier=f"table-{place}",
        name=spaced(name),
        headings=tuple((spaced(each), is_numeric(rows, each)) for each in columns),
        rows=tuple(
            tuple(_cell(row, column) for column in columns)
            for row in rows[:_ROWS_SHOWN]
        ),
        total=len(rows),
        is_open=0 < len(rows) <= _ROWS_OPEN,
        link=None if folder is None else quote(f"{folder}/{file_name}.csv"),
    )


def _cell(row: Mapping[str, Any], column: str) -> str:
    value = row.get(column)
    if value is None and column in row and column in _INFINITE:
        return "∞"
    return said(value)
