"""Rows that the rounding of the numbers given may have kept from colliding."""

import numpy as np

from widthwise.datasets.points._definition import Dataset
from widthwise.datasets.points._sphere import VAGUE

__all__ = ["widest_doubt"]


def widest_doubt(found: Dataset) -> float:
    r"""Return the largest angle between rows that may be equal, or opposite.

    Rows i and j may be where their angle is at most the sum of their errors,

    $$\angle(x_i, \pm x_j) \le e_i + e_j,$$

    and 0 is returned where no row with an error above 1e-12 has such a partner.

    Parameters
    ----------
    found
        Points of the unit sphere, with their `row_errors`.

    Cost: n log n operations and n d numbers, beside d for each pair that comes near.
    """
    if found.row_errors is None:
        return 0.0
    points, errors = found.points.numpy(), found.row_errors.numpy()
    vague = np.flatnonzero(errors > VAGUE)
    if not len(vague):
        return 0.0
    # A projection shrinks distances, so what it separates is separate.
    normal = np.random.default_rng(0).standard_normal(points.shape[1])
    shadow = points @ (normal / np.linalg.norm(normal))
    order = np.argsort(shadow)
    widest = 0.0
    for sign in (1.0, -1.0):
        reach = 2 * errors[vague] + VAGUE  # a partner of larger error has its own turn
        middle = sign * shadow[vague]
        first = np.searchsorted(shadow[order], middle - reach)
        last = np.searchsorted(shadow[order], middle + reach)
        for row, start, end in zip(vague, first, last, strict=True):
            near = order[start:end]
            near = near[near != row]
            apart = np.linalg.norm(points[near] - sign * points[row], axis=1)
            angle = 2 * np.arcsin(np.minimum(apart / 2, 1.0))
            widest = max(widest, *angle[angle <= errors[near] + errors[row]], 0.0)
    # Each of two unit rows may be rounded once more before their angle is taken.
    return float(widest) + 4 * float(np.finfo(np.float64).eps) if widest else 0.0
