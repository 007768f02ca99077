"""The Jacobian of a two-layer network in its inner weights."""

import math

import torch

from widthwise.activations import Activation, typical_noise
from widthwise.arguments import require_same_columns, require_vector
from widthwise.arrays import Array, DeviceLike, Float, real_tensor
from widthwise.features.two_layer._points import PointsLike, as_matrix
from widthwise.numerics import require

__all__ = ["as_vector", "jacobian", "jacobian_noise"]

_EPS = torch.finfo(torch.float64).eps
_SAMPLED = 64


def jacobian(
    points: PointsLike,
    inner_weights: PointsLike,
    outer_weights: PointsLike,
    act: Activation,
    biases: PointsLike | None = None,
    *,
    device: DeviceLike | None = None,
) -> Float[Array, "n p"]:
    r"""Return the derivative of the outputs $f(x) = v^\top \sigma(W x + b)$ in (W, b).

    .. math::
        J_{i,\,(r,j)} = v_r\, \sigma'(w_r \cdot x_i + b_r)\, x_{ij}, \qquad
        J_{i,\,b_r} = v_r\, \sigma'(w_r \cdot x_i + b_r).

    Row i is $(v \odot \sigma'(W x_i)) \otimes x_i$: no factor $1/\sqrt m$ is applied,
    so put it in v if the network has one.

    Parameters
    ----------
    points
        X, shape (n, d).
    inner_weights
        W, shape (m, d), one unit a row.
    outer_weights
        v, shape (m,).
    act
        $\sigma$; its derivative at a kink is the one from the right.
    biases
        b, shape (m,), or None for a network without.
    device
        Where to compute, such as "cuda"; by default where the points are.

    Returns
    -------
    Shape (n, p), float64. Column r * d + j belongs to the weight W[r, j] (unit by
    unit, the order of `W.flatten()`); with biases, m more columns follow, one for each
    unit. So p = m d or m (d + 1).

    Raises
    ------
    DataError
        If shapes do not fit or an entry is not finite.
    MemoryBudgetError
        If the n x p matrix does not fit in memory.

    Source
    ------
    Oymak, Soltanolkotabi (2019), arXiv:1902.04674: the Jacobian in W.

    Cost
    ----
    2 n m d operations and 8 n p bytes, written once.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> act = ww.activations.get("relu")
    >>> weights = torch.eye(3, dtype=torch.float64)
    >>> ww.features.jacobian(points, weights, points[0], act).shape
    torch.Size([3, 9])
    """
    data = as_matrix(points, device=device)
    inner = as_matrix(inner_weights, "inner weights").to(data.device)
    require_same_columns(inner, "The inner weights", data, "the points")
    (n, d), m = data.shape, inner.shape[0]
    outer = as_vector(outer_weights, "outer weights", m).to(data.device)
    parameters = m * d + (0 if biases is None else m)
    require(
        8 * n * (parameters + 2 * m),
        f"The Jacobian of {n} points in {parameters} parameters",
        "Use its Gram matrix, which needs only n x n: the tangent kernel.",
    )
    arguments = data @ inner.T
    if biases is not None:
        arguments += as_vector(biases, "biases", m).to(data.device)
    slopes = act.derivative(arguments).mul_(outer)  # (n, m)
    found = torch.empty((n, parameters), dtype=torch.float64, device=data.device)
    torch.mul(slopes[:, :, None], data[:, None, :], out=found[:, : m * d].view(n, m, d))
    if biases is not None:
        found[:, m * d :] = slopes
    return found


def jacobian_noise(
    points: Float[Array, "n d"],
    inner_weights: Float[Array, "m d"],
    outer_weights: Float[Array, " m"],
    act: Activation,
    biases: Float[Array, " m"] | None = None,
    unit: float = _EPS,
) -> float:
    r"""Estimate the Frobenius norm of the error that the rounding of σ' makes in J.

    $\|\delta J\|^2 = \sum_{ir} v_r^2 (\|x_i\|^2 + 1)\,\delta_{ir}^2$ with the root mean
    square of δ, from 64 rows and 64 units at most; without biases, without the 1. The
    points count as rounded to `unit`.

    Cost: 140,000 values of σ'.
    """
    rows = points[:: -(-len(points) // _SAMPLED)].cpu()
    step = -(-len(inner_weights) // _SAMPLED)
    units = inner_weights[::step].cpu()
    arguments = rows @ units.T
    sizes = rows.norm(dim=1)[:, None] * units.norm(dim=1)
    if biases is not None:
        arguments, sizes = (
            arguments + biases[::step].cpu(),
            sizes + biases[::step].cpu().abs(),
        )
    error = typical_noise(
        act.derivative,
        arguments.reshape(-1),
        act.domain,
        (2.0 + (unit / _EPS - 1.0) / 2.0) * sizes.reshape(-1),
    )
    squares = points.square().sum() + (0 if biases is None else len(points))
    return error * math.sqrt(float(squares)) * float(outer_weights.norm())


def as_vector(values: PointsLike, what: str, length: int) -> Array:
    """Return a float64 vector of this length, checked to be finite."""
    vector: Array = real_tensor(values, f"The {what}")
    require_vector(
        vector, f"The {what}", length, meaning="one for each row of the inner weights"
    )
    return as_matrix(vector.reshape(-1, 1), what)[:, 0]
