"""Exponents of a power law fitted to values that carry errors."""

from collections.abc import Mapping, Sequence

import numpy as np

from widthwise.arguments import probability
from widthwise.estimates._estimate import Estimate
from widthwise.estimates._weighted_fit import normal_deviations, weighted_fit

__all__ = ["power_law"]


def power_law(
    variables: Mapping[str, Sequence[float | int]],
    values: Sequence[float | int],
    log_errors: Sequence[float | int],
    confidence: float | int = 0.95,
) -> dict[str, Estimate]:
    r"""Fit $\log k = c + \sum_j \alpha_j \log x_j$ by weighted least squares.

    The standard errors follow from those of the values, and are multiplied by
    $\sqrt{\chi^2 / \nu}$ where the points scatter by more than their errors say.

    Parameters
    ----------
    variables
        Columns of positive numbers by name; one that does not vary is left out.
    values, log_errors
        The values and the standard errors of their logarithms, all positive.
    confidence
        Of the intervals, for normal errors.

    Returns
    -------
    The exponents by variable; empty with too few values, no more than there are
    coefficients, or where two variables vary alike.
    """
    confidence = probability(confidence, "The confidence")
    moving = [name for name, column in variables.items() if len(set(column)) > 1]
    if not moving or len(values) <= len(moving) + 1:
        return {}
    columns = [np.ones(len(values)), *(np.log(variables[name]) for name in moving)]
    fit = weighted_fit(
        np.stack(columns, axis=1), np.log(values), np.asarray(log_errors, dtype=float)
    )
    if fit is None:
        return {}
    wide = normal_deviations(confidence)
    return {
        name: Estimate(
            value, value - wide * error, value + wide * error, confidence, error
        )
        for name, value, error in zip(
            moving, fit.coefficients[1:].tolist(), fit.errors[1:].tolist(), strict=True
        )
    }
