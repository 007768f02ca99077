"""Correlations between points of the unit sphere."""

import numpy as np
import torch

from widthwise.arrays import Array, Float
from widthwise.errors import InvalidArgumentError, NotOnSphereError

__all__ = ["NORM_TOLERANCE", "correlations", "unit_points"]

NORM_TOLERANCE = 1e-8


def correlations(points: Float[Array, "n d"]) -> Float[Array, "n n"]:
    """Return the cosines between the rows of `points`.

    Parameters
    ----------
    points
        Shape (n, d), rows of norm 1 up to 1e-8; any real dtype.

    Returns
    -------
    Shape (n, n), float64, symmetric, in [-1, 1], with ones on the diagonal.

    Raises
    ------
    NotOnSphereError
        If a row's norm differs from one by more than 1e-8.
    InvalidArgumentError
        If `points` is not a matrix with a row.

    Cost: 2 n² d flops, 8 n² bytes.
    """
    rows = unit_points(points)
    cosines = np.clip(rows @ rows.T, -1.0, 1.0)
    np.fill_diagonal(cosines, 1.0)
    return torch.from_numpy(cosines)


def unit_points(points: Array) -> np.ndarray:
    """Return the rows as a float64 NumPy array, each of norm one to rounding."""
    array = torch.as_tensor(points).detach().cpu().to(torch.float64).numpy()
    if array.ndim != 2 or array.shape[0] == 0 or array.shape[1] < 2:
        raise InvalidArgumentError(
            f"The points have shape {tuple(array.shape)}; they must be a matrix (n, d) "
            "with at least one row, one point, and two columns."
        )
    norms = np.linalg.norm(array, axis=1)
    off = np.abs(norms - 1.0)
    worst = int(np.argmax(np.where(np.isnan(off), np.inf, off)))
    if not off[worst] <= NORM_TOLERANCE:
        raise NotOnSphereError(
            f"Row {worst} has norm {norms[worst]:.9g}; every row must have norm 1 up to "
            "1e-8. Pass the points through `widthwise.datasets.project_to_sphere` first."
        )
    return np.ascontiguousarray(array / norms[:, None])
