"""Delimited text as a table of columns, numbers where they are written as such."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from widthwise.datasets.tables._columns import (
    EXACT,
    Column,
    from_strings,
    vanished,
)
from widthwise.datasets.tables._delimited import parse_delimited
from widthwise.datasets.tables._notation import MINUS, Notation
from widthwise.datasets.tables._table import Table

if TYPE_CHECKING:
    import polars as pl

__all__ = ["from_text"]

_PLAIN = Notation()
_CELLS, _COLUMNS = 2**18, 2**11  # At once


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
    found = _numbers(text.frame, written)
    series = {
        j: each
        for j, each in enumerate(text.frame.get_columns())
        if keep_text or not found.are_all[j]
    }
    names, rows = text.names, text.frame.height

    def column(j: int, as_words: bool) -> Column:
        if as_words or not found.are_all[j]:
            return from_strings(names[j], series[j], written, as_words)
        return Column(
            names[j],
            "number",
            np.zeros(rows, dtype=bool),
            found.numbers[:, j],
            doubtful=found.doubtful.get(j),
            notation=written,
        )

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


@dataclass(frozen=True)
class _Numbers:
    """The cells of a table as numbers.

    Attributes
    ----------
    numbers
        (n, d), column by column.
    are_all
        (d,), which columns hold such numbers only and need no second look.
    doubtful
        What `Notation.doubtful` says of these columns, where it says something.
    """

    numbers: np.ndarray
    are_all: np.ndarray
    doubtful: dict[int, str]


def _numbers(frame: "pl.DataFrame", notation: Notation) -> _Numbers:
    """Return all cells as numbers, without units, gaps and a typographic minus.

    The cells of many columns are one series: calls for each column would cost up to a
    millisecond a column.
    """
    import polars as pl

    rows, width = frame.shape
    bare = replace(notation, units=())
    found = _Numbers(np.empty((rows, width), order="F"), np.zeros(width, bool), {})
    columns = frame.get_columns()
    step = max(1, min(_CELLS // rows, _COLUMNS))
    for left in range(0, width, step):
        some = slice(left, min(left + step, width))
        cells = pl.concat(columns[some], rechunk=True).str.strip_chars()
        numbers, _ = bare.numbers("", cells)
        block = numbers.to_numpy().reshape(-1, rows)
        is_odd = cells.str.contains(MINUS, literal=True)
        if notation.missing:
            is_odd |= cells.is_in(notation.missing)
        tiny = vanished(cells, block.reshape(-1))
        if tiny is not None:
            is_odd |= pl.Series(tiny)
        odd = is_odd.fill_null(False).to_numpy().reshape(-1, rows).any(axis=1)
        with np.errstate(invalid="ignore"):
            largest = np.abs(block).max(axis=1)  # NaN where a cell is not a number
        found.numbers[:, some] = block.T
        found.are_all[some] = (largest < EXACT) & ~odd
        if not notation.can_doubt:
            continue
        marks = [each.reshape(-1, rows) for each in notation.marked(cells)]
        for j in np.flatnonzero(found.are_all[some] & marks[0].any(axis=1)).tolist():
            words = cells[j * rows : (j + 1) * rows]
            doubt = notation.doubt(words, marks[0][j], marks[1][j])
            if doubt is not None:
                found.doubtful[left + j] = doubt
    return found
