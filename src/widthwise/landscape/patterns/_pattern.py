"""Activation patterns: which linear piece each unit uses at each point."""

import numpy as np
import torch

from widthwise.activations import Activation
from widthwise.arrays import Array, Bool, Float
from widthwise.errors import DataError
from widthwise.features.two_layer import PointsLike, as_matrix
from widthwise.landscape.patterns._pieces import Pieces, pieces

__all__ = [
    "PatternLike",
    "activation_pattern",
    "as_pattern",
    "lifted",
    "undecided_entries",
]

PatternLike = Array | np.ndarray


def activation_pattern(
    points: PointsLike,
    weights: PointsLike,
    biases: PointsLike | None = None,
    *,
    act: Activation | None = None,
) -> Array:
    r"""Return which linear piece of $\sigma$ each unit uses at each point.

    .. math:: A_{ri} = 1[w_r \cdot x_i + b_r \ge 0] \quad \text{(rectifier)}

    A pre-activation of exactly zero counts as active, and one at a breakpoint belongs
    to the piece on its right: the derivative from the right, as everywhere in this
    library. `undecided_entries` tells where rounding could change an entry.

    Parameters
    ----------
    points
        X, shape (n, d0).
    weights
        W, shape (d1, d0), one unit a row.
    biases
        b, shape (d1,), or None.
    act
        A piecewise-linear activation; None means the rectifier.

    Returns
    -------
    Shape (d1, n). Booleans where the activation has one breakpoint (True on its right);
    otherwise int64, the index of the piece from the left.

    Raises
    ------
    DataError
        If shapes do not fit or an entry is not finite.
    InvalidArgumentError
        If the activation is not piecewise linear.

    Source
    ------
    Karhadkar, Murray, Tseran and Montufar (2024), arXiv:2305.19510, Section 2.

    Cost
    ----
    2 n d0 d1 operations.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.tensor([[1.0, 0.0], [0.0, 1.0], [-1.0, 1.0]]).double()
    >>> pattern = ww.landscape.activation_pattern(points, [[1.0, 1.0], [1.0, -1.0]])
    >>> pattern.tolist()
    [[True, True, True], [True, False, False]]
    """
    found = pieces(act)
    arguments, _ = _pre_activations(points, weights, biases)
    if len(found.breakpoints) == 1:
        active: Array = arguments >= found.breakpoints[0]
        return active
    edges = torch.tensor(found.breakpoints, dtype=torch.float64)
    return torch.bucketize(arguments, edges, right=True)


def undecided_entries(
    points: PointsLike,
    weights: PointsLike,
    biases: PointsLike | None = None,
    *,
    act: Activation | None = None,
) -> Bool[Array, "d1 n"]:
    r"""Return where a pre-activation is at a breakpoint up to its rounding error.

    The computed $w \cdot x + b$ misses the true one by at most $(d_0 + 2) u (\sum_j
    |w_j x_j| + |b|)$, $u = 2^{-53}$. The other entries of the pattern are exact.

    Parameters
    ----------
    points, weights, biases, act
        As in `activation_pattern`.

    Returns
    -------
    Booleans, shape (d1, n).

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.tensor([[1.0, 0.0], [0.0, 1.0], [-1.0, 1.0]]).double()
    >>> ww.landscape.undecided_entries(points, [[1.0, 1.0]]).any().item()
    True
    """
    arguments, sizes = _pre_activations(points, weights, biases)
    # Twice the bound, for `sizes` is rounded as well.
    error = sizes * (2.0**-52 * (as_matrix(points).shape[1] + 2))
    near = torch.zeros_like(arguments, dtype=torch.bool)
    for edge in pieces(act).breakpoints:
        near |= (arguments - edge).abs() <= error
    return near


def as_pattern(pattern: PatternLike, of: Pieces) -> np.ndarray:
    """Return a checked pattern as an array of piece indices, bool for two pieces."""
    array = pattern.numpy(force=True) if isinstance(pattern, Array) else pattern
    array = np.asarray(array)
    if array.ndim != 2 or 0 in array.shape:
        raise DataError(
            f"The pattern has shape {array.shape}; it must have shape (units, points), "
            "one row for each unit, as activation_pattern returns it."
        )
    if array.dtype.kind not in "biu":
        raise DataError(
            f"The pattern has dtype {array.dtype}; it must be boolean, or whole "
            "numbers that count the linear pieces from the left."
        )
    count = len(of.slopes)
    if array.dtype.kind != "b":
        wrong = (array < 0) | (array >= count)
        if wrong.any():
            unit, point = (int(each) for each in np.argwhere(wrong)[0])
            raise DataError(
                f"The pattern of unit {unit} at point {point} is "
                f"{int(array[unit, point])}; {of.name} has {count} linear pieces, "
                f"numbered 0 to {count - 1}. Name another activation with act=."
            )
    elif count == 1:
        raise DataError(f"{of.name} has one linear piece; its pattern is all zeros.")
    return array.astype(bool) if count == 2 else array.astype(np.int64)


def lifted(points: PointsLike, pattern: np.ndarray, biases: bool) -> np.ndarray:
    """Return the points as an array, with a constant 1 appended if biases count."""
    data: np.ndarray = as_matrix(points).numpy(force=True)
    if len(data) != pattern.shape[1]:
        raise DataError(
            f"The pattern has {pattern.shape[1]} columns and there are {len(data)} "
            "points; it must have one column for each point and one row for each unit."
        )
    return np.hstack([data, np.ones((len(data), 1))]) if biases else data


def _pre_activations(
    points: PointsLike, weights: PointsLike, biases: PointsLike | None
) -> tuple[Float[Array, "d1 n"], Float[Array, "d1 n"]]:
    """W Xᵀ + b, and the sizes of what was summed."""
    data = as_matrix(points).cpu()
    inner = as_matrix(weights, "weights").cpu()
    if inner.shape[1] != data.shape[1]:
        raise DataError(
            f"The weights have {inner.shape[1]} columns and the points "
            f"{data.shape[1]}; they must have the same number."
        )
    arguments, sizes = inner @ data.T, inner.abs() @ data.abs().T
    if biases is None:
        return arguments, sizes
    given = biases if isinstance(biases, torch.Tensor) else np.asarray(biases)
    if tuple(given.shape) != (len(inner),):
        raise DataError(
            f"The biases have shape {tuple(given.shape)}; they must have shape "
            f"({len(inner)},), one for each row of the weights."
        )
    column = as_matrix(given.reshape(-1, 1), "biases").cpu()
    return arguments + column, sizes + column.abs()
