"""Quantiles, with intervals that assume nothing of the distribution."""

import math
from collections.abc import Sequence

import numpy as np
from scipy.stats import binom

from widthwise.arguments import probability as checked
from widthwise.errors import InvalidArgumentError
from widthwise.estimates._estimate import Estimate

__all__ = ["median", "observations_needed", "quantile"]


def quantile(
    values: Sequence[float | int] | np.ndarray,
    probability: float | int,
    confidence: float | int = 0.95,
    *,
    least: float | int = -math.inf,
    most: float | int = math.inf,
) -> Estimate:
    r"""Return the p-quantile with its order-statistic interval.

    The number of observations at or below the quantile is binomial (N, p), or larger in
    law where the distribution has atoms. So $X_{(l)}$ is a lower limit when $P(\mathrm{
    Bin} < l) \le (1 - c)/2$ and $X_{(u)}$ an upper one when $P(\mathrm{Bin} < u) \ge
    (1 + c)/2$.

    Parameters
    ----------
    values
        At least one, infinity among them.
    probability, confidence
        p and c, in (0, 1).
    least, most
        The range of the quantity: the limits where no observation serves.

    Raises
    ------
    InvalidArgumentError
        If there is no value, one is no number, or a probability has no meaning.

    Source
    ------
    Hahn and Meeker (1991), Statistical intervals, section 5.2.
    """
    p = checked(probability, "The probability")
    confidence = checked(confidence, "The confidence")
    given = np.asarray(values)
    if given.ndim != 1 or given.dtype.kind not in "fiub" or np.isnan(given).any():
        raise InvalidArgumentError(
            f"The values are {values!r:.60}; a quantile needs a list of numbers, none "
            "of them NaN. Count what failed as inf."
        )
    ordered = sorted(map(float, given))
    count = len(ordered)
    if count < 1:
        raise InvalidArgumentError("There are 0 values; a quantile needs at least 1.")
    outside = (1 - confidence) / 2
    below = binom.cdf(np.arange(count), count, p)
    lows, highs = np.flatnonzero(below <= outside), np.flatnonzero(below >= 1 - outside)
    return Estimate(
        # 0.3 · 10 is 3.0000000000000004, and the third observation is meant.
        ordered[min(count, max(1, math.ceil(count * p - 1e-9))) - 1],
        ordered[lows[-1]] if lows.size else float(least),
        ordered[highs[0]] if highs.size else float(most),
        confidence,
    )


def median(
    values: Sequence[float | int] | np.ndarray,
    confidence: float | int = 0.95,
    *,
    least: float | int = -math.inf,
    most: float | int = math.inf,
) -> Estimate:
    """Return the median, as `quantile` does; of an even number, the lower middle one.

    Fewer than six values have no interval at 95 %.
    """
    return quantile(values, 0.5, confidence, least=least, most=most)


def observations_needed(probability: float | int, confidence: float | int) -> int:
    r"""Return the fewest observations whose largest is an upper confidence limit.

    The least N with $p^N \le (1 - c) / 2$: so many successes without a failure show a
    probability of p, too.

    Raises
    ------
    InvalidArgumentError
        If a probability has no meaning.
    """
    p = checked(probability, "The probability")
    c = checked(confidence, "The confidence")
    return max(1, math.ceil(math.log((1 - c) / 2) / math.log(p) - 1e-12))
