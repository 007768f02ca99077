"""The least number of units at which a proved chance of failure is small enough."""

import math
from collections.abc import Callable

import numpy as np
from scipy.special import gammaln
from scipy.stats import binom

from widthwise.arrays import Float, Int

__all__ = ["binomial_width", "chain_width", "union_width"]

_SAFE = 1 + 1e-8
"""Covers the rounding of a tail: each is a sum of positive terms."""

_SECONDS = 0.5
"""About how long a chain may be followed step by step."""

_MOST_SQUARED = 300
"""Rows up to which a long chain is followed by powers of its matrix."""

_WIDEST = 1e15
"""Widths beyond this are none: their tails are not solved to the unit."""


def binomial_width(count: int, escape: float, failure: float) -> float:
    r"""Return the least m with $P(\mathrm{Bin}(m, p) \le n - 1) \le \delta$."""
    if escape >= 1:
        return float(count)
    if not escape > count / _WIDEST:
        return math.inf

    def fails(units: int) -> bool:
        tail = float(binom.cdf(count - 1, units, escape))
        return tail * _SAFE > failure

    return _least(fails, count)


def chain_width(escapes: Float[np.ndarray, " n"], failure: float) -> float:
    r"""Return m by which a chain that climbs from k with probability p_k is at n.

    Step by step; where that takes long, by powers of the chain's matrix, and beyond 300
    rows by the exponential moment of its waits, which are geometric and independent.
    """
    if not escapes.min() > 0:
        return math.inf
    steps = float((1 / escapes).sum())
    if steps * (4e-6 + 3e-9 * len(escapes)) > _SECONDS:
        short = len(escapes) <= _MOST_SQUARED and steps < 1e11
        return (_chain_squared if short else _chain_moment)(escapes, failure)
    waiting = np.zeros(len(escapes))
    waiting[0] = 1.0
    units = 0
    while waiting.sum() * _SAFE > failure:
        moved = waiting * escapes
        waiting -= moved
        waiting[1:] += moved[:-1]
        units += 1
    return float(units)


def union_width(
    count: int,
    sizes: Int[np.ndarray, " t"],
    escapes: Float[np.ndarray, " t"],
    failure: float,
) -> float:
    r"""Return the least m at which a union over supports of s rows is small.

    $\sum_s \binom{n}{s} P(\mathrm{Bin}(m, p_s) < s) \le \delta$, the binomial tails by
    Chernoff's bound.
    """
    if not escapes.min() > 0:
        return math.inf
    size = np.arange(1, count + 1)
    each = escapes[np.searchsorted(sizes, size, side="right") - 1]
    ways = gammaln(count + 1) - gammaln(size + 1) - gammaln(count - size + 1)

    def fails(units: int) -> bool:
        share = (size - 1) / units
        with np.errstate(divide="ignore", invalid="ignore"):
            gain = np.where(size > 1, share * np.log(share / each), 0.0)
        rest = (1 - share) * (np.log1p(-share) - np.log1p(-each))
        tails = np.where(share < each, -units * (gain + rest), 0.0)
        return float(np.exp(ways * (1 + 1e-12) + tails).sum()) * _SAFE > failure

    return _least(fails, count + 1)


def _chain_squared(escapes: Float[np.ndarray, " n"], failure: float) -> float:
    """Follow the chain by powers of two: the least m, its digits from the top."""
    count = len(escapes)
    powers = [np.diag(1 - escapes) + np.diag(escapes[:-1], 1)]

    def remains(waiting: Float[np.ndarray, " n"], units: float) -> bool:
        # Sums of positive terms: each step adds a rounding error or two.
        return float(waiting.sum()) * (_SAFE + 1e-15 * count * units) > failure

    while remains(powers[-1][0], 2.0 ** len(powers)):
        powers.append(powers[-1] @ powers[-1])
    waiting, units = np.eye(count)[0], 0
    for place in range(len(powers) - 1, -1, -1):
        onward = waiting @ powers[place]
        if remains(onward, units + 2.0**place):
            waiting, units = onward, units + 2**place
    return float(units + 1)


def _chain_moment(escapes: Float[np.ndarray, " n"], failure: float) -> float:
    values, times = np.unique(escapes, return_counts=True)
    limit = -math.log1p(-float(values[0]))
    best = math.inf
    for share in np.linspace(0.002, 0.998, 250):
        tilt = limit * float(share)
        logs = np.log(values) + tilt - np.log(-np.expm1(tilt + np.log1p(-values)))
        best = min(best, (float(times @ logs) - math.log(failure)) / tilt)
    return float(math.ceil(best * (1 + 1e-12)))


def _least(fails: Callable[[int], bool], start: int) -> float:
    """Return the least whole number from `start` on that does not fail."""
    if not fails(start):
        return float(start)
    low, high = start, 2 * start
    while fails(high):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fails(middle) else (low, middle)
    return float(high)
