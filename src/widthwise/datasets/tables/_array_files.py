"""Points and targets in NPY and NPZ files, never unpickled."""

import io
import math
import struct
import tokenize
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from widthwise.datasets.points import listed
from widthwise.errors import DataError, MemoryBudgetError
from widthwise.wording import listing

__all__ = ["read_npy", "read_npz"]

_POINTS = ("x", "X", "points", "data")
_TARGETS = ("y", "Y", "targets", "labels", "target")
_BROKEN = (
    ValueError,
    EOFError,
    OSError,
    SyntaxError,
    TypeError,
    KeyError,
    AttributeError,
    RuntimeError,
    MemoryError,
    OverflowError,
    struct.error,
    tokenize.TokenError,
    zipfile.BadZipFile,
    zlib.error,
)
_MAGIC = b"\x93NUMPY"
_COPIES = 9  # Bytes a number beside the array: float64, and whether it is missing


def read_npy(path: Path, where: str) -> np.ndarray:
    """Read one array of numbers.

    Raises
    ------
    DataError
        Not an NPY file, cut short, or an array of Python objects (a pickle).
    """
    with path.open("rb") as file:
        start = file.read(len(_MAGIC))
    if start != _MAGIC:
        pickled = " (it looks like a Python pickle)" if start[:1] == b"\x80" else ""
        raise DataError(
            f"{where} is not an NPY file{pickled}; an array of numbers written by "
            "numpy.save was needed. Pickles are never loaded: they can run code."
        )
    try:
        with path.open("rb") as file:
            header = _header(file)
        _refuse_objects(header, where)
        _require_room(header, where, path.stat().st_size)
        return np.asarray(np.load(path, allow_pickle=False))
    except (DataError, MemoryBudgetError):
        raise
    except _BROKEN as error:
        raise DataError(
            f"{where} cannot be read as an NPY file ({_reason(error)}); write it again "
            "with numpy.save."
        ) from None


def read_npz(
    source: Path | io.BytesIO,
    where: str,
    points_key: str | None,
    target_key: str | None,
) -> tuple[np.ndarray, np.ndarray | None, str | None]:
    """Read points, and targets if any, with the key of the targets.

    Points are under "x", "X", "points" or "data", targets under "y", "Y", "targets",
    "labels" or "target", unless the keys are given.

    Raises
    ------
    DataError
        Not an NPZ file, no such key, or an array of Python objects (a pickle).
    """
    try:
        archive = zipfile.ZipFile(source)
    except _BROKEN as error:
        raise DataError(
            f"{where} cannot be read as an NPZ file ({_reason(error)}); write it again "
            "with numpy.savez."
        ) from None
    with archive:
        keys = [
            n.removesuffix(".npy") for n in archive.namelist() if n.endswith(".npy")
        ]
        points = points_key or _only(_POINTS, keys, "points", where)
        if points is None and len(keys) == 1:
            points = keys[0]
        if points is None or points not in keys:
            raise DataError(
                f"{where} has no array {points_key or 'x'!r}; points were needed under "
                f"{listing([repr(key) for key in _POINTS], 'or')}. It has: "
                f"{listed(keys) or 'nothing'}."
            )
        target = target_key or _only(_TARGETS, keys, "targets", where)
        if target is not None and target not in keys:
            raise DataError(
                f"{where} has no array {target!r} to use as target. It has: "
                f"{listed(keys)}."
            )
        values = _member(archive, points, where)
        labels = None if target is None else _member(archive, target, where)
    return values, labels, target


def _only(names: tuple[str, ...], keys: list[str], what: str, where: str) -> str | None:
    """Return the one name that is a key; refuse to choose between two."""
    found = [name for name in names if name in keys]
    if len(found) > 1:
        raise DataError(
            f"{where} has {what} under {listing([repr(key) for key in found])}; one of "
            "them was needed. Save it with that one only."
        )
    return found[0] if found else None


def _member(archive: zipfile.ZipFile, key: str, where: str) -> np.ndarray:
    """Read one array of an archive."""
    what = f"The array {key!r} of {where}"
    try:
        with archive.open(f"{key}.npy") as file:
            header = _header(file)
        _refuse_objects(header, what)
        _require_room(header, what, archive.getinfo(f"{key}.npy").file_size)
        # Read in pieces, so that what a header claims and the file lacks is not held.
        with archive.open(f"{key}.npy") as file:
            array = np.lib.format.read_array(file, allow_pickle=False)
    except (DataError, MemoryBudgetError):
        raise
    except _BROKEN as error:
        raise DataError(
            f"The array {key!r} of {where} cannot be read ({_reason(error)}); write it "
            "again with numpy.savez."
        ) from None
    return np.asarray(array)


def _header(file: Any) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Read the header of an NPY file: shape and dtype."""
    version = np.lib.format.read_magic(file)
    if version == (1, 0):
        shape, _, dtype = np.lib.format.read_array_header_1_0(file)
    elif version == (2, 0):
        shape, _, dtype = np.lib.format.read_array_header_2_0(file)
    else:
        raise ValueError(f"format version {version} holds no plain numbers")
    return shape, dtype


def _require_room(
    header: tuple[tuple[int, ...], np.dtype[Any]], what: str, size: int
) -> None:
    """Refuse an array that its file cannot hold, or the memory with its copies."""
    from widthwise.numerics import require  # loads SciPy

    shape, dtype = header
    count = math.prod(shape)
    if count * dtype.itemsize > size:
        raise ValueError("the array is cut short")
    needed = count * (dtype.itemsize + _COPIES)
    require(needed, f"{what}, of shape {shape},", "Save fewer rows.")


def _refuse_objects(header: tuple[tuple[int, ...], np.dtype[Any]], where: str) -> None:
    """Refuse an array whose elements are pickled Python objects."""
    if header[1].hasobject:
        raise DataError(
            f"{where} holds pickled Python objects; an array of numbers was needed. "
            "Pickles are never loaded: they can run code. Save it again as numbers: "
            "numpy.save(path, array.astype(float))."
        )


def _reason(error: BaseException) -> str:
    """Return the first line of an error's message."""
    lines = str(error).splitlines()
    return lines[0].rstrip(".")[:120] if lines else type(error).__name__
