"""Numbers of steps, or times, as a caller may write them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import torch

from widthwise.arguments import non_negative
from widthwise.arrays import Array, Bool, Float
from widthwise.errors import InvalidArgumentError

__all__ = ["StepCounts", "step_counts", "times"]


@dataclass(frozen=True)
class StepCounts:
    """Step counts, their parity, and the shape they came in (None for a scalar)."""

    values: Float[Array, " c"]
    are_odd: Bool[Array, " c"]
    shape: tuple[int, ...] | None

    def split(self, size: int) -> "list[StepCounts]":
        """Return the counts in runs of at most `size`."""
        return [
            StepCounts(
                self.values[start : start + size],
                self.are_odd[start : start + size],
                self.shape,
            )
            for start in range(0, len(self.values), size)
        ]


def step_counts(given: Any) -> StepCounts:
    """Read one whole number, or any array of them, of any size.

    Parity comes from the integers themselves: above 2**53 a float has none.
    """
    listed, shape = _listed(given)
    whole = [_whole(each) for each in listed]
    return StepCounts(
        torch.tensor([float(each) for each in whole], dtype=torch.float64),
        torch.tensor([each % 2 == 1 for each in whole], dtype=torch.bool),
        shape,
    )


def times(given: Any) -> StepCounts:
    """Read one time, at least 0, or any array of them; infinity is a time."""
    listed, shape = _listed(given)
    values = [_time(each) for each in listed]
    return StepCounts(
        torch.tensor(values, dtype=torch.float64),
        torch.zeros(len(values), dtype=torch.bool),
        shape,
    )


def _listed(given: Any) -> tuple[list[Any], tuple[int, ...] | None]:
    if hasattr(given, "ndim") and hasattr(given, "tolist"):
        return given.reshape(-1).tolist(), tuple(given.shape) or None
    if isinstance(given, Iterable) and not isinstance(given, str):
        listed = list(given)
        return listed, (len(listed),)
    return [given], None


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


def _time(given: Any) -> float:
    return non_negative(given, "A time", may_be_infinite=True)
