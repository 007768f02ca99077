"""The Jacobian of a two-layer network in one region of its parameters."""

import numpy as np
import torch

from widthwise.activations import Activation
from widthwise.arrays import Array, Float
from widthwise.errors import DataError
from widthwise.features.two_layer import PointsLike
from widthwise.landscape.patterns import (
    PatternLike,
    as_pattern,
    lifted,
    one_each,
    pieces,
)
from widthwise.numerics import require

__all__ = ["as_outer_weights", "pattern_jacobian"]


def pattern_jacobian(
    pattern: PatternLike,
    points: PointsLike,
    outer_weights: PointsLike | None = None,
    *,
    biases: bool = False,
    outer: bool = False,
    act: Activation | None = None,
) -> Float[Array, "n p"]:
    r"""Return the Jacobian of the outputs in the region of an activation pattern.

    .. math:: J_{i,(r,j)} = v_r\, s_{ri}\, x_{ij}, \qquad J_{i, b_r} = v_r\, s_{ri},

    $s_{ri}$ the slope of the piece that unit r uses at point i. It does not depend on
    the weights inside a region. For the outer weights, $\sigma(z_{ri}) = s_{ri} z_{ri}
    + c_{ri}$ and the first term is a combination of the inner columns, so the column
    $c_r$ is given: the same column space, and all zeros for rectifiers.

    Parameters
    ----------
    pattern
        Shape (d1, n), from `activation_pattern`.
    points
        X, shape (n, d0).
    outer_weights
        v, shape (d1,), no entry zero; ones if None. The rank does not depend on it.
    biases
        Whether the biases are parameters.
    outer
        Whether the outer weights are parameters. Then so must be the biases, unless
        the network has none.
    act
        The piecewise-linear activation; None means the rectifier.

    Returns
    -------
    Shape (n, p). Column r d0 + j belongs to W[r, j]; then a column for each bias, then
    one for each outer weight. The order of `features.jacobian`.

    Raises
    ------
    DataError
        If shapes or dtypes do not fit, or an outer weight is zero.
    MemoryBudgetError
        If the matrix does not fit in memory.

    Source
    ------
    Karhadkar, Murray, Tseran and Montufar (2024), arXiv:2305.19510, Section 2.

    Cost
    ----
    n p operations and 8 n p bytes.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.tensor([[1.0, 0.0], [0.0, 1.0], [-1.0, 1.0]]).double()
    >>> pattern = ww.landscape.activation_pattern(points, [[1.0, 1.0], [1.0, -1.0]])
    >>> ww.landscape.pattern_jacobian(pattern, points).shape
    torch.Size([3, 4])
    """
    found = pieces(act)
    array = as_pattern(pattern, found)
    data = lifted(points, array, biases=False)
    (d1, n), d0 = array.shape, data.shape[1]
    v = as_outer_weights(outer_weights, d1)
    parameters = d1 * (d0 + int(biases) + int(outer))
    require(
        8 * n * (parameters + d1),
        f"The Jacobian of {n} points in {parameters} parameters",
        "Ask for jacobian_rank with exact=True, which needs only n x n.",
    )
    slopes = np.ascontiguousarray(found.values(found.slopes, array).T) * v  # (n, d1)
    jacobian = np.empty((n, parameters))
    inner = jacobian[:, : d1 * d0].reshape(n, d1, d0)  # a view: one axis is split
    np.multiply(slopes[:, :, None], data[:, None, :], out=inner)
    if biases:
        jacobian[:, d1 * d0 : d1 * (d0 + 1)] = slopes
    if outer:
        jacobian[:, parameters - d1 :] = found.values(found.intercepts, array).T
    return torch.from_numpy(jacobian)


def as_outer_weights(outer_weights: PointsLike | None, width: int) -> np.ndarray:
    """Return v as an array, refusing zeros: such a unit has no derivative at all."""
    if outer_weights is None:
        return np.ones(width)
    v = one_each(outer_weights, "outer weights", width, "row of the pattern")
    zeros = np.flatnonzero(v == 0.0)
    if zeros.size:
        raise DataError(
            f"The outer weight of unit {int(zeros[0])} is zero ({zeros.size} of "
            f"{width} are), so its inner weights do not reach the output. Leave such "
            "units out of the pattern."
        )
    return v
