"""How steep and how curved an activation is, on the whole line."""

import math

import torch

from widthwise.activations import Activation, get

__all__ = ["slope_and_curvature"]

_ROOT = math.sqrt(math.pi)

_KNOWN: dict[str, tuple[float, float]] = {
    "softplus": (1.0, 0.25),
    "tanh": (1.0, 4 / (3 * math.sqrt(3))),
    "erf": (2 / _ROOT, 2 * math.sqrt(2) / _ROOT * math.exp(-0.5)),
    "sigmoid": (0.25, 1 / (6 * math.sqrt(3))),
    "gelu": (1.12891, 2 / math.sqrt(2 * math.pi)),
    "swish": (1.09985, 0.5),
    "sin": (1.0, 1.0),
    "cos": (1.0, 1.0),
    "gaussian": (math.exp(-0.5), 1.0),
    "elu": (1.0, 1.0),
    "celu": (1.0, 1.0),
}
"""Upper ends of sup|σ'| and sup|σ''| for the default parameters."""


def slope_and_curvature(act: Activation) -> tuple[float, float] | None:
    """Return bounds of |σ'| and |σ''|, sampled if σ was; None where none is known."""
    if act.constants_are_sampled and act.smoothness >= 2:
        z = torch.linspace(-20, 20, 400_001, dtype=torch.float64)
        slope = act.derivative(z)
        change = (slope[2:] - slope[:-2]).abs() / (z[2:] - z[:-2])
        return float(slope.abs().max()), float(change.max())
    known = _KNOWN.get(act.name)
    return known if known is not None and act == get(act.name) else None
