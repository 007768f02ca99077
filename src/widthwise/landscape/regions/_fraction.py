"""Which part of all activation regions has a Jacobian of full rank."""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch

from widthwise.arguments import whole_number
from widthwise.arrays import Array
from widthwise.errors import InvalidArgumentError
from widthwise.estimates import share
from widthwise.features.two_layer import PointsLike, as_matrix
from widthwise.landscape.patterns import sign_patterns
from widthwise.landscape.ranks import full_rank_choices
from widthwise.seeds import stream

__all__ = [
    "RegionFraction",
    "count_full_rank_patterns",
    "full_rank_fraction",
    "sampled_full_rank_fraction",
]

_CHUNK = 20_000


@dataclass(frozen=True)
class RegionFraction:
    """The fraction of the regions with full rank, exact or sampled.

    Attributes
    ----------
    estimate, lower, upper
        The fraction with its confidence limits; all equal if exact.
    is_exact
        Whether every region was counted.
    full, total
        Regions of full rank and regions: of all if exact, else of those sampled.
    regions
        How many regions there are.
    confidence
        Of the limits; 1 if exact.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.tensor([[1.0, 0.0], [0.0, 1.0], [-1.0, 1.0]]).double()
    >>> pattern = ww.landscape.activation_pattern(points, [[1.0, 1.0], [1.0, -1.0]])
    >>> y = torch.tensor([1.0, 0.0, 1.0], dtype=torch.float64)
    >>> found = ww.landscape.full_rank_fraction(points, 2)
    >>> found.is_exact, round(found.estimate, 3)
    (True, 0.389)
    """

    estimate: float
    lower: float
    upper: float
    is_exact: bool
    full: int
    total: int
    regions: int
    confidence: float


def full_rank_fraction(
    points: PointsLike, width: int, *, biases: bool = False, limit: int = 2_000_000
) -> RegionFraction:
    r"""Return the fraction of the non-empty regions of a rectifier layer of full rank.

    Every region is counted: a region is one sign pattern for each unit, and its rank
    depends only on the set of the patterns that occur, so sets are listed and each
    counts as often as `width` units can make it.

    Parameters
    ----------
    points
        X, shape (n, d0), in any position.
    width
        d1.
    biases
        Whether units have biases, and these are parameters.
    limit
        The most sets that are listed.

    Returns
    -------
    RegionFraction
        Exact.

    Raises
    ------
    InvalidArgumentError
        If there are more sets than `limit`; `sampled_full_rank_fraction` remains.

    Cost
    ----
    One rank of an n x n matrix for each set: 2 s for 200,000 sets at n = 5.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.tensor([[1.0, 0.0], [0.0, 1.0], [-1.0, 1.0]]).double()
    >>> found = ww.landscape.full_rank_fraction(points, 2)
    >>> found.full, found.total
    (14, 36)
    """
    width = whole_number(width, "width", least=1)
    patterns = sign_patterns(points, biases=biases).numpy()
    full = _count_full(_lifted_rows(points, biases), patterns, width, limit)
    regions = len(patterns) ** width
    share = full / regions
    return RegionFraction(share, share, share, True, full, regions, regions, 1.0)


def sampled_full_rank_fraction(
    points: PointsLike,
    width: int,
    trials: int = 1000,
    seed: int = 0,
    *,
    biases: bool = False,
    confidence: float | int = 0.95,
) -> RegionFraction:
    """Estimate `full_rank_fraction` from regions drawn uniformly.

    Each unit draws one of the sign patterns of the points, all equally likely, so every
    non-empty region is equally likely: not the law of any initialization.

    Parameters
    ----------
    points, width, biases
        As in `full_rank_fraction`.
    trials
        Regions drawn.
    seed
        The result is a function of it.
    confidence
        Of the Clopper-Pearson limits.

    Returns
    -------
    RegionFraction

    Raises
    ------
    InvalidArgumentError
        If the points have too many sign patterns to list.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.tensor([[1.0, 0.0], [0.0, 1.0], [-1.0, 1.0]]).double()
    >>> found = ww.landscape.sampled_full_rank_fraction(points, 4, trials=20)
    >>> found.lower <= found.estimate <= found.upper
    True
    """
    width = whole_number(width, "width", least=1)
    trials = whole_number(trials, "trials", least=1)
    patterns = sign_patterns(points, biases=biases).numpy()
    generator = stream(seed, f"landscape/regions/{len(patterns)}/{width}")
    choices = generator.integers(0, len(patterns), (trials, width))
    x = _lifted_rows(points, biases)
    full = int(full_rank_choices(x, patterns, choices).sum())
    found = share(full, trials, confidence)
    return RegionFraction(
        found.value,
        found.low,
        found.high,
        False,
        full,
        trials,
        len(patterns) ** width,
        found.confidence,
    )


def count_full_rank_patterns(
    points_count: int,
    dimension: int,
    width: int,
    *,
    limit: int = 2_000_000,
    seed: int = 0,
) -> int:
    r"""Return how many of all $2^{n d_1}$ 0/1 patterns have full generic rank.

    Those of non-empty regions and the others alike. For $d_0 \ge n$ it is $(2^{d_1} -
    1)^n$: no zero column (and every region is non-empty). Otherwise the sets of rows
    are listed and the rank is taken at random points: full rank is proved so, and a
    deficient verdict is wrong with a probability below $10^{-9}$.

    Parameters
    ----------
    points_count, dimension, width
        n, d0 (add one for biases) and d1.
    limit
        The most sets of rows that are listed.
    seed
        Of the random points.

    Raises
    ------
    InvalidArgumentError
        If there are more sets than `limit`.

    Examples
    --------
    >>> import widthwise as ww
    >>> ww.landscape.count_full_rank_patterns(3, 2, 2)
    24
    """
    n = whole_number(points_count, "points_count", least=1)
    d = whole_number(dimension, "dimension", least=1)
    width = whole_number(width, "width", least=1)
    if d >= n:
        return int((2**width - 1) ** n)
    if 2**n > limit:
        raise _too_many(2**n, width, limit)
    patterns = np.array(list(itertools.product([False, True], repeat=n)))
    x = stream(seed, "landscape/generic-points").random((d, n))
    return _count_full(x, patterns, width, limit)


def _lifted_rows(points: PointsLike, biases: bool) -> np.ndarray:
    rows = as_matrix(points).T
    if biases:
        ones: Array = torch.ones((1, rows.shape[1]), dtype=torch.float64)
        rows = torch.cat([rows.cpu(), ones])
    return np.ascontiguousarray(rows.numpy(force=True))


def _count_full(x: np.ndarray, patterns: np.ndarray, width: int, limit: int) -> int:
    """Sum over sets of patterns of full rank of the maps of the units onto the set."""
    most = min(width, len(patterns))
    least = -(-x.shape[1] // x.shape[0])  # fewer units have fewer parameters than n
    sizes = range(least, most + 1)
    sets = sum(math.comb(len(patterns), size) for size in sizes)
    if sets > limit:
        raise _too_many(sets, width, limit)
    full = 0
    for size in sizes:
        onto = sum(
            (-1) ** j * math.comb(size, j) * (size - j) ** width
            for j in range(size + 1)
        )
        for choices in _combinations(len(patterns), size):
            full += onto * int(full_rank_choices(x, patterns, choices).sum())
    return full


def _combinations(count: int, size: int) -> Iterator[np.ndarray]:
    every = itertools.combinations(range(count), size)
    while chunk := list(itertools.islice(every, _CHUNK)):
        yield np.array(chunk, dtype=np.int64)


def _too_many(sets: int, width: int, limit: int) -> InvalidArgumentError:
    return InvalidArgumentError(
        f"{width} units can show {sets} sets of patterns, more than the limit of "
        f"{limit}. Raise limit=, or use sampled_full_rank_fraction or "
        "full_rank_probability, which give an interval."
    )
