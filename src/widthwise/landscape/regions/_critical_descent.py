"""Descent on the inner weights until it ends, with a verdict on where."""

import math
from dataclasses import dataclass

import numpy as np

from widthwise.activations import Activation
from widthwise.arguments import positive, probability, whole_number
from widthwise.arrays import Array, Float
from widthwise.errors import InvalidArgumentError, unknown_name
from widthwise.features.two_layer import PointsLike
from widthwise.landscape.regions._critical_boundary import (
    boundary_conditions,
    near_edges,
)
from widthwise.landscape.regions._critical_point import (
    CriticalPoint,
    classified,
    region_at,
)
from widthwise.landscape.regions._least_loss import least_loss
from widthwise.landscape.regions._minimum import critical_points
from widthwise.landscape.regions._region import Region, as_unit_rows, split_weights

__all__ = ["Descent", "descend_and_classify"]

_METHODS = ("regions", "gradient")
_EDGE = 1e-7


@dataclass(frozen=True, eq=False)
class Descent:
    """Where a descent ended.

    Attributes
    ----------
    end
        The verdict on the last weights.
    weights, biases
        The last weights.
    losses
        After each region for "regions", after each step for "gradient"; the first is
        that of the initial weights.
    pattern_changes
        How often the activation pattern changed.
    status
        What stopped the descent.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.tensor([[1.0], [2.0]], dtype=torch.float64)
    >>> weights = torch.tensor([[1.0]], dtype=torch.float64)
    >>> found = ww.landscape.descend_and_classify(points, points[:, 0], 1.5 * weights)
    >>> found.status, found.end.kind
    ('a critical point inside a region', 'global minimum')
    """

    end: CriticalPoint
    weights: Float[Array, "d1 d0"]
    biases: Float[Array, " d1"] | None
    losses: np.ndarray
    pattern_changes: int
    status: str


def descend_and_classify(
    points: PointsLike,
    targets: PointsLike,
    weights: PointsLike,
    biases: PointsLike | None = None,
    *,
    outer_weights: PointsLike | None = None,
    act: Activation | None = None,
    method: str = "regions",
    steps: int = 1000,
    step: float | int | None = None,
    tolerance: float | int = 1e-6,
) -> Descent:
    r"""Descend on $\tfrac12\|f - y\|^2$ over the inner weights, and classify the end.

    "regions" solves each region exactly: a critical point inside ends the walk;
    otherwise it goes to the least loss on the boundary, and from there into a region
    that descends, until none of those that meet there does. "gradient" is gradient
    descent with a constant step.

    Parameters
    ----------
    points, targets, weights, biases, outer_weights, act
        As in `classify_critical_point`; the weights to start from.
    method
        "regions" or "gradient".
    steps
        The most regions, or gradient steps.
    step
        For "gradient"; by default $1 / (s^2 \|v\|^2 \|X\|_2^2)$, s the steepest slope:
        at most the inverse curvature of every region.
    tolerance
        On the relative gradient: where gradient descent stops, and of the verdict.

    Returns
    -------
    Descent

    Raises
    ------
    UnknownNameError
        If the method has no such name.
    DataError, InvalidArgumentError, MemoryBudgetError
        As in `classify_critical_point`.

    Cost
    ----
    A region costs its linear and its quadratic program; a gradient step 4 n d0 d1.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.tensor([[1.0], [2.0]], dtype=torch.float64)
    >>> weights = torch.tensor([[1.5]], dtype=torch.float64)
    >>> found = ww.landscape.descend_and_classify(points, points[:, 0], weights)
    >>> found.end.kind
    'global minimum'
    """
    if method not in _METHODS:
        raise unknown_name("method", str(method), _METHODS)
    limit = whole_number(steps, "steps", least=1)
    tolerance = probability(tolerance, "The tolerance")
    step = None if step is None else positive(step, "The step")
    theta = as_unit_rows(weights, biases)
    region = region_at(points, targets, theta, biases is not None, outer_weights, act)
    walk = (
        _walk(region, theta, limit, tolerance)
        if method == "regions"
        else _gradient(region, theta, limit, step, tolerance)
    )
    region, theta, losses, changes, status = walk
    inner, shift = split_weights(theta, region.biases)
    return Descent(
        end=classified(region, theta, tolerance),
        weights=inner,
        biases=shift,
        losses=np.array(losses),
        pattern_changes=changes,
        status=status,
    )


_Walk = tuple[Region, np.ndarray, list[float], int, str]


def _walk(region: Region, theta: np.ndarray, limit: int, tolerance: float) -> _Walk:
    """From region to region, each solved exactly."""
    losses = [_loss(region, theta)]
    for number in range(limit):
        verdict = critical_points(region)
        if verdict.point is not None:
            inner = verdict.point
            theta = as_unit_rows(inner.weights, inner.biases)
            losses.append(_loss(region, theta))
            return region, theta, losses, number, "a critical point inside a region"
        found = least_loss(region)
        if found.status != "optimal":
            return region, theta, losses, number, f"a region's program: {found.status}"
        fresh = _loss(region, found.theta)
        if fresh > losses[-1] * (1 - 1e-13) and number:
            return region, theta, losses, number, "no lower loss in the next region"
        theta = found.theta
        losses.append(fresh)
        edges = near_edges(region, theta, _EDGE)
        conditions = boundary_conditions(region, theta, edges)
        scale = float(np.linalg.norm(region.jacobian, 2)) * max(
            float(np.linalg.norm(region.targets - region.offsets)),
            math.sqrt(2 * fresh),
        )
        if conditions.violation <= tolerance * 1e-2 * scale or not edges:
            return region, theta, losses, number, "no region that meets here descends"
        assert conditions.descent is not None
        region = region.moved_to(conditions.descent)
    return region, theta, losses, limit, f"the limit of {limit} regions"


def _gradient(
    region: Region,
    theta: np.ndarray,
    limit: int,
    step: float | int | None,
    tolerance: float,
) -> _Walk:
    """Gradient descent with a constant step."""
    of, x, v, y = region.of, region.points, region.outer, region.targets
    if step is None:
        steepest = max(abs(each) for each in of.slopes) or 1.0
        top = float(np.linalg.norm(x, 2)) ** 2 or 1.0
        step = 1.0 / (steepest**2 * float(v @ v) * top)
    piece = np.zeros(region.pattern.shape, dtype=np.int64)
    before, changes, losses = None, 0, []
    status = f"the limit of {limit} steps"
    for _ in range(limit + 1):
        z = theta @ x.T  # (d1, n)
        piece = of.at(z)
        if before is not None and (piece != before).any():
            changes += 1
        before = piece
        factors = of.values(of.slopes, piece)
        residual = v @ of.activated(z) - y
        losses.append(float(residual @ residual) / 2)
        if not losses[-1] <= 1e12 * (losses[0] + float(y @ y)):
            raise InvalidArgumentError(
                f"Gradient descent diverged with the step {step!r}. Take a smaller "
                "one, or leave it out."
            )
        gradient = (factors * v[:, None] * residual) @ x
        size = float(np.linalg.norm(factors * v[:, None])) * float(np.linalg.norm(x))
        if float(np.linalg.norm(gradient)) <= tolerance * 1e-2 * size * max(
            float(np.linalg.norm(residual)), float(np.linalg.norm(y))
        ):
            status = "a small gradient"
            break
        if len(losses) <= limit:
            theta = theta - step * gradient
    pattern = piece.astype(bool) if len(of.slopes) == 2 else piece
    return region.moved_to(pattern), theta, losses, changes, status


def _loss(region: Region, theta: np.ndarray) -> float:
    return float(np.sum((region.outputs(theta) - region.targets) ** 2)) / 2
