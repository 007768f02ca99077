"""How near the closed region of a pattern comes to given targets."""

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array, hstack, vstack

from widthwise.errors import PrecisionLimitError
from widthwise.features.two_layer import PointsLike
from widthwise.landscape.patterns import PatternLike
from widthwise.landscape.regions._distinct_units import distinct_region
from widthwise.landscape.regions._planar import bounding_wedges
from widthwise.landscape.regions._region import Region, build_region
from widthwise.numerics import require

__all__ = ["closed_misfit"]

_WAYS = (("highs-ds", True), ("highs-ds", False), ("highs-ipm", True))
"""The solver at its best, and what is tried where it ends without an answer."""


def closed_misfit(
    pattern: PatternLike,
    points: PointsLike,
    targets: PointsLike,
    outer_weights: PointsLike | None = None,
    *,
    biases: bool = False,
) -> float:
    r"""Return a mean square that rectifier units attain in a closed region, in floats.

    .. math:: \frac1n \|J\theta - y\|^2, \quad \theta \in \arg\min \|J\theta -
              y\|_\infty, \quad \epsilon_k\, x_{i_k} \cdot w_{r_k} \ge 0

    A linear program. It is zero, up to the solver's 1e-10, if and only if the closed
    region holds weights of zero loss; the least mean square is at most n times smaller
    and never larger. Units without an active point are left out, and those of one
    pattern and one sign of v are taken together, as their cones add up to one of them.

    Parameters
    ----------
    pattern, points, targets, outer_weights, biases
        As in `region_minimum`.

    Raises
    ------
    DataError, MemoryBudgetError
        As in `region_minimum`.
    PrecisionLimitError
        If the program ends without an answer.

    Source
    ------
    Karhadkar, Murray, Tseran and Montufar (2024), arXiv:2305.19510, Section 7, whose
    experiments ask whether a program over the closed region reaches zero loss.

    Cost
    ----
    A program of n pairs of inequalities in the weights of the distinct units: 20 ms on
    the line at n = 100, d1 = 1000; 0.1 s at n = 30, d0 = 4, d1 = 110.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(2, dtype=torch.float64)
    >>> pattern = torch.tensor([[True, True]])  # One unit, active at both points.
    >>> targets = torch.tensor([[2.0, 3.0], [-2.0, 3.0]], dtype=torch.float64)
    >>> [round(ww.landscape.closed_misfit(pattern, points, y), 6) for y in targets]
    [0.0, 4.0]
    """
    region = distinct_region(
        build_region(pattern, points, targets, outer_weights, biases, None)
    )
    y = region.targets
    scale = float(np.abs(y).max(initial=0.0))
    if not scale or not region.pattern.any():
        return float(np.mean(y**2))
    d1, n, d = region.sizes
    wedges = bounding_wedges(region)
    require(
        8 * (2 * n * d1 * d + 3 * len(region.units) * d),
        f"A linear program of {len(region.units)} inequalities in {d1 * d} weights",
        "Take fewer units or points.",
    )
    jacobian, inside, least = region.jacobian, None, None
    if wedges is not None:  # Distances from the two sides: only bounds remain.
        jacobian = np.einsum(
            "irj,rjk->irk", jacobian.reshape(n, d1, d), wedges.inverses
        ).reshape(n, d1 * d)
        least = 0.0
    else:
        inside = _inequalities(region)
    column = np.ones((n, 1))
    rows = [csr_array(np.hstack([s * jacobian, -column])) for s in (1.0, -1.0)]
    limits = [y / scale, -y / scale]
    if inside is not None:
        rows.append(hstack([inside, csr_array((inside.shape[0], 1))], format="csr"))
        limits.append(np.zeros(inside.shape[0]))
    inequalities, ends = vstack(rows, format="csr"), np.concatenate(limits)
    for method, presolve in _WAYS:
        found = linprog(
            np.append(np.zeros(d1 * d), 1.0),
            A_ub=inequalities,
            b_ub=ends,
            bounds=[(least, None)] * (d1 * d) + [(0.0, None)],
            method=method,
            options={
                "presolve": presolve,
                "primal_feasibility_tolerance": 1e-10,
                "dual_feasibility_tolerance": 1e-10,
            },
        )
        if found.status == 0 and found.x is not None:
            rest = scale * (jacobian @ found.x[:-1]) - y
            return float(np.mean(rest**2))
    raise PrecisionLimitError(
        f"The linear program over the closed region of {d1} distinct units ended "
        f"without an answer: {found.message}. `region_least_loss` solves it in another "
        "way."
    )


def _inequalities(region: Region) -> csr_array:
    """Return -ε x of each inequality as a row of norm one."""
    d1, _, d = region.sizes
    count = len(region.units)
    chosen = region.points[region.rows]
    rows = chosen * (-region.signs / np.linalg.norm(chosen, axis=1))[:, None]
    places = region.units[:, None] * d + np.arange(d)
    return csr_array(
        (rows.ravel(), (np.repeat(np.arange(count), d), places.ravel())),
        shape=(count, d1 * d),
    )
