"""A file, an array or a data frame read as points and targets."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from widthwise.datasets.points import Dataset, listed, nearest
from widthwise.datasets.tables._array_files import read_npy, read_npz
from widthwise.datasets.tables._choice import Names
from widthwise.datasets.tables._columns import Column
from widthwise.datasets.tables._files import unpack
from widthwise.datasets.tables._notation import Notation
from widthwise.datasets.tables._parquet import read_parquet
from widthwise.datasets.tables._sources import (
    from_array,
    from_frame,
    target_column,
    to_array,
    to_frame,
)
from widthwise.datasets.tables._table import Table, to_dataset
from widthwise.datasets.tables._text import from_text
from widthwise.errors import DataError, MissingDataError

__all__ = ["read"]

_TEXT = (".csv", ".tsv", ".tab", ".txt", ".data", ".dat")


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
    name: str | None = None,
) -> Dataset:
    """Read points, and targets if asked for, as they are: nothing is scaled.

    Parameters
    ----------
    source
        The path of a CSV, TSV, Parquet, NPY or NPZ file (text also gzipped, .gz), a
        pandas, polars or Arrow data frame, a NumPy array, a tensor or nested lists.
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
        The message names the column, the rows or the line, and the remedy.

    Cost
    ----
    O(n d) time; a few copies of the table in memory.
    """
    if isinstance(target, np.integer):
        target = int(target)
    notation = Notation(
        decimal_comma=decimal_comma,
        thousands=thousands,
        units=_several(units),
        missing=_several(missing),
    )
    if isinstance(source, str | os.PathLike):
        path = _existing(Path(source))
        table, labels = _open(path, target, separator, header, encoding, notation)
    else:
        frame = to_frame(source)
        if frame is not None:
            table = from_frame(frame, "X", "X", "data frame", notation)
        else:
            table = from_array(to_array(source, "X"), "X", "X", "array")
        labels = target
    if labels is not None and not isinstance(labels, str | int | Column):
        label = target_column(labels, table.rows, notation, _several(words))
        labels, words = label, [each for each in _several(words) if each != label.name]
    if name is not None:
        table = replace(table, name=name)
    return to_dataset(
        table, labels, columns, drop, words, one_hot=one_hot, drop_missing=drop_missing
    )


def _several(names: Names) -> tuple[str, ...]:
    """Return a tuple of names also when one name was given."""
    return (str(names),) if isinstance(names, str | int) else tuple(map(str, names))


def _existing(path: Path) -> Path:
    """Return the path of a file that exists, or say what is near."""
    path = path.expanduser()
    try:
        if path.is_file():
            return path
        is_folder = path.is_dir()
        folder = path.parent
        beside = sorted(entry.name for entry in folder.iterdir() if entry.is_file())
    except (OSError, ValueError):
        is_folder, beside = False, []
    if is_folder:
        inside = sorted(p.name for p in path.iterdir() if _kind(p))
        shown = f" It holds {listed(inside)}." if inside else ""
        raise DataError(f"{path} is a folder; a file was needed.{shown}")
    hint = nearest(path.name, beside, cutoff=0.75)
    if not path.parent.is_dir():
        hint = f"Its folder {path.parent} does not exist either. "
    raise MissingDataError(f"There is no file {path}. {hint}Check the path.")


def _kind(path: Path) -> str:
    """Return ".csv", ".npy", ... by the ending, ".gz" left out; "" if unknown."""
    stem = path.name.lower().removesuffix(".gz")
    suffix = Path(stem).suffix
    return suffix if suffix in (*_TEXT, ".parquet", ".pq", ".npy", ".npz") else ""


def _open(
    path: Path,
    target: object,
    separator: str | None,
    header: bool | None,
    encoding: str,
    notation: Notation,
) -> tuple[Table, object]:
    """Read a file by its ending; return the table and the target's column."""
    kind, where, origin = _kind(path), path.name, str(path)
    name = Path(path.name.removesuffix(".gz")).stem
    try:
        if kind == ".npy":
            array = to_array(read_npy(path, where), where)
            return from_array(array, name, where, origin), target
        if kind == ".npz":
            return _open_npz(path, target, name)
        if kind in (".parquet", ".pq"):
            frame = to_frame(read_parquet(path, where))
            assert frame is not None
            return from_frame(frame, name, where, origin, notation), target
        if kind in _TEXT:
            content = unpack(path.read_bytes(), where)
            if separator is None and kind in (".tsv", ".tab"):
                separator = "\t"
            table = from_text(
                content,
                name,
                where,
                origin,
                separator=separator,
                header=header,
                encoding=encoding,
                notation=notation,
            )
            return table, target
    except PermissionError:
        raise DataError(
            f"{path} may not be read (permission denied); give yourself the right to "
            "read it, or copy it."
        ) from None
    ending = f"ends in {path.suffix!r}" if path.suffix else "has no ending"
    known = ", ".join([*_TEXT, ".parquet", ".pq", ".npy"])
    raise DataError(
        f"{path.name} {ending}; a file ending in {known} or .npz was needed (text also "
        "with .gz). Rename or convert it."
    )


def _open_npz(path: Path, target: object, name: str) -> tuple[Table, object]:
    """Read an NPZ file; `target` may be the key of an array or a column of x."""
    key = (
        target if isinstance(target, str) and not target.lstrip("-").isdigit() else None
    )
    points, labels, _ = read_npz(path, path.name, None, key)
    array = to_array(points, path.name)
    table = from_array(array, name, path.name, str(path))
    if target is not None and key is None:
        return table, target
    return table, labels
