"""A confidence interval for a quantile that assumes nothing of the distribution."""

import math
from dataclasses import dataclass

from scipy.stats import binom

from widthwise.errors import InvalidArgumentError

__all__ = ["QuantileInterval", "quantile_interval", "trials_needed"]


@dataclass(frozen=True)
class QuantileInterval:
    """An empirical quantile and its interval; None where no observation serves."""

    estimate: float
    lower: float | None
    upper: float | None


def quantile_interval(
    observations: list[float], probability: float | int, confidence: float | int
) -> QuantileInterval:
    r"""Return the p-quantile with its order-statistic interval.

    The number of observations at or below the quantile is binomial (N, p), or larger in
    law where the distribution has atoms. So $X_{(l)}$ is a lower limit when $P(\mathrm{
    Bin} < l) \le (1 - c)/2$ and $X_{(u)}$ an upper one when $P(\mathrm{Bin} < u) \ge
    (1 + c)/2$.

    Source: Hahn and Meeker (1991), Statistical intervals, section 5.2.
    """
    ordered = sorted(observations)
    count = len(ordered)
    outside = (1 - confidence) / 2
    below = [float(each) for each in binom.cdf(range(count), count, probability)]
    lows = [place for place in range(count) if below[place] <= outside]
    highs = [place for place in range(count) if below[place] >= 1 - outside]
    return QuantileInterval(
        estimate=ordered[min(count, math.ceil(count * probability - 1e-9)) - 1],
        lower=ordered[lows[-1]] if lows else None,
        upper=ordered[highs[0]] if highs else None,
    )


def trials_needed(probability: float | int, confidence: float | int) -> int:
    """Return the fewest observations whose largest is an upper confidence limit."""
    for name, value in (("probability", probability), ("confidence", confidence)):
        if not 0 < value < 1:
            raise InvalidArgumentError(
                f"The {name} is {value!r}; it must lie strictly between 0 and 1."
            )
    return math.ceil(math.log((1 - confidence) / 2) / math.log(probability) - 1e-12)
