"""What reads parts of a matrix, in this process or where the work is sent to."""

import hashlib
import math
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from widthwise.arrays import Array
from widthwise.errors import DataError, MissingDataError, WidthwiseError
from widthwise.features import RandomFeatures
from widthwise.files import store_missing

__all__ = ["Drawn", "File", "Held", "Sparse", "as_opened", "file_at", "reading"]

_NOTES = ("zarr.json", ".zarray")  # What a folder of chunks says of itself.
_TICK = 20_000_000  # Nanoseconds within which two writes may leave the same date.
_Stamp = tuple[int, ...]


@dataclass(frozen=True)
class Held:
    """An array, or what is sliced as one."""

    array: Any

    def __call__(self, rows: slice, units: slice) -> Any:
        return self.array[rows, units]


@dataclass(frozen=True)
class Sparse:
    """A sparse matrix, by rows and by columns."""

    by_rows: Any
    by_units: Any

    def __call__(self, rows: slice, units: slice) -> Any:
        if units == slice(0, self.by_rows.shape[1]):
            return self.by_rows[rows].toarray()
        return self.by_units[:, units][rows].toarray()


@dataclass(frozen=True)
class Drawn:
    """Random features of some points, computed when they are read."""

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


@dataclass(frozen=True)
class File:
    """A file, sent to other processes by its name, and opened there once.

    Attributes
    ----------
    path
        Absolute, of an NPY or Parquet file, or of a zarr array.
    process, stamp, chunks
        Who asked for it, and what it and its chunks were then; a copy elsewhere has
        other dates.
    """

    path: Path
    process: int
    stamp: _Stamp
    chunks: str

    def __call__(self, rows: slice, units: slice) -> Any:
        """Return a part.

        Raises
        ------
        DataError
            If the file has changed meanwhile, or cannot be read.
        MissingDataError
            If there is none.
        """
        with reading(self.path):
            now = _stamp(self.path)
            self._require(now == self.stamp)
            if self.path.suffix != ".parquet":
                return as_opened(self.path, now)[rows, units]
            import polars as pl

            # By their places: names may be patterns.
            columns = pl.nth(range(units.start, units.stop)).cast(pl.Float64)
            part = pl.scan_parquet(self.path, glob=False).select(columns)
            return part.slice(rows.start, rows.stop - rows.start).collect().to_numpy()

    def require_unchanged(self) -> None:
        """Refuse what was read if any part was written meanwhile, chunks as well.

        Cost: a look at each file of a store, some microseconds.
        """
        with reading(self.path):
            self._require(
                _stamp(self.path) == self.stamp and _chunks(self.path)[0] == self.chunks
            )

    def _require(self, is_same: bool) -> None:
        if os.getpid() == self.process and not is_same:
            raise DataError(
                f"{self.path.name} has changed since its shape was read, so parts "
                "of it would be of two matrices. Start again once it is written."
            )


def file_at(path: Path) -> File:
    """Return a file as it is now, at a time at which a write leaves another date."""
    whole = path.absolute()
    for _ in range(5):
        stamp, (chunks, newest) = _stamp(whole), _chunks(whole)
        if not any(0 <= time.time_ns() - each < _TICK for each in (*stamp, newest)):
            break
        time.sleep(1e-9 * _TICK)
    return File(whole, os.getpid(), stamp, chunks)


def _stamp(path: Path) -> _Stamp:
    notes = [path / name for name in _NOTES if (path / name).exists()]
    return tuple(n for each in (path, *notes) for n in _dates(each.stat()))


def _dates(found: os.stat_result) -> _Stamp:
    # A copy may bring its own date of writing along, and not that of its change.
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size


def _chunks(path: Path) -> tuple[str, int]:
    """Return a digest of the dates of all files in a folder, and the latest of them."""
    seen, newest = hashlib.blake2b(digest_size=16), 0
    for folder, inner, names in os.walk(path):
        inner.sort()
        for name in sorted(names):
            whole = os.path.join(folder, name)
            dates = _dates(os.stat(whole))
            seen.update(f"{whole} {dates} ".encode())
            newest = max(newest, *dates[:2])
    return seen.hexdigest(), newest


@lru_cache(maxsize=8)
def as_opened(path: Path, _stamp: _Stamp) -> Any:
    """Return an NPY file mapped into memory, or a zarr array."""
    if path.suffix == ".npy":
        return np.load(path, mmap_mode="r")
    import zarr

    return zarr.open(path, mode="r")


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Say of a file that is missing or damaged what it is, and what was needed."""
    try:
        yield
    except (WidthwiseError, MemoryError):
        raise
    except FileNotFoundError as error:
        raise MissingDataError(
            f"There is no {path}. Pass the path of an NPY, Parquet or zarr file."
        ) from error
    except ImportError as error:
        raise store_missing(error.name, path.name, "write a .npy file") from error
    except PermissionError as error:
        raise DataError(
            f"{path.name} may not be read. Give yourself the right to, or copy it."
        ) from error
    except Exception as error:  # Of damaged files each library has its own.
        said = str(error) or type(error).__name__
        raise DataError(
            f"{path.name} is damaged, or holds no {path.suffix[1:]} of numbers "
            f"({said.splitlines()[0]}). Write it again."
        ) from error
