"""The functions on the data that a region's networks represent, on the line."""

from dataclasses import dataclass

import numpy as np

from widthwise.errors import InvalidArgumentError
from widthwise.features.two_layer import PointsLike, as_matrix
from widthwise.landscape.patterns import PatternLike
from widthwise.landscape.regions._distinct_units import distinct_region
from widthwise.landscape.regions._planar import bounding_wedges
from widthwise.landscape.regions._ray_distance import ray_distance
from widthwise.landscape.regions._region import as_targets, build_region

__all__ = ["FunctionCone", "function_cone"]


@dataclass(frozen=True, eq=False)
class FunctionCone:
    r"""The vectors $(f(x_1), \dots, f(x_n))$ of a closed region's networks.

    Attributes
    ----------
    generators
        Columns that span the cone with weights of at least zero, shape (n, g). Two for
        each distinct unit: its kink at the last point without it, and at the first
        with it.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.tensor([[0.0], [1.0], [2.0]], dtype=torch.float64)
    >>> cone = ww.landscape.function_cone(torch.tensor([[0, 1, 1]]) > 0, points)
    >>> cone.dimension, round(cone.distance(torch.tensor([1.0, 0.0, 0.0])), 6)
    (2, 1.0)
    """

    generators: np.ndarray

    @property
    def dimension(self) -> int:
        """The cone's dimension, the Jacobian's rank, in floats."""
        return int(np.linalg.matrix_rank(self.generators))

    def distance(self, y: PointsLike) -> float:
        r"""Return $\min_g \|g - y\| / \|y\|$ over the cone; 0 for y = 0.

        Raises
        ------
        DataError
            If y is not one finite number a point.

        Cost
        ----
        Least squares with signs: some n of n × g each.
        """
        targets = as_targets(y, len(self.generators))
        size = float(np.linalg.norm(targets))
        return ray_distance(self.generators, targets) / size if size else 0.0


def function_cone(
    pattern: PatternLike,
    points: PointsLike,
    outer_weights: PointsLike | None = None,
) -> FunctionCone:
    r"""Return the cone of functions of rectifier units with biases on the line.

    .. math:: \sum_r v_r \{ (a (x - x_{i-1})_\pm + b (x - x_i)_\pm ) : a, b \ge 0 \}

    for units whose first active point is $x_i$, from the left or the right. The region
    is open and maps linearly on it, so its functions are the cone's relative interior,
    and its global minima exist if and only if y lies there. A cone of less than n
    dimensions is a null set: almost every function that a network represents is one of
    regions of full rank.

    Parameters
    ----------
    pattern, points, outer_weights
        As in `region_minimum`, with biases and d0 = 1, distinct points, and a pattern
        that some network has.

    Raises
    ------
    DataError
        As in `region_minimum`.
    InvalidArgumentError
        If the points are not on the line, repeated, or nearly, or the pattern belongs
        to no network.

    Source
    ------
    Karhadkar, Murray, Tseran and Montúfar (2024), arXiv:2305.19510, Section 6, is about
    these functions; its theorem is lost, and this is derived.

    Cost
    ----
    O(n d1) for the distinct units.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.tensor([[0.0], [1.0], [2.0]])
    >>> cone = ww.landscape.function_cone(torch.tensor([[0, 1, 1]]) > 0, points)
    >>> cone.dimension, cone.distance(torch.tensor([0.0, 1.0, 3.0])) < 1e-12
    (2, True)
    """
    data = as_matrix(points, "points").numpy(force=True)
    region = distinct_region(
        build_region(pattern, data, np.zeros(len(data)), outer_weights, True, None)
    )
    d1, n, d = region.sizes
    if not region.pattern.any():
        return FunctionCone(np.zeros((n, 0)))
    wedges = bounding_wedges(region)
    if wedges is None:
        raise InvalidArgumentError(
            f"The cone of functions needs distinct points on the line and a pattern "
            f"that a network has; the points have shape {np.shape(points)}. Take d0 = "
            "1, and patterns of `sign_patterns` or `activation_pattern`."
        )
    onto = np.einsum("irj,rjk->irk", region.jacobian.reshape(n, d1, d), wedges.inverses)
    return FunctionCone(onto.reshape(n, d1 * d))
