"""The linear program that looks for the deepest weights of a region."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import OptimizeResult, linprog
from scipy.sparse import csr_array, hstack

from widthwise.landscape.regions._planar import Wedges, bounding_wedges
from widthwise.landscape.regions._region import Region
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
        The largest distance to the nearest boundary, cut off at the cap; below zero
        where no weights inside have the outputs, by how much depends on the program.
    theta
        Shape (d1, d).
    multipliers, constraints
        u, shape (n,), and λ, shape (k,), of `Separation`, should the margin be 0.
    is_plain
        Whether all inequalities entered.
    """

    status: str
    margin: float
    theta: np.ndarray
    multipliers: np.ndarray
    constraints: np.ndarray
    is_plain: bool = True

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
    plain: bool = False,
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
    plain
        Whether all inequalities enter, even where two bound each unit.
    """
    d1, n, d = region.sizes
    k, p = len(region.units), d1 * d
    wedges = None if plain else bounding_wedges(region)
    if wedges is not None and (targets is None or not rows):
        return _by_wedges_alone(region, wedges)
    require(
        24 * (k * (d + 1) + len(rows) * p) + 8 * n * p,
        f"A linear program of {k} inequalities in {p} weights",
        "Take fewer units or points.",
    )
    scale, equations, aims = 1.0, None, None
    sizes = np.ones(len(rows))
    if targets is not None and rows:
        chosen = region.jacobian[list(rows)]
        sizes = np.linalg.norm(chosen, axis=1)
        aims = targets[list(rows)] / sizes
        if region.is_scale_free:
            scale = float(np.abs(aims).max(initial=0.0)) or 1.0
            aims = aims / scale
        equations = chosen / sizes[:, None]
    options = {
        "primal_feasibility_tolerance": _TOLERANCE,
        "dual_feasibility_tolerance": _TOLERANCE,
        **({} if time_limit is None else {"time_limit": float(time_limit)}),
    }
    if wedges is not None and equations is not None and aims is not None:
        found = wedges.deepest(equations, aims, options)
    else:
        found = _plain(region, equations, aims, options)
    multipliers = np.zeros(n)
    if found.status != 0 or found.x is None:
        name = _STATUS.get(int(found.status), "unknown")
        nothing = np.zeros((d1, d))
        return DeepestWeights(
            name, np.nan, nothing, multipliers, np.zeros(k), wedges is None
        )
    if equations is not None:
        # From norm-one equations back to rows of J.
        multipliers[list(rows)] = -found.eqlin.marginals / sizes
    margin = float(found.x[-1])
    if wedges is None:
        theta = found.x[:-1].reshape(d1, d)
        norms = np.linalg.norm(region.points[region.rows], axis=1)
        constraints = -found.ineqlin.marginals / norms if k else np.zeros(0)
    else:
        theta = wedges.weights(found.x[:-1].reshape(d1, 2) + margin)
        constraints = wedges.spread(found.lower.marginals[:-1].reshape(d1, 2))
    return DeepestWeights(
        status="optimal",
        margin=margin * scale,
        theta=theta * scale,
        multipliers=multipliers,
        constraints=constraints,
        is_plain=wedges is None,
    )


def _plain(
    region: Region,
    equations: np.ndarray | None,
    aims: np.ndarray | None,
    options: dict[str, float],
) -> OptimizeResult:
    """Solve with one row for each inequality and free weights."""
    d1, _, d = region.sizes
    k, p = len(region.units), d1 * d
    norms = np.linalg.norm(region.points[region.rows], axis=1)
    directions = region.points[region.rows] * (-region.signs / norms)[:, None]
    places = region.units[:, None] * d + np.arange(d)
    limits = csr_array(
        (directions.ravel(), (np.repeat(np.arange(k), d), places.ravel())),
        shape=(k, p),
    )
    above = hstack([limits, csr_array(np.ones((k, 1)))], format="csr")
    if equations is not None:
        equations = csr_array(np.hstack([equations, np.zeros((len(equations), 1))]))
    cost = np.zeros(p + 1)
    cost[-1] = -1.0
    return linprog(
        cost,
        A_ub=above if k else None,
        b_ub=-region.signs * region.edges / norms if k else None,
        A_eq=equations,
        b_eq=aims,
        bounds=[(None, None)] * p + [(None, 1.0)],
        method="highs-ds",
        options=options,
    )


def _by_wedges_alone(region: Region, wedges: Wedges) -> DeepestWeights:
    """Without equations: at the distance 1 from both sides of every wedge."""
    d1, n, _ = region.sizes
    return DeepestWeights(
        status="optimal",
        margin=1.0,
        theta=wedges.weights(np.ones((d1, 2))),
        multipliers=np.zeros(n),
        constraints=np.zeros(len(region.units)),
        is_plain=False,
    )
