"""A file opened as what it is: text, packed or not, Parquet, NPY or NPZ."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from widthwise.datasets.points import listed, nearest
from widthwise.datasets.tables._array_files import read_npy, read_npz
from widthwise.datasets.tables._notation import Notation
from widthwise.datasets.tables._packed import ENDINGS, unpack
from widthwise.datasets.tables._parquet import read_parquet
from widthwise.datasets.tables._sources import (
    from_array,
    from_frame,
    to_array,
    to_frame,
)
from widthwise.datasets.tables._table import Table
from widthwise.datasets.tables._text import from_text
from widthwise.errors import DataError, MissingDataError
from widthwise.wording import listing

__all__ = ["Reading", "open_file"]

_TEXT = (".csv", ".tsv", ".tab", ".txt", ".data", ".dat")
_STDIN = "-"
_DESCRIPTORS = ("/dev", "/dev/fd", "/proc/self/fd")
_STARTS = {b"PAR1": ".parquet", b"\x93NUMPY": ".npy", b"PK": ".npz"}


@dataclass(frozen=True)
class Reading:
    """How a file is read; see `widthwise.datasets.read`.

    Attributes
    ----------
    separator, header, encoding, notation
        Of text.
    keep_text
        Whether columns of numbers may be asked for as words.
    """

    separator: str | None
    header: bool | None
    encoding: str
    notation: Notation
    keep_text: bool


def open_file(
    source: str | os.PathLike[str], target: object, asked: Reading
) -> tuple[Table, object]:
    """Read a file, a pipe, or standard input ("-"); return it and the target's column.

    Raises
    ------
    MissingDataError
        There is no such file; the message names one of nearly that name.
    DataError
        It cannot be read.
    """
    path = Path(source)
    if str(source) == _STDIN:
        with _spooled(None) as spooled:
            return _open(spooled, "standard input", target, asked)
    if _is_pipe(path):
        with _spooled(path) as spooled:
            return _open(spooled, str(path), target, asked)
    found = _existing(path)
    return _open(found, None, target, asked)


def _is_pipe(path: Path) -> bool:
    """Return whether it is no file of its own: a pipe, or /dev/stdin of any kind."""
    if path.parent.as_posix() in _DESCRIPTORS:
        return path.exists()
    try:
        return path.exists() and not path.is_file() and not path.is_dir()
    except (OSError, ValueError):
        return False


@contextmanager
def _spooled(pipe: Path | None) -> Iterator[Path]:
    """Yield a file with what a pipe gives, which can be read once only."""
    content = sys.stdin.buffer.read() if pipe is None else pipe.read_bytes()
    kinds = (kind for start, kind in _STARTS.items() if content.startswith(start))
    kind = next(kinds, ".csv")
    if kind == ".npz" and b".npy" not in content:
        kind = ".csv.zip"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"stdin{kind}"
        path.write_bytes(content)
        yield path


def _existing(path: Path) -> Path:
    """Return the path of a file that exists, or say what is near."""
    path = path.expanduser()
    try:
        if path.is_file():
            return path
        is_folder = path.is_dir()
        folder = path.parent
        files = [entry.name for entry in folder.iterdir() if entry.is_file()]
        beside = sorted(map(_shown, files))
    except (OSError, ValueError):
        is_folder, beside = False, []
    if is_folder:
        inside = sorted(_shown(p.name) for p in path.iterdir() if _kind(p))
        shown = f" It holds {listed(inside)}." if inside else ""
        raise DataError(f"{_shown(path)} is a folder; a file was needed.{shown}")
    hint = nearest(_shown(path.name), beside, cutoff=0.75)
    if not path.parent.is_dir():
        hint = f"Its folder {_shown(path.parent)} does not exist either. "
    raise MissingDataError(f"There is no file {_shown(path)}. {hint}Check the path.")


def _shown(path: str | Path) -> str:
    """Return a path as text; a byte that is not UTF-8 as its hexadecimal number."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _kind(path: Path) -> str:
    """Return ".csv", ".npy", ... by the ending, ".gz" left out; "" if unknown."""
    name = path.name.lower()
    for ending in ENDINGS:
        if name.endswith(ending):
            inner = Path(name.removesuffix(ending)).suffix
            if ending == ".zip" and inner not in _TEXT:
                return ".csv"
            return inner if inner in _TEXT else ""
    suffix = Path(name).suffix
    return suffix if suffix in (*_TEXT, ".parquet", ".pq", ".npy", ".npz") else ""


def _open(
    path: Path, pipe: str | None, target: object, asked: Reading
) -> tuple[Table, object]:
    """Read a file by its ending; return the table and the target's column."""
    kind = _kind(path)
    where = _shown(path.name) if pipe is None else pipe
    origin = _shown(path) if pipe is None else pipe
    name = _name(path) if pipe is None else Path(pipe).name
    try:
        if kind == ".npy":
            array = to_array(read_npy(path, where), where)
            return _from_file(array, name, where, origin), target
        if kind == ".npz":
            return _open_npz(path, (name, where, origin), target)
        if kind in (".parquet", ".pq"):
            polars = read_parquet(path, where)
            frame = to_frame(polars)
            assert frame is not None
            table = from_frame(frame, name, where, origin, asked.notation)
            size = table.reading_bytes + 2 * int(polars.estimated_size())
            return replace(table, reading_bytes=size), target
        if kind in _TEXT:
            separator = asked.separator
            if separator is None and kind in (".tsv", ".tab"):
                separator = "\t"
            table = from_text(
                lambda: unpack(path.read_bytes(), where),
                name,
                where,
                origin,
                separator=separator,
                header=asked.header,
                encoding=asked.encoding,
                notation=asked.notation,
                keep_text=asked.keep_text,
            )
            return table, target
    except PermissionError:
        raise DataError(
            f"{origin} may not be read (permission denied); give yourself the right to "
            "read it, or copy it."
        ) from None
    ending = f"ends in {_shown(path.suffix)!r}" if path.suffix else "has no ending"
    known = ", ".join([*_TEXT, ".parquet", ".pq", ".npy"])
    raise DataError(
        f"{where} {ending}; a file ending in {known} or .npz was needed (text also "
        f"with {listing(ENDINGS, 'or')}). Rename or convert it."
    )


def _name(path: Path) -> str:
    """Return a file's name without its endings."""
    name = path.name
    for ending in ENDINGS:
        if name.lower().endswith(ending):
            name = name[: -len(ending)]
    return _shown(Path(name).stem)


def _from_file(array: np.ndarray, name: str, where: str, origin: str) -> Table:
    table = from_array(array, name, where, origin)
    return replace(table, reading_bytes=table.reading_bytes + array.nbytes)


def _open_npz(
    path: Path, called: tuple[str, str, str], target: object
) -> tuple[Table, object]:
    """Read an NPZ file; `target` may be the key of an array or a column of x."""
    name, where, origin = called
    key = (
        target if isinstance(target, str) and not target.lstrip("-").isdigit() else None
    )
    points, labels, _ = read_npz(path, where, None, key)
    table = _from_file(to_array(points, where), name, where, origin)
    if target is not None and key is None:
        return table, target
    return table, labels
