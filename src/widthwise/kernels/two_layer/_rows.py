"""The points of a kernel, one set or two, as directions and norms."""

import math
from dataclasses import dataclass

import numpy as np

from widthwise.arguments import require_finite, require_matrix
from widthwise.arrays import Array, PointsLike, real_tensor
from widthwise.errors import DataError, InvalidArgumentError
from widthwise.kernels.two_layer._correlations import norm_tolerance

__all__ = ["Rows", "read_rows"]

_SAME = 16 * 2.0**-52
"""Norms this near one another, relatively, count as one norm."""


@dataclass(frozen=True, eq=False)
class Rows:
    r"""Points $x = |x| u$, those of a second set after those of the first.

    Attributes
    ----------
    directions
        Shape (N, d), the u, of norm one to rounding; the first axis for a zero row.
    norms
        Shape (N,); None where every row has norm one up to its type's rounding.
    first
        How many rows the first set has; None for one set.
    dimension
        d as the weights see it, an appended bias included.
    """

    directions: np.ndarray
    norms: np.ndarray | None
    first: int | None
    dimension: int

    @property
    def common_norm(self) -> float | None:
        """The norm that all rows share, or None."""
        if self.norms is None:
            return 1.0
        low, high = float(self.norms.min()), float(self.norms.max())
        return high if low > 0 and high - low <= _SAME * high else None


def read_rows(
    points: PointsLike,
    other: PointsLike | None,
    weight_std: float = 1.0,
    bias_std: float = 0.0,
) -> Rows:
    r"""Read one or two sets of points; x becomes $(s_w x, s_b)$.

    Raises
    ------
    InvalidArgumentError
        If the sets' columns differ.
    DataError
        If a set is no matrix with rows and columns, a number is complex or not finite,
        or the points require gradients.
    """
    sets = [("points", points)] + (
        [("other points", other)] if other is not None else []
    )
    read = [_matrix(each, name) for name, each in sets]
    if len({each.shape[1] for each, _ in read}) > 1:
        raise InvalidArgumentError(
            f"The points have {read[0][0].shape[1]} columns and the other points "
            f"{read[1][0].shape[1]}; both must have the same."
        )
    rows = read[0][0] if other is None else np.concatenate([each for each, _ in read])
    first = len(read[0][0]) if other is not None else None
    plain = weight_std == 1.0 and bias_std == 0.0
    norms = _norms(rows)
    tolerance = max(each for _, each in read)
    if plain and rows.shape[1] > 1 and bool((np.abs(norms - 1) <= tolerance).all()):
        directions = np.ascontiguousarray(rows / norms[:, None])
        return Rows(directions, None, first, rows.shape[1])
    if not plain:
        rows = rows * weight_std
        if bias_std:
            rows = np.concatenate([rows, np.full((len(rows), 1), bias_std)], axis=1)
        norms = _norms(rows)
    zero = norms == 0
    directions = rows / np.where(zero, 1.0, norms)[:, None]
    directions[zero] = np.eye(1, rows.shape[1])
    # A second division takes away what the first one's rounding left.
    directions /= _norms(directions)[:, None]
    return Rows(np.ascontiguousarray(directions), norms, first, rows.shape[1])


def _norms(rows: np.ndarray) -> np.ndarray:
    """Return the norms, without overflow or underflow on the way."""
    with np.errstate(over="ignore", under="ignore"):
        norms = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    low, high = float(norms.min()), float(norms.max())
    if low > 1e-140 and high < 1e140:
        return np.asarray(norms)
    largest = np.abs(rows).max(axis=1)
    scale = np.where(largest > 0, largest, 1.0)
    return np.asarray(np.linalg.norm(rows / scale[:, None], axis=1) * scale)


def _matrix(points: PointsLike, name: str) -> tuple[np.ndarray, float]:
    """Return the rows in float64, and how far from one a unit norm may be."""
    if isinstance(points, Array) and points.requires_grad:
        raise DataError(
            f"The {name} require gradients, and kernels carry none. Pass "
            "points.detach()."
        )
    given = real_tensor(points, f"The {name}").cpu()
    require_matrix(given, f"The {name}")
    array = given.double().numpy()
    largest = max(-float(array.min()), float(array.max()))  # NaN where one is NaN
    if not math.isfinite(largest):
        require_finite(array, f"the {name}")
    if not math.isfinite(largest * math.sqrt(array.shape[1])):
        raise DataError(f"The {name} have norms beyond the range of floats.")
    return array, norm_tolerance(given)
