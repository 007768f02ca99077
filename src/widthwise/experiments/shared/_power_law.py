"""Exponents of a power law fitted to values that carry errors."""

import math
from dataclasses import dataclass

import numpy as np

__all__ = ["Exponent", "power_law"]

_DEVIATIONS = 1.959963984540054  # of a normal, for 95 %


@dataclass(frozen=True)
class Exponent:
    """A fitted exponent, its standard error and its 95 % interval."""

    value: float
    error: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.2f} (95 % interval {self.low:.2f} to {self.high:.2f})"


def power_law(
    variables: dict[str, list[float]], values: list[float], log_errors: list[float]
) -> dict[str, Exponent]:
    r"""Fit $\log k = c + \sum_j \alpha_j \log x_j$ by weighted least squares.

    The standard errors follow from those of the values, and are multiplied by
    $\sqrt{\chi^2 / \nu}$ where the points scatter by more than their errors say.

    Parameters
    ----------
    variables
        Columns of positive numbers by name; one that does not vary is left out.
    values, log_errors
        The values and the standard errors of their logarithms, all positive.

    Returns
    -------
    By variable; empty with too few values, no more than there are coefficients.
    """
    moving = [name for name, column in variables.items() if len(set(column)) > 1]
    if not moving or len(values) <= len(moving) + 1:
        return {}
    columns = [np.ones(len(values)), *(np.log(variables[name]) for name in moving)]
    weights = 1.0 / np.asarray(log_errors)
    design = np.stack(columns, axis=1) * weights[:, None]
    wanted = np.log(values) * weights
    found, _, rank, _ = np.linalg.lstsq(design, wanted, rcond=None)
    if rank < len(columns):
        return {}
    chi = float(((design @ found - wanted) ** 2).sum())
    stretch = max(1.0, math.sqrt(chi / (len(values) - len(columns))))
    spread = np.sqrt(np.diag(np.linalg.inv(design.T @ design))) * stretch
    return {
        name: Exponent(
            float(found[place]),
            float(spread[place]),
            float(found[place] - _DEVIATIONS * spread[place]),
            float(found[place] + _DEVIATIONS * spread[place]),
        )
        for place, name in enumerate(moving, start=1)
    }
