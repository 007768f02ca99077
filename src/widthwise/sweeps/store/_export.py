"""A store's results in one file that other programs read."""

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from widthwise.errors import (
    InvalidArgumentError,
    OutputError,
    unknown_name,
)
from widthwise.files import put_in_place, store_module
from widthwise.sweeps.plan import Trial, canonical
from widthwise.sweeps.store._frame import frame_of, in_text

__all__ = ["FORMATS", "exported", "format_of"]

FORMATS = ("parquet", "csv", "jsonl", "zarr")
"""What a store can be exported as."""


def format_of(path: Path, asked: str | None) -> str:
    """Return the format that was asked for, or that the file's ending says.

    Raises
    ------
    UnknownNameError
        If it is none of `FORMATS`.
    """
    name = path.suffix.removeprefix(".").lower() if asked is None else asked.lower()
    if name not in FORMATS:
        raise unknown_name("export format", name, FORMATS)
    return name


def exported(
    path: Path,
    form: str,
    items: Callable[[], Iterable[tuple[Trial, Mapping[str, Any]]]],
    dataset: Callable[[], Any],
) -> None:
    """Write results in one of `FORMATS`, whole or not at all.

    Raises
    ------
    OutputError
        If it cannot be written; nothing is left of it.
    InvalidArgumentError
        If a folder is to be written where there is something already.
    MissingDataError
        If zarr is not installed.
    """
    if form == "zarr":
        if os.path.lexists(path):
            raise InvalidArgumentError(
                f"{path} exists already, and a zarr export is a folder. Name a new one."
            )
        ready = dataset()
        store_module("zarr", "The zarr format", "take parquet")
        _written(path, lambda place: ready.to_zarr(place, mode="w-", zarr_format=2))
    elif form == "jsonl":
        _written(path, lambda place: _write_lines(items(), place))
    else:
        frame = frame_of(items())
        _written(
            path, frame.write_parquet if form == "parquet" else in_text(frame).write_csv
        )


def _write_lines(items: Iterable[tuple[Trial, Mapping[str, Any]]], path: Path) -> None:
    with path.open("w", encoding="ascii") as file:
        for trial, result in items:
            # Canonical texts in a canonical whole: each number keeps its bits.
            file.write(
                f'{{"key":"{trial.key}","result":{canonical(result)},'
                f'"trial":{trial.text}}}\n'
            )


def _written(path: Path, write: Callable[[Path], Any]) -> None:
    """Let `write` make a file or folder beside `path`, then put it in place at once."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with put_in_place(path) as temporary:
            write(temporary)
    except OSError as error:
        if isinstance(error, OutputError):
            raise
        raise OutputError(
            f"Cannot write {path}: {error.strerror or error}. Free some space or "
            "choose another place."
        ) from error
