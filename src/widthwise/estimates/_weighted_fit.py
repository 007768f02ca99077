"""Least squares through values that carry errors."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from widthwise.equality import equal_by_value
from widthwise.errors import InvalidArgumentError

__all__ = ["WeightedFit", "normal_deviations", "weighted_fit"]


@dataclass(frozen=True, eq=False)
class WeightedFit:
    """Coefficients with their errors.

    Attributes
    ----------
    coefficients, errors
        Shape (k,). The standard errors follow from those of the values, multiplied by
        the root of chi-square per degree of freedom where that exceeds 1.
    chi_square, degrees_of_freedom
        Of the residuals in units of the values' errors; n - k.
    """

    __eq__ = equal_by_value

    coefficients: np.ndarray
    errors: np.ndarray
    chi_square: float
    degrees_of_freedom: int


def weighted_fit(
    design: np.ndarray, values: np.ndarray, errors: np.ndarray
) -> WeightedFit | None:
    r"""Minimise $\sum_i (y_i - (A \beta)_i)^2 / e_i^2$.

    Parameters
    ----------
    design
        A, shape (n, k), n at least k.
    values, errors
        y and e, shape (n,); errors positive.

    Returns
    -------
    None where the columns of A are dependent.

    Raises
    ------
    InvalidArgumentError
        If there are fewer values than coefficients.
    """
    count, columns = design.shape
    if count < columns:
        raise InvalidArgumentError(
            f"There are {count} values for {columns} coefficients; as many or more are "
            "needed."
        )
    scaled, wanted = design / errors[:, None], values / errors
    found, _, rank, _ = np.linalg.lstsq(scaled, wanted, rcond=None)
    if rank < columns:
        return None
    chi_square, freedom = float(((scaled @ found - wanted) ** 2).sum()), count - columns
    excess = max(1.0, chi_square / freedom) if freedom else 1.0
    spread = np.sqrt(np.diag(np.linalg.inv(scaled.T @ scaled)) * excess)
    return WeightedFit(found, spread, chi_square, freedom)


def normal_deviations(confidence: float | int = 0.95) -> float:
    """Return how many standard errors to each side hold so much of a normal: 1.96."""
    return float(norm.ppf((1 + confidence) / 2)) if confidence < 1 else math.inf
