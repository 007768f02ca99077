"""How thresholds grow with the number of points, and the limits of a share."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from widthwise.errors import InvalidArgumentError
from widthwise.estimates import Threshold, share, weighted_fit

__all__ = ["ThresholdTrend", "binomial_interval", "fit_trend"]


@dataclass(frozen=True)
class ThresholdTrend:
    """A straight line through thresholds: value = intercept + slope n.

    Attributes
    ----------
    slope, slope_error, intercept, intercept_error
        By weighted least squares; the errors are multiplied by the root of chi-square
        per degree of freedom where that exceeds 1.
    chi_square, degrees_of_freedom
        Of the line.

    Examples
    --------
    >>> import widthwise as ww
    >>> fitted = ww.landscape.fit_threshold([2, 4, 8, 16], [0, 4, 16, 20], trials=20)
    >>> found = ww.landscape.fit_trend([10, 20, 30], [fitted, fitted, fitted])
    >>> round(found.slope, 6), found.degrees_of_freedom
    (0.0, 1)
    """

    slope: float
    slope_error: float
    intercept: float
    intercept_error: float
    chi_square: float
    degrees_of_freedom: int


def fit_trend(
    point_counts: Sequence[int], thresholds: Sequence[Threshold]
) -> ThresholdTrend:
    """Fit a line to the thresholds that have a value.

    Parameters
    ----------
    point_counts
        n, one for each threshold.
    thresholds
        From `fit_threshold`; those without a value are left out.

    Raises
    ------
    InvalidArgumentError
        If fewer than two have a value, at different n.

    Examples
    --------
    >>> import widthwise as ww
    >>> fitted = ww.landscape.fit_threshold([2, 4, 8, 16], [0, 4, 16, 20], trials=20)
    >>> round(ww.landscape.fit_trend([10, 20, 30], [fitted, fitted, fitted]).slope, 6)
    0.0
    """
    kept = [
        (float(n), each.value, each.standard_error)
        for n, each in zip(point_counts, thresholds, strict=True)
        if each.value is not None and each.standard_error is not None
    ]
    found = None
    if len({n for n, _, _ in kept}) > 1:
        n, values, errors = np.array(kept, dtype=np.float64).T
        design = np.stack([np.ones_like(n), n], axis=1)
        found = weighted_fit(design, values, errors)
    if found is None:
        raise InvalidArgumentError(
            f"{len(kept)} of {len(thresholds)} thresholds lie among the widths tried; "
            "a line needs two. Try other widths."
        )
    (intercept, slope), (intercept_error, slope_error) = (
        each.tolist() for each in (found.coefficients, found.errors)
    )
    return ThresholdTrend(
        slope=slope,
        slope_error=slope_error,
        intercept=intercept,
        intercept_error=intercept_error,
        chi_square=found.chi_square,
        degrees_of_freedom=found.degrees_of_freedom,
    )


def binomial_interval(
    successes: int, trials: int, confidence: float | int = 0.95
) -> tuple[float, float]:
    """Return the Clopper-Pearson limits of a proportion, as `estimates.share` does.

    Examples
    --------
    >>> import widthwise as ww
    >>> low, high = ww.landscape.binomial_interval(8, 10)
    >>> round(low, 3), round(high, 3)
    (0.444, 0.975)
    """
    found = share(successes, trials, confidence)
    return found.low, found.high
