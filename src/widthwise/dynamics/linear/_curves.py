"""Norms of many residuals at once, and the first count below a level."""

import math
from collections.abc import Callable
from typing import Any

import torch

from widthwise.arrays import Array, Float

__all__ = ["first_within", "norms", "plain", "shaped"]

_AT_ONCE = 16
_DOUBLING: list[int] = [0, *(2**power for power in range(1001))]


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


def first_within(
    level: float | int, curve: Callable[[list[int]], Array]
) -> int | float:
    """Return the least k at which a non-increasing curve is within a level.

    Infinity where 2**1000 steps do not reach it. The curve is asked for several counts
    at once: one costs a short curve as much as sixteen.
    """

    def first(counts: list[int]) -> int | None:
        within = ~(curve(counts) > level)
        return int(within.byte().argmax()) if bool(within.any()) else None

    low, high = -1, 0
    for start in range(0, len(_DOUBLING), _AT_ONCE):
        asked = _DOUBLING[start : start + _AT_ONCE]
        if (place := first(asked)) is not None:
            low, high = [low, *asked][place : place + 2]
            break
        low = asked[-1]
    else:
        return math.inf
    while high - low > 1:
        parts = min(_AT_ONCE + 1, high - low)
        asked = [low + (high - low) * part // parts for part in range(1, parts)]
        place = first(asked)
        place = len(asked) if place is None else place
        low, high = [low, *asked, high][place : place + 2]
    return high
