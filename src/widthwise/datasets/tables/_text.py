"""Delimited text as a table of columns, numbers where they are written as such."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from widthwise.datasets.tables._columns import EXACT, Column, from_strings
from widthwise.datasets.tables._delimited import parse_delimited
from widthwise.datasets.tables._notation import Notation
from widthwise.datasets.tables._table import Table

if TYPE_CHECKING:
    import polars as pl

__all__ = ["from_text"]

_PLAIN = Notation()
_CELLS, _COLUMNS = 2**20, 2**11  # At once


def from_text(
    read: Callable[[], bytes],
    name: str,
    where: str,
    origin: str,
    *,
    separator: str | None = None,
    header: bool | None = None,
    encoding: str = "utf-8",
    notation: Notation = _PLAIN,
    keep_text: bool = False,
) -> Table:
    """Make a table of the content of a text file; names as `Table` has them.

    Parameters
    ----------
    read
        Returns the content, which is not held longer than it is needed.
    keep_text
        Whether columns of numbers may be asked for as words.

    Raises
    ------
    DataError
        As `parse_delimited`.
    """
    text = parse_delimited(read, where, separator, header, encoding)
    written = replace(notation, from_semicolons=text.separator == ";")
    numbers, is_plain = _plain_numbers(text.frame, written)
    series = {
        j: each
        for j, each in enumerate(text.frame.get_columns())
        if keep_text or not is_plain[j]
    }
    names, rows = text.names, text.frame.height

    def column(j: int, as_words: bool) -> Column:
        if is_plain[j] and not as_words:
            missing = np.zeros(rows, dtype=bool)
            return Column(names[j], "number", missing, numbers[:, j], notation=written)
        return from_strings(names[j], series[j], written, as_words)

    return Table(
        name=name,
        where=where,
        origin=origin,
        names=names,
        column=column,
        rows=rows,
        lines=text.lines,
        steps=text.steps,
        problems=text.problems,
        reading_bytes=text.needed,
    )


def _plain_numbers(
    frame: "pl.DataFrame", notation: Notation
) -> tuple[np.ndarray, np.ndarray]:
    """Return all cells as numbers, and the columns that need no second look.

    Many columns at once: a call for each column costs a third of a millisecond.
    """
    import polars as pl

    is_plain = np.zeros(frame.width, dtype=bool)
    if not notation.is_plain:
        return np.empty((0, 0)), is_plain
    numbers = np.empty(frame.shape, order="F")
    cells = pl.all().str.strip_chars().cast(pl.Float64, strict=False)
    width = max(1, min(_CELLS // frame.height, _COLUMNS))
    for left in range(0, frame.width, width):
        block = numbers[:, left : left + width]
        block[:] = frame[:, left : left + width].select(cells).to_numpy()
        with np.errstate(invalid="ignore"):
            largest = np.abs(block).max(axis=0)  # NaN where a cell is not a number
        is_plain[left : left + width] = largest <= EXACT
    return numbers, is_plain
