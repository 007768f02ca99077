"""Where a descent has ended: which kind of critical point, with the evidence."""

from dataclasses import dataclass, field

import numpy as np

from widthwise.activations import Activation
from widthwise.arguments import probability
from widthwise.features.two_layer import PointsLike
from widthwise.landscape.patterns import activation_pattern
from widthwise.landscape.regions._critical_boundary import (
    boundary_conditions,
    near_edges,
)
from widthwise.landscape.regions._minimum import RegionMinimum, critical_points
from widthwise.landscape.regions._region import Region, as_unit_rows, build_region

__all__ = ["CriticalPoint", "classified", "classify_critical_point", "region_at"]

_EDGE = 1e-7


@dataclass(frozen=True, eq=False)
class CriticalPoint:
    r"""What weights are to the loss $\tfrac12\|f - y\|^2$.

    Attributes
    ----------
    kind
        "global minimum" and "bad local minimum": the region has proved critical points
        of this kind, and the shortest step to them stays inside it; or, without such a
        proof, the loss is the floor up to the tolerance ("global minimum"; see
        `is_proved`). "boundary minimum":
        on the boundary of regions, not differentiable, and no region that meets there
        descends, up to the tolerance. "not converged": none of these.
    loss, gradient_norm
        At the weights; the gradient is that of the region.
    gradient_ratio
        The gradient over $\|J\|_2$ times the larger of $\|y - c\|$ and $\|f - y\|$.
    rank, points_count
        Of the Jacobian, exact; n.
    hessian_kernel
        p - rank: the dimension of the kernel of the Hessian $J^\top J$ in the region.
    margin
        The distance to the nearest boundary, over $1 + \|w\|$ of its unit.
    distance
        To the nearest critical point of the region's linear map; inf if the region has
        no critical points, or the step to it leaves the region.
    boundary
        (unit, point) pairs at a breakpoint up to 1e-7.
    violation
        The steepest descent, relative as the gradient, into the regions that meet at
        the boundary; None off the boundary.
    region
        The verdict on the region, with its certificate.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.tensor([[1.0], [2.0]], dtype=torch.float64)
    >>> weights = torch.tensor([[1.0]], dtype=torch.float64)
    >>> found = ww.landscape.classify_critical_point(points, points[:, 0], weights)
    >>> found.kind, found.loss
    ('global minimum', 0.0)
    """

    kind: str
    loss: float
    gradient_norm: float
    gradient_ratio: float
    rank: int
    points_count: int
    hessian_kernel: int
    margin: float
    distance: float
    boundary: tuple[tuple[int, int], ...]
    violation: float | None
    region: RegionMinimum = field(repr=False)

    @property
    def is_differentiable(self) -> bool:
        """Whether the weights keep a distance from every boundary."""
        return not self.boundary

    @property
    def is_proved(self) -> bool:
        """Whether the region's certificate stands behind the kind."""
        return bool(np.isfinite(self.distance)) and self.kind == self.region.kind

    @property
    def is_flat_valley(self) -> bool:
        """Whether it is one of a set of minima of positive dimension."""
        return self.is_proved and bool(self.hessian_kernel)


def classify_critical_point(
    points: PointsLike,
    targets: PointsLike,
    weights: PointsLike,
    biases: PointsLike | None = None,
    *,
    outer_weights: PointsLike | None = None,
    act: Activation | None = None,
    tolerance: float | int = 1e-6,
) -> CriticalPoint:
    r"""Say which kind of critical point weights are, or that they are none.

    Parameters
    ----------
    points, targets
        X, shape (n, d0), and y, shape (n,).
    weights, biases
        W, shape (d1, d0), and b, shape (d1,) or None: where a training run ended.
    outer_weights
        v, shape (d1,), no entry zero; ones if None. Not trained.
    act
        A continuous piecewise-linear activation; None means the rectifier.
    tolerance
        On the relative gradient.

    Returns
    -------
    CriticalPoint

    Raises
    ------
    DataError, InvalidArgumentError, MemoryBudgetError
        As in `region_minimum`; also if the tolerance is not positive.

    Cost
    ----
    That of `region_minimum`, and one singular value decomposition of J.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.tensor([[1.0], [2.0]], dtype=torch.float64)
    >>> weights = torch.tensor([[1.0]], dtype=torch.float64)
    >>> found = ww.landscape.classify_critical_point(points, points[:, 0], weights)
    >>> found.kind
    'global minimum'
    """
    tolerance = probability(tolerance, "The tolerance")
    theta = as_unit_rows(weights, biases)
    region = region_at(points, targets, theta, biases is not None, outer_weights, act)
    return classified(region, theta, tolerance)


def region_at(
    points: PointsLike,
    targets: PointsLike,
    theta: np.ndarray,
    has_biases: bool,
    outer_weights: PointsLike | None,
    act: Activation | None,
) -> Region:
    """Return the region that holds the weights of these unit rows."""
    inner = theta[:, :-1] if has_biases else theta
    shift = theta[:, -1] if has_biases else None
    pattern = activation_pattern(points, inner, shift, act=act)
    return build_region(pattern, points, targets, outer_weights, has_biases, act)


def classified(region: Region, theta: np.ndarray, tolerance: float) -> CriticalPoint:
    """Return the verdict on weights of a checked region."""
    verdict = critical_points(region)
    jacobian = region.jacobian
    residual = region.outputs(theta) - region.targets
    gradient = jacobian.T @ residual
    largest = float(np.linalg.norm(jacobian, 2))
    reference = max(
        float(np.linalg.norm(region.targets - region.offsets)),
        float(np.linalg.norm(residual)),
    )
    scale = largest * reference or 1.0
    ratio = float(np.linalg.norm(gradient)) / scale
    distance = _distance(region, theta, verdict)
    edges = near_edges(region, theta, _EDGE)
    slack = region.slack(theta) / np.linalg.norm(region.points[region.rows], axis=1)
    reach = 1.0 + np.linalg.norm(theta[region.units], axis=1)
    violation = None
    kind = "not converged"
    above = float(residual @ residual) / 2 - verdict.floor
    if ratio <= tolerance and np.isfinite(distance):
        kind = verdict.kind
    elif above <= (tolerance * reference) ** 2 / 2:
        kind = "global minimum"
    elif edges:
        conditions = boundary_conditions(region, theta, edges)
        free = gradient.reshape(theta.shape).copy()
        free[list(edges)] = 0.0
        worst = max(conditions.violation, float(np.linalg.norm(free, axis=1).max()))
        violation = worst / scale
        if violation <= tolerance and not conditions.unchecked:
            kind = "boundary minimum"
    return CriticalPoint(
        kind=kind,
        loss=float(residual @ residual) / 2,
        gradient_norm=float(np.linalg.norm(gradient)),
        gradient_ratio=ratio,
        rank=verdict.rank,
        points_count=verdict.points_count,
        hessian_kernel=verdict.parameters_count - verdict.rank,
        margin=float((slack / reach).min(initial=np.inf)),
        distance=distance,
        boundary=tuple((unit, pair[0]) for unit in edges for pair in edges[unit]),
        violation=violation,
        region=verdict,
    )


def _distance(region: Region, theta: np.ndarray, verdict: RegionMinimum) -> float:
    """Length of the shortest step to the critical points, if it stays inside."""
    if verdict.point is None:
        return float("inf")
    missing = np.array([float(each) for each in verdict.outputs])
    missing = missing - region.outputs(theta)
    step = np.linalg.lstsq(region.jacobian, missing, rcond=None)[0]
    moved = theta + step.reshape(theta.shape)
    inside = bool((region.slack(moved) > 0).all())
    return float(np.linalg.norm(step)) if inside else float("inf")
