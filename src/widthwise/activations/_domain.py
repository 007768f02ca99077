"""Where an activation is defined, and the refusal of values elsewhere."""

import math
from typing import Any

import torch

from widthwise.arrays import Array
from widthwise.errors import InvalidArgumentError, OutsideDomainError

__all__ = ["inside_domain", "read_interval"]

_OVERSHOOT = 1e-12


def inside_domain(z: Array, activation: Any) -> Array:
    """Return z clamped to the domain after refusing all but rounding beyond it.

    The allowance, relative to an end beyond ±1, is 1e-12, or 8 units in the last place
    of a dtype shorter than float64. Within torch.compile the refusal is a RuntimeError.
    """
    low, high = activation.domain
    is_everywhere = low == -math.inf and high == math.inf
    if is_everywhere or z.is_meta or z.numel() == 0:
        return z
    unit = _OVERSHOOT
    if z.dtype != torch.float64:
        unit = 8 * torch.finfo(z.dtype).eps
    allowed_low = low - unit * max(1.0, abs(low)) if math.isfinite(low) else low
    allowed_high = high + unit * max(1.0, abs(high)) if math.isfinite(high) else high
    if torch.compiler.is_compiling():
        inside = ((z >= allowed_low) & (z <= allowed_high)).all()
        torch._assert_async(inside, f"{activation.name} {_defined_on(activation)}.")
        return z.clamp(low, high)
    least, largest = (float(end) for end in z.detach().aminmax())
    if least >= low and largest <= high:
        return z
    if not (least >= allowed_low and largest <= allowed_high):
        z = z.detach()
        outside = z[~((z >= allowed_low) & (z <= allowed_high))]
        raise OutsideDomainError(
            f"{activation.name} {_defined_on(activation)} and was asked for "
            f"{float(outside[0])!r} ({outside.numel()} of {z.numel()} values are "
            "outside). Use weights on the sphere (the law Sphere, not Gaussian) and "
            "points of norm 1 (widthwise.datasets.project_to_sphere)."
        )
    return z.clamp(low, high)


def _defined_on(activation: Any) -> str:
    return "is defined on [{:g}, {:g}]".format(*activation.domain)


def read_interval(
    domain: tuple[float | int, float | int], label: str
) -> tuple[float, float]:
    """Return the domain that a caller gives, which must contain [-1, 1]."""
    try:
        low, high = (float(end) for end in domain)
    except (TypeError, ValueError):
        low, high = math.nan, math.nan
    if not (low <= -1.0 and high >= 1.0):
        raise InvalidArgumentError(
            f"The domain of {label!r} is {domain!r}; it must be a pair (low, high) "
            "that contains [-1, 1], where points and weights of norm 1 put z."
        )
    return low, high
