"""The width at which half of the trials succeed, with its error."""

import math
from dataclasses import dataclass

import numpy as np

from widthwise.estimates import logistic_fit, normal_deviations

__all__ = ["CriticalWidth", "critical_width"]

_FARTHEST = 700.0  # The exponential of more is beyond float64.


@dataclass(frozen=True)
class CriticalWidth:
    """Where a logistic curve in log width crosses one half.

    Attributes
    ----------
    width
        The threshold.
    log_error
        The standard error of its logarithm.
    steepness
        The slope of the log odds in log width; 4 over the transition's width.
    """

    width: float
    log_error: float
    steepness: float

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the width."""
        half = min(normal_deviations() * self.log_error, _FARTHEST)
        return self.width * math.exp(-half), self.width * math.exp(half)


def critical_width(
    widths: list[int], successes: np.ndarray, resamples: np.ndarray
) -> CriticalWidth | None:
    r"""Fit $P(\text{success}) = 1/(1 + e^{-b (\log k - \log k_*)})$.

    The error of $\log k_*$ is the largest of three: from the Fisher information, from
    resampled trials, and $h / \sqrt{12}$, with h the gap in log width around $k_*$ (a
    threshold is not known better than the grid that it lies on).

    Parameters
    ----------
    widths
        Ascending, at least two.
    successes
        Shape (widths, trials), of 0 and 1. A trial has one set of points at all widths,
        so trials are resampled whole.
    resamples
        Shape (times, trials): which trials each resample takes.

    Returns
    -------
    None where success never rises through one half on the grid.

    Source
    ------
    Efron and Tibshirani (1993), An introduction to the bootstrap.
    """
    shares = successes.mean(axis=1)
    if len(widths) < 2 or shares.max() <= 0.5 or shares.min() > 0.5:
        return None
    logs = np.log(np.asarray(widths, dtype=float))
    middle = float(logs.mean())
    counts = successes.sum(axis=1)[None, :]
    if resamples.size:
        counts = np.vstack([counts, successes[:, resamples].sum(axis=2).T])
    fit = logistic_fit(logs - middle, counts, successes.shape[1])
    slopes = fit.coefficients[:, 1]
    if slopes[0] <= 0:
        return None
    rising = slopes > 0
    places = middle - fit.coefficients[rising, 0] / slopes[rising]
    place = float(places[0])
    if not logs[0] <= place <= logs[-1]:
        return None
    gradient = np.array([-1.0, middle - place]) / slopes[0]
    fisher = math.sqrt(max(float(gradient @ fit.covariances[0] @ gradient), 0.0))
    spread = float(np.std(places[1:])) if len(places) > 2 else 0.0
    above = min(max(int(np.searchsorted(logs, place)), 1), len(logs) - 1)
    gap = float(logs[above] - logs[above - 1])
    error = max(fisher, spread, gap / math.sqrt(12.0))
    return CriticalWidth(math.exp(place), error, float(slopes[0]))
