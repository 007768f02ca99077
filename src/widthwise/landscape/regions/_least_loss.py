"""The least loss over a closed region, between a point and a proved lower bound."""

import math
from dataclasses import dataclass, field
from fractions import Fraction

import flint
import numpy as np
from scipy.linalg import qr, solve_triangular
from scipy.optimize import nnls

from widthwise.activations import Activation
from widthwise.arrays import Array, Float
from widthwise.features.two_layer import PointsLike
from widthwise.landscape.patterns import PatternLike
from widthwise.landscape.regions._certificate import Separation
from widthwise.landscape.regions._exact import ExactRegion
from widthwise.landscape.regions._program import deepest_weights
from widthwise.landscape.regions._region import Region, build_region, split_weights
from widthwise.landscape.regions._separation import exact_emptiness, exact_separation
from widthwise.numerics import require

__all__ = ["RegionLeastLoss", "least_loss", "region_least_loss"]

_DAMPING = 1e-4
_LEAST_DAMPING = 1e-12
_ROUNDS = 80
_ACTIVE = 1e-8


@dataclass(frozen=True, eq=False)
class RegionLeastLoss:
    r"""The least of $\tfrac12\|f - y\|^2$ over a region with its boundary.

    Attributes
    ----------
    loss
        At `weights` and `biases`, formed without rounding, then rounded up.
    lower_bound
        No weights of the closed region go below it: proved by `separation`, 0 without.
    weights, biases
        In the closed region, checked without rounding; None if there are none.
    active
        (unit, point) of the inequalities that hold with equality up to 1e-8.
    separation
        The multipliers behind `lower_bound`; None if it is zero.
    status
        "optimal"; "empty region" (proved: nothing is strictly inside); or what stopped
        the solver: then `loss` and `lower_bound` hold, but may lie apart.
    rounds
        Proximal steps taken.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.tensor([[1.0, 0.0], [0.0, 1.0], [-1.0, 1.0]]).double()
    >>> pattern = ww.landscape.activation_pattern(points, [[1.0, 1.0], [1.0, -1.0]])
    >>> y = torch.tensor([1.0, 0.0, 1.0], dtype=torch.float64)
    >>> found = ww.landscape.region_least_loss(pattern, points, y)
    >>> found.status, found.lower_bound <= found.loss
    ('optimal', True)
    """

    loss: float
    lower_bound: float
    weights: Float[Array, "d1 d0"] | None
    biases: Float[Array, " d1"] | None
    active: tuple[tuple[int, int], ...]
    separation: Separation | None
    status: str
    rounds: int
    theta: np.ndarray = field(repr=False)


def region_least_loss(
    pattern: PatternLike,
    points: PointsLike,
    targets: PointsLike,
    outer_weights: PointsLike | None = None,
    *,
    biases: bool = False,
    act: Activation | None = None,
) -> RegionLeastLoss:
    r"""Return the least loss over a region and its boundary.

    .. math:: \min \tfrac12\|J\theta + c - y\|^2, \quad
              \epsilon_k (x_{i_k} \cdot w_{r_k} - e_k) \ge 0

    By proximal steps $+ \tfrac\mu2\|\theta - \theta_k\|^2$, each a least-distance
    problem solved as non-negative least squares (Lawson and Hanson). The multipliers
    are then made exact and give the lower bound.

    Parameters
    ----------
    pattern, points, targets, outer_weights, biases, act
        As in `region_minimum`.

    Returns
    -------
    RegionLeastLoss

    Raises
    ------
    DataError, InvalidArgumentError, MemoryBudgetError
        As in `region_minimum`.

    Source
    ------
    Lawson and Hanson (1974), Solving Least Squares Problems, chapter 23; Rockafellar
    (1976), Monotone operators and the proximal point algorithm.

    Cost
    ----
    One QR factorization of p x p, and per proximal step a non-negative least squares
    of p rows and as many columns as inequalities were ever violated.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.tensor([[1.0, 0.0], [0.0, 1.0], [-1.0, 1.0]]).double()
    >>> pattern = ww.landscape.activation_pattern(points, [[1.0, 1.0], [1.0, -1.0]])
    >>> y = torch.tensor([1.0, 0.0, 1.0], dtype=torch.float64)
    >>> found = ww.landscape.region_least_loss(pattern, points, y)
    >>> found.lower_bound <= found.loss
    True
    """
    return least_loss(
        build_region(pattern, points, targets, outer_weights, biases, act)
    )


def least_loss(region: Region) -> RegionLeastLoss:
    """Return the least loss over a checked region and its boundary."""
    d1, _, d = region.sizes
    p = d1 * d
    require(
        8 * (p + 1) * (4 * p + len(region.units)),
        f"A quadratic program in {p} weights and {len(region.units)} inequalities",
        "Take fewer units or points.",
    )
    exact = ExactRegion(region)
    deep = deepest_weights(region, None)
    if not deep.is_optimal or not deep.margin > 0:
        name = deep.status
        if deep.is_optimal:
            is_empty = exact_emptiness(exact, deep.constraints) is not None
            name = "empty region" if is_empty else "no weights found inside"
        return _nothing(name, np.zeros((d1, d)))
    status, theta, constraints, rounds = _proximal(region, deep.theta)
    wanted = [
        flint.fmpq(*float(y).as_integer_ratio())
        - flint.fmpq(c.numerator, c.denominator)
        for y, c in zip(region.targets, exact.offsets, strict=True)
    ]
    loss, inside, why = None, None, None
    for proposal in (theta, _on_its_face(region, theta, constraints)):
        moved = _into_the_region(exact, proposal, deep.theta)
        if moved is not None:
            misses = exact.residuals(moved, wanted)
            fresh = sum((each * each for each in misses), Fraction(0)) / 2
            if loss is None or fresh < loss:
                loss, inside = fresh, moved
        multipliers = region.outputs(proposal) - region.targets
        proof = exact_separation(exact, wanted, multipliers, constraints)
        if proof and (why is None or proof.distance > why.distance):
            why = proof
    if loss is None or inside is None:
        return _nothing("outside by rounding", theta)
    lower = 0.0
    if why is not None and why.gap > 0:
        lower = why.distance**2 / 2 * (1 - 2.0**-50)
    slack = region.slack(inside)
    sizes = np.linalg.norm(region.points[region.rows], axis=1)
    reach = 1.0 + np.linalg.norm(inside[region.units], axis=1)
    near = np.flatnonzero(slack <= _ACTIVE * sizes * reach)
    weights, biases = split_weights(inside, region.biases)
    return RegionLeastLoss(
        loss=math.nextafter(float(loss), math.inf) if loss else 0.0,
        lower_bound=lower,
        weights=weights,
        biases=biases,
        active=tuple((int(region.units[k]), int(region.rows[k])) for k in near),
        separation=why if lower else None,
        status=status,
        rounds=rounds,
        theta=inside,
    )


def _nothing(status: str, theta: np.ndarray) -> RegionLeastLoss:
    return RegionLeastLoss(
        loss=math.inf,
        lower_bound=0.0,
        weights=None,
        biases=None,
        active=(),
        separation=None,
        status=status,
        rounds=0,
        theta=theta,
    )


def _proximal(
    region: Region, start: np.ndarray
) -> tuple[str, np.ndarray, np.ndarray, int]:
    """Proximal steps until neither the loss nor the weights move."""
    jacobian = region.jacobian
    wanted = region.targets - region.offsets
    p = jacobian.shape[1]
    largest = float(np.linalg.norm(jacobian, 2))
    if not largest:
        return "optimal", start, np.zeros(len(region.units)), 0
    theta, working = start.ravel(), np.zeros(len(region.units), dtype=bool)
    constraints = np.zeros(len(region.units))
    before, relative = math.inf, 0.0
    negligible = 1e-28 * float(wanted @ wanted)
    for number in range(1, _ROUNDS + 1):
        # Large steps need little damping; a good start comes from much.
        fresh_damping = max(_DAMPING * 0.1 ** ((number - 1) // 3), _LEAST_DAMPING)
        if fresh_damping != relative:
            relative = fresh_damping
            damping = math.sqrt(relative) * largest
            stacked = np.vstack([jacobian, damping * np.eye(p)])
            q, r = qr(stacked, mode="economic", check_finite=False)
        goal = q.T @ np.concatenate([wanted, damping * theta])
        try:
            fresh, constraints = _least_distance(region, r, goal, working)
        except RuntimeError:  # SciPy's non-negative least squares gave up.
            return "iteration limit", theta.reshape(start.shape), constraints, number
        loss = float(np.sum((jacobian @ fresh - wanted) ** 2))
        moved = float(np.linalg.norm(fresh - theta))
        theta = fresh
        size = 1.0 + float(np.linalg.norm(theta))
        settled = before - loss <= 1e-15 * before and number > 2
        if moved <= 1e-12 * size or settled or loss <= negligible:
            return "optimal", theta.reshape(start.shape), constraints, number
        before = loss
    return "round limit", theta.reshape(start.shape), constraints, _ROUNDS


def _on_its_face(
    region: Region, theta: np.ndarray, constraints: np.ndarray
) -> np.ndarray:
    """Least squares on the face of the active inequalities: sharper multipliers."""
    chosen = np.flatnonzero(constraints > 1e-9 * constraints.max(initial=0.0))
    if not len(chosen):
        return theta
    d, p = region.sizes[2], theta.size
    rows = np.zeros((len(chosen), p))
    places = region.units[chosen, None] * d + np.arange(d)
    np.put_along_axis(rows, places, region.points[region.rows[chosen]], axis=1)
    onto = np.linalg.lstsq(
        rows, region.edges[chosen] - rows @ theta.ravel(), rcond=None
    )
    start = theta.ravel() + onto[0]
    q, _ = qr(rows.T, check_finite=False)
    free = q[:, len(chosen) :]
    jacobian = region.jacobian
    rest = region.targets - region.offsets - jacobian @ start
    step = free @ np.linalg.lstsq(jacobian @ free, rest, rcond=1e-13)[0]
    return np.asarray((start + step).reshape(theta.shape))


def _least_distance(
    region: Region, r: np.ndarray, goal: np.ndarray, working: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Solve min ‖Rθ - goal‖; `working` collects the inequalities ever violated."""
    d = region.sizes[2]
    constraints = np.zeros(len(region.units))
    scale = 1.0 + float(np.abs(goal).max(initial=0.0))
    while True:
        chosen = np.flatnonzero(working)
        shift = np.zeros_like(goal)
        if len(chosen):
            rows = np.zeros((len(chosen), len(goal)))
            places = region.units[chosen, None] * d + np.arange(d)
            signed = region.signs[chosen, None] * region.points[region.rows[chosen]]
            np.put_along_axis(rows, places, signed, axis=1)
            m = solve_triangular(r, rows.T, trans="T", check_finite=False)  # (p, k)
            lengths = np.linalg.norm(m, axis=0)
            m = m / lengths
            need = region.signs[chosen] * region.edges[chosen] / lengths - m.T @ goal
            unit = float(np.abs(need).max()) or 1.0
            # Least distance: min ‖s‖ with mᵀ s ≥ need is nnls on [m; need].
            system = np.vstack([m, need / unit])
            right = np.zeros(len(goal) + 1)
            right[-1] = 1.0
            z, _ = nnls(system, right, maxiter=30 * len(chosen) + 300)
            rest = system @ z - right
            if rest[-1] < 0:
                shift = -rest[:-1] / rest[-1] * unit
                constraints[:] = 0.0
                constraints[chosen] = -z / rest[-1] * unit / lengths
        theta = solve_triangular(r, goal + shift, check_finite=False)
        slack = region.slack(theta.reshape(-1, d))
        bad = (slack < -1e-11 * scale) & ~working
        if not bad.any():
            return theta, constraints
        working |= bad


def _into_the_region(
    exact: ExactRegion, theta: np.ndarray, deep: np.ndarray
) -> np.ndarray | None:
    """Move towards the deepest weights until rounding leaves no inequality violated."""
    for power in range(-52, -9):
        share = 0.0 if power == -52 else 2.0**power
        moved = theta + share * (deep - theta)
        if exact.rounded_margin(moved) >= 0:
            return np.asarray(moved)
    return None
