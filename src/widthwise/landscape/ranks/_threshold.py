"""The width at which a probability crosses one half, fitted with its error."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from widthwise.errors import InvalidArgumentError

__all__ = ["Threshold", "ThresholdTrend", "fit_threshold", "fit_trend"]

_STEPS = 200


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
    """

    value: float | None
    standard_error: float | None
    lower: float
    upper: float
    steepness: float | None


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
    """

    slope: float
    slope_error: float
    intercept: float
    intercept_error: float
    chi_square: float
    degrees_of_freedom: int


def fit_threshold(
    widths: Sequence[float | int], successes: Sequence[int], trials: int
) -> Threshold:
    r"""Fit $\operatorname{logit} P = a + b d_1$; return the width -a/b.

    The likelihood is penalized by the root of the information's determinant (Jeffreys'
    prior), which removes the bias of first order and keeps the fit finite where a width
    without a success is followed at once by one without a failure.

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
    centre, spread = x.mean(), x.std()
    design = np.stack([np.ones_like(x), (x - centre) / spread], axis=1)
    (a, b), covariance, fitted = _penalized_fit(design, y, trials)
    if b <= 0:  # A fraction that falls with the width has no such threshold.
        return Threshold(None, None, lower, upper, float(b / spread))
    variance = trials * fitted * (1 - fitted)
    statistic = float(((y - trials * fitted) ** 2 / np.maximum(variance, 1e-12)).sum())
    excess = max(1.0, statistic / (len(x) - 2)) if len(x) > 2 else 1.0
    gradient = np.array([-1 / b, a / b**2]) * spread
    error = math.sqrt(float(gradient @ covariance @ gradient) * excess)
    return Threshold(
        value=float(centre - spread * a / b),
        standard_error=error,
        lower=lower,
        upper=upper,
        steepness=float(b / spread),
    )


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
        If fewer than two have a value.
    """
    kept = [
        (float(n), each.value, each.standard_error)
        for n, each in zip(point_counts, thresholds, strict=True)
        if each.value is not None and each.standard_error is not None
    ]
    if len(kept) < 2:
        raise InvalidArgumentError(
            f"{len(kept)} of {len(thresholds)} thresholds lie among the widths tried; "
            "a line needs two. Try other widths."
        )
    n, value, error = (np.array(each, dtype=np.float64) for each in zip(*kept))  # noqa: B905
    design = np.stack([np.ones_like(n), n], axis=1) / error[:, None]
    covariance = np.linalg.inv(design.T @ design)
    intercept, slope = covariance @ design.T @ (value / error)
    residuals = (value - intercept - slope * n) / error
    chi_square, freedom = float(residuals @ residuals), len(kept) - 2
    excess = max(1.0, chi_square / freedom) if freedom else 1.0
    errors = np.sqrt(np.diag(covariance) * excess)
    return ThresholdTrend(
        slope=float(slope),
        slope_error=float(errors[1]),
        intercept=float(intercept),
        intercept_error=float(errors[0]),
        chi_square=chi_square,
        degrees_of_freedom=freedom,
    )


def _penalized_fit(
    design: np.ndarray, successes: np.ndarray, trials: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Coefficients, their covariance and the fitted probabilities."""
    beta = np.zeros(2)
    value, gradient, covariance, fitted = _penalized(design, successes, trials, beta)
    for _ in range(_STEPS):
        step = covariance @ gradient
        size = 1.0
        while size > 1e-9:
            found = _penalized(design, successes, trials, beta + size * step)
            if found[0] >= value:
                break
            size /= 2
        else:
            break  # No better point along the step: this is the maximum.
        beta = beta + size * step
        value, gradient, covariance, fitted = found
        if float(np.abs(size * step).max()) < 1e-10 * (1 + float(np.abs(beta).max())):
            break
    return beta, covariance, fitted


def _penalized(
    design: np.ndarray, successes: np.ndarray, trials: int, beta: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray, np.ndarray]:
    """Penalized log likelihood, its gradient, inverse information, probabilities."""
    eta = np.clip(design @ beta, -300.0, 300.0)
    fitted = 1 / (1 + np.exp(-eta))
    weight = np.maximum(trials * fitted * (1 - fitted), 1e-290)
    information = (design * weight[:, None]).T @ design
    determinant = float(np.linalg.det(information))
    if determinant <= 0.0:
        return -math.inf, np.zeros(2), np.eye(2), fitted
    covariance = np.linalg.inv(information)
    leverage = weight * np.einsum("ij,jk,ik->i", design, covariance, design)
    residuals = successes - trials * fitted + leverage * (0.5 - fitted)
    likelihood = float(successes @ eta - trials * np.logaddexp(0.0, eta).sum())
    penalized = likelihood + 0.5 * math.log(determinant)
    return penalized, design.T @ residuals, covariance, fitted
