"""The linear program that looks for the deepest weights of a region."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array, hstack

from widthwise.landscape._region import Region
from widthwise.numerics import require

__all__ = ["DeepestWeights", "deepest_weights"]

_STATUS = {
    0: "optimal",
    1: "iteration or time limit",
    2: "infeasible",
    3: "unbounded",
    4: "numerical difficulties",
}
_TOLERANCE = 1e-10


@dataclass(frozen=True, eq=False)
class DeepestWeights:
    """What the solver answered: floats, to be made exact.

    Attributes
    ----------
    status
        "optimal", or what stopped the solver.
    margin
        The largest distance to the nearest boundary, cut off at the cap.
    theta
        Shape (d1, d).
    multipliers, constraints
        u, shape (n,), and λ, shape (k,), of `Separation`, should the margin be 0.
    """

    status: str
    margin: float
    theta: np.ndarray
    multipliers: np.ndarray
    constraints: np.ndarray

    @property
    def is_optimal(self) -> bool:
        """Whether the solver finished."""
        return self.status == "optimal"


def deepest_weights(
    region: Region,
    targets: np.ndarray | None,
    rows: tuple[int, ...] = (),
    *,
    time_limit: float | None = None,
) -> DeepestWeights:
    r"""Solve for the weights of a region farthest inside it, with given outputs or any.

    .. math:: \max t, \quad (J\theta)_i = t_i \ (i \in \text{rows}), \quad
              \epsilon_k (x_{i_k} \cdot w_{r_k} - e_k) \ge t \|x_{i_k}\|, \quad
              t \le \text{cap}

    with HiGHS's dual simplex, whose multipliers have small support. Each equation is
    scaled to a row of norm one, and targets of scale-free activations to size one.

    Parameters
    ----------
    region
        Of d1 units.
    targets
        Shape (n,), without the constants c; None for no equations.
    rows
        A basis of the rows of J.
    time_limit
        Seconds, or None.
    """
    d1, n, d = region.sizes
    k, p = len(region.units), d1 * d
    require(
        24 * (k * (d + 1) + len(rows) * p) + 8 * n * p,
        f"A linear program of {k} inequalities in {p} weights",
        "Take fewer units or points.",
    )
    norms = np.linalg.norm(region.points[region.rows], axis=1)
    directions = region.points[region.rows] * (-region.signs / norms)[:, None]
    places = region.units[:, None] * d + np.arange(d)
    limits = csr_array(
        (directions.ravel(), (np.repeat(np.arange(k), d), places.ravel())),
        shape=(k, p),
    )
    above = hstack([limits, csr_array(np.ones((k, 1)))], format="csr")
    bound = -region.signs * region.edges / norms
    scale, equations, aims = 1.0, None, None
    sizes = np.ones(len(rows))
    if targets is not None and rows:
        chosen = region.jacobian[list(rows)]
        sizes = np.linalg.norm(chosen, axis=1)
        aims = targets[list(rows)] / sizes
        if region.is_scale_free:
            scale = float(np.abs(aims).max(initial=0.0)) or 1.0
            aims = aims / scale
        equations = csr_array(
            np.hstack([chosen / sizes[:, None], np.zeros((len(rows), 1))])
        )
    cost = np.zeros(p + 1)
    cost[-1] = -1.0
    limited = {} if time_limit is None else {"time_limit": float(time_limit)}
    found = linprog(
        cost,
        A_ub=above if k else None,
        b_ub=bound if k else None,
        A_eq=equations,
        b_eq=aims,
        bounds=[(None, None)] * p + [(None, 1.0)],
        method="highs-ds",
        options={
            "primal_feasibility_tolerance": _TOLERANCE,
            "dual_feasibility_tolerance": _TOLERANCE,
            **limited,
        },
    )
    multipliers = np.zeros(n)
    if found.status != 0 or found.x is None:
        name = _STATUS.get(int(found.status), "unknown")
        nothing = np.zeros((d1, d))
        return DeepestWeights(name, np.nan, nothing, multipliers, np.zeros(k))
    if equations is not None:
        # From norm-one equations back to rows of J.
        multipliers[list(rows)] = -found.eqlin.marginals / sizes
    return DeepestWeights(
        status="optimal",
        margin=float(found.x[-1]) * scale,
        theta=found.x[:-1].reshape(d1, d) * scale,
        multipliers=multipliers,
        constraints=-found.ineqlin.marginals / norms if k else np.zeros(0),
    )
