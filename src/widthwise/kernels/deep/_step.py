"""One layer of a deep kernel as numbers: correlations in, correlations out."""

from dataclasses import dataclass

import numpy as np

from widthwise.kernels.deep._layer import Layer

__all__ = ["Step", "advance", "step_through"]


@dataclass(frozen=True)
class Step:
    r"""One layer as numbers.

    With $u = (1 - \rho)/2$ and $v = (1 + \rho)/2$, $u' = a\,D$ for $\rho \ge 0$; else
    $u' = u_0 - a A$ and $v' = v_0 + a A$, with D and A the two sides of the layer's
    `Departure`.

    Attributes
    ----------
    layer
        The activation at this layer's variance.
    rise, near_one, near_minus_one
        a, u_0 and v_0.
    gain
        $s_w^2 / q$, by which Θ times the dual of f' enters the next Θ.
    variance
        q of the next layer.
    """

    layer: Layer
    rise: float
    near_one: float
    near_minus_one: float
    gain: float
    variance: float


def step_through(each: Layer, weight: float, bias: float) -> Step:
    """Return the step through a layer, for the squares of s_w and s_b."""
    following = weight * each.at_one + bias
    # A layer that is zero everywhere leaves a kernel that is zero: any ρ will do.
    share = weight / following if following > 0 else 0.0
    rise = share / 2
    return Step(
        each,
        rise,
        rise * (each.at_one - each.at_minus_one),
        rise * (each.at_one + each.at_minus_one)
        + (bias / following if following > 0 else 0.0),
        weight / each.variance,
        following,
    )


def advance(
    step: Step, x: np.ndarray, near: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Take the half chord x through a layer; return u' and v'."""
    change = step.rise * step.layer.departure(x, near)
    u = np.maximum(np.where(near, change, step.near_one - change), 0.0)
    v = np.maximum(np.where(near, 1 - change, step.near_minus_one + change), 0.0)
    return u, v
