"""The mean of a few trials, with Student's interval."""

import math
from collections.abc import Sequence

import numpy as np
from scipy.stats import t

from widthwise.arguments import probability
from widthwise.errors import InvalidArgumentError
from widthwise.estimates._estimate import Estimate

__all__ = ["mean"]


def mean(
    values: Sequence[float | int] | np.ndarray, confidence: float | int = 0.95
) -> Estimate:
    r"""Return the mean of independent trials: $\bar x \pm t_{n-1} s / \sqrt n$.

    Parameters
    ----------
    values
        At least one; of one alone the interval is the whole line.
    confidence
        In (0, 1); exact for normal values.

    Raises
    ------
    InvalidArgumentError
        If there is no value, or the confidence has no meaning.
    """
    confidence = probability(confidence, "The confidence")
    count = len(values)
    if count < 1:
        raise InvalidArgumentError("There are 0 values; a mean needs at least 1.")
    found = float(np.mean(values))
    if count < 2:
        return Estimate(found, -math.inf, math.inf, confidence, math.inf)
    error = float(np.std(values, ddof=1)) / math.sqrt(count)
    half = error * float(t.ppf((1 + confidence) / 2, count - 1))
    return Estimate(found, found - half, found + half, confidence, error)
