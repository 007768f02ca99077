"""Arrays, tensors and data frames as tables."""

import unicodedata
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from widthwise.datasets.points import PreparationStep
from widthwise.datasets.tables._columns import (
    Column,
    from_numbers,
    from_series,
    from_values,
)
from widthwise.datasets.tables._notation import Notation
from widthwise.datasets.tables._table import Table
from widthwise.errors import DataError

if TYPE_CHECKING:
    import narwhals as nw

__all__ = ["from_array", "from_frame", "target_column", "to_array", "to_frame"]

_PLAIN = Notation()
_A_NUMBER = 9  # Bytes: a float64, and whether it is missing
_A_ROW = 60  # Its number, twice


def to_array(source: object, where: str) -> np.ndarray:
    """Return a tensor, an array or nested lists as a NumPy array of real numbers.

    Raises
    ------
    DataError
        Sparse, complex, Python objects, text, dates or ragged lists.
    """
    if isinstance(source, torch.Tensor):
        if source.layout != torch.strided:
            raise DataError(
                f"{where} is a tensor of layout {source.layout}; a dense one of real "
                "numbers was needed. Convert it with .to_dense()."
            )
        if source.is_quantized or source.is_meta:
            what = "quantized tensor" if source.is_quantized else "tensor without data"
            raise DataError(
                f"{where} is a {what} ({source.dtype} on {source.device}); one of real "
                "numbers was needed."
            )
        plain = source.detach().cpu().resolve_neg()
        if plain.dtype in (torch.bfloat16, torch.float16) or plain.is_complex():
            plain = plain.to(torch.complex128 if plain.is_complex() else torch.float64)
        return _real(plain.resolve_conj().numpy(), where)
    if hasattr(source, "toarray") and hasattr(source, "nnz"):
        raise DataError(
            f"{where} is a SciPy sparse matrix; a dense array of real numbers was "
            "needed. Convert it with .toarray()."
        )
    try:
        return _real(np.asarray(_filled(source)), where)
    except ValueError as error:
        if isinstance(error, DataError):
            raise
        raise DataError(
            f"The rows of {where} have different lengths; an (n, d) array of numbers "
            "was needed."
        ) from None


def _filled(source: object) -> object:
    """Return NaN, or None among words, where an array is masked."""
    if not np.ma.is_masked(source) or not isinstance(source, np.ma.MaskedArray):
        return source
    if source.dtype.kind in "biuf":
        return np.ma.filled(source.astype(np.float64), np.nan)
    words = np.array(source.data, dtype=object)
    words[np.ma.getmaskarray(source)] = None
    return words


def _real(array: np.ndarray, where: str) -> np.ndarray:
    """Refuse arrays of anything but real numbers."""
    if array.dtype == object and array.ndim == 0:
        raise DataError(
            f"{where} is a {type(array.item()).__name__}; the path of a file, an "
            "array, a tensor or a data frame was needed."
        )
    if array.dtype.kind not in "biuf":
        raise DataError(
            f"{where} has dtype {array.dtype}; real numbers were needed. Convert it "
            "with .astype(float), or give a data frame with named columns."
        )
    return array


def from_array(
    array: np.ndarray,
    name: str,
    where: str,
    origin: str,
) -> Table:
    """Make a table of an (n, d) array; more axes are flattened into d.

    Raises
    ------
    DataError
        One axis or none.
    """
    if array.ndim < 2:
        raise DataError(
            f"{where} has shape {array.shape}; an (n, d) array was needed, one row a "
            "point. Reshape it, for example with .reshape(-1, 1)."
        )
    steps: tuple[PreparationStep, ...] = ()
    if array.ndim > 2:
        shape = tuple(int(length) for length in array.shape)
        width = int(np.prod(shape[1:], dtype=object))
        steps = (
            PreparationStep(
                "flatten",
                f"Flattened an array of shape {shape} to rows of {width} numbers.",
                {"shape": list(shape)},
            ),
        )
        array = array.reshape(shape[0], width)

    def column(j: int, as_words: bool) -> Column:
        found = from_numbers(f"x{j}", array[:, j])
        return found.as_words() if as_words else found

    return Table(
        name=name,
        where=where,
        origin=origin,
        names=[f"x{j}" for j in range(array.shape[1])],
        column=column,
        rows=array.shape[0],
        steps=steps,
        reading_bytes=_A_NUMBER * array.size + _A_ROW * len(array),
    )


def to_frame(source: object) -> "nw.DataFrame[Any] | None":
    """Return any eager data frame behind narwhals' interface, or None.

    Raises
    ------
    DataError
        Two columns have the same name.
    """
    import narwhals as nw

    frame: Any
    try:
        frame = nw.from_native(source, pass_through=True)
        if isinstance(frame, nw.LazyFrame):
            frame = frame.collect()
        if not isinstance(frame, nw.DataFrame):
            return None
        names = [str(name) for name in frame.columns]
    except nw.exceptions.DuplicateError:
        names = [str(name) for name in getattr(source, "columns", ())]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise DataError(
            f"The data frame has more than one column named {twice[0]!r}; each name "
            "may occur once. Rename its columns."
        )
    found: nw.DataFrame[Any] = frame
    return found


def from_frame(
    frame: "nw.DataFrame[Any]",
    name: str,
    where: str,
    origin: str,
    notation: Notation = _PLAIN,
) -> Table:
    """Make a table of a data frame; its index, if it has one, is not used."""
    names = [str(column) for column in frame.columns]
    names = ["" if column.startswith("\0") else column for column in names]
    names = [unicodedata.normalize("NFC", column) for column in names]
    series = list(frame.iter_columns())  # names may be other than strings
    return Table(
        name=name,
        where=where,
        origin=origin,
        names=names,
        column=lambda j, as_words: from_series(names[j], series[j], notation, as_words),
        rows=frame.shape[0],
        reading_bytes=(2 * _A_NUMBER * frame.shape[1] + _A_ROW) * frame.shape[0],
    )


def target_column(
    values: object,
    source: object,
    rows: int,
    notation: Notation,
    words: Collection[str],
) -> Column:
    """Make the target column of an array, tensor, list or series of n values.

    Raises
    ------
    DataError
        Not one value a row, or the index of the source in another order.
    """
    import narwhals as nw

    series = nw.from_native(values, pass_through=True, allow_series=True)
    _refuse_another_order(series, nw.from_native(source, pass_through=True))
    if isinstance(series, nw.DataFrame) and series.shape[1] == 1:
        series = series[series.columns[0]]
    if isinstance(series, nw.Series):
        name = str(series.name or "y")
        column = from_series(name, series, notation, name in words)
    else:
        column = _from_sequence(values, notation, "y" in words)
    if len(column.missing) != rows:
        raise DataError(
            f"There are {rows} rows and {len(column.missing)} targets; one target a "
            "row was needed."
        )
    return column


def _refuse_another_order(series: Any, frame: Any) -> None:
    """Refuse values whose index is the rows' own in another order."""
    import narwhals as nw

    if not all(isinstance(each, nw.DataFrame | nw.Series) for each in (series, frame)):
        return
    ours, theirs = nw.maybe_get_index(frame), nw.maybe_get_index(series)
    if ours is None or theirs is None or len(ours) != len(theirs):
        return
    if not ours.equals(theirs) and set(ours) == set(theirs):
        raise DataError(
            "The index of the targets has the rows' labels in another order; the same "
            "order was needed. Align them, for example with y.loc[X.index], or give "
            "y.to_numpy() if they are in order as they stand."
        )


def _from_sequence(values: object, notation: Notation, as_words: bool) -> Column:
    """Make a column of an array, a tensor or a list."""
    if isinstance(values, torch.Tensor):
        array = to_array(values, "y")
    else:
        try:
            array = np.asarray(_filled(values))
        except ValueError:
            array = np.empty((0, 0, 0))
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        raise DataError(
            f"The targets have shape {array.shape}; one number a row, shape (n,), was "
            "needed. Choose one column."
        )
    if array.dtype.kind in "biuf":
        column = from_numbers("y", array)
        return column.as_words() if as_words else column
    if array.dtype.kind in "UO":
        return from_values("y", array.tolist(), notation, as_words)
    raise DataError(
        f"The targets have dtype {array.dtype}; real numbers or class names were "
        "needed."
    )
