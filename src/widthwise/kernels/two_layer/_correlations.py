"""Correlations between points of the unit sphere."""

import numpy as np
import torch

from widthwise.arrays import Array, Float, Real, row_blocks
from widthwise.errors import InvalidArgumentError, NotOnSphereError
from widthwise.numerics import require

__all__ = ["correlations", "norm_tolerance", "unit_points"]

_NORM_TOLERANCE = 1e-8
"""Largest distance of a row's norm from one; in shorter floats 16 of their units."""


def correlations(points: Real[Array, "n d"]) -> Float[Array, "n n"]:
    """Return the cosines between the rows of `points`.

    Parameters
    ----------
    points
        Shape (n, d), rows of norm 1 up to 1e-8 (2e-6 in float32); any real dtype.

    Returns
    -------
    Shape (n, n), float64, symmetric, in [-1, 1], with ones on the diagonal.

    Raises
    ------
    NotOnSphereError
        If a row's norm differs from one by more than that.
    InvalidArgumentError
        If `points` is not a matrix with at least one row and two columns.
    MemoryBudgetError
        If the matrix does not fit in the available memory.

    Cost: 2 n² d flops, 8 n² bytes.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> ww.kernels.correlations(points)[0].tolist()
    [1.0, 0.0, 0.0]
    """
    rows = unit_points(points)
    require(
        16 * len(rows) ** 2,
        f"The correlations of {len(rows)} points",
        "Take a random sample of the rows.",
    )
    cosines = np.clip(rows @ rows.T, -1.0, 1.0)
    np.fill_diagonal(cosines, 1.0)
    return torch.from_numpy(cosines)


def unit_points(points: Array) -> np.ndarray:
    """Return the rows as a float64 NumPy array, each of norm one to rounding."""
    given = torch.as_tensor(points).detach().cpu()
    tolerance = norm_tolerance(given)
    array = given.to(torch.float64).numpy()
    if array.ndim != 2 or array.shape[0] == 0 or array.shape[1] < 2:
        raise InvalidArgumentError(
            f"The points have shape {tuple(array.shape)}; they must be a matrix (n, d) "
            "with at least one row, one point, and two columns."
        )
    norms = np.empty(len(array))
    for block in row_blocks(*array.shape):
        norms[block] = np.linalg.norm(array[block], axis=1)
    off = np.abs(norms - 1.0)
    worst = int(np.argmax(np.where(np.isnan(off), np.inf, off)))
    if not off[worst] <= tolerance:
        raise NotOnSphereError(
            f"Row {worst} has norm {norms[worst]:.9g}; every row must have norm 1 up "
            f"to {tolerance:.0e}. Pass the points through "
            "`widthwise.datasets.project_to_sphere` first."
        )
    return np.ascontiguousarray(array / norms[:, None])


def norm_tolerance(points: Array) -> float:
    """Return how far from one the norm of a unit row of this type may be."""
    if not points.is_floating_point():
        return _NORM_TOLERANCE
    return max(_NORM_TOLERANCE, 16 * torch.finfo(points.dtype).eps)
