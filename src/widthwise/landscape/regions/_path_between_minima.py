"""A path of low loss between two minima, with the largest loss along it."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from widthwise.activations import Activation
from widthwise.arrays import Array, Float
from widthwise.errors import DataError, InvalidArgumentError
from widthwise.features.two_layer import PointsLike
from widthwise.landscape.regions._critical_point import region_at
from widthwise.landscape.regions._path_segment import SegmentLoss, segment_loss
from widthwise.landscape.regions._region import Region, as_unit_rows, split_weights

__all__ = ["MinimaPath", "path_between_minima"]

_STEPS = 100


@dataclass(frozen=True, eq=False)
class MinimaPath:
    r"""A piecewise-linear path in the space of the inner weights.

    Attributes
    ----------
    nodes
        (W, b) of its corners, the two minima included; b is None without biases.
    maximal_loss
        The largest loss along it: exact between the corners but for rounding, and an
        upper bound of the least such maximum over all paths.
    barrier
        `maximal_loss` less the larger loss of the two ends.
    straight_loss
        The largest loss on the straight segment between the ends.
    same_region
        Whether the ends share their region: then the segment stays in it, and by
        convexity its loss is at most that of the ends.
    regions
        How many regions the path crosses, counted with repetition.
    permutation
        The order in which the units of the second minimum were taken, or None. It
        keeps the function, for it only exchanges units of equal outer weights.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.tensor([[-1.0], [1.0]], dtype=torch.float64)
    >>> targets = torch.ones(2, dtype=torch.float64)
    >>> ends = (points, None), (-points, None)
    >>> found = ww.landscape.path_between_minima(points, targets, *ends)
    >>> found.straight_loss, found.barrier, found.same_region
    (1.0, 1.0, False)
    """

    nodes: tuple[tuple[Float[Array, "d1 d0"], Float[Array, " d1"] | None], ...]
    maximal_loss: float
    barrier: float
    straight_loss: float
    same_region: bool
    regions: int
    permutation: tuple[int, ...] | None


def path_between_minima(
    points: PointsLike,
    targets: PointsLike,
    start: tuple[PointsLike, PointsLike | None],
    end: tuple[PointsLike, PointsLike | None],
    *,
    outer_weights: PointsLike | None = None,
    act: Activation | None = None,
    up_to_permutation: bool = False,
    corners: int = 32,
    tolerance: float | int = 1e-10,
) -> MinimaPath:
    r"""Return a path between two minima whose largest loss is small.

    Starting from the segment, the worst point of the path is moved to low loss by
    damped Gauss-Newton steps of least length, across regions, and becomes a corner if
    that lowers the maximum of its segment; and again, up to the number of corners.

    Parameters
    ----------
    points, targets
        X, shape (n, d0), and y, shape (n,).
    start, end
        (W, b) of the two minima; b is None without biases.
    outer_weights
        v, shape (d1,), no entry zero; ones if None.
    act
        A continuous piecewise-linear activation; None means the rectifier.
    up_to_permutation
        Whether the units of the end may be exchanged first where outer weights are
        equal, which gives the same function: the nearest order is taken.
    corners
        The most corners added; 0 gives the segment.
    tolerance
        On the maximal loss, relative to $\tfrac12\|y\|^2$: below it the path is done.

    Returns
    -------
    MinimaPath

    Raises
    ------
    DataError
        If shapes do not fit.
    InvalidArgumentError
        If a number is outside its range.

    Source
    ------
    The crossings of a piecewise-linear network along a segment; corners as in
    Draxler, Veschgini, Salmhofer and Hamprecht (2018), arXiv:1803.00885.

    Cost
    ----
    A segment costs $n d_1$ operations at each of at most $n d_1$ crossings.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.tensor([[-1.0], [1.0]], dtype=torch.float64)
    >>> targets = torch.ones(2, dtype=torch.float64)
    >>> ends = (points, None), (-points, None)
    >>> path = ww.landscape.path_between_minima
    >>> path(points, targets, *ends).maximal_loss
    1.0
    >>> found = path(points, targets, *ends, up_to_permutation=True)
    >>> found.maximal_loss, found.permutation
    (0.0, (1, 0))
    """
    if corners < 0 or isinstance(corners, bool):
        raise InvalidArgumentError(f"corners is {corners!r}; it must be 0 or more.")
    if not 0 <= tolerance < 1:
        raise InvalidArgumentError(
            f"The tolerance is {tolerance!r}; it must lie in [0, 1)."
        )
    first, last = as_unit_rows(*start), as_unit_rows(*end)
    has_biases = start[1] is not None
    if first.shape != last.shape or has_biases != (end[1] is not None):
        raise DataError(
            f"The ends have parameters of shape {first.shape} and {last.shape} (with "
            "biases, if there are any, as the last column); they must be alike."
        )
    region = region_at(points, targets, first, has_biases, outer_weights, act)
    permutation = None
    if up_to_permutation:
        permutation = _nearest_order(region.outer, first, last)
        last = last[list(permutation)]
    other = region_at(points, targets, last, has_biases, outer_weights, act)
    nodes = [first, last]
    pieces = [segment_loss(region, first, last)]
    straight = pieces[0].maximum
    ends = max(segment_loss(region, each, each).maximum for each in (first, last))
    goal = max(ends, float(tolerance) * float(np.sum(region.targets**2)) / 2)
    refused: set[float] = set()
    for _ in range(corners):
        open_pieces = [p.maximum for p in pieces if p.maximum not in refused]
        if max((p.maximum for p in pieces), default=0.0) <= goal * (1 + 1e-9):
            break
        if not open_pieces:
            break
        worst = max(open_pieces)
        k = next(k for k, p in enumerate(pieces) if p.maximum == worst)
        fresh = _bent(region, nodes[k], nodes[k + 1], pieces[k])
        if fresh is None:
            refused.add(worst)
            continue
        corner, left, right = fresh
        nodes.insert(k + 1, corner)
        pieces[k : k + 1] = [left, right]
    maximum = max(p.maximum for p in pieces)
    return MinimaPath(
        nodes=tuple(split_weights(each, has_biases) for each in nodes),
        maximal_loss=maximum,
        barrier=max(maximum - ends, 0.0),
        straight_loss=straight,
        same_region=bool((region.pattern == other.pattern).all()),
        regions=1 + sum(len(p.crossings) for p in pieces),
        permutation=permutation,
    )


def _nearest_order(
    outer: np.ndarray, first: np.ndarray, last: np.ndarray
) -> tuple[int, ...]:
    """Order of the second units that brings them nearest, equal v only."""
    order = np.arange(len(outer))
    for value in np.unique(outer):
        own = np.flatnonzero(outer == value)
        costs = np.sum((first[own][:, None] - last[own][None]) ** 2, axis=2)
        rows, columns = linear_sum_assignment(costs)
        order[own[rows]] = own[columns]
    return tuple(int(each) for each in order)


def _bent(
    region: Region, first: np.ndarray, last: np.ndarray, piece: SegmentLoss
) -> tuple[np.ndarray, SegmentLoss, SegmentLoss] | None:
    """Corner that replaces the top of a segment, if it lowers the maximum."""
    for share in (piece.place, 0.5):
        if not 0.0 < share < 1.0:
            continue
        corner = _lowered(region, (1 - share) * first + share * last)
        left, right = (
            segment_loss(region, first, corner),
            segment_loss(region, corner, last),
        )
        if max(left.maximum, right.maximum) < piece.maximum * (1 - 1e-6):
            return corner, left, right
    return None


def _lowered(region: Region, theta: np.ndarray) -> np.ndarray:
    """Damped Gauss-Newton steps of least length down to a loss of rounding size."""
    of = region.of
    kinks = np.array(of.breakpoints)
    reference = 1e-26 * float(np.sum(region.targets**2))

    def here(at: np.ndarray) -> tuple[Region, np.ndarray, float]:
        piece = np.searchsorted(kinks, at @ region.points.T, side="right")
        own = region.moved_to(piece.astype(region.pattern.dtype))
        residual = own.outputs(at) - own.targets
        return own, residual, float(residual @ residual)

    own, residual, square = here(theta)
    for _ in range(_STEPS):
        if square <= reference:
            break
        step = np.linalg.lstsq(own.jacobian, -residual, rcond=1e-8)[0]
        step = step.reshape(theta.shape)
        share = 1.0
        while share > 1e-4:
            trial = here(theta + share * step)
            if trial[2] < square * (1 - 0.1 * share):
                break
            share /= 2
        if share <= 1e-4 or not math.isfinite(trial[2]):
            break
        theta = theta + share * step
        own, residual, square = trial
    return theta
