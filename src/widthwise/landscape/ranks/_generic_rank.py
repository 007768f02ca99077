"""The rank that a pattern's Jacobian has at almost all points, by matroid union."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from widthwise.activations import Activation
from widthwise.arguments import whole_number
from widthwise.landscape.patterns import PatternLike, as_pattern, pieces
from widthwise.landscape.ranks._modular import modular_gram, pattern_gram, whole_slopes
from widthwise.numerics import require
from widthwise.numerics.exact_rank import random_primes
from widthwise.numerics.exact_rank_elimination import BITS, eliminate, null_support
from widthwise.seeds import stream

__all__ = ["GenericRank", "generic_rank", "generic_rank_certificate"]

_ATTEMPTS = 20


@dataclass(frozen=True)
class GenericRank:
    r"""The generic rank of a pattern with the set of points that limits it.

    Attributes
    ----------
    rank, points_count
        The rank and n, the most it can be.
    dimension
        $d$: the inputs, one more with biases.
    minimising_set
        The points S, ascending, with rank $= d \operatorname{rank}(A_S) + n - |S|$: no
        data and no weights in the region give more. Empty at full rank. The points
        whose rows occur in a linear dependency, the largest such set without a point
        that every basis needs.
    set_rank
        $\operatorname{rank}(A_S)$ over the rationals.
    prime, seed
        The evaluation that attains the rank: points drawn from the stream of the seed,
        modulo the prime.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.tensor([[1.0, 0.0], [0.0, 1.0], [-1.0, 1.0]]).double()
    >>> pattern = ww.landscape.activation_pattern(points, [[1.0, 1.0], [1.0, -1.0]])
    >>> y = torch.tensor([1.0, 0.0, 1.0], dtype=torch.float64)
    >>> found = ww.landscape.generic_rank_certificate(pattern, 2)
    >>> found.rank, found.points_count
    (3, 3)
    """

    rank: int
    points_count: int
    dimension: int
    minimising_set: tuple[int, ...]
    set_rank: int
    prime: int
    seed: int

    @property
    def is_full(self) -> bool:
        """Whether almost all data have a Jacobian of full rank in this region."""
        return self.rank == self.points_count


def generic_rank(
    pattern: PatternLike,
    dimension: int,
    biases: bool = False,
    *,
    act: Activation | None = None,
) -> int:
    r"""Return the rank of a pattern's Jacobian at generic points.

    .. math:: \min_{S \subseteq [n]} \; d \operatorname{rank}(A_S) + n - |S|

    with $A_S$ the columns of the pattern (of the slopes) in S, and $d = d_0$, or $d_0 +
    1$ with biases. All points but a set of measure zero have this rank; none has more.

    Parameters
    ----------
    pattern
        Shape (d1, n), from `activation_pattern`.
    dimension
        d0, the number of coordinates of a point.
    biases
        Whether the biases are parameters.
    act
        The piecewise-linear activation; None means the rectifier.

    Returns
    -------
    From 0 to n; proved, as `generic_rank_certificate` explains.

    Raises
    ------
    DataError
        If the pattern has the wrong shape or dtype.
    InvalidArgumentError
        If the dimension is not a positive integer.

    Source
    ------
    Edmonds (1965), Minimum partition of a matroid into independent subsets. That the
    Jacobian at generic points represents the union of d copies of the matroid of the
    columns of A is shown on this library's page on the loss landscape.

    Cost
    ----
    $n^2 (d_1 + d) + n^3 / 2$ operations, and the rank of $A_S$ modulo a few primes: 20
    ms at n = 200, d1 = 300.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.tensor([[1.0, 0.0], [0.0, 1.0], [-1.0, 1.0]]).double()
    >>> pattern = ww.landscape.activation_pattern(points, [[1.0, 1.0], [1.0, -1.0]])
    >>> ww.landscape.generic_rank(pattern, dimension=2)
    3
    """
    return generic_rank_certificate(pattern, dimension, biases, act=act).rank


def generic_rank_certificate(
    pattern: PatternLike,
    dimension: int,
    biases: bool = False,
    *,
    act: Activation | None = None,
    seed: int = 0,
) -> GenericRank:
    r"""Return the generic rank with a set of points that proves it cannot be more.

    The rank at random points modulo a prime is a lower bound. Let S be the points whose
    rows occur in a linear dependency there. The bound of S, computed over the
    rationals, is an upper bound; in a union of matroids it is attained by the elements
    that some basis avoids, so both agree unless the points were unlucky, in which case
    others are drawn. The answer is returned only when they agree.

    Parameters
    ----------
    pattern, dimension, biases, act
        As in `generic_rank`.
    seed
        Of the random points.

    Returns
    -------
    GenericRank

    Raises
    ------
    DataError, InvalidArgumentError
        As in `generic_rank`.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.tensor([[1.0, 0.0], [0.0, 1.0], [-1.0, 1.0]]).double()
    >>> pattern = ww.landscape.activation_pattern(points, [[1.0, 1.0], [1.0, -1.0]])
    >>> ww.landscape.generic_rank_certificate(pattern, 2).rank
    3
    """
    found = pieces(act)
    array = as_pattern(pattern, found)
    copies = whole_number(dimension, "The dimension", least=1) + int(biases)
    slopes = whole_slopes(array, found.slopes)
    n = slopes.shape[1]
    require(
        40 * n * n,
        f"The generic rank of a pattern of {n} points",
        "Take a random subset of the points: its deficiency is a lower bound.",
    )
    for attempt, prime in enumerate(_primes(_ATTEMPTS, seed)):
        generator = stream(seed, "generic-rank", attempt)
        residues = generator.integers(1, prime, (n, copies))
        support = np.empty(n, dtype=bool)
        products = modular_gram(residues.astype(np.float64), prime)
        gram = pattern_gram(slopes, products, prime)
        rank = int(null_support(gram, float(prime), support))
        chosen = np.flatnonzero(support)
        set_rank = _rational_rank(slopes[:, chosen], seed)
        if rank == copies * set_rank + n - chosen.size:
            return GenericRank(
                rank=rank,
                points_count=n,
                dimension=copies,
                minimising_set=tuple(int(each) for each in chosen),
                set_rank=set_rank,
                prime=prime,
                seed=seed,
            )
    raise ArithmeticError(
        f"{_ATTEMPTS} random evaluations of the generic rank were unlucky, which has a "
        "probability below 1e-60. Please report the pattern; another seed= may do."
    )


@lru_cache(maxsize=64)
def _primes(count: int, seed: int) -> tuple[int, ...]:
    return random_primes(count, BITS, seed, "generic-rank")


def _rational_rank(columns: np.ndarray, seed: int) -> int:
    """Rank over the rationals: more primes agree than divide a nonzero minor."""
    if columns.shape[1] == 0:
        return 0
    columns = np.unique(columns, axis=1) if columns.dtype != object else columns
    least = min(columns.shape)
    rank, used = -1, 0
    primes: tuple[int, ...] = ()
    while rank < least and used <= _most_bad_primes(columns, rank + 1):
        if used == len(primes):
            primes = _primes(max(_ATTEMPTS, 2 * used), seed)
        reduced = np.ascontiguousarray((columns % primes[used]).astype(np.float64))
        pivots = np.empty(least, dtype=np.int64)
        rank = max(rank, int(eliminate(reduced, float(primes[used]), pivots)))
        used += 1
    return rank


def _most_bad_primes(columns: np.ndarray, size: int) -> int:
    """How many primes above 2**25 divide a nonzero minor of this size."""
    largest = int(abs(columns).max())
    if largest <= 1 and int(columns.min()) >= 0:  # Hadamard's bound for 0 and 1
        bits = (size + 1) / 2 * math.log2(size + 1) - size
    else:
        bits = size * (math.log2(max(largest, 1)) + math.log2(size or 1) / 2)
    return int(max(bits, 0.0) // (BITS - 1))
