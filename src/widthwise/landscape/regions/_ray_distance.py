"""How far a vector is from a cone, by a least squares whose optimum is checked."""

import numpy as np
from scipy.optimize import lsq_linear, nnls

__all__ = ["ray_distance"]

_OPTIMAL = 1e-9
"""The slope by which no ray comes nearer to what is left of a unit vector."""
_TOLERANCE = 1e-14


def ray_distance(rays: np.ndarray, target: np.ndarray) -> float:
    r"""Return $\min_{w \ge 0} \|R w - t\|$.

    SciPy's `nnls` may end far from the least, with weights of 1e15 and a residual "of
    0": its answer is taken if no ray leads nearer, else that of bounded variables.

    Parameters
    ----------
    rays
        R, shape (n, k); columns of zeros are left out.
    target
        t, shape (n,).

    Cost
    ----
    O(n k²) a column that enters.
    """
    size = float(np.linalg.norm(target))
    lengths = np.linalg.norm(rays, axis=0)
    rays = rays[:, lengths > 0.0] / lengths[lengths > 0.0]
    if not size or not rays.size:
        return size
    target = target / size
    rest = target - rays @ nnls(rays, target)[0]
    if (rays.T @ rest).max() > _OPTIMAL:
        found = lsq_linear(rays, target, (0.0, np.inf), "bvls", tol=_TOLERANCE)
        rest = target - rays @ found.x
    return size * float(np.linalg.norm(rest))
