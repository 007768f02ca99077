"""How far rounding moves what is computed with a module."""

from collections.abc import Callable

import torch

from widthwise.arrays import Array
from widthwise.numerics.rounding import scatter

__all__ = ["module_noise"]

_POINTS, _STEP = 16, 2.0**-40


def module_noise(
    found: Callable[[Array], Array], inputs: Array, *, rows: int = 4
) -> float:
    r"""Estimate the root mean square error of numbers that are found for inputs.

    A few rows are scaled by $1 + j h$ with h = 1e-12: what is smooth in them leaves no
    scatter, and the rounding within the module does. The largest fiftieth is cut off,
    as what jumps beside a row is no error.

    Parameters
    ----------
    found
        Takes rows, and returns numbers for each.
    inputs
        Rows; for whole numbers 0.0 is returned.
    rows
        How many are looked at, 16 times each.
    """
    if not inputs.is_floating_point():
        return 0.0
    some = inputs[:: -(-len(inputs) // rows)].to(torch.float64)
    steps = torch.arange(_POINTS, dtype=torch.float64, device=some.device)
    scales = 1.0 + _STEP * (steps - (_POINTS - 1) / 2)
    moved = some[:, None] * scales.view(1, -1, *(1,) * (some.ndim - 1))
    values = found(moved.flatten(0, 1)).reshape(len(some), _POINTS, -1)
    errors = 2.0 * scatter(values.transpose(1, 2)).flatten()
    errors = errors.clamp(max=float(torch.quantile(errors[:1_000_000], 0.98)))
    return float(errors.square().mean().sqrt())
