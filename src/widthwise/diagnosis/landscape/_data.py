"""Points as a landscape needs them, without rows that no width keeps apart."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch

from widthwise.datasets import Dataset, Step
from widthwise.diagnosis.landscape._settings import LandscapeSettings
from widthwise.diagnosis.study import as_dataset, rows_text
from widthwise.errors import DataError
from widthwise.numerics.exact_rank import integer_rows
from widthwise.seeds import stream

__all__ = ["Obstacle", "landscape_dataset"]

_NEAR = 1e-12


@dataclass(frozen=True)
class Obstacle:
    """Rows whose Jacobians are dependent at every width and all weights.

    Attributes
    ----------
    kind
        "repeated", "ray" or "zero".
    rows
        Their numbers in the source; of a zero row, it alone.
    """

    kind: str
    rows: tuple[int, ...]

    def __str__(self) -> str:
        what = {
            "repeated": "are the same point",
            "ray": "lie on one line through the origin",
            "zero": "is zero",
        }[self.kind]
        if self.kind == "zero":
            return f"row {self.rows[0]} {what}"
        return f"{rows_text(self.rows)} {what}"


def landscape_dataset(
    X: Any,
    y: Any,
    *,
    standardize: bool | None,
    settings: LandscapeSettings,
    reading: dict[str, Any],
) -> tuple[Dataset, tuple[Obstacle, ...]]:
    """Return the rows to study, and the obstacles that were taken out.

    Of repeated rows, and of rows on one line through the origin where that makes their
    Jacobians parallel, the first is kept.

    Raises
    ------
    DataError
        If fewer than two rows are left.
    """
    found = as_dataset(
        X, y, bias=False, standardize=standardize, reading=reading, sphere=False
    )
    numbers = found.row_numbers
    obstacles = [
        Obstacle("repeated", tuple(numbers[row] for row in group))
        for group in found.duplicates().groups
    ]
    if obstacles:
        found = found.merge_duplicates()
    if not settings.biases and settings.of.breakpoints == (0.0,):
        low, high = settings.of.slopes
        zeros, groups = _lines(found.points.numpy(), both_ways=low == -high)
        numbers = found.row_numbers
        obstacles += [Obstacle("zero", (numbers[row],)) for row in zeros]
        obstacles += [
            Obstacle("ray", tuple(numbers[row] for row in group)) for group in groups
        ]
        out = {*zeros, *(row for group in groups for row in group[1:])}
        if out:
            found = _without(found, out)
    return found, tuple(obstacles)


def _without(found: Dataset, out: set[int]) -> Dataset:
    """Leave out the rows at these positions."""
    kept = [row for row in range(len(found.points)) if row not in out]
    if len(kept) < 2:
        raise DataError(
            f"All rows of {found.name} lie on one line through the origin, where units "
            "without biases cannot tell them apart. Give the units biases, or choose "
            "other columns."
        )
    numbers = [found.row_numbers[row] for row in sorted(out)]
    step = Step(
        "leave_out_rows",
        f"Left out {rows_text(numbers)}: zero, or on one line through the origin with "
        "an earlier row, which units without biases cannot tell apart.",
        {"rows": numbers},
    )
    places = torch.tensor(kept)
    return replace(
        found,
        points=found.points[places],
        targets=None if found.targets is None else found.targets[places],
        row_numbers=tuple(found.row_numbers[row] for row in kept),
        steps=(*found.steps, step),
    )


def _lines(
    points: np.ndarray, both_ways: bool
) -> tuple[list[int], list[tuple[int, ...]]]:
    """Return zero rows, and groups of rows on one ray, or line, through the origin."""
    zeros = [int(row) for row in np.flatnonzero(~points.any(axis=1))]
    exact: dict[tuple[int, ...], list[int]] = {}
    for row in _candidates(points, both_ways):
        exact.setdefault(_direction(points[row], both_ways), []).append(row)
    return zeros, [tuple(sorted(each)) for each in exact.values() if len(each) > 1]


def _candidates(points: np.ndarray, both_ways: bool) -> Iterable[int]:
    """Rows whose direction is that of another row up to rounding."""
    rows = np.flatnonzero(points.any(axis=1))
    _, exponents = np.frexp(np.abs(points[rows]).max(axis=1, keepdims=True))
    scaled = np.ldexp(points[rows], -exponents)
    unit = scaled / np.linalg.norm(scaled, axis=1, keepdims=True)
    normal = stream(0, "diagnosis/landscape/lines").standard_normal(points.shape[1])
    keys = unit @ (normal / np.linalg.norm(normal))
    keys = np.abs(keys) if both_ways else keys
    order = np.argsort(keys)
    close = np.diff(keys[order]) <= _NEAR
    beside = np.append(close, False) | np.insert(close, 0, False)
    return sorted(int(each) for each in rows[order[beside]])


def _direction(row: np.ndarray, both_ways: bool) -> tuple[int, ...]:
    """Return the shortest whole-number vector on the ray, exactly."""
    whole = integer_rows(row[None, :])[0]
    shared = math.gcd(*whole)
    first = next(each for each in whole if each)
    sign = -1 if both_ways and first < 0 else 1
    return tuple(sign * each // shared for each in whole)
