"""What the Wendland activations share: the support and the scaled distance."""

import torch

from widthwise.arrays import Array

__all__ = ["distance_to_support", "half_square", "power"]


def half_square(alpha: float) -> float:
    r"""Return alpha²/2, exactly 1 for the float nearest to $\sqrt{2}$."""
    found = alpha * alpha / 2
    return 1.0 if abs(found - 1.0) <= 2**-52 else found


def distance_to_support(t: Array, half: float) -> tuple[Array, Array]:
    r"""Return (u, 1 - u clamped at 0), with $u = \sqrt{2 - 2t} / \alpha$.

    1 - u = (1 - u²)/(1 + u) keeps its relative accuracy at the support's edge.
    """
    u = torch.sqrt((1 - t) / half)
    return u, (t - (1 - half)).clamp(min=0.0) / (half * (1 + u))


def power(x: Array, exponent: int) -> Array:
    """Return x**exponent, exponent >= 1, by squaring: several times faster than pow."""
    if exponent == 1:
        return x
    root = power(x, exponent // 2)
    return root * root * x if exponent % 2 else root * root
