"""How fast the Jacobian of a fully connected net can change near its parameters."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from widthwise.arrays import Array, Float
from widthwise.bounds.convergence._fully_connected import Affine

__all__ = ["LayerNorms", "jacobian_lipschitz", "layer_norms"]

_ROUNDING = 1 + 1e-12


@dataclass(frozen=True)
class LayerNorms:
    r"""What the bound takes of a layer, at the centre of the ball.

    Attributes
    ----------
    weight, column
        The norms of $a W$ and of its longest column.
    inputs, longest
        The norms of $[a H_{l-1}, a_b 1]$, as far as it is trained, and of its longest
        row.
    slopes, peak
        The largest norms, over the points, of $\partial f / \partial A_l$ and of a
        column of $\partial f / \partial H_{l-1}$.
    moves
        a, or 0 if W is not trained.
    slope, curvature
        Bounds of |σ'| and |σ''|.
    """

    weight: float
    column: float
    inputs: float
    longest: float
    slopes: float
    peak: float
    moves: float
    slope: float
    curvature: float


def layer_norms(
    layers: Sequence[Affine], points: Float[Array, "n d"]
) -> tuple[LayerNorms, ...]:
    """Return the norms of a chain's layers at these points, of any lengths.

    Cost: a forward pass, a backward one for each output, and norms of matrices.
    """
    hidden, inputs, values = points, [], []
    for layer in layers:
        inputs.append(_inputs(layer, hidden))
        values.append(layer.inner(hidden))
        hidden = values[-1] if layer.act is None else layer.act(values[-1])
    # ∂f/∂A of the last layer, shape (n, c, c); then of those before.
    slopes = torch.eye(len(layers[-1].weight), dtype=points.dtype)
    slopes = slopes.expand(len(points), -1, -1)
    found: list[LayerNorms] = []
    for place in reversed(range(len(layers))):
        layer = layers[place]
        back = layer.scale * (slopes @ layer.weight)
        found.append(
            LayerNorms(
                weight=layer.scale * _norm(layer.weight),
                column=layer.scale * _largest_row(layer.weight.T),
                inputs=inputs[place][0],
                longest=inputs[place][1],
                slopes=_largest_norm(slopes),
                peak=float(torch.linalg.vector_norm(back, dim=1).max()) * _ROUNDING,
                moves=layer.scale if layer.trains_weight else 0.0,
                slope=layer.slope,
                curvature=layer.curvature,
            )
        )
        slopes = back
        act = layers[place - 1].act
        if place and act is not None:
            slopes = back * act.derivative(values[place - 1])[:, None]
    return tuple(reversed(found))


def jacobian_lipschitz(norms: Sequence[LayerNorms], radius: float) -> float:
    r"""Bound $\|J(\theta) - J(\theta')\| / \|\theta - \theta'\|$ in a ball.

    Let $\theta$ be what is trained, moved by at most R. For a direction whose part in
    layer l has the norm $\mu_l$, bounds that are linear in $\mu$ hold for the first
    derivatives of the pre-activations, $\alpha_l \cdot \mu$ of their Frobenius norm and
    $r_l \cdot \mu$ of their rows. With bounds $\gamma_l$ of $\|\partial f / \partial
    A_l\|$ at a point and $b_l$ of the columns of $\partial f / \partial H_l$, from
    their values at the centre and how far they move, the second derivative is at most

    $$\mu^\top Q \nu, \quad Q = \sum_{l<L} b_l B_{2,l}\, r_l \alpha_l^\top
    + \sum_l a_l \gamma_l B_{1,l-1} (\alpha_{l-1} e_l^\top + e_l \alpha_{l-1}^\top),$$

    and the bound is $\|Q + Q^\top\|/2$: in the NTK parametrization it falls like $(\log
    m / m)^{1/2}$ in the number m of units of a layer.

    Parameters
    ----------
    norms
        Of `layer_norms`.
    radius
        R.

    Returns
    -------
    L, inf where a number is beyond float64. Cost: nothing beside the norms.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        found = _second_derivative(norms, radius)
    if not np.isfinite(found).all():
        return math.inf
    return float(np.linalg.norm((found + found.T) / 2, 2)) * _ROUNDING


def _second_derivative(
    norms: Sequence[LayerNorms], radius: float
) -> Float[np.ndarray, "l l"]:
    """Return Q."""
    count = len(norms)
    units = np.eye(count)
    moved = [each.moves * radius for each in norms]
    # α and r of each layer, of A_l (after its weights) and of H_{l-1} (before them).
    whole, row, before = np.zeros((3, count, count))
    before_row = np.zeros(count)
    for place, layer in enumerate(norms):
        norm = layer.weight + moved[place]
        size = layer.inputs + moved[place] * np.linalg.norm(before[place])
        longest = layer.longest + moved[place] * np.linalg.norm(before_row)
        whole[place] = norm * before[place] + size * units[place]
        row[place] = norm * before_row + longest * units[place]
        before_row = layer.slope * row[place]
        if place + 1 < count:
            before[place + 1] = layer.slope * whole[place]
    found = np.zeros((count, count))
    # How far ∂f/∂A_l moves, and its norm in the ball.
    change, size = np.float64(0.0), np.float64(1.0)
    for place in reversed(range(count)):
        layer = norms[place]
        mixed = np.outer(before[place], units[place])
        found += layer.moves * size * (mixed + mixed.T)
        if place == 0:
            break
        below = norms[place - 1]
        norm = layer.weight + moved[place]
        away = norm * change + moved[place] * layer.slopes
        most = min(layer.peak + away, (layer.column + moved[place]) * size)
        found += most * below.curvature * np.outer(row[place - 1], whole[place - 1])
        bent = below.curvature * layer.peak * radius * np.linalg.norm(row[place - 1])
        change = below.slope * away + bent
        size = min(below.slopes + change, below.slope * norm * size)
    return found


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


def _largest_norm(slopes: Float[Array, "n c k"]) -> float:
    """Return the largest norm of a matrix (c, k)."""
    if slopes.shape[1] == 1:
        return _largest_row(slopes[:, 0])
    return float(torch.linalg.matrix_norm(slopes, 2).max()) * _ROUNDING


def _norm(matrix: Array) -> float:
    return float(torch.linalg.matrix_norm(matrix, 2)) * _ROUNDING


def _largest_row(matrix: Array) -> float:
    return float(torch.linalg.vector_norm(matrix, dim=1).max()) * _ROUNDING
