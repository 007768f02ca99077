"""Records: what a run found, as JSON and arrays that can be read again safely."""

import io
import json
import math
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from widthwise.errors import DataError, MissingDataError
from widthwise.files import require_writable, write_bytes, write_text
from widthwise.records._migration import migrated

__all__ = ["SCHEMA", "Record", "plain"]

SCHEMA = 2
"""Counts changes of the record that could break a reader."""

_CONTENT, _ARRAYS = "record.json", "arrays.npz"


@dataclass(frozen=True)
class Record:
    """A JSON-able mapping and the arrays behind its figures.

    Attributes
    ----------
    content
        Nested dicts and lists of str, int, float, bool and None. Non-finite numbers
        become None when written, since JSON has none.
    arrays
        Named float or integer arrays.
    """

    content: Mapping[str, Any]
    arrays: Mapping[str, np.ndarray] = field(default_factory=dict)

    def to_json(self, indent: int | None = None) -> str:
        """Return the content as strict JSON."""
        return json.dumps(plain(self.content), indent=indent, allow_nan=False)

    def save(self, folder: Path) -> None:
        """Write `record.json` and `arrays.npz` into `folder`, each whole or not at all.

        Raises
        ------
        OutputError
            If the folder cannot be made or written.
        """
        require_writable(folder)
        folder.mkdir(parents=True, exist_ok=True)
        arrays: dict[str, Any] = dict(self.arrays)
        packed = io.BytesIO()
        np.savez_compressed(packed, **arrays)
        write_bytes(folder / _ARRAYS, packed.getvalue())
        write_text(folder / _CONTENT, self.to_json(indent=2) + "\n")

    @classmethod
    def load(cls, folder: Path) -> "Record":
        """Read a saved record; nothing in it is executed.

        Raises
        ------
        MissingDataError
            If the folder or one of its two files is absent.
        DataError
            If a file is damaged or of a newer schema.
        """
        for name in (_CONTENT, _ARRAYS):
            if not (folder / name).is_file():
                raise MissingDataError(
                    f"{folder / name} does not exist. Name a folder that a run wrote "
                    "with --out."
                )
        try:
            content = json.loads((folder / _CONTENT).read_text(encoding="utf-8"))
            arrays = _read_arrays(folder / _ARRAYS)
        except (ValueError, OSError, EOFError, zipfile.BadZipFile, KeyError) as error:
            raise DataError(
                f"The record in {folder} is damaged ({error}). Make the run again."
            ) from error
        if not isinstance(content, dict):
            raise DataError(
                f"{folder / _CONTENT} does not hold a JSON object. Make the run again."
            )
        found = content.get("schema")
        if isinstance(found, bool) or not isinstance(found, int) or found > SCHEMA:
            raise DataError(
                f"The record in {folder} has schema {found!r}; this version reads up "
                f"to {SCHEMA}. Update widthwise, or make the run again."
            )
        return cls(migrated(content), arrays)


def plain(value: Any) -> Any:
    """Return `value` with NumPy scalars and tuples as plain JSON types, inf as None."""
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _read_arrays(path: Path) -> dict[str, np.ndarray]:
    # NumPy leaves the file open when its content is no archive; so we hold it.
    if not zipfile.is_zipfile(path):
        raise ValueError(f"{path.name} is not an NPZ archive")
    with path.open("rb") as file:
        stored = np.load(file, allow_pickle=False)
        with stored:
            return {name: stored[name] for name in stored.files}
