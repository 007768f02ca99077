r"""What is done to a row before a network sees it, learned once and applied to any row.

As `diagnose` prepares points: columns get mean 0 and standard deviation 1, a constant
coordinate 1 is appended, which plays the part of a bias, and rows are divided by their
norms, so that they lie on the unit sphere.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from scipy.sparse import csr_array, issparse

from widthwise import arguments
from widthwise.arrays import Array, Float
from widthwise.datasets import project_to_sphere
from widthwise.equality import equal_by_value

__all__ = ["Preparation", "Rows", "learned_preparation", "parts", "unchanged"]

Rows = Any
"""Shape (n, d): an array, or a sparse matrix in rows."""

# Entries that are made dense at once, 32 MB: weights are drawn anew for each block.
_DENSE = 2**22
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

    def points(self, rows: Rows) -> Float[Array, "n p"]:
        """Return the points of these rows, dense in float64.

        Raises
        ------
        DataError
            If a row is zero without a bias, so that it has no direction.
        """
        found = self.shifted(rows)
        if self.is_projected:
            return project_to_sphere(torch.from_numpy(found))
        return torch.from_numpy(found / self.norm)

    def shifted(self, rows: Rows) -> Float[np.ndarray, "n p"]:
        """Return the rows scaled, dense, with their constant."""
        if issparse(rows):
            rows = rows.toarray()
        found = (np.asarray(rows, dtype=np.float64) - self.center) / self.spread
        if not self.has_bias:
            return np.ascontiguousarray(found)
        return np.column_stack([found, np.ones(len(found))])


def parts(rows: Rows, most: int) -> Iterator[slice]:
    """Yield rows to work on at once, fewer where they are sparse and get dense."""
    count, dimension = rows.shape
    if issparse(rows):
        most = max(1, min(most, _DENSE // max(1, dimension)))
    for top in range(0, count, most):
        yield slice(top, top + most)


def learned_preparation(
    rows: Rows,
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
        find = _sparse_moments if issparse(rows) else _moments
        center, spread = find(rows.astype(np.float64), shares)
    plain = Preparation(center, spread, bias, project, 1.0)
    if project:
        return plain
    square = 0.0
    for part in parts(rows, count):
        shifted = plain.shifted(rows[part])
        square += float(shares[part] @ np.einsum("ij,ij->i", shifted, shifted))
    norm = math.sqrt(square)
    return Preparation(center, spread, bias, project, norm or 1.0)


def unchanged(dimension: int, *, bias: bool, project: bool) -> Preparation:
    """Return a preparation of so many columns that learns nothing of any row."""
    return Preparation(np.zeros(dimension), np.ones(dimension), bias, project, 1.0)


def _moments(rows: np.ndarray, shares: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return weighted means and deviations, those of constant columns inf.

    In units of the largest entry, a power of two, so that no square overflows.
    """
    counted = rows[shares > 0.0]
    size = np.abs(counted).max(axis=0)
    _, exponent = np.frexp(size)
    span = np.ptp(counted, axis=0)
    scaled = np.ldexp(rows, -exponent)
    mean = shares @ scaled
    mean += shares @ (scaled - mean)  # What rounding left.
    variance = shares @ (scaled - mean) ** 2
    return np.ldexp(mean, exponent), _spread(variance, span, size, exponent)


def _sparse_moments(rows: Any, shares: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the same of a sparse matrix, from its entries that are not zero."""
    counted = csr_array(rows)[np.flatnonzero(shares > 0.0)]
    highest, lowest = (
        each.toarray().ravel() for each in (counted.max(0), counted.min(0))
    )
    size = np.maximum(np.abs(highest), np.abs(lowest))
    _, exponent = np.frexp(size)
    entries = csr_array(rows).tocoo()
    column, share = entries.col, shares[entries.row]
    scaled, many = np.ldexp(entries.data, -exponent[column]), rows.shape[1]
    mean = np.bincount(column, share * scaled, many)
    away = np.square(scaled - mean[column])
    zeros = 1.0 - np.bincount(column, share, many)
    variance = np.bincount(column, share * away, many) + zeros.clip(0.0) * mean**2
    spread = _spread(variance, highest - lowest, size, exponent)
    return np.ldexp(mean, exponent), spread


def _spread(
    variance: np.ndarray, span: np.ndarray, size: np.ndarray, exponent: np.ndarray
) -> np.ndarray:
    is_constant = (span <= 2 * _EPS * size) | (variance == 0.0)
    return np.where(is_constant, np.inf, np.ldexp(np.sqrt(variance), exponent))
