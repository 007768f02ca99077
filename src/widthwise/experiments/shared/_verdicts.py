"""Truth from intervals: what holds, what fails, and what is left open."""

from collections.abc import Iterable
from typing import NamedTuple, Protocol, runtime_checkable

__all__ = ["Bounded", "Interval", "every", "is_below", "within"]


@runtime_checkable
class Bounded(Protocol):
    """Anything with the two ends of an interval."""

    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...


class Interval(NamedTuple):
    low: float
    high: float


def every(verdicts: Iterable[bool | None]) -> bool | None:
    found = list(verdicts)
    if False in found:
        return False
    return None if None in found or not found else True


def within(found: Bounded, low: float | int, high: float | int) -> bool | None:
    if low <= found.low and found.high <= high:
        return True
    if found.high < low or found.low > high:
        return False
    return None


def is_below(first: Bounded, second: Bounded) -> bool | None:
    if first.high < second.low:
        return True
    if second.high < first.low:
        return False
    return None
