"""Where a probability of success crosses one half, with its error."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from widthwise.errors import InvalidArgumentError
from widthwise.estimates._estimate import Estimate
from widthwise.estimates._logistic_fit import logistic_fit
from widthwise.estimates._weighted_fit import normal_deviations

__all__ = ["Threshold", "threshold"]


@dataclass(frozen=True)
class Threshold:
    """Where a success probability crosses one half as the width grows.

    Attributes
    ----------
    value
        The width, not a whole number; None where no width tried is on one of its sides.
    standard_error
        Of `value`, from the fit's information matrix, multiplied by the root of the
        Pearson statistic per degree of freedom where that exceeds 1.
    lower, upper
        The widest width of a fraction below one half and the narrowest of one above it
        (-inf, inf where there is none): what is known without a fit.
    steepness
        The growth of the log odds with each unit.

    Examples
    --------
    >>> import widthwise as ww
    >>> found = ww.landscape.fit_threshold([2, 4, 8, 16], [0, 4, 16, 20], 20)
    >>> 4 < found.value < 8
    True
    """

    value: float | None
    standard_error: float | None
    lower: float
    upper: float
    steepness: float | None

    def estimate(
        self, confidence: float | int = 0.95, *, in_logs: bool = False
    ) -> Estimate | None:
        """Return it with its normal interval; None where it was not found.

        Parameters
        ----------
        confidence
            In (0, 1).
        in_logs
            Whether it is the logarithm of a width: the estimate is then of the width.
        """
        if self.value is None or self.standard_error is None:
            return None
        half = normal_deviations(confidence) * self.standard_error
        value, error = self.value, self.standard_error
        low, high = value - half, value + half
        if in_logs:
            value, low, high = math.exp(value), math.exp(low), math.exp(high)
            error *= value
        return Estimate(value, low, high, confidence, error)


def threshold(
    widths: Sequence[float | int], successes: Sequence[int], trials: int
) -> Threshold:
    r"""Fit $\operatorname{logit} P = a + b d_1$; return the width -a/b.

    By `logistic_fit`, so it is finite where no width has both outcomes.

    Parameters
    ----------
    widths
        d1, ascending; at least 2. With their logarithms the fit is a logistic curve in
        log d1, and the threshold a logarithm.
    successes
        For each width, from 0 to `trials`.
    trials
        For each width.

    Raises
    ------
    InvalidArgumentError
        If there are fewer than two widths or the numbers do not fit.

    Source
    ------
    Firth (1993), Bias reduction of maximum likelihood estimates.

    Examples
    --------
    >>> import widthwise as ww
    >>> found = ww.landscape.fit_threshold([2, 4, 8, 16], [0, 4, 16, 20], 20)
    >>> found.lower < found.value < found.upper
    True
    """
    x = np.asarray(widths, dtype=np.float64)
    y = np.asarray(successes, dtype=np.float64)
    if len(x) < 2 or len(x) != len(y) or (np.diff(x) <= 0).any():
        raise InvalidArgumentError(
            f"There are {len(x)} widths and {len(y)} counts; two or more widths, "
            "ascending, each with its count, are needed."
        )
    if trials < 1 or (y < 0).any() or (y > trials).any():
        raise InvalidArgumentError(
            f"The successes run from {y.min():g} to {y.max():g} in {trials} trials; "
            "each must lie from 0 to the number of trials."
        )
    below, above = x[2 * y < trials], x[2 * y > trials]
    lower = float(below.max()) if below.size else -math.inf
    upper = float(above.min()) if above.size else math.inf
    if not (below.size and above.size):
        return Threshold(None, None, lower, upper, None)
    centre = float(x.mean())  # So that -a/b is the small distance from the middle.
    fit = logistic_fit(x - centre, y, trials)
    (a, b), covariance, fitted = fit.coefficients[0], fit.covariances[0], fit.fitted[0]
    if b <= 0:  # A fraction that falls with the width has no such threshold.
        return Threshold(None, None, lower, upper, float(b))
    variance = trials * fitted * (1 - fitted)
    statistic = float(((y - trials * fitted) ** 2 / np.maximum(variance, 1e-12)).sum())
    excess = max(1.0, statistic / (len(x) - 2)) if len(x) > 2 else 1.0
    gradient = np.array([-1 / b, a / b**2])
    error = math.sqrt(float(gradient @ covariance @ gradient) * excess)
    return Threshold(float(centre - a / b), error, lower, upper, float(b))
