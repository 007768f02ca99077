"""From whatever a user has to points on the unit sphere, with what was done."""

import math
import os
from dataclasses import fields, replace
from inspect import signature
from pathlib import Path
from typing import Any

import torch

from widthwise import datasets
from widthwise.arrays import Array
from widthwise.datasets import Dataset, PreparationStep
from widthwise.diagnosis.study._record import (
    DataSummary,
    Pair,
    Preparation,
    TargetsSummary,
)
from widthwise.errors import (
    DataError,
    InvalidArgumentError,
    MissingDataError,
    WidthwiseError,
    unknown_name,
)
from widthwise.prose import as_prose, say

__all__ = ["as_dataset", "read_data", "summary_of"]

_UNIT_TOLERANCE = 1e-8
_LOADING = ("data_dir",)
_MERGING, _STDIN = "merge_duplicates", "-"
_ONE_POINT = 1e-15  # Radians: what rounding makes of two unit vectors that are equal.
_PAIR_ROWS = 5_000


def as_dataset(
    X: Any,
    y: Any,
    *,
    bias: bool,
    standardize: bool | None,
    reading: dict[str, Any],
    sphere: bool = True,
    asked: object | None = None,
) -> Dataset:
    """Return the data as points of the unit sphere, or scaled alike without it.

    Raises
    ------
    DataError
        If it cannot be used; the message names the rows or columns.
    MissingDataError
        If a path does not exist and is no data set's name.
    """
    merges = reading.get(_MERGING, False)
    raw = read_data(X, y, {**reading, _MERGING: False}, asked)
    found = _two_classes_coded(raw)
    if _on_sphere(found.points) and not bias and standardize is not True:
        note = PreparationStep(
            "taken_as_given",
            "Every row has norm 1 already, so the points were taken as they are.",
        )
        found = replace(found, steps=(*found.steps, note))
    else:
        found = found.prepare(standardize=standardize, bias=bias, sphere=sphere)
    # Now, not before: rows may be one point of the sphere without being equal.
    return found.merge_duplicates(_ONE_POINT) if merges else found


def _two_classes_coded(found: Dataset) -> Dataset:
    """Return two classes as -1 and 1, so that no verdict hangs on how they were told.

    Without a bias the size of what a network must learn of 0 and 1 is not that of -1
    and 1, though both name the same classes.
    """
    values = [] if found.targets is None else torch.unique(found.targets).tolist()
    if len(values) != 2 or values == [-1.0, 1.0]:
        return found
    low, high = values
    note = PreparationStep(
        "two_classes_coded",
        say(
            "The label takes two values, {:6} and {:6}; they stand as -1 and 1.",
            *values,
        ),
        {"low": low, "high": high},
    )
    coded = torch.where(found.targets == low, -1.0, 1.0).to(torch.float64)
    return replace(found, targets=coded, steps=(*found.steps, note))


def summary_of(
    whole: Dataset,
    sample: Dataset,
    *,
    on_sphere: bool = True,
    input_shape: tuple[int, ...] | None = None,
) -> DataSummary:
    """Return the record's "data"; pairs of rows are those of unit points."""
    rows, total = len(sample.points), len(whole.points)
    targets = whole.targets
    pairs = _extreme_pairs(sample) if on_sphere else (None, None)
    return DataSummary(
        name=whole.name,
        origin=whole.origin,
        rows=rows,
        rows_total=total,
        dimension=whole.points.shape[1],
        inputs=len(whole.feature_names),
        feature_names=tuple(whole.feature_names),
        target=None if targets is None else (whole.target_name or "y"),
        steps=tuple(
            Preparation(
                each.name, as_prose(each.detail), dict(each.numbers), each.is_caution
            )
            for each in sample.steps
        ),
        on_sphere=on_sphere,
        sample_note=_sample_note(rows, total, on_sphere) if rows < total else None,
        targets=None if targets is None else _summary(targets),
        closest_pair=pairs[0],
        most_opposite_pair=pairs[1],
        constant_target=targets is not None and bool((targets == targets[0]).all()),
        input_shape=input_shape,
    )


def read_data(
    X: Any, y: Any, reading: dict[str, Any], asked: object | None = None
) -> Dataset:
    """Return what a user gave, as a data set, with equal rows merged if asked to.

    `asked` are the study's settings: among their names is what a wrong name may mean.
    """
    options = {name: each for name, each in reading.items() if name != _MERGING}
    found = _read(X, y, options, asked)
    return found.merge_duplicates() if reading.get(_MERGING) else found


def _read(X: Any, y: Any, reading: dict[str, Any], asked: object | None) -> Dataset:
    if isinstance(X, Dataset):
        for name in reading:
            raise _not_an_argument(name, asked, "of a data set that was read already")
        return X if y is None else _relabelled(X, y)
    is_path = isinstance(X, str | os.PathLike) and str(X) != _STDIN
    if is_path and not Path(X).exists():
        name = str(X)
        if name in datasets.CATALOG:
            return _load(name, y, reading)
        if Path(name).name == name and not Path(name).suffix:
            raise MissingDataError(
                f"There is no file {name!r} here. "
                f"{unknown_name('data set', name, datasets.CATALOG)}"
            )
    options = {name: each for name, each in reading.items() if name not in _LOADING}
    for name in options.keys() - signature(datasets.read).parameters.keys():
        raise _not_an_argument(name, asked, "of a table")
    return datasets.read(X, y, **options)


def _not_an_argument(name: str, asked: object | None, what: str) -> WidthwiseError:
    knobs = [] if asked is None else [each.name for each in fields(asked)]  # type: ignore[arg-type]
    reading = [*list(signature(datasets.read).parameters)[2:], _MERGING]
    if name in reading:
        return InvalidArgumentError(f"{name} has no meaning {what}. Leave it out.")
    return unknown_name("argument", name, [*knobs, *reading])


def _load(name: str, target: Any, reading: dict[str, Any]) -> Dataset:
    found = datasets.load(name, **reading)
    if target is None or target == found.target_name:
        return found
    if isinstance(target, str | int):
        raise DataError(
            f"The data set {name!r} has the target {found.target_name!r}, not "
            f"{target!r}. Leave the target out, or give the file itself."
        )
    return _relabelled(found, target)


def _relabelled(found: Dataset, y: Any) -> Dataset:
    """Return the same points with these labels."""
    fresh = datasets.read(found.points, y)
    return replace(
        found,
        targets=fresh.targets,
        target_name=fresh.target_name,
        classes=fresh.classes,
    )


def _on_sphere(points: Array) -> bool:
    norms = torch.linalg.vector_norm(points, dim=1)
    return bool(torch.all(torch.abs(norms - 1.0) <= _UNIT_TOLERANCE))


def _summary(targets: Array) -> TargetsSummary:
    scale = float(targets.abs().max()) or 1.0
    scaled = targets / scale
    return TargetsSummary(
        smallest=float(targets.min()),
        largest=float(targets.max()),
        mean=float(scaled.mean()) * scale,
        deviation=float(scaled.std(correction=0)) * scale,
        distinct=len(torch.unique(targets)),
    )


def _extreme_pairs(sample: Dataset) -> tuple[Pair, Pair]:
    """Return the rows nearest to equal and to opposite among those computed with."""
    points = sample.points[:_PAIR_ROWS]
    cosines = points @ points.T
    cosines.fill_diagonal_(0.0)
    return _pair(sample, points, cosines, 1.0), _pair(sample, points, -cosines, -1.0)


def _pair(sample: Dataset, points: Array, score: Array, sign: float) -> Pair:
    first, second = divmod(int(torch.argmax(score)), len(points))
    a, b = points[first], sign * points[second]
    angle = 2 * math.atan2(float((a - b).norm()), float((a + b).norm()))
    rows = sorted(int(sample.row_numbers[each]) for each in (first, second))
    return Pair(tuple(rows), angle)


def _sample_note(rows: int, total: int, has_rank_verdict: bool) -> str:
    verdict = (
        f"; the rank verdict, which is of all {total} rows, does"
        if has_rank_verdict
        else ""
    )
    return (
        f"Spectra, widths and steps are of a random sample of {rows} of the {total} "
        "rows. The whole table is at least as hard: its smallest eigenvalue is no "
        "larger and its largest no smaller than the sample's, so it needs at least "
        "that width, and what does not fit the sample does not fit the table. That the "
        f"sample fits does not show that the table does{verdict}."
    )
