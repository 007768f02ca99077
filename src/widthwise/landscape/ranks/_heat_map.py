"""Phase diagrams: the probability of full rank over points and units."""

import math
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import torch

from widthwise.activations import Activation
from widthwise.arguments import whole_number
from widthwise.arrays import Array, Float
from widthwise.errors import InvalidArgumentError
from widthwise.estimates import Threshold, threshold
from widthwise.landscape.ranks._full_rank_probability import (
    FullRankProbability,
    full_rank_probability,
)
from widthwise.landscape.ranks._trend import ThresholdTrend, fit_trend
from widthwise.machine import usable_cores

__all__ = ["FAMILY_A", "FAMILY_B", "HeatMap", "growing_dimension", "heat_map"]

FAMILY_A: tuple[dict[str, Any], ...] = tuple(
    {
        "point_counts": range(10, 191, 20),
        "widths": range(1, 16),
        "dimension_ratio": ratio,
    }
    for ratio in (0.25, 0.5, 1.0, 2.0)
)
"""Arguments of the paper's maps in which d0 grows with n, one for each ratio."""

FAMILY_B: tuple[dict[str, Any], ...] = tuple(
    {
        "point_counts": range(10, 101, 10),
        "widths": range(30, 301, 30),
        "dimension": dimension,
    }
    for dimension in (1, 2, 3, 5)
)
"""Arguments of the paper's maps at fixed d0, one for each d0."""


@dataclass(frozen=True)
class HeatMap:
    """Probabilities of full rank over n and d1.

    Attributes
    ----------
    point_counts, dimensions
        n, and d0 for each.
    widths
        d1.
    cells
        One tuple of estimates for each n, one estimate for each d1.
    trials
        For each cell.

    Examples
    --------
    >>> import widthwise as ww
    >>> found = ww.landscape.heat_map([4], [2, 20], dimension=2, trials=10, workers=1)
    >>> found.point_counts, found.widths
    ((4,), (2, 20))
    """

    point_counts: tuple[int, ...]
    dimensions: tuple[int, ...]
    widths: tuple[int, ...]
    cells: tuple[tuple[FullRankProbability, ...], ...]
    trials: int

    @property
    def probabilities(self) -> Float[Array, "rows columns"]:
        """The estimates, shape (len(point_counts), len(widths))."""
        rows = [[each.estimate for each in row] for row in self.cells]
        return torch.tensor(rows, dtype=torch.float64)

    def thresholds(self) -> tuple[Threshold, ...]:
        """Return for each n the width at which the probability is one half."""
        return tuple(
            threshold(self.widths, [each.full for each in row], self.trials)
            for row in self.cells
        )

    def trend(self) -> ThresholdTrend:
        """Return the line through the thresholds over n.

        Its slope tells the paper's two claims apart: small where d0 grows with n, of
        order 1 / d0 or more at fixed d0.
        """
        return fit_trend(self.point_counts, self.thresholds())


def heat_map(
    point_counts: Iterable[int],
    widths: Iterable[int],
    *,
    dimension: int | None = None,
    dimension_ratio: float | int | None = None,
    trials: int = 100,
    seed: int = 0,
    data: str = "cube",
    initialization: str = "pytorch",
    biases: bool = True,
    act: Activation | None = None,
    method: str = "exact",
    confidence: float | int = 0.95,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> HeatMap:
    r"""Estimate the probability of full rank for every n and d1.

    Parameters
    ----------
    point_counts
        n, ascending.
    widths
        d1, ascending.
    dimension, dimension_ratio
        One of them: d0 itself, or r with $d_0 = \lceil r n \rceil$.
    trials, seed, data, initialization, biases, act, method, confidence
        As in `full_rank_probability`; every cell has draws of its own.
    workers
        Threads; by default one for each processor. The result does not depend on it.
    progress
        Called with (cells done, cells) after each.

    Returns
    -------
    HeatMap

    Raises
    ------
    InvalidArgumentError
        If a number is outside its range, or not one of `dimension` and
        `dimension_ratio` is given.

    Source
    ------
    Karhadkar, Murray, Tseran and Montufar (2024), arXiv:2305.19510, Section 7.

    Cost
    ----
    As many times `full_rank_probability` as there are cells: the 600 cells of
    `FAMILY_A` with 100 trials take a minute on two cores.

    Examples
    --------
    >>> import widthwise as ww
    >>> rows = ww.landscape.heat_map([4], [2, 20], dimension=2, trials=10, workers=1)
    >>> tuple(rows.probabilities.shape)
    (1, 2)
    """
    counts = _ascending(point_counts, "point_counts")
    units = _ascending(widths, "widths")
    if (dimension is None) == (dimension_ratio is None):
        raise InvalidArgumentError(
            "One of dimension (d0 itself) and dimension_ratio (d0 = ceil(r n)) is "
            f"needed; they are {dimension!r} and {dimension_ratio!r}."
        )
    if dimension is not None:
        dimensions = (whole_number(dimension, "dimension", least=1),) * len(counts)
    elif dimension_ratio is not None and 0 < dimension_ratio < math.inf:
        dimensions = tuple(growing_dimension(dimension_ratio, n) for n in counts)
    else:
        raise InvalidArgumentError(
            f"dimension_ratio is {dimension_ratio!r}; it must be positive and finite."
        )
    tasks = [
        (n, d0, d1) for n, d0 in zip(counts, dimensions, strict=True) for d1 in units
    ]

    def cell(task: tuple[int, int, int]) -> FullRankProbability:
        return full_rank_probability(
            *task,
            trials,
            seed,
            data=data,
            initialization=initialization,
            biases=biases,
            act=act,
            method=method,
            confidence=confidence,
        )

    found = []
    threads = usable_cores() if workers is None else workers
    with ThreadPoolExecutor(whole_number(threads, "workers", least=1)) as pool:
        for each in pool.map(cell, tasks):
            found.append(each)
            if progress is not None:
                progress(len(found), len(tasks))
    rows = [found[k : k + len(units)] for k in range(0, len(found), len(units))]
    return HeatMap(
        point_counts=counts,
        dimensions=dimensions,
        widths=units,
        cells=tuple(tuple(row) for row in rows),
        trials=trials,
    )


def growing_dimension(ratio: float | int, points: int) -> int:
    r"""Return $d_0 = \lceil r n \rceil$; a product that rounding lifts stays whole."""
    return math.ceil(ratio * points - 1e-9)


def _ascending(values: Iterable[int], what: str) -> tuple[int, ...]:
    found = tuple(whole_number(each, what, least=1) for each in values)
    if not found or list(found) != sorted(set(found)):
        raise InvalidArgumentError(
            f"{what} is {found}; it must hold ascending whole numbers, at least one."
        )
    return found
