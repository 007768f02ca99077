"""Records: what a run found, as JSON and arrays that can be read again safely."""

import hashlib
import io
import json
import math
import os
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from widthwise.equality import equal_by_value
from widthwise.errors import DataError, MissingDataError
from widthwise.files import require_writable, write_bytes, write_text
from widthwise.records._migration import migrated
from widthwise.wording import shortened

__all__ = ["SCHEMA", "Record", "plain"]

SCHEMA = 4
"""Counts changes of the record that could break a reader."""

_CONTENT, _ARRAYS = "record.json", "arrays.npz"
_CHECKSUM, _UNKNOWN = "checksum", "0" * 64
_CHECKED_SINCE = 3
_DEEPEST = 100


@dataclass(frozen=True, eq=False)
class Record:
    """A JSON-able mapping and the arrays behind its figures.

    Attributes
    ----------
    content
        Nested dicts and lists of str, int, float, bool and None. Non-finite numbers
        become None when written, since JSON has none.
    arrays
        Named float or integer arrays.

    Examples
    --------
    >>> import tempfile, widthwise as ww
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     ww.records.Record({"kind": "mine", "schema": 3}).save(folder)
    ...     print(ww.records.Record.load(folder).content["kind"])
    mine
    """

    __eq__ = equal_by_value

    content: Mapping[str, Any]
    arrays: Mapping[str, np.ndarray] = field(default_factory=dict)

    def to_json(self, indent: int | None = None) -> str:
        """Return the content as strict JSON."""
        return json.dumps(plain(self.content), indent=indent, allow_nan=False)

    def save(self, folder: str | os.PathLike[str]) -> None:
        """Write `record.json` and `arrays.npz` into `folder`, each whole or not at all.

        The first holds a checksum of both, so that `load` finds what was changed since.

        Raises
        ------
        OutputError
            If the folder cannot be made or written.
        """
        folder = Path(folder)
        require_writable(folder)
        folder.mkdir(parents=True, exist_ok=True)
        arrays: dict[str, Any] = dict(self.arrays)
        packed = io.BytesIO()
        np.savez_compressed(packed, **arrays)
        content = {_CHECKSUM: _UNKNOWN} | plain(self.content)
        text = json.dumps(content, indent=2, allow_nan=False) + "\n"
        found = _checksum(text.encode(), packed.getvalue())
        write_bytes(folder / _ARRAYS, packed.getvalue())
        write_text(folder / _CONTENT, text.replace(_UNKNOWN, found, 1))

    @classmethod
    def load(cls, folder: str | os.PathLike[str]) -> "Record":
        """Read a saved record; nothing in it is executed.

        Raises
        ------
        MissingDataError
            If the folder or one of its two files is absent.
        DataError
            If a file is damaged, was changed after it was written, or is of a newer
            schema. Records of schema 1 and 2 have no checksum.
        """
        folder = Path(folder)
        for name in (_CONTENT, _ARRAYS):
            if not (folder / name).is_file():
                raise MissingDataError(
                    f"{folder / name} does not exist. Name a folder that a run wrote "
                    "with --out."
                )
        try:
            text = (folder / _CONTENT).read_bytes()
            packed = (folder / _ARRAYS).read_bytes()
            content = _read_content(text)
            _require_known(content.get("schema"), folder)
            _require_checksum(content, text, packed)
            arrays = _read_arrays(packed)
        except DataError:
            raise
        except Exception as error:  # zlib, zipfile, tokenize: NumPy lets all through.
            raise DataError(
                f"The record in {folder} is damaged ({_said(error)}). Make the run "
                "again."
            ) from error
        return cls(migrated(content), arrays)


def plain(value: Any) -> Any:
    """Return `value` as plain JSON types: inf as None, text as UTF-8 can write it.

    Examples
    --------
    >>> import widthwise as ww
    >>> ww.records.plain({"width": float("inf"), "rank": 3})
    {'width': None, 'rank': 3}
    """
    if isinstance(value, Mapping):
        return {_written(str(key)): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return _written(value) if isinstance(value, str) else value


def _written(text: str) -> str:
    """Return the text with lone surrogates, which UTF-8 has not, as question marks."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _read_content(text: bytes) -> dict[str, Any]:
    content = json.loads(text)
    if not isinstance(content, dict):
        raise ValueError(f"{_CONTENT} does not hold a JSON object")
    level: list[Any] = [content]
    for _ in range(_DEEPEST):
        parts = [each.values() if isinstance(each, dict) else each for each in level]
        level = [x for each in parts for x in each if isinstance(x, dict | list)]
    if level:
        raise ValueError(f"{_CONTENT} is nested deeper than {_DEEPEST} levels")
    return content


def _require_known(schema: Any, folder: Path) -> None:
    if type(schema) is not int or schema > SCHEMA:
        raise DataError(
            f"The record in {folder} has schema {shortened(repr(schema), 40)}; this "
            f"version reads up to {SCHEMA}. Update widthwise, or make the run again."
        )


def _checksum(text: bytes, packed: bytes) -> str:
    arrays = hashlib.sha256(packed).digest()
    return hashlib.sha256(arrays + text).hexdigest()


def _require_checksum(content: dict[str, Any], text: bytes, packed: bytes) -> None:
    """Take the checksum out of the content, and compare it where it must be there."""
    given = content.pop(_CHECKSUM, None)
    if given is None and content["schema"] < _CHECKED_SINCE:
        return
    blank = text.replace(str(given).encode(), _UNKNOWN.encode(), 1)
    if given != _checksum(blank, packed):
        raise ValueError(
            f"{_CONTENT} and {_ARRAYS} are not as one run wrote them: the checksum "
            "differs"
        )


def _read_arrays(packed: bytes) -> dict[str, np.ndarray]:
    if not zipfile.is_zipfile(io.BytesIO(packed)):
        raise ValueError(f"{_ARRAYS} is not an NPZ archive")
    with np.load(io.BytesIO(packed), allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    for name, each in arrays.items():
        if not isinstance(each, np.ndarray):
            raise ValueError(f"{name!r} in {_ARRAYS} is no array")
    return arrays


def _said(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".") or type(error).__name__
