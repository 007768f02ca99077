"""The confidence interval of a quantile, under its public name."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from widthwise.estimates import quantile

__all__ = ["QuantileInterval", "quantile_interval"]


@dataclass(frozen=True)
class QuantileInterval:
    """An empirical quantile and its interval; None where no observation serves.

    Examples
    --------
    >>> import widthwise as ww
    >>> found = ww.bounds.quantile_interval([*map(float, range(100))], 0.5, 0.95)
    >>> found.lower < found.estimate < found.upper
    True
    """

    estimate: float
    lower: float | None
    upper: float | None


def quantile_interval(
    observations: Sequence[float], probability: float | int, confidence: float | int
) -> QuantileInterval:
    """Return the p-quantile with its order-statistic interval, as `quantile` does.

    Examples
    --------
    >>> import widthwise as ww
    >>> found = ww.bounds.quantile_interval([*map(float, range(100))], 0.5, 0.95)
    >>> found.lower < 50 < found.upper
    True
    """
    # NaN tells a limit that no observation serves from an observation that is infinite.
    found = quantile(
        observations, probability, confidence, least=math.nan, most=math.nan
    )
    return QuantileInterval(
        estimate=found.value,
        lower=None if math.isnan(found.low) else found.low,
        upper=None if math.isnan(found.high) else found.high,
    )
