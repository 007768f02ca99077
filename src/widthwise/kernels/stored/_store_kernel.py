"""A kernel matrix written to disk block by block, from where it stopped."""

import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from widthwise.arguments import require_matrix
from widthwise.arrays import Array, PointsLike, Provenance, provenance, real_tensor
from widthwise.errors import InvalidArgumentError, OutputError
from widthwise.files import require_writable, store_module, write_text
from widthwise.progress import Progress, silent

__all__ = ["StoredKernel", "store_kernel"]

_ROWS = 2048
"""Rows and columns of a block: a multiple of the tiles of a kernel in memory."""
_PROBED = 3


@dataclass(frozen=True)
class StoredKernel:
    """A kernel matrix on disk.

    Attributes
    ----------
    path
        A .npy file or a .zarr folder.
    shape
        (n, n) or (n, k).
    provenance
        What the matrix is, with the largest error of an entry; None where the callable
        says nothing.

    Examples
    --------
    >>> import tempfile, torch, widthwise as ww
    >>> def kernel(X, other=None):
    ...     return ww.kernels.conjugate_kernel(X, "relu", "gaussian", other)
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     (stored,) = ww.kernels.store_kernel(kernel, points, folder + "/gram.npy")
    ...     print(stored.open()[0].round(4).tolist(), stored.provenance.kernel)
    [0.5, 0.1592, 0.1592] conjugate
    """

    path: Path
    shape: tuple[int, int]
    provenance: Provenance | None

    def open(self) -> Any:
        """Return the matrix for reading, memory-mapped or as a zarr array."""
        if self.path.suffix == ".zarr":
            return _zarr().open_array(str(self.path), mode="r")
        return np.load(self.path, mmap_mode="r")


def store_kernel(
    kernel: Callable[..., Array | Sequence[Array]],
    points: PointsLike,
    path: str | Path | Sequence[str | Path],
    other: PointsLike | None = None,
    *,
    dtype: torch.dtype = torch.float64,
    progress: Progress | None = None,
) -> tuple[StoredKernel, ...]:
    """Write a kernel matrix to disk, block by block.

    A symmetric matrix is worked out once and mirrored. After a stop, the same call goes
    on with the blocks that are missing.

    Parameters
    ----------
    kernel
        `kernel(points, other)` returns the matrix between two sets of rows, or several
        matrices; with None for `other`, that of one set. For example `lambda x, y:
        kernels.conjugate_kernel(x, "relu", "gaussian", y)`.
    points, other
        Shape (n, d) and (k, d), in memory.
    path
        A new .npy file, which may be memory-mapped, or a new .zarr folder; one for each
        matrix.
    dtype
        Of what is written, torch.float64 or torch.float32; its rounding is in the
        stated error.
    progress
        Told the fraction of blocks that are done.

    Returns
    -------
    One `StoredKernel` for each path; entries are those in memory to the stated errors.

    Raises
    ------
    OutputError
        If a path exists, cannot be written, or the disk has no room.
    InvalidArgumentError
        If a path ends otherwise, if the callable returns another number of matrices or
        another shape, or if dtype is another one.
    MissingDataError
        If a zarr folder is asked for and zarr is not installed.

    Cost: memory for some blocks of 2048 rows and columns; each block's own time.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> import tempfile
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> kernel = lambda X, other=None: X @ (X if other is None else other).T
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     (stored,) = ww.kernels.store_kernel(kernel, points, folder + "/gram.npy")
    ...     stored.shape
    (3, 3)
    """
    tell = progress or silent
    if dtype not in (torch.float64, torch.float32):
        raise InvalidArgumentError(
            f"dtype is {dtype}; it must be torch.float64 or torch.float32."
        )
    paths = [Path(each) for each in ([path] if isinstance(path, str | Path) else path)]
    sets = [_rows(points, "The points")]
    if other is not None:
        sets.append(_rows(other, "The other points"))
    shape = len(sets[0]), len(sets[-1])
    for each in paths:
        _require_free(each, shape, dtype)
    probed = _blocks(kernel, sets, slice(0, _PROBED), slice(0, _PROBED))
    if len(probed) != len(paths):
        raise InvalidArgumentError(
            f"The callable returns {len(probed)} matrices, and there are {len(paths)} "
            "paths. Name one path for each."
        )
    places = _places(shape, symmetric=other is None)
    work = _Work.begin(paths, shape, dtype, _key(probed, sets, dtype))
    for done, (rows, columns) in enumerate(places):
        if done < work.done:
            continue
        found = _blocks(kernel, sets, rows, columns)
        work.write(found, rows, columns, mirrored=other is None and rows != columns)
        work.save(done + 1)
        tell((done + 1) / len(places), f"block {done + 1:,} of {len(places):,}")
    return work.finish([provenance(each) for each in probed])


def _rows(points: PointsLike, what: str) -> Array:
    given = real_tensor(points, what).cpu()
    require_matrix(given, what)
    return given


def _places(shape: tuple[int, int], *, symmetric: bool) -> list[tuple[slice, slice]]:
    rows, columns = (
        [slice(start, min(start + _ROWS, size)) for start in range(0, size, _ROWS)]
        for size in shape
    )
    # As in memory, what is above the diagonal is the first set and the rest.
    return [
        (i, j) for i in rows for j in columns if not symmetric or j.start >= i.start
    ]


def _blocks(
    kernel: Callable[..., Array | Sequence[Array]],
    sets: list[Array],
    rows: slice,
    columns: slice,
) -> list[Array]:
    alone = len(sets) == 1 and rows == columns
    found = kernel(sets[0][rows], None if alone else sets[-1][columns])
    several = [found] if isinstance(found, Array) else list(found)
    wanted = len(sets[0][rows]), len(sets[-1][columns])
    for each in several:
        if tuple(each.shape) != wanted:
            raise InvalidArgumentError(
                f"The callable returned a matrix of shape {tuple(each.shape)} for "
                f"{wanted[0]} and {wanted[1]} rows. It must return the kernel between "
                "its first and its second argument, or of the first with None."
            )
    return several


def _key(probed: list[Array], sets: list[Array], dtype: torch.dtype) -> str:
    """Return a digest of all that the matrix hangs on: points, and values of some."""
    digest = hashlib.sha256(f"{dtype} {_ROWS}".encode())
    for each in (*sets, *probed):
        digest.update(str((tuple(each.shape), each.dtype)).encode())
        digest.update(np.ascontiguousarray(each.detach().numpy()).data)
    return digest.hexdigest()


def _require_free(path: Path, shape: tuple[int, int], dtype: torch.dtype) -> None:
    if path.suffix not in (".npy", ".zarr"):
        raise InvalidArgumentError(
            f"The path is {path}; it must end in .npy, for a memory-mapped file, or in "
            ".zarr."
        )
    if path.suffix == ".zarr":
        _zarr()
    if path.exists():
        raise OutputError(f"{path} exists already. Remove it, or name another path.")
    require_writable(path.parent)
    path.parent.mkdir(parents=True, exist_ok=True)
    needed = shape[0] * shape[1] * dtype.itemsize
    begun = _partial(path)
    free = shutil.disk_usage(path.parent).free
    if not begun.exists() and needed > free:
        raise OutputError(
            f"{path} would take {needed / 1e9:.3g} GB and the disk has "
            f"{free / 1e9:.3g} GB left. Free some space, choose another disk, or use "
            "dtype=torch.float32."
        )


def _partial(path: Path) -> Path:
    return path.with_name(f".{path.stem}-partial{path.suffix}")


def _zarr() -> Any:
    return store_module("zarr", "A zarr folder", "write a .npy file")


@dataclass
class _Work:
    """The files under way, and how many blocks are in them."""

    paths: list[Path]
    shape: tuple[int, int]
    arrays: list[Any]
    key: str
    done: int
    errors: list[float]

    @classmethod
    def begin(
        cls, paths: list[Path], shape: tuple[int, int], dtype: torch.dtype, key: str
    ) -> "_Work":
        """Open what an earlier call left, or new files."""
        done, errors = 0, [0.0] * len(paths)
        try:
            left = json.loads(_note(paths[0]).read_text("utf-8"))
            if left["key"] == key and all(_partial(each).exists() for each in paths):
                done, errors = int(left["done"]), list(map(float, left["errors"]))
        except (OSError, ValueError, KeyError, TypeError):
            pass  # Nothing is left, or nothing that can be gone on with.
        if len(errors) != len(paths):
            done, errors = 0, [0.0] * len(paths)
        kind = np.dtype(str(dtype).removeprefix("torch."))
        arrays = [_array(_partial(each), shape, kind, old=done > 0) for each in paths]
        return cls(paths, shape, arrays, key, done, errors)

    def write(
        self, found: list[Array], rows: slice, columns: slice, *, mirrored: bool
    ) -> None:
        for place, (each, array) in enumerate(zip(found, self.arrays, strict=True)):
            values = each.detach().cpu().numpy()
            array[rows, columns] = values
            if mirrored:
                array[columns, rows] = values.T
            origin = provenance(each)
            if origin is None:
                continue
            error = origin.entry_error
            if array.dtype == np.float32 and values.dtype != np.float32:
                error += float(np.finfo(np.float32).eps) * float(np.abs(values).max())
            self.errors[place] = max(self.errors[place], error)

    def save(self, done: int) -> None:
        note = {"key": self.key, "done": done, "errors": self.errors}
        write_text(_note(self.paths[0]), json.dumps(note))

    def finish(self, origins: list[Provenance | None]) -> tuple[StoredKernel, ...]:
        found = []
        for path, array, origin, error in zip(
            self.paths, self.arrays, origins, self.errors, strict=True
        ):
            if isinstance(array, np.memmap):
                array.flush()
            _partial(path).replace(path)
            told = None if origin is None else replace(origin, entry_error=error)
            found.append(StoredKernel(path, self.shape, told))
        _note(self.paths[0]).unlink(missing_ok=True)
        return tuple(found)


def _note(path: Path) -> Path:
    return path.with_name(f".{path.stem}-partial.json")


def _array(
    path: Path, shape: tuple[int, int], dtype: np.dtype[Any], *, old: bool
) -> Any:
    if path.suffix == ".npy":
        mode = "r+" if old else "w+"
        return np.lib.format.open_memmap(path, mode, dtype, shape)
    if old:
        return _zarr().open_array(str(path), mode="r+")
    chunks = min(_ROWS, shape[0]), min(_ROWS, shape[1])
    return _zarr().open_array(
        str(path), mode="w", shape=shape, chunks=chunks, dtype=dtype
    )
