"""Points as a landscape needs them, without rows that no width keeps apart."""

from dataclasses import dataclass, replace
from typing import Any

import torch

from widthwise.datasets import Dataset, PreparationStep
from widthwise.diagnosis.landscape._settings import LandscapeSettings
from widthwise.diagnosis.study import as_dataset
from widthwise.errors import DataError
from widthwise.landscape.patterns import parallel_rows
from widthwise.wording import rows

__all__ = ["Obstacle", "landscape_dataset"]


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
        return f"{rows(self.rows)} {what}"


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
        X,
        y,
        bias=False,
        standardize=standardize,
        reading=reading,
        sphere=False,
        asked=settings,
    )
    numbers = found.row_numbers
    obstacles = [
        Obstacle("repeated", tuple(numbers[row] for row in group))
        for group in found.duplicates().groups
    ]
    if obstacles:
        found = found.merge_duplicates()
    parallel = parallel_rows(
        found.points, biases=settings.biases, act=settings.activation
    )
    numbers = found.row_numbers
    obstacles += [Obstacle("zero", (numbers[row],)) for row in parallel.zeros]
    obstacles += [
        Obstacle("ray", tuple(numbers[row] for row in group))
        for group in parallel.groups
    ]
    if parallel.repeats:
        found = _without(found, parallel.repeats)
    return found, tuple(obstacles)


def _without(found: Dataset, out: frozenset[int]) -> Dataset:
    """Leave out the rows at these positions."""
    kept = [row for row in range(len(found.points)) if row not in out]
    if len(kept) < 2:
        raise DataError(
            f"All rows of {found.name} lie on one line through the origin, where units "
            "without biases cannot tell them apart. Give the units biases, or choose "
            "other columns."
        )
    numbers = [found.row_numbers[row] for row in sorted(out)]
    step = PreparationStep(
        "leave_out_rows",
        f"Left out {rows(numbers)}: zero, or on one line through the origin with "
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
