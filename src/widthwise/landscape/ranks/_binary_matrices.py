"""The probability that a uniformly random 0/1 matrix has full column rank."""

import numpy as np

from widthwise.arguments import whole_number
from widthwise.landscape.ranks._full_rank_kernel import BY_PRIMES, FULL_BY_PRIME
from widthwise.landscape.ranks._full_rank_probability import (
    FullRankProbability,
    summary,
)
from widthwise.machine import compiled
from widthwise.numerics import require
from widthwise.numerics.exact_rank import random_primes
from widthwise.numerics.exact_rank_elimination import BITS, eliminate
from widthwise.seeds import stream

__all__ = ["binary_full_rank_probability"]

_BLOCK = 1000
"""Matrices drawn from one stream; part of the meaning of a seed."""

_PRIMES = 4
_CANDIDATES = 1_894_120  # primes between 2**25 and 2**26


def binary_full_rank_probability(
    rows: int,
    columns: int,
    trials: int = 1000,
    seed: int = 0,
    *,
    confidence: float | int = 0.95,
    first: int = 0,
) -> FullRankProbability:
    r"""Estimate how often a matrix of fair coins has independent columns.

    Such a matrix is the pattern of d1 = `rows` rectifiers on n = `columns` points on
    the line, if all patterns were equally likely; with biases or for d0 = 1 without
    them, full rank of the Jacobian follows. Its rank is taken modulo random primes of
    26 bits: full modulo one is a proof, deficient is said after four.

    Parameters
    ----------
    rows, columns
        d1 and n.
    trials
        Matrices drawn.
    seed
        The draws are a function of it and of the sizes; more trials extend fewer.
    confidence
        Of the Clopper-Pearson limits.
    first
        How many trials are left out before the first: the pieces of a long run, each
        with its own `first`, are together the run.

    Returns
    -------
    FullRankProbability

    Raises
    ------
    InvalidArgumentError
        If a number is outside its range.

    Source
    ------
    Bourgain, Vu and Wood (2010), On the singularity probability of discrete random
    matrices; Tikhomirov (2020), Singularity of random Bernoulli matrices.

    Cost
    ----
    $d_1 n^2 / 2$ operations a matrix: 4 µs at 20 x 20.

    Examples
    --------
    >>> import widthwise as ww
    >>> found = ww.landscape.binary_full_rank_probability(3, 5, trials=50)
    >>> found.lower < found.estimate < found.upper
    False
    """
    d1 = whole_number(rows, "rows", least=1)
    n = whole_number(columns, "columns", least=1)
    trials = whole_number(trials, "trials", least=1)
    first = whole_number(first, "first")
    require(
        2 * _BLOCK * d1 * n + 16 * d1 * n + 2 * trials,
        f"A block of {_BLOCK} matrices of {d1} x {n}",
        "Take fewer rows or columns.",
    )
    primes = np.array(random_primes(_PRIMES, BITS, seed, "landscape"), dtype=np.float64)
    verdicts = np.empty(trials, dtype=np.int8)
    done = 0
    for block in range(first // _BLOCK, -(-(first + trials) // _BLOCK)):
        generator = stream(seed, f"landscape/binary/{d1}/{n}", block)
        drawn = generator.integers(0, 2, (_BLOCK, d1, n), dtype=np.uint8)
        start = max(first - block * _BLOCK, 0)
        stop = min(first + trials - block * _BLOCK, _BLOCK)
        found = verdicts[done : done + stop - start]
        _settle(drawn[start:stop], primes, found)
        done += stop - start
    # A minor is at most the product of its columns' norms, sqrt(d1) each.
    most = n * np.log2(d1) / 2 / (BITS - 1)
    doubtful = int((verdicts == BY_PRIMES).sum()) if d1 >= n else 0
    chance = doubtful * min(float(most) / _CANDIDATES, 1.0) ** _PRIMES
    return summary(verdicts, min(chance, 1.0), confidence)


@compiled
def _settle(matrices: np.ndarray, primes: np.ndarray, verdicts: np.ndarray) -> None:
    count, rows, columns = matrices.shape
    pivots = np.empty(max(rows, columns), np.int64)
    held = np.empty((rows, columns))
    for k in range(count):
        verdicts[k] = BY_PRIMES
        for prime in primes:
            for i in range(rows):
                for j in range(columns):
                    held[i, j] = matrices[k, i, j]
            if eliminate(held, prime, pivots) == columns:
                verdicts[k] = FULL_BY_PRIME
                break
