"""Shapes and entries of the arrays that a function is given.

An array is anything with a `shape`; these checks load neither NumPy nor torch for it.
"""

from collections.abc import Sequence
from typing import Any

from widthwise.errors import DataError

__all__ = [
    "require_finite",
    "require_matrix",
    "require_same_columns",
    "require_vector",
]


def require_matrix(
    array: Any, what: str, *, least_rows: int = 1, least_columns: int = 1
) -> None:
    """Refuse what is no matrix (n, d), or has too few rows or columns.

    Parameters
    ----------
    array
        Of any kind that has a `shape`.
    what
        The subject, in the plural: "The points".
    least_rows, least_columns
        The fewest allowed.

    Raises
    ------
    DataError
        With the shape that was found.
    """
    shape = _shape(array)
    fits = len(shape) == 2 and shape[0] >= least_rows and shape[1] >= least_columns
    if not fits:
        raise DataError(
            f"{what} have shape {shape}; they must be a matrix (n, d) with at least "
            f"{_counted(least_rows, 'row')} and {_counted(least_columns, 'column')}."
        )


def require_vector(array: Any, what: str, length: int, *, meaning: str) -> None:
    """Refuse what is no vector of this length.

    Parameters
    ----------
    array
        Of any kind that has a `shape`.
    what
        The subject, in the plural: "The biases".
    length
        The number of entries needed.
    meaning
        What they belong to: "one for each row of the weights".

    Raises
    ------
    DataError
        With the shape that was found.
    """
    shape = _shape(array)
    if shape != (length,):
        raise DataError(
            f"{what} have shape {shape}; they must have shape ({length},), {meaning}."
        )


def require_same_columns(one: Any, what: str, other: Any, others: str) -> None:
    """Refuse two matrices with different numbers of columns.

    Raises
    ------
    DataError
        With both numbers.
    """
    found, needed = _shape(one)[1], _shape(other)[1]
    if found != needed:
        raise DataError(
            f"{what} have {found} columns and {others} {needed}; they must have the "
            "same number."
        )


def require_finite(
    array: Any, what: str, *, rows: Sequence[int] | None = None, advice: str = ""
) -> None:
    """Refuse NaN and infinity, with the row and the column of the first.

    Parameters
    ----------
    array
        Of NumPy or torch, with the rows along the first axis.
    what
        The entries' owner in a sentence: "the points".
    rows
        The caller's numbers of the rows; by default they count from 0.
    advice
        A sentence on what to do next.

    Raises
    ------
    DataError
        If an entry is not finite.
    """
    import numpy as np  # Here, since a check of a shape alone needs none of it.

    is_tensor = hasattr(array, "isfinite")  # It is looked through where it is.
    if is_tensor and bool(array.sum().isfinite()):
        return  # A sum is finite only of what is; it may overflow, and then we look.
    is_finite = array.isfinite() if is_tensor else np.isfinite(np.asarray(array))
    if bool(is_finite.all()):
        return
    mask = is_finite.numpy(force=True) if is_tensor else is_finite
    place = np.argwhere(~mask)[0].tolist()
    value = float(np.asarray(array)[*place] if not is_tensor else array[*place])
    row, *column = place or [0]
    name = row if rows is None else rows[row]
    where = f" in column {column[0]}" if len(column) == 1 else ""
    where = f" at {tuple(column)}" if len(column) > 1 else where
    then = advice or "Remove or fill such rows."
    raise DataError(
        f"Row {name} of {what} holds {value}{where}; every entry must be finite. {then}"
    )


def _shape(array: Any) -> tuple[int, ...]:
    return tuple(int(each) for each in array.shape)


def _counted(number: int, noun: str) -> str:
    return f"one {noun}" if number == 1 else f"{number} {noun}s"
