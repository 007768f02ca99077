"""A table of named columns made into a data set: choose, refuse, encode."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from widthwise.datasets.points import Dataset, Step, listed, nearest
from widthwise.datasets.tables._columns import Column
from widthwise.datasets.tables._encoding import encode_target, one_hot
from widthwise.datasets.tables._refusals import (
    refuse_infinite,
    refuse_missing,
    refuse_not_numeric,
)
from widthwise.errors import DataError
from widthwise.wording import counted

__all__ = ["Table", "to_dataset"]

_UNIT_NORM = 1e-6
_INDEX_NAMES = ("", "Unnamed: 0")


@dataclass(frozen=True)
class Table:
    """Named columns, converted when asked for.

    Attributes
    ----------
    name, where, origin
        What to call the data set; the table within a sentence; where it came from.
    names
        Names of the columns; "" for a column without a name.
    column
        Converts the column at a position.
    rows
        Number of rows.
    lines
        The line of each row in a text file, from 1; None when there are no lines.
    steps
        What was done while parsing.
    """

    name: str
    where: str
    origin: str
    names: list[str]
    column: Callable[[int], Column]
    rows: int
    lines: Sequence[int] | None = None
    steps: tuple[Step, ...] = ()


def to_dataset(
    table: Table,
    target: str | int | Column | None,
    columns: Sequence[str | int] | str | int | None,
    drop: Sequence[str | int] | str | int,
    use_one_hot: bool,
    drop_missing: bool,
) -> Dataset:
    """Choose columns, refuse what is not a finite number, encode words.

    Raises
    ------
    DataError
        As `widthwise.datasets.read` says.
    """
    if table.rows < 2 or not table.names:
        raise DataError(
            f"{table.where} has {counted(table.rows, 'row')} and "
            f"{counted(len(table.names), 'column')}; at least 2 rows and 1 column were "
            "needed. Give more data."
        )
    steps = list(table.steps)
    target_at = None
    if isinstance(target, str | int):
        target_at = _position(table, target, "target")
    chosen = _choose(table, target_at, columns, drop, steps)
    features = [table.column(j) for j in chosen]
    label = table.column(target_at) if target_at is not None else None
    if isinstance(target, Column):
        label = target
    features = _without_index(features, columns is not None, steps)
    if not features:
        raise DataError(
            f"{table.where} has no feature column besides the target; at least 1 was "
            "needed. Choose another target, or add columns."
        )
    used = features if label is None else [*features, label]
    refuse_not_numeric(table.where, features, label, table.lines, use_one_hot)
    keep = np.ones(table.rows, dtype=bool)
    gaps = np.logical_or.reduce([column.missing for column in used])
    if gaps.any():
        refuse_missing(table.where, used, table.lines, drop_missing)
        keep = ~gaps
        steps.append(
            Step(
                "drop_missing",
                f"Left out {int(gaps.sum())} of {table.rows} rows with missing values.",
                {"rows": np.flatnonzero(gaps).tolist()},
            )
        )
        features = [column.rows(keep) for column in features]
        label = None if label is None else label.rows(keep)
    kept = np.flatnonzero(keep)
    used = features if label is None else [*features, label]
    refuse_infinite(table.where, used, table.lines, kept)
    rounded = [column.name for column in used if column.is_rounded]
    if rounded:
        steps.append(
            Step(
                "round_integers",
                f"Rounded whole numbers beyond 2^53 to 53 bits in {listed(rounded)}.",
                {"columns": rounded},
            )
        )
    names, points = _stack(features, table.where, steps)
    targets, classes = None, None
    if label is not None:
        targets, classes, coded = encode_target(label, table.where)
        steps += coded
    on_sphere = _is_on_sphere(points)
    if on_sphere:
        steps.append(
            Step(
                "found_on_sphere",
                "Every row has norm 1 (to 1e-6), so columns are not standardised "
                "unless asked for.",
            )
        )
    return Dataset(
        name=table.name,
        points=torch.from_numpy(points),
        targets=None if targets is None else torch.from_numpy(targets),
        feature_names=tuple(names),
        target_name=None if label is None else (label.name or f"x{target_at}"),
        steps=tuple(steps),
        origin=table.origin,
        row_numbers=tuple(kept.tolist()),
        classes=classes,
        columns_share_unit=on_sphere,
    )


def _position(table: Table, name: str | int, role: str) -> int:
    """Return the position of a column given by name or number."""
    names = table.names
    if isinstance(name, str) and name in names and name:
        return names.index(name)
    shown = [known or f"x{j}" for j, known in enumerate(names)]
    if isinstance(name, str) and name in shown:
        return shown.index(name)
    try:
        number = int(name)
    except ValueError:
        number = len(names)
    if -len(names) <= number < len(names):
        return number % len(names)
    raise DataError(
        f"{table.where} has no column {name!r} to use as {role}. "
        f"{nearest(str(name), shown)}Its {counted(len(shown), 'column')}: "
        f"{listed(shown, 30)}."
    )


def _choose(
    table: Table,
    target: int | None,
    columns: Sequence[str | int] | str | int | None,
    drop: Sequence[str | int] | str | int,
    steps: list[Step],
) -> list[int]:
    """Return the positions of the feature columns."""
    kept = list(range(len(table.names)))
    if columns is not None:
        kept = [_position(table, name, "feature") for name in _several(columns)]
        kept = list(dict.fromkeys(kept))
    dropped = {_position(table, name, "column to drop") for name in _several(drop)}
    if target in dropped:
        raise DataError(
            f"The column {table.names[target or 0]!r} of {table.where} is both the "
            "target and a column to drop; it can be one of them."
        )
    if dropped:
        names = [table.names[j] or f"x{j}" for j in sorted(dropped)]
        detail = f"Left out {counted(len(names), 'column')} as asked: {listed(names)}."
        steps.append(Step("drop_columns", detail, {"columns": names}))
    return [j for j in kept if j != target and j not in dropped]


def _several(names: Sequence[str | int] | str | int) -> Sequence[str | int]:
    """Return a list of names also when one name was given."""
    return [names] if isinstance(names, str | int) else list(names)


def _without_index(
    features: list[Column], were_chosen: bool, steps: list[Step]
) -> list[Column]:
    """Leave out a nameless column that only numbers the rows, or that is empty."""
    result = []
    for position, column in enumerate(features):
        if column.name not in _INDEX_NAMES or were_chosen:
            result.append(column)
            continue
        counts = column.kind == "number" and column.numbers is not None
        if column.missing.all():
            what = "is empty"
        elif counts and _is_count(column.numbers):
            what = "only numbers the rows"
        else:
            result.append(column)
            continue
        detail = f"Left out column {position}, which has no name and {what}."
        steps.append(Step("drop_index", detail, {"column": position}))
    return [
        column if column.name else Column(f"x{position}", *_parts(column))
        for position, column in enumerate(result)
    ]


def _parts(column: Column) -> tuple[Any, ...]:
    """Return all of a column but its name."""
    return (
        column.kind,
        column.missing,
        column.numbers,
        column.words,
        column.is_rounded,
    )


def _is_count(numbers: np.ndarray | None) -> bool:
    """Say whether numbers are 0, 1, 2, ... or 1, 2, 3, ..."""
    if numbers is None or len(numbers) < 2 or numbers[0] not in (0.0, 1.0):
        return False
    return bool(np.array_equal(numbers, np.arange(len(numbers)) + numbers[0]))


def _stack(
    features: list[Column], where: str, steps: list[Step]
) -> tuple[list[str], np.ndarray]:
    """Put columns side by side, words as one column a category."""
    names: list[str] = []
    blocks = []
    for column in features:
        if column.numbers is not None:
            names.append(column.name)
            blocks.append(column.numbers[:, None])
            continue
        encoded, block = one_hot(column, where)
        names += encoded
        blocks.append(block)
        columns = counted(len(encoded), "column")
        detail = f"Encoded the words of {column.name!r} as {columns}."
        steps.append(Step("one_hot", detail, {"columns": encoded}))
    return names, np.ascontiguousarray(np.hstack(blocks), dtype=np.float64)


def _is_on_sphere(points: np.ndarray) -> bool:
    """Say whether every row has norm 1."""
    if points.shape[1] < 2 or np.abs(points).max(initial=0.0) > 1.0 + _UNIT_NORM:
        return False
    norms = np.sqrt(np.einsum("ij,ij->i", points, points))
    return bool((np.abs(norms - 1.0) <= _UNIT_NORM).all())
