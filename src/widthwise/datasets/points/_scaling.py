"""Columns brought to mean 0 and standard deviation 1 without losing a digit."""

from dataclasses import dataclass

import numpy as np
import torch

from widthwise.arrays import Array, Bool, Float

__all__ = ["Standardized", "constant_columns", "standardize"]

_ROUNDING = 2 * float(np.finfo(np.float64).eps)


@dataclass(frozen=True)
class Standardized:
    """Standardised columns, and what maps them back: x = mean + scale · z.

    Attributes
    ----------
    points
        z, each column of mean 0 and standard deviation 1 (ddof 0).
    mean, scale
        Mean and standard deviation of each column, in the units of the input.
    rounding
        Norm below which a standardised row is rounding error, not direction.
    """

    points: Float[Array, "n d"]
    mean: Float[Array, " d"]
    scale: Float[Array, " d"]
    rounding: float


def constant_columns(points: Float[Array, "n d"]) -> Bool[Array, " d"]:
    """Say which columns vary by no more than the rounding of their own numbers.

    A column counts as constant when max − min ≤ 2 ε max|x|, ε = 2.2e-16: its values
    then differ in the last bit or two, which carries no information.

    Parameters
    ----------
    points
        Rows of finite numbers.

    Cost
    ----
    O(n d) time, O(d) memory.
    """
    largest = points.amax(dim=0)
    smallest = points.amin(dim=0)
    magnitude = torch.maximum(largest.abs(), smallest.abs())
    return largest - smallest <= _ROUNDING * magnitude  # an infinite range varies


def standardize(points: Float[Array, "n d"]) -> Standardized:
    r"""Subtract each column's mean and divide by its standard deviation (ddof 0).

    .. math:: z_{ij} = (x_{ij} - \bar x_j) / s_j, \qquad
              s_j^2 = \tfrac1n \sum_i (x_{ij} - \bar x_j)^2

    Columns are first scaled by a power of two, which is exact, so that numbers from
    1e-300 to 1e300 neither overflow nor vanish; then shifted by one of their own
    values, so that a large offset costs no digits; the mean is taken in two passes.

    Parameters
    ----------
    points
        Rows of finite numbers; no column may be constant.

    Cost
    ----
    O(n d) time and memory.
    """
    columns = points.detach().cpu().numpy()
    _, exponent = np.frexp(np.abs(columns).max(axis=0))
    scaled = np.ldexp(columns, -exponent)
    shift = _middle_values(scaled)
    offsets = scaled - shift  # exact where the offset dominates (Sterbenz)
    spread, widening = np.frexp(np.abs(offsets).max(axis=0))
    del spread
    offsets = np.ldexp(offsets, -widening)
    mean = offsets.mean(axis=0)
    centred = offsets - mean
    correction = centred.mean(axis=0)
    centred -= correction
    deviation = np.sqrt((centred**2).mean(axis=0))
    total = shift + np.ldexp(mean + correction, widening)
    relative_error = 4 * float(np.finfo(np.float64).eps) / deviation
    return Standardized(
        points=torch.from_numpy(np.ascontiguousarray(centred / deviation)),
        mean=torch.from_numpy(np.ldexp(total, exponent)),
        scale=torch.from_numpy(np.ldexp(deviation, exponent + widening)),
        rounding=float(np.sqrt((relative_error**2).sum())),
    )


def _middle_values(columns: np.ndarray) -> np.ndarray:
    """Return, for each column, one of its own values near the middle."""
    middle = columns.shape[0] // 2
    return np.asarray(np.partition(columns, middle, axis=0)[middle])
