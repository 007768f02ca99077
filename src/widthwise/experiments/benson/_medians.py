"""Medians over trials of positive numbers, and where most of the trials lie."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from widthwise import estimates
from widthwise.estimates import Estimate
from widthwise.experiments.shared import Row

__all__ = ["bands", "interval_columns", "median"]


def median(values: Sequence[float] | np.ndarray) -> Estimate:
    """Return the median of positive numbers, infinity among them; at least one.

    Fewer than six trials have no interval; its ends are then 0 and infinity.
    """
    return estimates.median(values, least=0.0)


def interval_columns(found: Estimate) -> Row:
    """Return a median and its interval as columns of a table."""
    return {"median": found.value, "low": found.low, "high": found.high}


def bands(values: np.ndarray) -> list[Any]:
    """Return the tenth percentile, median and ninetieth over the first axis."""
    return [
        np.quantile(values, share, axis=0, method="inverted_cdf").tolist()
        for share in (0.1, 0.5, 0.9)
    ]
