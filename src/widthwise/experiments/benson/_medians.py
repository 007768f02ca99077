"""Medians over trials, with intervals that assume nothing of the distribution."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from widthwise.bounds import quantile_interval
from widthwise.experiments.shared import Row

__all__ = ["Median", "bands", "median"]

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

    @property
    def columns(self) -> Row:
        """The median and its interval, as columns of a table."""
        return {"median": self.value, "low": self.low, "high": self.high}

    def __str__(self) -> str:
        return f"{self.value:.3g} (95 % interval {self.low:.3g} to {self.high:.3g})"


def median(values: Sequence[float]) -> Median:
    """Return the median of positive numbers, infinity among them; at least one."""
    found = quantile_interval([float(each) for each in values], 0.5, _CONFIDENCE)
    tenth, _, ninetieth = bands(np.array(values))
    return Median(
        found.estimate,
        0.0 if found.lower is None else found.lower,
        math.inf if found.upper is None else found.upper,
        tenth,
        ninetieth,
    )


def bands(values: np.ndarray) -> list[Any]:
    """Return the tenth percentile, median and ninetieth over the first axis."""
    return [
        np.quantile(values, share, axis=0, method="inverted_cdf").tolist()
        for share in (0.1, 0.5, 0.9)
    ]
