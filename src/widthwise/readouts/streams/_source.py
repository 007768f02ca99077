"""A matrix of features read in parts: an array, a file on disk, a store of chunks."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from scipy.sparse import issparse

from widthwise.arrays import Array, Float, PointsLike, real_tensor, rounding_unit
from widthwise.errors import DataError
from widthwise.features import RandomFeatures
from widthwise.features.two_layer import as_matrix, require_layer
from widthwise.readouts.streams._readers import (
    Drawn,
    File,
    Held,
    Sparse,
    as_opened,
    file_at,
    reading,
)

__all__ = ["Source", "feature_source", "source_of"]

_EPS = torch.finfo(torch.float64).eps


@dataclass(frozen=True)
class Source:
    """Where features are read from.

    Attributes
    ----------
    shape
        (n, m).
    unit
        ε of the type that they are kept in.
    name
        What an error calls them.
    """

    shape: tuple[int, int]
    unit: float
    name: str
    _read: Callable[[slice, slice], Any]

    def rows(self, start: int, stop: int) -> Float[Array, "b m"]:
        """Return some rows in float64.

        Raises
        ------
        DataError
            If an entry is not finite: the block, the row and the unit are named. If
            what is sliced returns another shape than was asked for.
        """
        return self._checked(start, stop, 0, self.shape[1])

    def units(self, start: int, stop: int) -> Float[Array, "n b"]:
        """Return some columns in float64.

        Raises
        ------
        DataError
            As `rows`.
        """
        return self._checked(0, self.shape[0], start, stop)

    def require_unchanged(self) -> None:
        """Refuse a file that was written since it was opened, in any chunk.

        Raises
        ------
        DataError
            If it was: what was read may be of two matrices.
        """
        if isinstance(self._read, File):
            self._read.require_unchanged()

    def _checked(self, top: int, bottom: int, left: int, right: int) -> Array:
        part = self._read(slice(top, bottom), slice(left, right))
        found: Array = real_tensor(part, f"Rows of {self.name}")
        (n, m), there = self.shape, tuple(found.shape)
        wanted = min(bottom, n) - top, min(right, m) - left
        if there != wanted:
            raise DataError(
                f"Rows {top} to {top + wanted[0] - 1} and units {left} to "
                f"{left + wanted[1] - 1} of {self.name} came in shape {there}; they "
                f"must have shape {wanted}. Mend what is sliced."
            )
        found = found.to(torch.float64)
        if not bool(found.sum().isfinite()) and not bool(found.isfinite().all()):
            row, unit = torch.nonzero(~found.isfinite())[0].tolist()
            is_rows = right - left == self.shape[1]
            block = f"rows {top} to {bottom - 1}" if is_rows else ""
            block = block or f"units {left} to {right - 1}"
            raise DataError(
                f"The block of {block} of {self.name} holds {float(found[row, unit])} "
                f"in row {top + row}, unit {left + unit}; every feature must be "
                "finite. Nothing was fitted: mend or leave out that row or unit."
            )
        return found


def source_of(features: PointsLike | str | Path | Source) -> Source:
    """Return where features are read from, without reading them.

    Parameters
    ----------
    features
        A tensor, an array (memory-mapped too), anything with `shape` and slices, such
        as a zarr array or a sparse matrix, whose blocks are made dense; or the path of
        an NPY file, which is mapped into memory, of a Parquet file, all of whose
        columns are units, or of a zarr array.

    Raises
    ------
    DataError
        If they are no matrix, or the file is of another kind, or damaged.
    MissingDataError
        If there is no such file.
    """
    if isinstance(features, Source):
        return features
    if isinstance(features, str | Path):
        path = Path(features)
        if path.suffix not in (".npy", ".parquet", ".zarr"):
            raise DataError(
                f"{path.name} is no file of features that is read in parts. Pass an "
                "NPY, Parquet or zarr file, or an array."
            )
        with reading(path):
            if path.suffix == ".parquet":
                return _of_parquet(path)
            file = file_at(path)
            return _of_array(as_opened(file.path, file.stamp), path.name, file)
    return _of_array(features, "the features")


def feature_source(points: PointsLike, features: RandomFeatures) -> Source:
    r"""Return random features as a source: computed a block at a time, never held.

    Parameters
    ----------
    points
        Shape (n, d).
    features
        The layer, of width m.

    Returns
    -------
    What streams read in place of Φ, shape (n, m), scaled by $1/\sqrt m$.

    Raises
    ------
    DataError
        If an entry of the points is not finite.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> features = ww.features.RandomFeatures("relu", 50, "gaussian")
    >>> source = ww.readouts.feature_source(points, features)
    >>> ww.readouts.ridge_stream(source, [1.0, 0.0, 1.0], [0.1, 1.0]).best
    1.0
    """
    require_layer(features)
    data = as_matrix(points)
    return Source(
        (len(data), features.width), _EPS, "the random features", Drawn(data, features)
    )


def _of_array(array: Any, name: str, read: "_Read | None" = None) -> Source:
    if isinstance(array, Array):
        real_tensor(array, "The features")  # Refuses sparse ones.
    if not hasattr(array, "shape"):
        if read is not None:
            raise DataError(
                f"{name} is a group of arrays. Open it with zarr, and pass one of them."
            )
        array = real_tensor(array, "The features")
    if issparse(array):
        unit = rounding_unit(np.empty(1, array.dtype))
        read = Sparse(array.tocsr(), array.tocsc())
    elif hasattr(array, "columns"):
        unit = rounding_unit(array)
        read = Held(getattr(array, "iloc", array))
    else:
        shown = isinstance(array, Array) or 0 in array.shape or len(array.shape) != 2
        unit = rounding_unit(array if shown else array[:1, :1])
    return _source(tuple(array.shape), unit, name, read or Held(array))


def _source(shape: tuple[int, ...], unit: float, name: str, read: "_Read") -> Source:
    if len(shape) != 2 or 0 in shape:
        raise DataError(
            f"The shape of {name} is {shape}; features are a matrix (n, m) with at "
            "least one row and one unit."
        )
    return Source((int(shape[0]), int(shape[1])), unit, name, read)


def _of_parquet(path: Path) -> Source:
    import polars as pl

    file = file_at(path)
    frame = pl.scan_parquet(path, glob=False)
    schema = frame.collect_schema()
    texts = [
        name
        for name, kind in schema.items()
        if not (kind.is_numeric() or kind == pl.Boolean)
    ]
    if texts:
        raise DataError(
            f"Column {texts[0]!r} of {path.name} is {schema[texts[0]]}; every column "
            "is a unit, so it must be numbers. Write the features to their own file."
        )
    count = int(frame.select(pl.len()).collect().item())
    kinds = {str(kind).lower() for kind in schema.values()} & {"float16", "float32"}
    unit = max(float(np.finfo(kind).eps) for kind in kinds | {"float64"})
    return _source((count, len(schema)), unit, path.name, file)


_Read = Callable[[slice, slice], Any]
