"""A matrix of features read in parts: an array, a file on disk, a store of chunks."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from scipy.sparse import issparse

from widthwise.arrays import Array, Float, PointsLike, real_tensor, rounding_unit
from widthwise.errors import DataError
from widthwise.features import RandomFeatures
from widthwise.features.two_layer import as_matrix

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
            If an entry is not finite: the block, the row and the unit are named.
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

    def _checked(self, top: int, bottom: int, left: int, right: int) -> Array:
        part = self._read(slice(top, bottom), slice(left, right))
        found: Array = real_tensor(part, f"The features of {self.name}")
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
        If they are no matrix, or the file is of another kind.
    """
    if isinstance(features, Source):
        return features
    if isinstance(features, str | Path):
        path = Path(features)
        if path.suffix == ".npy":
            return _of_array(_mapped(path), path.name, _Mapped(path))
        if path.suffix == ".parquet":
            return _of_parquet(path)
        if path.suffix == ".zarr":
            return _of_array(_chunked(path), path.name, _Chunked(path))
        raise DataError(
            f"{path.name} is no file of features that is read in parts. Pass an NPY, "
            "Parquet or zarr file, or an array."
        )
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
    data = as_matrix(points)

    return Source(
        (len(data), features.width), _EPS, "the random features", _Drawn(data, features)
    )


def _of_array(array: Any, name: str, read: "_Read | None" = None) -> Source:
    if not hasattr(array, "shape"):
        array = np.asarray(array)
    shape = tuple(int(each) for each in array.shape)
    if len(shape) != 2 or 0 in shape:
        raise DataError(
            f"{name} has shape {shape}; features are a matrix (n, m) with at least one "
            "row and one unit."
        )
    if issparse(array):
        unit = rounding_unit(np.empty(1, array.dtype))
        read = _Sparse(array.tocsr(), array.tocsc())
        return Source((shape[0], shape[1]), unit, name, read)
    unit = rounding_unit(array if isinstance(array, torch.Tensor) else array[:1, :1])
    return Source((shape[0], shape[1]), unit, name, read or _Held(array))


def _of_parquet(path: Path) -> Source:
    import polars as pl

    frame = pl.scan_parquet(path)
    schema = frame.collect_schema()
    texts = [name for name, kind in schema.items() if not kind.is_numeric()]
    if texts:
        raise DataError(
            f"Column {texts[0]!r} of {path.name} is {schema[texts[0]]}; every column "
            "is a unit, so it must be numbers. Write the features to their own file."
        )
    names = tuple(schema)
    count = int(frame.select(pl.len()).collect().item())
    is_single = all(kind == pl.Float32 for kind in schema.values())
    unit = float(np.finfo(np.float32 if is_single else np.float64).eps)
    return Source((count, len(names)), unit, path.name, _Table(path, names))


# What reads is sent to other processes: a file by its name, opened there once.


@lru_cache(maxsize=8)
def _mapped(path: Path) -> Any:
    return np.load(path, mmap_mode="r")


@lru_cache(maxsize=8)
def _chunked(path: Path) -> Any:
    import zarr

    return zarr.open(path, mode="r")


@dataclass(frozen=True)
class _Held:
    array: Any

    def __call__(self, rows: slice, units: slice) -> Any:
        return self.array[rows, units]


@dataclass(frozen=True)
class _Sparse:
    by_rows: Any
    by_units: Any

    def __call__(self, rows: slice, units: slice) -> Any:
        if units == slice(0, self.by_rows.shape[1]):
            return self.by_rows[rows].toarray()
        return self.by_units[:, units][rows].toarray()


@dataclass(frozen=True)
class _Mapped:
    path: Path

    def __call__(self, rows: slice, units: slice) -> Any:
        return _mapped(self.path)[rows, units]


@dataclass(frozen=True)
class _Chunked:
    path: Path

    def __call__(self, rows: slice, units: slice) -> Any:
        return _chunked(self.path)[rows, units]


@dataclass(frozen=True)
class _Table:
    path: Path
    names: tuple[str, ...]

    def __call__(self, rows: slice, units: slice) -> Any:
        import polars as pl

        part = pl.scan_parquet(self.path).select(self.names[units])
        return part.slice(rows.start, rows.stop - rows.start).collect().to_numpy()


@dataclass(frozen=True)
class _Drawn:
    points: Array
    features: RandomFeatures

    def __call__(self, rows: slice, units: slice) -> Any:
        some = self.points[rows]
        found = some.new_empty(len(some), units.stop - units.start)
        layer = replace(self.features, width=units.stop)
        scale = 1.0 / math.sqrt(self.features.width)
        for start, stop, block in layer.blocks(some, stops=(units.start or 1,)):
            if start >= units.start:
                found[:, start - units.start : stop - units.start] = block * scale
        return found


_Read = Callable[[slice, slice], Any]
