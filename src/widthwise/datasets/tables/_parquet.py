"""Parquet files, decoded in a child process.

A damaged page can make polars ask for 2^61 bytes, which ends the process that asks
(seen with polars 2.1). In a child that is an error like any other.
"""

import io
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from widthwise.errors import DataError

if TYPE_CHECKING:
    import polars as pl

__all__ = ["read_parquet"]

_MAGIC = b"PAR1"
_CHILD = """
import io, sys
import polars as pl
try:
    frame = pl.read_parquet(sys.argv[1])
except (pl.exceptions.PolarsError, OSError):
    sys.exit(3)
buffer = io.BytesIO()
frame.write_ipc(buffer)
sys.stdout.buffer.write(buffer.getbuffer())
"""


def read_parquet(path: Path, where: str) -> "pl.DataFrame":
    """Read a Parquet file through polars.

    Raises
    ------
    DataError
        It is no Parquet file, cut short or damaged.

    Cost
    ----
    About 0.3 s to start the child, and twice the memory of the table.
    """
    with path.open("rb") as file:
        start = file.read(len(_MAGIC))
        size = file.seek(0, io.SEEK_END)
        file.seek(max(size - len(_MAGIC), 0))
        end = file.read()
    if start != _MAGIC:
        raise DataError(
            f"{where} is not a Parquet file: it does not start with PAR1. Check the "
            "path and the file's ending."
        )
    if end != _MAGIC:
        raise DataError(
            f"{where} is a Parquet file that is cut short: it does not end with PAR1. "
            "Copy or write it again."
        )
    import polars as pl

    # -P keeps the working folder's own modules out of the child.
    child = subprocess.run(
        [sys.executable, "-P", "-c", _CHILD, str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    if child.returncode != 0:
        raise DataError(
            f"{where} cannot be read as a Parquet file: its content is damaged. Copy "
            "or write it again."
        )
    return pl.read_ipc(io.BytesIO(child.stdout))
