"""P(full rank) over the number of points and the width, for random subsets of rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from widthwise.activations import Activation
from widthwise.features.two_layer import PointsLike, as_matrix
from widthwise.landscape.ranks._full_rank_at_points import full_rank_probability_at
from widthwise.seeds import derive, stream

__all__ = ["SubsetMap", "subset_map"]

_SHARES = (0.125, 0.25, 0.5, 0.75)
_SUBSETS = 5
_TRIALS = 25


@dataclass(frozen=True)
class SubsetMap:
    """Estimates for random subsets of given points.

    Attributes
    ----------
    point_counts, widths
        Of the subsets, the last that of all points; d1.
    probabilities
        Of full rank, shape (len(point_counts), len(widths)).
    """

    point_counts: np.ndarray
    widths: np.ndarray
    probabilities: np.ndarray


def subset_map(
    points: PointsLike,
    widths: Sequence[int],
    whole: Sequence[float],
    trials: int = 100,
    seed: int = 0,
    *,
    initialization: str = "pytorch",
    biases: bool = True,
    act: Activation | None = None,
    progress: Callable[[int], None] | None = None,
) -> SubsetMap:
    """Estimate full rank for an eighth to all of the points, over widths from 1 on.

    A row of the map averages five subsets, each with five networks at most.

    Parameters
    ----------
    points
        X, shape (n, d0).
    widths, whole
        Of the estimates of all points that there are, ascending; narrower widths,
        geometric down to 1, are added.
    trials
        For each cell, where that is below 25.
    seed, initialization, biases, act
        As in `full_rank_probability_at`.
    progress
        Called with the number of points of each row before it.

    Returns
    -------
    SubsetMap
    """
    data = as_matrix(points)
    n = len(data)
    counts = sorted({max(2, round(share * n)) for share in _SHARES} - {n})
    narrow = {1, *(round(widths[0] * share) for share in _SHARES)}
    extra = sorted(each for each in narrow if 0 < each < widths[0])
    each_trials = -(-min(_TRIALS, trials) // _SUBSETS)

    # The names of streams are part of the meaning of a seed: older records repeat.
    def estimates(
        chosen: np.ndarray, of: Sequence[int], count: int, use: str
    ) -> np.ndarray:
        return np.array(
            [
                full_rank_probability_at(
                    data[chosen],
                    width,
                    count,
                    derive(seed, f"diagnosis/landscape/{use}"),
                    initialization=initialization,
                    biases=biases,
                    act=act,
                ).estimate
                for width in of
            ]
        )

    rows = []
    for count in counts:
        if progress is not None:
            progress(count)
        cells = np.zeros(len(extra) + len(widths))
        for subset in range(_SUBSETS):
            generator = stream(seed, f"diagnosis/landscape/{count}", subset)
            chosen = np.sort(generator.random(n).argsort()[:count])
            use = f"subset/{count}/{subset}"
            cells += estimates(chosen, [*extra, *widths], each_trials, use) / _SUBSETS
        rows.append(cells)
    every = np.arange(n)
    below = estimates(every, extra, each_trials * _SUBSETS, "narrower")
    rows.append(np.array([*below, *whole]))
    return SubsetMap(
        point_counts=np.array([*counts, n]),
        widths=np.array([*extra, *widths]),
        probabilities=np.array(rows),
    )
