"""How fast the Jacobian of a fully connected net can change near its parameters."""

import math
from collections.abc import Sequence

import numpy as np
import torch

from widthwise.arrays import Array, Float
from widthwise.bounds.convergence._fully_connected import Affine

__all__ = ["jacobian_lipschitz"]

_ROUNDING = 1 + 1e-12


def jacobian_lipschitz(
    layers: Sequence[Affine], points: Float[Array, "n d"], radius: float
) -> float:
    r"""Bound $\|J(\theta) - J(\theta')\| / \|\theta - \theta'\|$ in a ball.

    Let $\theta$ be what is trained, moved by at most R. For a direction whose part in
    layer l has the norm $\mu_l$, bounds that are linear in $\mu$ hold for the first
    derivatives of the pre-activations, $\alpha_l \cdot \mu$ of their Frobenius norm and
    $r_l \cdot \mu$ of their rows, and $\mu^\top Q_l \nu$ of the second ones:

    $$\alpha_l = w_l B_1 \alpha_{l-1} + s_l e_l, \quad
    r_l = w_l B_1 r_{l-1} + \rho_l e_l, \quad
    Q_l = w_l B_1 Q_{l-1} + c_l B_2\, r_{l-1} \alpha_{l-1}^\top
    + a B_1 (\alpha_{l-1} e_l^\top + e_l \alpha_{l-1}^\top),$$

    where $w_l$ bounds the norm of the weights in the ball, $c_l$ that of their columns,
    $s_l$ that of the layer's inputs and $\rho_l$ that of a row of them. The bound is
    $\|Q_L + Q_L^\top\|/2$.

    Parameters
    ----------
    layers
        Of `read_chain`.
    points
        Shape (n, d), the inputs; any norms.
    radius
        R.

    Returns
    -------
    L, inf where a number is beyond float64. Cost: a forward pass and the norms of its
    matrices.
    """
    count = len(layers)
    hidden = points
    # Of the hidden values before each layer: first derivatives and what of the second
    # goes through the slope and through the curvature.
    whole, row = np.zeros(count), np.zeros(count)
    through, bent = np.zeros((count, count)), np.zeros((count, count))
    for place, layer in enumerate(layers):
        unit = np.eye(count)[place]
        moved = layer.scale * radius if layer.trains_weight else 0.0
        norm = layer.scale * _norm(layer.weight) + moved
        column = layer.scale * _largest_row(layer.weight.T) + moved
        size, longest = _inputs(layer, hidden)
        if layer.trains_weight:
            size += layer.scale * radius * float(np.linalg.norm(whole))
            longest += layer.scale * radius * float(np.linalg.norm(row))
        mixed = np.outer(whole, unit) if layer.trains_weight else 0.0 * through
        second = norm * through + column * bent
        second = second + layer.scale * (mixed + mixed.T)
        whole, row = norm * whole + size * unit, norm * row + longest * unit
        values = layer.inner(hidden)
        hidden = values if layer.act is None else layer.act(values)
        bent = layer.curvature * np.outer(row, whole)
        through = layer.slope * second
        whole, row = layer.slope * whole, layer.slope * row
    # The last layer has no activation: its slope is one.
    if not np.isfinite(through).all():
        return math.inf
    return float(np.linalg.norm((through + through.T) / 2, 2)) * _ROUNDING


def _inputs(layer: Affine, hidden: Float[Array, "n j"]) -> tuple[float, float]:
    r"""Return the norm of $[a H, a_b 1]$, as far as it is trained, and of its rows."""
    parts = []
    if layer.trains_weight:
        parts.append(layer.scale * hidden)
    if layer.trains_bias:
        parts.append(layer.bias_scale * torch.ones_like(hidden[:, :1]))
    if not parts:
        return 0.0, 0.0
    together = torch.cat(parts, dim=1)
    return _norm(together), _largest_row(together)


def _norm(matrix: Array) -> float:
    return float(torch.linalg.matrix_norm(matrix, 2)) * _ROUNDING


def _largest_row(matrix: Array) -> float:
    return float(torch.linalg.vector_norm(matrix, dim=1).max()) * _ROUNDING
