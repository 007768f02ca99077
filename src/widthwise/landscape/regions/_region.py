"""One activation region of a two-layer network with its data, ready for programs."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import torch

from widthwise.activations import Activation
from widthwise.arrays import Array
from widthwise.errors import DataError, InvalidArgumentError
from widthwise.features.two_layer import PointsLike, as_matrix
from widthwise.landscape.patterns import (
    PatternLike,
    Pieces,
    as_pattern,
    lifted,
    one_each,
    pieces,
)
from widthwise.landscape.ranks import as_outer_weights, pattern_jacobian

__all__ = ["Region", "as_targets", "as_unit_rows", "build_region", "split_weights"]


_LARGEST = 1e100
"""Squares, and sums and products of them, must neither overflow nor vanish."""


@dataclass(frozen=True, eq=False)
class Region:
    r"""The weights with $\epsilon_k (x_{i_k} \cdot w_{r_k} - e_k) > 0$ for every k.

    Inside, the outputs are $J\theta + c$. With biases the rows of `points` end in 1,
    and so the d parameters of a unit include its bias.
    """

    act: Activation | None
    of: Pieces
    biases: bool
    pattern: np.ndarray  # (d1, n), bool or int
    points: np.ndarray  # (n, d)
    outer: np.ndarray  # (d1,)
    targets: np.ndarray  # (n,)
    units: np.ndarray  # (k,)
    rows: np.ndarray  # (k,)
    signs: np.ndarray  # (k,), 1.0 or -1.0
    edges: np.ndarray  # (k,)

    @property
    def sizes(self) -> tuple[int, int, int]:
        """Units, points, parameters of a unit."""
        units, count = self.pattern.shape
        return units, count, self.points.shape[1]

    @cached_property
    def slopes(self) -> np.ndarray:
        """Slope of each entry, shape (d1, n)."""
        return self.of.values(self.of.slopes, self.pattern)

    @cached_property
    def jacobian(self) -> np.ndarray:
        """J, shape (n, d1 d), the parameters of a unit side by side."""
        found = pattern_jacobian(self.pattern, self.points, self.outer, act=self.act)
        return found.numpy()

    @cached_property
    def offsets(self) -> np.ndarray:
        """The constants c of the outputs, shape (n,)."""
        constants = self.of.values(self.of.intercepts, self.pattern)
        return np.asarray(constants.T @ self.outer)

    @property
    def is_scale_free(self) -> bool:
        r"""Whether $\sigma(\alpha z) = \alpha\sigma(z)$ for $\alpha \ge 0$."""
        return self.of.are_homogeneous and not any(self.of.breakpoints)

    def outputs(self, theta: np.ndarray) -> np.ndarray:
        """Return the outputs that the region's linear map gives, shape (n,)."""
        return np.asarray(self.jacobian @ theta.ravel() + self.offsets)

    def slack(self, theta: np.ndarray) -> np.ndarray:
        r"""Return $\epsilon (x \cdot w - e)$ of each constraint, theta (d1, d)."""
        arguments = np.einsum("kj,kj->k", self.points[self.rows], theta[self.units])
        return np.asarray(self.signs * (arguments - self.edges))

    def moved_to(self, pattern: np.ndarray) -> "Region":
        """Return the region of another pattern on the same data."""
        units, rows, signs, edges = _constraints(self.of, pattern, self.points)
        return replace(
            self, pattern=pattern, units=units, rows=rows, signs=signs, edges=edges
        )


def build_region(
    pattern: PatternLike,
    points: PointsLike,
    targets: PointsLike,
    outer_weights: PointsLike | None,
    biases: bool,
    act: Activation | None,
) -> Region:
    """Return the checked region of a pattern; refuses what has no meaning."""
    found = pieces(act)
    _require_continuous(found)
    array = as_pattern(pattern, found)
    data = lifted(points, array, biases)
    outer = as_outer_weights(outer_weights, len(array))
    goals = as_targets(targets, len(data))
    for what, values in (
        ("points", data),
        ("targets", goals),
        ("outer weights", outer),
    ):
        _require_moderate(what, values)
    _require_no_row_to_vanish(data, outer)
    units, rows, signs, edges = _constraints(found, array, data)
    return Region(
        act=act,
        of=found,
        biases=biases,
        pattern=array,
        points=data,
        outer=outer,
        targets=goals,
        units=units,
        rows=rows,
        signs=signs,
        edges=edges,
    )


def as_targets(targets: PointsLike, count: int) -> np.ndarray:
    """Return the targets as a finite vector of one number a point."""
    return one_each(targets, "targets", count, "point")


def as_unit_rows(weights: PointsLike, biases: PointsLike | None) -> np.ndarray:
    """Return the parameters unit by unit, shape (d1, d0), one column more for b."""
    inner = as_matrix(weights, "weights").numpy(force=True)
    if biases is None:
        return np.array(inner)
    shifts = one_each(biases, "biases", len(inner), "row of the weights")
    return np.column_stack([inner, shifts])


def split_weights(theta: np.ndarray, biases: bool) -> tuple[Array, Array | None]:
    """Return (W, b) from the parameters unit by unit; b is None without biases."""
    whole = torch.from_numpy(np.array(theta, dtype=np.float64))
    if not biases:
        return whole, None
    return whole[:, :-1].clone(), whole[:, -1].clone()


def _require_moderate(what: str, values: np.ndarray) -> None:
    largest = float(np.abs(values).max(initial=0.0))
    if largest > _LARGEST or 0 < largest < 1 / _LARGEST:
        raise DataError(
            f"The largest of the {what} is {largest:g} in size; the programs over a "
            f"region need one between {1 / _LARGEST:g} and {_LARGEST:g}. Multiply "
            "them by a power of two."
        )


def _require_no_row_to_vanish(points: np.ndarray, outer: np.ndarray) -> None:
    """Rows of J have entries v_r s x_ij, whose squares are summed."""
    rows, units = np.abs(points).max(axis=1), np.abs(outer)
    rows[rows == 0.0] = np.inf
    row, unit = int(rows.argmin()), int(units.argmin())
    least = float(rows[row] * units[unit])
    if least < 1 / _LARGEST:
        raise DataError(
            f"Row {row} of the points is {rows[row]:g} in size and the outer weight of "
            f"unit {unit} {outer[unit]:g}; their product must be {1 / _LARGEST:g} or "
            "more. Bring the rows, and the outer weights, to one scale."
        )
    rows[np.isinf(rows)] = 0.0
    row, unit = int(rows.argmax()), int(units.argmax())
    most = float(rows[row] * units[unit])
    if most > _LARGEST:
        raise DataError(
            f"Row {row} of the points is {rows[row]:g} in size and the outer weight of "
            f"unit {unit} {outer[unit]:g}; their product must be at most "
            f"{_LARGEST:g}. Multiply the outer weights by a power of two."
        )


def _require_continuous(of: Pieces) -> None:
    for k, edge in enumerate(of.breakpoints):
        left = of.slopes[k] * edge + of.intercepts[k]
        right = of.slopes[k + 1] * edge + of.intercepts[k + 1]
        if abs(left - right) > 1e-9 * (1.0 + abs(left)):
            raise InvalidArgumentError(
                f"The activation {of.name} jumps at {edge:g} from {left:g} to "
                f"{right:g}; minima are sought where the loss is continuous. Use relu, "
                "leaky_relu, abs or hard_tanh, or give the jump a finite slope."
            )


def _constraints(
    of: Pieces, pattern: np.ndarray, points: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Units, points, signs and edges of the inequalities, unit by unit."""
    ends = np.array((-np.inf, *of.breakpoints, np.inf))
    piece = pattern.astype(np.int64)
    still = ~points.any(axis=1)  # A zero point has the pre-activation 0 for good.
    at_zero = int(np.searchsorted(np.array(of.breakpoints), 0.0, side="right"))
    wrong = np.argwhere((piece != at_zero) & still)
    if len(wrong):
        unit, point = (int(each) for each in wrong[0])
        raise DataError(
            f"Point {point} is zero, so its pre-activations are 0 for all weights, in "
            f"piece {at_zero}; the pattern has piece {int(piece[unit, point])} there "
            f"for unit {unit}. No weights have this pattern."
        )
    parts = []
    for sign, edges in ((1.0, ends[piece]), (-1.0, ends[piece + 1])):
        units, rows = np.nonzero(np.isfinite(edges) & ~still)
        parts.append((units, rows, np.full(len(units), sign), edges[units, rows]))
    units, rows, signs, edges = (
        np.concatenate(each) for each in zip(*parts, strict=True)
    )
    order = np.lexsort((rows, units))
    return units[order], rows[order], signs[order], edges[order]
