"""Columns brought to mean 0 and standard deviation 1 without losing a digit."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from widthwise.arrays import Array, Bool, Float, row_blocks
from widthwise.datasets.points._powers import divided

if TYPE_CHECKING:
    from widthwise.numerics.double_double import DoubleDouble

__all__ = ["Standardized", "constant_columns", "standardize"]

_EPS = float(np.finfo(np.float64).eps)
_ROUNDING = 2 * _EPS
_MEAN_ERROR = 2.0**-96  # of sums of at most 2^8 levels of double-double additions
_DIGITS, _FEW_DIGITS = 53, 40


@dataclass(frozen=True)
class Standardized:
    """Standardised columns, and what maps them back: x = mean + scale · z.

    Attributes
    ----------
    points
        z, each column of mean 0 and standard deviation 1 (ddof 0). Each entry is right
        to 3 ε of itself, also where x is next to the mean.
    mean, scale
        Mean and standard deviation of each column, in the units of the input.
    row_errors
        How far each row may lie from that of the numbers which were meant: half a unit
        in the last place of each x, and their part in the mean. Whole numbers, and
        binary fractions of few digits, are taken to be what was meant.
    """

    points: Float[Array, "n d"]
    mean: Float[Array, " d"]
    scale: Float[Array, " d"]
    row_errors: Float[Array, " n"]


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


def standardize(points: Float[Array, "n d"], *, in_place: bool = False) -> Standardized:
    r"""Subtract each column's mean and divide by its standard deviation (ddof 0).

    .. math:: z_{ij} = (x_{ij} - \bar x_j) / s_j, \qquad
              s_j^2 = \tfrac1n \sum_i (x_{ij} - \bar x_j)^2

    Columns are first scaled by a power of two, which is exact, so that numbers from
    1e-300 to 1e300 neither overflow nor vanish. Means and differences are taken with 32
    digits and rounded once: rows that are opposite, or on one ray, after this in exact
    arithmetic are so to a few ε.

    Parameters
    ----------
    points
        Rows of finite numbers; no column may be constant.
    in_place
        Whether the result may take the place of the points.

    Cost
    ----
    O(n d) time, some 80 operations a number; memory for one copy, or none in place.
    """
    columns = points.detach().cpu().numpy()
    _, exponent = np.frexp(np.maximum(columns.max(axis=0), -columns.min(axis=0)))
    blocks = list(row_blocks(*columns.shape))
    mean, size, is_rounded = _means(columns, exponent, blocks)
    squares = np.zeros(columns.shape[1])
    for block in blocks:
        moved = (-mean + divided(columns[block], exponent)).high
        squares += np.einsum("ij,ij->j", moved, moved)
    deviation = np.sqrt(squares / len(columns))
    unit = np.where(is_rounded, _EPS / 2, 0.0) / deviation
    known = float(((_MEAN_ERROR / deviation) ** 2).sum())
    errors = np.empty(len(columns))
    centred = columns if in_place else np.empty_like(columns)
    for block in blocks:
        scaled = divided(columns[block], exponent)
        centred[block] = (-mean + scaled).high / deviation
        moved = unit * (np.abs(scaled) + size)
        errors[block] = np.sqrt(np.einsum("ij,ij->i", moved, moved) + known)
    return Standardized(
        points=torch.from_numpy(centred),
        mean=torch.from_numpy(np.ldexp(mean.high, exponent)),
        scale=torch.from_numpy(np.ldexp(deviation, exponent)),
        row_errors=torch.from_numpy(errors),
    )


def _means(
    columns: np.ndarray, exponent: np.ndarray, blocks: list[slice]
) -> tuple["DoubleDouble", np.ndarray, np.ndarray]:
    """Return the means of scaled columns and of their sizes, and which are rounded.

    Whole numbers, and binary fractions of few digits, count as what was meant; of other
    numbers, such as 0.1, the last digit is the rounding of a decimal.
    """
    # Loads SciPy, which most readers of the door spare.
    from widthwise.numerics.double_double import DoubleDouble, exact

    width, count = columns.shape[1], float(len(columns))
    total, size = exact(np.zeros(width)), np.zeros(width)
    is_whole, is_short = exponent <= _DIGITS, np.ones(width, dtype=bool)
    for block in blocks:
        scaled = divided(columns[block], exponent)
        size += np.abs(scaled).sum(axis=0)
        is_whole &= (columns[block] == np.rint(columns[block])).all(axis=0)
        digits = scaled * 2.0**_FEW_DIGITS
        is_short &= (digits == np.rint(digits)).all(axis=0)
        part = exact(scaled)
        while (rows := len(part.high)) > 1:
            half = rows // 2
            pairs = part[:half] + part[half : 2 * half]
            part = DoubleDouble(
                np.concatenate([pairs.high, part.high[2 * half :]]),
                np.concatenate([pairs.low, part.low[2 * half :]]),
            )
        total = total + part[0]
    return total / count, size / count, ~(is_whole | is_short)
