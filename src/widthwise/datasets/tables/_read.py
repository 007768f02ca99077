"""A file, an array or a data frame read as points and targets."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from widthwise.datasets.points import Dataset
from widthwise.datasets.tables._choice import Names
from widthwise.datasets.tables._columns import Column
from widthwise.datasets.tables._imputation import require_way
from widthwise.datasets.tables._notation import Notation
from widthwise.datasets.tables._opening import Reading, open_file
from widthwise.datasets.tables._sources import (
    from_array,
    from_frame,
    target_column,
    to_array,
    to_frame,
)
from widthwise.datasets.tables._table import Table, to_dataset

__all__ = ["read", "table_of"]


def read(
    source: object,
    target: object = None,
    *,
    one_hot: bool = False,
    drop_missing: bool = False,
    columns: Names | None = None,
    drop: Names = (),
    separator: str | None = None,
    header: bool | None = None,
    encoding: str = "utf-8",
    decimal_comma: bool = False,
    thousands: str | None = None,
    units: Sequence[str] | str = (),
    missing: Sequence[str] | str = (),
    words: Names = (),
    dates: str | None = None,
    impute: str | None = None,
    name: str | None = None,
) -> Dataset:
    """Read points, and targets if asked for, as they are: nothing is scaled.

    Parameters
    ----------
    source
        The path of a CSV, TSV, Parquet, NPY or NPZ file (text also packed: .gz, .bz2,
        .xz, .zip), a pipe, "-" for standard input, a pandas, polars or Arrow data
        frame, a NumPy array, a tensor or nested lists.
    target
        The column with the labels, by name or by number from 0 (−1 is the last), or
        n values. Of words, two classes become −1 and +1, more become 0, 1, 2, ...
        An NPZ file's "y", "targets" or "labels" are used when None.
    one_hot
        Encode each column of words as one 0/1 column a word.
    drop_missing
        Leave out rows with a missing value.
    columns
        Use only these columns as features. One string may be a list: "a,b".
    drop
        Do not use these columns.
    separator, header, encoding
        Of a text file; the first two are found when None.
    decimal_comma
        Numbers in text are written 1,5.
    thousands
        What stands between groups of three digits in text: "," ("comma"), "." ("dot";
        the decimal mark is then a comma), " " ("space", of any kind), "'"
        ("apostrophe") or "_" ("underscore"). Nothing when None.
    units
        Marks beside the numbers of a whole column, such as "%" or "$", to leave out.
    missing
        Words that mean that there is no value, besides NA, null, ? and the like.
    words
        Columns that hold words, also where they look like numbers or gaps: classes
        as target, categories as features.
    dates
        The order of dates in text, "ymd", "dmy" or "mdy", years of four digits: they
        become days since 1970-01-01. Dates of data frames become days for any of them.
    impute
        What a missing number of a feature becomes, "median" or "mean" of its column.
        A missing target is never made up.
    name
        What to call the data set; the name of the file when None.

    Returns
    -------
    Dataset
        `steps` says what was done, `row_numbers` which row of the source each is.

    Raises
    ------
    MissingDataError
        There is no such file.
    DataError
        The source cannot be used: no such column, fewer than 2 rows, text, missing
        or infinite values, lines of different lengths, wrong encoding, a pickle, ...
        The message names the column, the rows or the line, and the remedy, for all
        that is wrong with the table.
    MemoryBudgetError
        What a packed file unpacks to, or an array claims, would not fit.

    Cost
    ----
    O(n d) time; a few copies of the table in memory.

    Examples
    --------
    >>> import widthwise as ww
    >>> data = ww.datasets.read([[1.0, 2.0], [3.0, 4.0]], target=[0.0, 1.0])
    >>> data.points.shape, data.targets.tolist()
    (torch.Size([2, 2]), [0.0, 1.0])
    """
    if isinstance(target, np.integer):
        target = int(target)
    require_way(impute)
    written = {
        "separator": separator,
        "header": header,
        "encoding": encoding,
        "decimal_comma": decimal_comma,
        "thousands": thousands,
        "units": units,
        "missing": missing,
        "dates": dates,
    }
    table, labels, notation = _opened(
        source, target, written, keep_text=bool(_several(words))
    )
    if labels is not None and not isinstance(labels, str | int | Column):
        label = target_column(labels, source, table.rows, notation, _several(words))
        labels, words = label, [each for each in _several(words) if each != label.name]
    if name is not None:
        table = replace(table, name=name)
    return to_dataset(
        table,
        labels,
        columns,
        drop,
        words,
        one_hot=one_hot,
        drop_missing=drop_missing,
        impute=impute,
    )


def table_of(source: object, written: Mapping[str, Any]) -> Table:
    """Return the table of a source, its numbers readable as words, too.

    Parameters
    ----------
    source
        As `read` takes it.
    written
        Options of `read` that say how it is written.
    """
    table, _, _ = _opened(source, None, written, keep_text=True)
    return table


def _opened(
    source: object, target: object, written: Mapping[str, Any], *, keep_text: bool
) -> tuple[Table, object, Notation]:
    """Return the table, the target's column or values, and how numbers are written."""
    notation = Notation(
        decimal_comma=written.get("decimal_comma", False),
        thousands=written.get("thousands"),
        units=_several(written.get("units", ())),
        missing=_several(written.get("missing", ())),
        dates=written.get("dates"),
    )
    if isinstance(source, str | os.PathLike):
        asked = Reading(
            written.get("separator"),
            written.get("header"),
            written.get("encoding", "utf-8"),
            notation,
            keep_text,
        )
        return *open_file(source, target, asked), notation
    frame = to_frame(source)
    if frame is not None:
        table = from_frame(frame, "X", "X", "data frame", notation)
    else:
        table = from_array(to_array(source, "X"), "X", "X", "array")
    return table, target, notation


def _several(names: Names) -> tuple[str, ...]:
    """Return a tuple of names also when one name was given."""
    return (str(names),) if isinstance(names, str | int) else tuple(map(str, names))
