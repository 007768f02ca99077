"""Norms of many residuals at once, and the first count below a level."""

import math
from collections.abc import Callable
from typing import Any

import torch

from widthwise.arrays import Array, Float

__all__ = ["first_within", "norms", "plain", "shaped"]


def norms(rows: Float[Array, "c r"], extra: float) -> Float[Array, " c"]:
    """Return each row's Euclidean norm with `extra` appended; no underflow.

    The rows are at least 0, and are overwritten.
    """
    largest = torch.full((len(rows),), extra, dtype=torch.float64)
    if rows.shape[1]:
        largest = torch.maximum(largest, rows.amax(1))
    safe = torch.where(largest > 0, largest, 1.0)
    # Squares are summed as they are where none that matters can underflow.
    if len(rows) and float(safe.min()) > 1e-100:
        return torch.sqrt(torch.linalg.vector_norm(rows, dim=1).square() + extra**2)
    # A number over a tensor is a reciprocal times the number: 0 · ∞ for a subnormal.
    last = torch.full_like(safe, extra) / safe
    total = rows.div_(safe[:, None]).square_().sum(1) + last.square()
    return largest * torch.sqrt(total)


def shaped(
    values: Float[Array, "c ..."], shape: tuple[int, ...] | None
) -> Float[Array, "..."]:
    """Return results in the shape of the counts they belong to."""
    return values[0] if shape is None else values.reshape(*shape, *values.shape[1:])


def plain(values: Float[Array, " c"], shape: tuple[int, ...] | None) -> Any:
    """Return one number as a float, several in the shape of their counts."""
    return float(values[0]) if shape is None else values.reshape(shape)


def first_within(level: float | int, curve: Callable[[int], float]) -> int | float:
    """Return the least k at which a non-increasing curve is within a level.

    Infinity where 2**1000 steps do not reach it.
    """
    low, high = -1, 0
    while curve(high) > level:
        low, high = high, max(1, 2 * high)
        if high > 2**1000:
            return math.inf
    while high - low > 1:
        middle = (low + high) // 2
        if curve(middle) > level:
            low = middle
        else:
            high = middle
    return high
