"""The rows that a diagnosis computes with."""

from dataclasses import dataclass

from widthwise.arrays import Array

__all__ = ["Table"]


@dataclass(frozen=True)
class Table:
    """The rows under study.

    Attributes
    ----------
    points, targets
        The rows whose spectra are computed: (n, d) of unit norm, and (n,) or None.
    all_points, all_targets
        Every row; the rank verdict is cheap enough for all of them.
    row_numbers
        For each row of `all_points`, its number in the table as given.
    """

    points: Array
    targets: Array | None
    all_points: Array
    all_targets: Array | None
    row_numbers: tuple[int, ...]
