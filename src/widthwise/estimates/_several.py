"""Whether chance explains what is found, in one group and in several."""

import math
from collections.abc import Sequence

from scipy.stats import norm

from widthwise.estimates._estimate import Estimate
from widthwise.estimates._weighted_fit import normal_deviations

__all__ = ["chance_of_order", "chance_outside", "chance_within", "holm"]


def holm(chances: Sequence[float]) -> list[float]:
    r"""Return probabilities of several tests, corrected for their number.

    In ascending order $\tilde p_{(i)} = \max_{j \le i} \min(1, (k - j + 1) p_{(j)})$.
    The chance that any true hypothesis of the k has a value of at most α is at most α,
    whatever the tests have in common.

    Source
    ------
    Holm (1979), A simple sequentially rejective multiple test procedure, Scandinavian
    Journal of Statistics 6.
    """
    order = sorted(range(len(chances)), key=lambda place: chances[place])
    found, largest = [1.0] * len(chances), 0.0
    for rank, place in enumerate(order):
        largest = max(largest, min(1.0, (len(chances) - rank) * chances[place]))
        found[place] = largest
    return found


def chance_within(
    found: Estimate, low: float | int = -math.inf, high: float | int = math.inf
) -> float:
    """Return how probable an estimate as far outside [low, high] is for a truth inside.

    Two-sided, by a normal law whose standard error on each side follows from the
    interval's end there: 1 where the estimate is inside, 1/20 where a 95 % interval
    ends at the limit.
    """
    if low <= found.value <= high:
        return 1.0
    if found.value > high:
        return _tail(found.value - high, found.value - found.low, found.confidence)
    return _tail(low - found.value, found.high - found.value, found.confidence)


def chance_outside(
    found: Estimate, low: float | int = -math.inf, high: float | int = math.inf
) -> float:
    """Return how probable an estimate as far inside [low, high] is for one outside.

    As in `chance_within`: 1 where the estimate is outside.
    """
    if not low <= found.value <= high:
        return 1.0
    return max(
        _tail(found.value - low, found.value - found.low, found.confidence),
        _tail(high - found.value, found.high - found.value, found.confidence),
    )


def chance_of_order(first: Estimate, second: Estimate) -> float:
    """Return how probable it is to find the first as far above the second by chance.

    While it is not above. Two-sided, by normal laws as in `chance_within`.
    """
    if first.value <= second.value:
        return 1.0
    half = math.hypot(first.value - first.low, second.high - second.value)
    return _tail(first.value - second.value, half, first.confidence)


def _tail(distance: float, half: float, confidence: float) -> float:
    if distance == math.inf:
        return 0.0  # No limit on this side.
    if not math.isfinite(half) or math.isnan(distance):
        return 1.0
    error = half / normal_deviations(confidence)
    return 2.0 * float(norm.sf(distance / error)) if error else 0.0
