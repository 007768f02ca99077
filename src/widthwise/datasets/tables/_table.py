"""A table of named columns made into a data set: choose, refuse, encode."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from widthwise.datasets.points import Dataset, PreparationStep, listed
from widthwise.datasets.tables._choice import Names, choose
from widthwise.datasets.tables._columns import Column
from widthwise.datasets.tables._encoding import (
    encode_target,
    encoding_problems,
    one_hot_block,
)
from widthwise.datasets.tables._imputation import imputed
from widthwise.datasets.tables._problems import (
    doubtful_problems,
    infinite_problems,
    missing_problems,
    refuse,
    unusable_problems,
    vanishing_problems,
)
from widthwise.datasets.tables._row_names import without_index
from widthwise.datasets.tables._text_columns import text_problems
from widthwise.wording import counted

__all__ = ["Table", "to_dataset"]

_UNIT_NORM = 1e-6


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
        Converts the column at a position, to words if the flag says so.
    rows
        Number of rows.
    lines
        The line of each row in a text file, from 1; None when there are no lines.
    steps
        What was done while parsing.
    problems
        What was found wrong while parsing, beside which the columns can be looked at.
    reading_bytes
        Peak memory of reading it, beside what is given in memory.
    """

    name: str
    where: str
    origin: str
    names: list[str]
    column: Callable[[int, bool], Column]
    rows: int
    lines: Sequence[int] | None = None
    steps: tuple[PreparationStep, ...] = ()
    problems: tuple[str, ...] = ()
    reading_bytes: int = 0


def to_dataset(
    table: Table,
    target: str | int | Column | None = None,
    columns: Names | None = None,
    drop: Names = (),
    words: Names = (),
    *,
    one_hot: bool = False,
    drop_missing: bool = False,
    impute: str | None = None,
) -> Dataset:
    """Choose columns, refuse what is not a finite number, encode words.

    Raises
    ------
    DataError
        As `widthwise.datasets.read` says; all that is wrong in one message.
    """
    steps, problems = list(table.steps), list(table.problems)
    if table.rows < 2 or not table.names:
        problems.append(
            f"{table.where} has {counted(table.rows, 'row')} and "
            f"{counted(len(table.names), 'column')}; at least 2 rows and 1 column were "
            "needed. Give more data."
        )
        raise refuse(table.where, problems)
    named = target if isinstance(target, str | int) else None
    chosen = choose(table.where, table.names, named, columns, drop, words)
    problems += chosen.problems
    steps += chosen.steps
    features = [table.column(j, j in chosen.words) for j in chosen.features]
    label = target if isinstance(target, Column) else None
    if chosen.target is not None:
        label = table.column(chosen.target, chosen.target in chosen.words)
    features = without_index(features, columns is not None, steps)
    if not features and not chosen.problems:
        problems.append(
            f"{table.where} has no feature column besides the target; at least 1 was "
            "needed. Choose another target, or add columns."
        )
    if impute is not None:
        features = [imputed(column, impute) for column in features]
    used = features if label is None else [*features, label]
    lines = table.lines
    problems += unusable_problems(table.where, used)
    text = text_problems(table.where, features, label, lines, one_hot)
    problems += text or encoding_problems(table.where, features, label, one_hot)
    problems += doubtful_problems(table.where, used, lines)
    gaps = np.zeros(table.rows, dtype=bool)
    for column in used:
        gaps |= column.missing
    can_impute = impute is None and any(
        column.missing.any() and column.kind == "number" for column in features
    )
    problems += missing_problems(table.where, used, lines, drop_missing, can_impute)
    problems += infinite_problems(table.where, used, lines)
    problems += vanishing_problems(table.where, used, lines)
    if problems:
        raise refuse(table.where, problems)
    if gaps.any():
        steps.append(
            PreparationStep(
                "drop_missing",
                f"Left out {int(gaps.sum())} of {table.rows} rows with missing values.",
                {"rows": np.flatnonzero(gaps).tolist()},
            )
        )
        features = [column.rows(~gaps) for column in features]
        label = None if label is None else label.rows(~gaps)
    kept = np.flatnonzero(~gaps)
    used = features if label is None else [*features, label]
    steps += [step for column in used for step in column.steps]
    rounded = [column.name for column in used if column.is_rounded]
    if rounded:
        steps.append(
            PreparationStep(
                "round_integers",
                f"Rounded whole numbers beyond 2^53 to 53 bits in {listed(rounded)}.",
                {"columns": rounded},
                is_caution=True,
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
            PreparationStep(
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
        target_name=None if label is None else (label.name or f"x{chosen.target}"),
        steps=tuple(steps),
        origin=table.origin,
        row_numbers=tuple(kept.tolist()),
        classes=classes,
        columns_share_unit=on_sphere,
        reading_bytes=table.reading_bytes,
    )


def _stack(
    features: list[Column], where: str, steps: list[PreparationStep]
) -> tuple[list[str], np.ndarray]:
    """Put columns side by side, words as one column a category."""
    names: list[str] = []
    blocks: list[np.ndarray] = []
    for column in features:
        if column.numbers is not None:
            names.append(column.name)
            blocks.append(column.numbers[:, None])
            continue
        encoded, block = one_hot_block(column, where)
        names += encoded
        blocks.append(block)
        columns = counted(len(encoded), "column")
        detail = f"Encoded the words of {column.name!r} as {columns}."
        words = [each.removeprefix(f"{column.name}=") for each in encoded]
        told = {"column": column.name, "categories": words, "columns": encoded}
        steps.append(PreparationStep("one_hot", detail, told))
    # np.hstack would keep the order of columns, and a second copy turn it.
    points = np.empty((len(blocks[0]), len(names)))
    at = 0
    for block in blocks:
        points[:, at : at + block.shape[1]] = block
        at += block.shape[1]
    return names, points


def _is_on_sphere(points: np.ndarray) -> bool:
    """Say whether every row has norm 1."""
    if points.shape[1] < 2 or max(points.max(), -points.min()) > 1.0 + _UNIT_NORM:
        return False
    norms = np.sqrt(np.einsum("ij,ij->i", points, points))
    return bool((np.abs(norms - 1.0) <= _UNIT_NORM).all())
