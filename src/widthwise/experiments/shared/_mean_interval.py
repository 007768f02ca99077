"""The mean of a few trials, with Student's interval."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import t

__all__ = ["MeanInterval", "mean_interval"]


@dataclass(frozen=True)
class MeanInterval:
    """A mean, its standard error and its 95 % interval; infinite for one trial."""

    mean: float
    error: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.mean:.4g} (95 % interval {self.low:.4g} to {self.high:.4g})"


def mean_interval(values: Sequence[float]) -> MeanInterval:
    """Return the mean of independent trials; at least one."""
    mean, count = float(np.mean(values)), len(values)
    if count < 2:
        return MeanInterval(mean, math.inf, -math.inf, math.inf)
    error = float(np.std(values, ddof=1)) / math.sqrt(count)
    half = error * float(t.ppf(0.975, count - 1))
    return MeanInterval(mean, error, mean - half, mean + half)
