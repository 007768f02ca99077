"""The mark of a store: the file that says that a folder is one, and of which format."""

import json
import os
from pathlib import Path

from widthwise.errors import DataError, MissingDataError, OutputError
from widthwise.files import put_in_place

__all__ = ["FORMAT", "MARK", "open_store"]

FORMAT = 1
"""Counts changes of the layout that an earlier version cannot read."""

MARK = "store.json"

_KIND = "widthwise-store"
_MAKING = (f".{Path(MARK).stem}-", f".{MARK}.")  # Also as earlier versions wrote it.


def open_store(path: Path, create: bool) -> None:
    """Check that the folder is a store of a format that we read, or make it one.

    Raises
    ------
    MissingDataError, DataError, OutputError
        As for `Store`.
    """
    mark = path / MARK
    if os.path.lexists(mark):
        _require_format(path, mark)
        return
    if not path.exists() and not create:
        raise MissingDataError(
            f"There is no store at {path}. Name a folder that `widthwise sweep` wrote."
        )
    try:
        others = [each for each in os.listdir(path) if not each.startswith(_MAKING)]
    except FileNotFoundError:
        others = []
    except OSError as error:
        raise DataError(
            f"{path} is no store: {error.strerror or error}. Name a folder."
        ) from error
    if MARK in others:  # Another process made the store between our two looks.
        _require_format(path, mark)
        return
    if others or not create:
        raise DataError(
            f"{path} is no store: it has no {MARK}. Name a new folder, or one that "
            "`widthwise sweep` wrote."
        )
    _make(path, mark)


def _make(path: Path, mark: Path) -> None:
    content = json.dumps({"format": FORMAT, "kind": _KIND}, indent=2, sort_keys=True)
    try:
        path.mkdir(parents=True, exist_ok=True)
        with put_in_place(mark) as temporary:
            temporary.write_text(f"{content}\n", encoding="ascii")
    except OSError as error:
        raise OutputError(
            f"Cannot make the store {path}: {error.strerror or error}. Choose a "
            "folder that you may write to, on a disk with space."
        ) from error


def _require_format(path: Path, mark: Path) -> None:
    if not mark.is_file():
        raise DataError(f"{mark} is no plain file. Name another folder.")
    try:
        with mark.open("rb") as file:
            content = json.loads(file.read(4096))
        kind, found = content["kind"], content["format"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise DataError(
            f"{mark} is damaged ({error}). If the folder is a store of this version, "
            f'write {{"format": {FORMAT}, "kind": "{_KIND}"}} into it.'
        ) from error
    if kind != _KIND or type(found) is not int or found < 1:
        raise DataError(f"{mark} is not that of a store. Name another folder.")
    if found > FORMAT:
        raise DataError(
            f"The store {path} has format {found}; this version reads up to {FORMAT}. "
            "Update widthwise."
        )
