"""The rows that a diagnosis computes with."""

from dataclasses import dataclass, replace

import torch

from widthwise.arrays import Array
from widthwise.prose import Prose, as_prose, say

__all__ = ["ROUNDING", "StudiedRows"]

ROUNDING = 1e-12
"""Radians between rows that differ by what arithmetic does to them."""


@dataclass(frozen=True)
class StudiedRows:
    """The rows under study.

    Attributes
    ----------
    points, targets
        The rows whose spectra are computed: (n, d) of unit norm, and (n,) or None: what
        is left of the labels without `mean`.
    all_points, all_targets
        Every row; the rank verdict is cheap enough for all of them.
    row_numbers
        For each row of `all_points`, its number in the table as given.
    sample_numbers
        The same for each row of `points`.
    inputs
        The rows of `points` as they were before they were projected, (n, d).
    classes
        The names of the classes, where the labels are classes. More than two are
        columns, each class against the rest.
    tolerance
        Radians up to which rows may be equal or opposite, for all that is known of the
        numbers given.
    mean
        What was taken off the labels.
    """

    points: Array
    targets: Array | None
    all_points: Array
    all_targets: Array | None
    row_numbers: tuple[int, ...]
    tolerance: float = ROUNDING
    mean: float = 0.0
    sample_numbers: tuple[int, ...] = ()
    inputs: Array | None = None
    classes: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether every row is computed with."""
        return len(self.points) == len(self.all_points)

    @property
    def labels(self) -> Array | None:
        """The labels, or None where there are none to fit."""
        targets = self.targets
        has_labels = targets is not None and bool(torch.any(targets != 0))
        return targets if has_labels else None

    def labels_as_given(self, learnt: Array) -> list[Prose]:
        """Return labels of some rows as the table has them."""
        if learnt.ndim == 2:
            return [as_prose(self.classes[i]) for i in learnt.argmax(dim=1).tolist()]
        return [say("{:6}", label) for label in (learnt + self.mean).tolist()]

    def of_rows(self, rows: Array) -> "StudiedRows":
        """Return the same table with only these rows to compute with."""
        targets = None if self.targets is None else self.targets[rows]
        return replace(self, points=self.points[rows], targets=targets)
