"""First-order conditions at weights on the boundary of regions, unit by unit."""

import itertools
from dataclasses import dataclass

import numpy as np

from widthwise.landscape.regions._ray_distance import ray_distance
from widthwise.landscape.regions._region import Region

__all__ = ["BoundaryConditions", "boundary_conditions", "near_edges"]

_MOST = 12


@dataclass(frozen=True)
class BoundaryConditions:
    r"""How far weights on a boundary are from a local minimum.

    Attributes
    ----------
    violation
        The steepest descent of the loss over all directions of length one of a single
        unit, 0 at a local minimum.
    descent
        The pattern of the region into which it leads; None at no violation.
    unchecked
        Units at more than 12 boundaries at once, left out.
    """

    violation: float
    descent: np.ndarray | None
    unchecked: tuple[int, ...]


def near_edges(
    region: Region, theta: np.ndarray, tolerance: float
) -> dict[int, list[tuple[int, int, int]]]:
    r"""Return for each unit the (point, lower piece, upper piece) it is about to cross.

    Near is $|x \cdot w - e|$ at most `tolerance` times $\|x\| (1 + \|w\|)$.
    """
    slack = region.slack(theta)
    sizes = np.linalg.norm(region.points[region.rows], axis=1)
    reach = 1.0 + np.linalg.norm(theta[region.units], axis=1)
    found: dict[int, list[tuple[int, int, int]]] = {}
    for k in np.flatnonzero(np.abs(slack) <= tolerance * sizes * reach).tolist():
        unit, point = int(region.units[k]), int(region.rows[k])
        piece = int(region.pattern[unit, point])
        low = piece - 1 if region.signs[k] > 0 else piece
        found.setdefault(unit, []).append((point, low, low + 1))
    return found


def boundary_conditions(
    region: Region, theta: np.ndarray, edges: dict[int, list[tuple[int, int, int]]]
) -> BoundaryConditions:
    r"""Return the first-order conditions in every region that meets at these weights.

    To first order the loss is a sum over units, so units may be checked alone: for each
    choice of pieces at its edges, $g = v \sum_i s_i \rho_i x_i$ must be in the cone of
    the $\epsilon_i x_i$. As the loss is convex in each closed region, weights that
    satisfy this are a local minimum.
    """
    residual = region.outputs(theta) - region.targets
    slopes = np.array(region.of.slopes)
    worst, descent, unchecked = 0.0, None, []
    fresh = region.pattern.copy()
    for unit, own in edges.items():
        if len(own) > _MOST:
            unchecked.append(unit)
            continue
        places = [point for point, _, _ in own]
        inner = region.slopes[unit].copy()
        inner[places] = 0.0
        x = region.points[places]
        pull = region.outer[unit] * residual
        base = (inner * pull) @ region.points
        steepest, choice = 0.0, None
        for sides in itertools.product((0, 1), repeat=len(own)):
            pieces = [pair[1 + side] for pair, side in zip(own, sides, strict=True)]
            gradient = base + (slopes[pieces] * pull[places]) @ x
            signed = (2.0 * np.array(sides) - 1.0)[:, None] * x
            rest = ray_distance(signed.T, gradient)
            if rest > steepest:
                steepest, choice = rest, pieces
        if choice is not None:
            fresh[unit, places] = np.array(choice).astype(fresh.dtype)
        if steepest > worst:
            worst, descent = steepest, fresh
    return BoundaryConditions(worst, descent, tuple(unchecked))
