"""The program for the deepest weights where two inequalities bound each unit."""

import numpy as np
from scipy.optimize import OptimizeResult, linprog

from widthwise.landscape.regions._region import Region

__all__ = ["Wedges", "bounding_wedges"]

_APART = 1e-9  # radians; far above the rounding of an angle


class Wedges:
    r"""The units' weights as wedges of the plane, and linear programs over them.

    With rows $a_r, b_r$ of norm one that bound the wedge of unit r, the distances
    $s = (a_r \cdot w_r, b_r \cdot w_r)$ are coordinates: each inequality becomes a
    bound on a variable, and only the equations remain as rows of the program. Every
    other inequality of the unit is a combination of the two with weights above zero,
    whose norms add up to no less than its own: inside, it holds to the same depth.
    """

    def __init__(self, region: Region, first: np.ndarray, second: np.ndarray) -> None:
        self.region = region
        self.places = np.stack([first, second], axis=1)  # (d1, 2), of the inequalities
        rows = region.points[region.rows[self.places]]  # (d1, 2, 2)
        self.norms = np.linalg.norm(rows, axis=2)
        signed = rows * (region.signs[self.places] / self.norms)[:, :, None]
        self.inverses = np.linalg.inv(signed)  # from distances to weights

    def weights(self, distances: np.ndarray) -> np.ndarray:
        """Return the weights at these distances from the two sides, both (d1, 2)."""
        return np.asarray(np.einsum("rjk,rk->rj", self.inverses, distances))

    def deepest(
        self, equations: np.ndarray, aims: np.ndarray, options: dict[str, float]
    ) -> OptimizeResult:
        r"""Solve max t, t ≤ 1, with s ≥ t and the equations on the weights.

        Parameters
        ----------
        equations, aims
            Shapes (rows, 2 d1) and (rows,).
        options
            Of the solver.

        Returns
        -------
        The solver's result for the variables (s - t, t).
        """
        d1 = len(self.places)
        split = equations.reshape(len(equations), d1, 2)
        onto = np.einsum("irj,rjk->irk", split, self.inverses)
        onto = onto.reshape(len(equations), 2 * d1)
        cost = np.zeros(2 * d1 + 1)
        cost[-1] = -1.0
        return linprog(
            cost,
            A_eq=np.hstack([onto, onto.sum(axis=1, keepdims=True)]),
            b_eq=aims,
            bounds=[(0.0, None)] * (2 * d1) + [(None, 1.0)],
            method="highs-ds",
            options=options,
        )

    def spread(self, of_sides: np.ndarray) -> np.ndarray:
        """Return numbers of the sides, (d1, 2), as one for each inequality."""
        found = np.zeros(len(self.region.units))
        found[self.places] = of_sides / self.norms
        return found


def bounding_wedges(region: Region) -> Wedges | None:
    """Return the wedges; None unless each unit has one, told apart without doubt.

    For two parameters a unit and inequalities through the origin: the two directions
    that span the widest angle, below a half turn by a margin, no third near either.
    """
    d1, _, d = region.sizes
    if d != 2 or not d1 or region.edges.any():
        return None
    if (np.bincount(region.units, minlength=d1) < 2).any():
        return None
    rows = region.points[region.rows] * region.signs[:, None]
    with np.errstate(all="ignore"):
        rows = rows / np.linalg.norm(rows, axis=1)[:, None]
    starts = np.searchsorted(region.units, np.arange(d1))
    middle = np.add.reduceat(rows, starts)[region.units]
    angles = np.arctan2(
        middle[:, 0] * rows[:, 1] - middle[:, 1] * rows[:, 0],
        middle[:, 0] * rows[:, 0] + middle[:, 1] * rows[:, 1],
    )
    if not np.isfinite(angles).all():
        return None
    order = np.lexsort((angles, region.units))
    ends = np.append(starts[1:], len(order)) - 1
    low, high = order[starts], order[ends]
    widths = angles[high] - angles[low]
    if (widths > np.pi - _APART).any() or (widths < _APART).any():
        return None
    several = ends - starts >= 2
    inner_low, inner_high = order[(starts + 1)[several]], order[(ends - 1)[several]]
    close = (angles[inner_low] - angles[low[several]] < _APART) | (
        angles[high[several]] - angles[inner_high] < _APART
    )
    return None if close.any() else Wedges(region, low, high)
