"""Medians over trials, with intervals that assume nothing of the distribution."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from widthwise.bounds import quantile_interval

__all__ = ["Median", "is_below", "median"]

_CONFIDENCE = 0.95


@dataclass(frozen=True)
class Median:
    """A median, its 95 % interval, and where the middle 80 % of the trials lie.

    Fewer than six trials have no such interval; its ends are then 0 and infinity.
    """

    value: float
    low: float
    high: float
    tenth: float
    ninetieth: float

    def __str__(self) -> str:
        return f"{self.value:.3g} (95 % interval {self.low:.3g} to {self.high:.3g})"


def median(values: Sequence[float]) -> Median:
    """Return the median of positive numbers, infinity among them; at least one."""
    found = quantile_interval([float(each) for each in values], 0.5, _CONFIDENCE)
    tenth, ninetieth = (
        float(np.quantile(np.array(values), share, method="inverted_cdf"))
        for share in (0.1, 0.9)
    )
    return Median(
        found.estimate,
        0.0 if found.lower is None else found.lower,
        math.inf if found.upper is None else found.upper,
        tenth,
        ninetieth,
    )


def is_below(first: Median, second: Median) -> bool | None:
    """Say whether the first median is below the second; None if intervals overlap."""
    if first.high < second.low:
        return True
    if second.high < first.low:
        return False
    return None
