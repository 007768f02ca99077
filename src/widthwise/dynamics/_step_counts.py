"""Numbers of steps, as a caller may write them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import torch

from widthwise.arrays import Array, Bool, Float
from widthwise.errors import InvalidArgumentError

__all__ = ["StepCounts", "step_counts"]


@dataclass(frozen=True)
class StepCounts:
    """Step counts, their parity, and the shape they came in (None for a scalar)."""

    values: Float[Array, " c"]
    are_odd: Bool[Array, " c"]
    shape: tuple[int, ...] | None


def step_counts(given: Any) -> StepCounts:
    """Read one whole number, or any array of them, of any size.

    Parity comes from the integers themselves: above 2**53 a float has none.
    """
    shape: tuple[int, ...] | None
    if hasattr(given, "ndim") and hasattr(given, "tolist"):
        shape = tuple(given.shape) or None
        listed = given.reshape(-1).tolist()
    elif isinstance(given, Iterable) and not isinstance(given, str):
        listed = list(given)
        shape = (len(listed),)
    else:
        listed, shape = [given], None
    whole = [_whole(each) for each in listed]
    return StepCounts(
        torch.tensor([float(each) for each in whole], dtype=torch.float64),
        torch.tensor([each % 2 == 1 for each in whole], dtype=torch.bool),
        shape,
    )


def _whole(count: Any) -> int:
    try:
        whole = int(count)
        float(whole)
    except (TypeError, ValueError, OverflowError):
        whole = -1
    if whole < 0 or whole != count:
        raise InvalidArgumentError(
            f"A number of steps is {count!r}; it must be a whole number from 0 to "
            "1e308."
        )
    return whole
