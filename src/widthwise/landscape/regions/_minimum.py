"""Whether a region of the weights holds a global or a bad local minimum, proved."""

from dataclasses import dataclass, field
from fractions import Fraction

import flint
import numpy as np

from widthwise.activations import Activation
from widthwise.errors import InvalidArgumentError
from widthwise.features.two_layer import PointsLike
from widthwise.landscape.patterns import PatternLike
from widthwise.landscape.regions._certificate import (
    InteriorPoint,
    Separation,
    constants,
)
from widthwise.landscape.regions._exact import ExactRegion, as_fraction
from widthwise.landscape.regions._floor import loss_floor
from widthwise.landscape.regions._program import DeepestWeights, deepest_weights
from widthwise.landscape.regions._region import Region, build_region
from widthwise.landscape.regions._separation import exact_emptiness, exact_separation
from widthwise.prose import say

__all__ = ["RegionMinimum", "critical_points", "region_minimum"]

_ON_THE_EDGE = 1e-8
"""A depth that another program will hardly tell from zero: solvers work to 1e-10."""

_CLOSE = 1e-6
"""A depth that is blamed on the boundary if nothing could be made exact."""

_LONG = 5_000
"""Inequalities that are too many for a second opinion on such a depth."""


@dataclass(frozen=True, eq=False)
class RegionMinimum:
    r"""The differentiable critical points of one region, all of them minima.

    Inside a region the loss $\tfrac12\|J\theta + c - y\|^2$ is convex, so a critical
    point has the region's least loss, and all of them have the same outputs t, the
    projection of y on the range of J.

    Attributes
    ----------
    kind
        "global minimum", "bad local minimum", "none" (no critical point inside: the
        least loss is on the boundary), "empty" (no weights have the pattern), or
        "undecided" (see `status`).
    rank, points_count, parameters_count
        Of J, over the rationals, proved; n; and p.
    loss
        $\tfrac12\|t - y\|^2$, correctly rounded: the loss of a critical point, if there
        is one; 0 exactly if and only if t = y.
    floor
        A loss that no weights can go below: positive if equal points (without biases
        also proportional ones) have targets at odds. Zero otherwise, which a narrow
        network may be unable to attain.
    conflicts
        Those groups of points.
    point
        An exact critical point, with the certificate; None if there is none.
    separation
        Why there is none; None if there is one.
    status
        What the linear program answered, and what could not be made exact.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(2, dtype=torch.float64)
    >>> pattern = torch.tensor([[True, True]])  # One unit, active at both points.
    >>> targets = torch.tensor([2.0, 3.0], dtype=torch.float64)
    >>> found = ww.landscape.region_minimum(pattern, points, targets)
    >>> found.kind, found.rank, found.dimension, found.verify()
    ('global minimum', 2, 0, True)
    """

    kind: str
    rank: int
    points_count: int
    parameters_count: int
    loss: float
    floor: float
    conflicts: tuple[tuple[int, ...], ...]
    point: InteriorPoint | None
    separation: Separation | None
    status: str
    region: Region = field(repr=False)
    outputs: tuple[Fraction, ...] = field(repr=False)

    @property
    def has_global_minimum(self) -> bool | None:
        """Whether weights inside attain the floor; None if undecided."""
        return None if self.kind == "undecided" else self.kind == "global minimum"

    @property
    def has_bad_local_minimum(self) -> bool | None:
        """Whether critical points inside have a loss above the floor."""
        return None if self.kind == "undecided" else self.kind == "bad local minimum"

    @property
    def dimension(self) -> int | None:
        """The dimension p - rank of the set of minima; None if there is none."""
        return None if self.point is None else self.parameters_count - self.rank

    @property
    def codimension(self) -> int | None:
        """The codimension of the set of minima: n at full rank."""
        return None if self.point is None else self.rank

    @property
    def is_flat(self) -> bool:
        """Whether the minima fill a valley of positive dimension."""
        return bool(self.dimension)

    @property
    def every_critical_point_is_global(self) -> bool:
        """Whether J has rank n: then a critical point inside has zero loss."""
        return self.rank == self.points_count

    @property
    def reason(self) -> str:
        """Say the verdict in a sentence."""
        return _reason(self)

    def verify(self) -> bool:
        """Check the certificate with fractions alone, J formed entry by entry.

        Cost: n p fractions for each of them; for regions of some thousand entries.
        """
        aims = tuple(
            t - sum((v * c for v, c in column), Fraction(0))
            for t, column in zip(self.outputs, constants(self.region), strict=True)
        )
        if self.separation is not None:
            return self.separation.holds(self.region, aims)
        return self.point is not None and self.point.holds(self.region, self.outputs)


def region_minimum(
    pattern: PatternLike,
    points: PointsLike,
    targets: PointsLike,
    outer_weights: PointsLike | None = None,
    *,
    biases: bool = False,
    act: Activation | None = None,
    time_limit: float | None = None,
) -> RegionMinimum:
    r"""Decide whether a region holds a global minimum or a bad local one, with proof.

    Critical points are the solutions of $J\theta = P(y - c)$, P the projection on the
    range of J. One linear program looks for the one deepest inside the region. Its
    answer is then made exact over the rationals: a point is moved to satisfy the
    equations exactly and its inequalities are checked; or the multipliers are moved to
    prove, by Farkas' lemma, that there is none. Data count as the numbers they are, a
    float64 each.

    Parameters
    ----------
    pattern
        Shape (d1, n), from `activation_pattern`.
    points
        X, shape (n, d0).
    targets
        y, shape (n,).
    outer_weights
        v, shape (d1,), no entry zero; ones if None.
    biases
        Whether the biases are parameters.
    act
        A continuous piecewise-linear activation; None means the rectifier.
    time_limit
        Of the linear program, in seconds.

    Returns
    -------
    RegionMinimum
        Never a guess: "undecided" if the program did not finish, or if its answer is
        too close to the boundary to be made exact.

    Raises
    ------
    DataError
        If shapes do not fit, an outer weight is zero, or a zero point has an impossible
        pattern.
    InvalidArgumentError
        If the activation is not piecewise linear, or the time limit is negative.
    MemoryBudgetError
        If the program does not fit in memory.

    Source
    ------
    Karhadkar, Murray, Tseran and Montufar (2024), arXiv:2305.19510, Sections 4 to 6.

    Cost
    ----
    A linear program of $d_1 d$ weights, n equations and $n d_1$ inequalities, and a
    rational n x n system.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(2, dtype=torch.float64)
    >>> pattern = torch.tensor([[True, True]])  # One unit, active at both points.
    >>> for targets in ([2.0, 3.0], [-2.0, 3.0]):
    ...     y = torch.tensor(targets, dtype=torch.float64)
    ...     print(ww.landscape.region_minimum(pattern, points, y).kind)
    global minimum
    none
    """
    if time_limit is not None and not time_limit >= 0:
        raise InvalidArgumentError(
            f"The time limit is {time_limit!r}; it must be a number of seconds that is "
            "not negative, or None."
        )
    region = build_region(pattern, points, targets, outer_weights, biases, act)
    return critical_points(region, time_limit=time_limit)


def critical_points(
    region: Region, *, time_limit: float | None = None
) -> RegionMinimum:
    """Return the verdict on a checked region."""
    exact = ExactRegion(region)
    d1, n, d = region.sizes
    y = [_rational(float(each)) for each in region.targets]
    c = [flint.fmpq(each.numerator, each.denominator) for each in exact.offsets]
    wanted = [a - b for a, b in zip(y, c, strict=True)]
    aims = exact.project(wanted)
    twice = sum(
        ((a - b) ** 2 for a, b in zip(wanted, aims, strict=True)), flint.fmpq(0)
    )
    loss = as_fraction(flint.fmpq(twice)) / 2
    floor = loss_floor(region)
    near = np.array([float(as_fraction(each)) for each in aims])
    for plain in (False, True):  # The short program first.
        found = deepest_weights(
            region, near, exact.split[0], time_limit=time_limit, plain=plain
        )
        kind, point, separation, status = _decide(
            region, exact, aims, found, time_limit
        )
        is_on_the_edge = abs(found.margin) < _ON_THE_EDGE
        is_long = len(region.units) > _LONG
        if kind != "undecided" or found.is_plain or (is_on_the_edge and is_long):
            break
    if kind == "inside":
        kind = "global minimum" if loss == floor.loss else "bad local minimum"
    return RegionMinimum(
        kind=kind,
        rank=exact.rank,
        points_count=n,
        parameters_count=d1 * d,
        loss=float(loss),
        floor=float(floor.loss),
        conflicts=floor.conflicts,
        point=point,
        separation=separation,
        status=status,
        region=region,
        outputs=tuple(as_fraction(a + b) for a, b in zip(aims, c, strict=True)),
    )


def _decide(
    region: Region,
    exact: ExactRegion,
    aims: list[flint.fmpq],
    found: DeepestWeights,
    time_limit: float | None,
) -> tuple[str, InteriorPoint | None, Separation | None, str]:
    if not found.is_optimal:
        return "undecided", None, None, f"the linear program: {found.status}"
    if found.margin > 0:
        point = exact.point(found.theta, aims)
        if point is not None:
            return "inside", point, None, "optimal"
    anywhere = deepest_weights(region, None, time_limit=time_limit)
    if not anywhere.is_optimal:
        return "undecided", None, None, f"the linear program: {anywhere.status}"
    if not (anywhere.margin > 0 and exact.rounded_margin(anywhere.theta) > 0):
        empty = exact_emptiness(exact, anywhere.constraints)
        if empty is not None:
            return "empty", None, empty, "optimal"
    why = exact_separation(exact, aims, found.multipliers, found.constraints)
    if why is not None:
        return "none", None, why, "optimal"
    is_close = abs(found.margin) < _CLOSE
    why_not = (
        "too close to zero for its answer to be made exact"
        if is_close
        else "but its answer could not be made exact: rows may be too close to each "
        "other, or rows or outer weights of sizes too far apart"
    )
    text = say("optimal with a margin of {:2}, {}", found.margin, why_not)
    return "undecided", None, None, text


def _reason(found: RegionMinimum) -> str:
    n, p, rank = found.points_count, found.parameters_count, found.rank
    full = (
        f"The Jacobian has rank n = {n}, so every critical point inside has zero loss. "
        if found.every_critical_point_is_global
        else f"The Jacobian has rank {rank} of {n}. "
    )
    repeated = ""
    if found.conflicts:
        among = ", ".join(map(str, found.conflicts[0]))
        repeated = f"No weights fit points {among}, which the network cannot tell apart"
        repeated += say(": the loss is at least {:6} anywhere. ", found.floor)
    minima = say("minima of loss {:6} fill an affine set ", found.loss)
    minima += f"of dimension {p - rank}"
    verdict = {
        "global minimum": "Global " + minima + f" (codimension {rank}) of the region.",
        "bad local minimum": "Local "
        + minima
        + " of the region; no weights nearby do better.",
        "none": "No critical point lies inside the region: its least loss is on the "
        "boundary.",
        "empty": "No weights have this pattern.",
        "undecided": f"Undecided: {found.status}.",
    }[found.kind]
    return full + repeated + verdict


def _rational(value: float) -> flint.fmpq:
    return flint.fmpq(*value.as_integer_ratio())
