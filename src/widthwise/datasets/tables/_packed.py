"""Packed files: gzip, bzip2, xz, and zip archives of one file."""

import bz2
import gzip
import io
import lzma
import zipfile
import zlib
from typing import Any

from widthwise.datasets.points import listed
from widthwise.datasets.tables._room import TextSize
from widthwise.errors import DataError, MemoryBudgetError
from widthwise.wording import counted

__all__ = ["ENDINGS", "unpack"]

ENDINGS = (".gz", ".bz2", ".xz", ".zip")
"""After the ending of a text file."""

_STARTS = {
    b"\x1f\x8b": "gunzipped",
    b"BZh": "unpacked as bzip2",
    b"\xfd7zXZ\x00": "unpacked as xz",
    b"PK\x03\x04": "unzipped",
    b"PK\x05\x06": "unzipped",
}
_BROKEN = (
    OSError,
    EOFError,
    ValueError,
    RuntimeError,  # An unknown way of packing is one, too.
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
)
_PIECE = 2**20


def unpack(content: bytes, where: str) -> bytes:
    """Unpack content that starts as packed content does.

    Raises
    ------
    DataError
        It is damaged or cut short, or a zip archive of several files.
    MemoryBudgetError
        The table in it would fill the memory; nothing of that size is allocated.
    """
    how = next(
        (how for start, how in _STARTS.items() if content.startswith(start)), None
    )
    if how is None:
        return content
    try:
        return _read_all(_opened(content, how, where), len(content), where)
    except (DataError, MemoryBudgetError):
        raise
    except _BROKEN as error:
        raise DataError(
            f"{where} cannot be {how} ({error or type(error).__name__}); it is damaged "
            "or cut short. Copy or download it again."
        ) from None


def _opened(content: bytes, how: str, where: str) -> Any:
    file = io.BytesIO(content)
    if how == "gunzipped":
        return gzip.GzipFile(fileobj=file)
    if how == "unpacked as bzip2":
        return bz2.BZ2File(file)
    if how == "unpacked as xz":
        return lzma.LZMAFile(file)
    archive = zipfile.ZipFile(file)
    names = [
        name
        for name in archive.namelist()
        if not name.endswith("/") and not name.startswith("__MACOSX/")
    ]
    if len(names) != 1:
        raise DataError(
            f"{where} holds {counted(len(names), 'file')}{': ' * bool(names)}"
            f"{listed(names)}; one table was needed. Unpack it and give one file."
        )
    return archive.open(names[0])


def _read_all(file: Any, packed: int, where: str) -> bytes:
    """Read to the end, or to where the memory would not hold the table so far."""
    from widthwise.numerics import available_bytes  # loads SciPy

    most = available_bytes()
    pieces, size = [], TextSize()
    with file:
        while piece := file.read(_PIECE):
            pieces.append(piece)
            size += piece
            if max(size.needed, 2 * size.length) > most:
                raise MemoryBudgetError(
                    f"{where} ({packed / 1e6:.3g} MB) unpacks to more than "
                    f"{size.length / 1e9:.3g} GB; as a table these would take "
                    f"{size.needed / 1e9:.3g} GB of memory, and {most / 1e9:.3g} GB "
                    "are free. Take fewer rows, or give the numbers as an NPY file."
                )
    return b"".join(pieces)
