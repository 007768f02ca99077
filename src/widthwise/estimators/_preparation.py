r"""What is done to a row before a network sees it, learned once and applied to any row.

As `diagnose` prepares points: columns get mean 0 and standard deviation 1, a constant
coordinate 1 is appended, which plays the part of a bias, and rows are divided by their
norms, so that they lie on the unit sphere.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch

from widthwise import arguments
from widthwise.arrays import Array, Float
from widthwise.datasets import project_to_sphere
from widthwise.equality import equal_by_value

__all__ = ["Preparation", "learned_preparation"]

_EPS = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, eq=False)
class Preparation:
    """A map from rows as they are given to the points of a network.

    Attributes
    ----------
    center, spread
        Shape (d,). Subtracted from each column, and divided by; a spread of inf leaves
        out a column that was constant in training.
    has_bias
        Whether a coordinate 1 is appended.
    is_projected
        Whether rows are divided by their norms.
    norm
        What rows are divided by where they are not projected: the root mean square
        of the norms in training.
    """

    __eq__ = equal_by_value

    center: np.ndarray
    spread: np.ndarray
    has_bias: bool
    is_projected: bool
    norm: float

    def points(self, rows: Float[np.ndarray, "n d"]) -> Float[Array, "n p"]:
        """Return the points of these rows, float64.

        Raises
        ------
        DataError
            If a row is zero without a bias, so that it has no direction.
        """
        found = self.shifted(rows)
        if self.is_projected:
            return project_to_sphere(torch.from_numpy(found))
        return torch.from_numpy(found / self.norm)

    def shifted(self, rows: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "n p"]:
        """Return the rows scaled, with their constant."""
        found = (np.asarray(rows, dtype=np.float64) - self.center) / self.spread
        if not self.has_bias:
            return np.ascontiguousarray(found)
        return np.column_stack([found, np.ones(len(found))])


def learned_preparation(
    rows: Float[np.ndarray, "n d"],
    weights: Float[np.ndarray, " n"] | None,
    *,
    scale: str | None,
    bias: bool,
    project: bool,
) -> Preparation:
    r"""Learn the preparation from the rows of training.

    Parameters
    ----------
    rows
        Finite numbers.
    weights
        How much each row counts in means and deviations.
    scale
        "standard", or None to leave the columns as they are.
    bias
        Whether to append a coordinate 1.
    project
        Whether to divide each row by its norm.

    Raises
    ------
    InvalidArgumentError
        If `scale` is another word.
    """
    if scale is not None:
        arguments.choice(scale, "scale", ("standard",), advice="Or None for none.")
    count, dimension = rows.shape
    shares = np.full(count, 1.0 / count)
    if weights is not None:
        shares = weights / weights.sum()
    center, spread = np.zeros(dimension), np.ones(dimension)
    if scale is not None:
        center, spread = _moments(np.asarray(rows, dtype=np.float64), shares)
    plain = Preparation(center, spread, bias, project, 1.0)
    if project:
        return plain
    shifted = plain.shifted(rows)
    norm = math.sqrt(float(shares @ np.einsum("ij,ij->i", shifted, shifted)))
    return Preparation(center, spread, bias, project, norm or 1.0)


def _moments(rows: np.ndarray, shares: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return weighted means and deviations, those of constant columns inf.

    In units of the largest entry, a power of two, so that no square overflows.
    """
    counted = rows[shares > 0.0]
    size = np.abs(counted).max(axis=0)
    _, exponent = np.frexp(size)
    scaled = np.ldexp(rows, -exponent)
    mean = shares @ scaled
    mean += shares @ (scaled - mean)  # What rounding left.
    deviation = np.sqrt(shares @ (scaled - mean) ** 2)
    span = np.ptp(counted, axis=0)
    is_constant = (span <= 2 * _EPS * size) | (deviation == 0.0)
    spread = np.where(is_constant, np.inf, np.ldexp(deviation, exponent))
    return np.ldexp(mean, exponent), spread
