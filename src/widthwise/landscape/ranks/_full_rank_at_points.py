"""The probability over initial weights that the Jacobian at given points is full."""

import numpy as np

from widthwise.activations import Activation
from widthwise.arguments import whole_number
from widthwise.features.two_layer import PointsLike, as_matrix
from widthwise.landscape.patterns import draw_weights, pieces
from widthwise.landscape.ranks._full_rank_kernel import BY_PRIMES
from widthwise.landscape.ranks._full_rank_probability import (
    FullRankProbability,
    summary,
)
from widthwise.landscape.ranks._full_rank_trials import (
    BLOCK,
    chance_of_error,
    constants,
    settle_drawn,
)
from widthwise.numerics import require
from widthwise.seeds import stream

__all__ = ["full_rank_probability_at"]


def full_rank_probability_at(
    points: PointsLike,
    width: int,
    trials: int = 100,
    seed: int = 0,
    *,
    initialization: str = "pytorch",
    biases: bool = True,
    act: Activation | None = None,
    confidence: float | int = 0.95,
) -> FullRankProbability:
    r"""Estimate the probability of rank n over initial weights, the data being given.

    Parameters
    ----------
    points
        X, shape (n, d0), as they are: no draw, no scaling.
    width
        d1.
    trials, seed, initialization, biases, act, confidence
        As in `full_rank_probability`.

    Returns
    -------
    FullRankProbability
        Exact verdicts. For repeated points the estimate is 0 at every width.

    Raises
    ------
    DataError
        If the points are not a finite matrix.
    InvalidArgumentError
        If a number is outside its range.
    UnknownNameError
        If the initialization has no such name.

    Source
    ------
    Karhadkar, Murray, Tseran and Montúfar (2024), arXiv:2305.19510, Section 7.

    Cost
    ----
    As `full_rank_probability`.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> ww.landscape.full_rank_probability_at(points, 20, trials=20).estimate
    1.0
    """
    data: np.ndarray = as_matrix(points).numpy(force=True)
    d1 = whole_number(width, "width", least=1)
    trials = whole_number(trials, "trials", least=1)
    n, d0 = data.shape
    d = d0 + int(biases)
    require(
        8 * BLOCK * d * (n + d1) + 24 * n * n,
        f"A block of {BLOCK} random networks on {n} points",
        "Use a subset of the points: if it is deficient, so are all of them.",
    )
    of = pieces(act)
    tables = constants(of, seed)
    lifted = np.ones((BLOCK, d, n))
    lifted[:, :d0] = data.T
    name = f"landscape/at/{initialization}/{int(biases)}/{d0}/{d1}"
    verdicts = np.empty(trials, dtype=np.int8)
    for first in range(0, trials, BLOCK):
        generator = stream(seed, name, first // BLOCK)
        weights = draw_weights(initialization, generator, BLOCK, d1, d0, biases)
        count = min(BLOCK, trials - first)
        found = verdicts[first : first + count]
        settle_drawn(lifted[:count], weights[:count], tables, found)
    doubtful = int((verdicts == BY_PRIMES).sum())
    # One set of points and one set of primes, but a Gram matrix for each trial.
    chance = (
        doubtful * float(chance_of_error(lifted[:1], d1, of)[0]) if doubtful else 0.0
    )
    return summary(verdicts, min(chance, 1.0), confidence)
