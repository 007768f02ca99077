"""The mark of a store: the file that says that a folder is one, and of which format."""

import json
import os
from pathlib import Path

from widthwise.errors import DataError, MissingDataError, OutputError
from widthwise.files import put_in_place, require_writable

__all__ = ["FORMAT", "MARK", "Mark"]

FORMAT = 1
"""Counts changes of the layout that an earlier version cannot read."""

MARK = "store.json"

_KIND = "widthwise-store"
_MAKING = (f".{Path(MARK).stem}-", f".{MARK}.")  # Also as earlier versions wrote it.


class Mark:
    """The mark of a store, made when the store is first written to.

    Raises
    ------
    MissingDataError, DataError, OutputError
        As for `Store`.
    """

    def __init__(self, path: Path, create: bool) -> None:
        self._path = path
        self._is_there = _require_store(path, create)
        if not self._is_there:
            require_writable(path)

    def put(self) -> None:
        """Make the folder a store, unless it is one."""
        if not self._is_there:
            _make_store(self._path)
            self._is_there = True


def _require_store(path: Path, create: bool) -> bool:
    """Return whether the folder is a store that we read; it might become one if not."""
    mark = path / MARK
    if os.path.lexists(mark):
        _require_format(path, mark)
        return True
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
        return True
    if others or not create:
        raise DataError(
            f"{path} is no store: it has no {MARK}. Name a new folder, or one that "
            "`widthwise sweep` wrote."
        )
    return False


def _make_store(path: Path) -> None:
    if _require_store(path, create=True):
        return
    mark = path / MARK
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
