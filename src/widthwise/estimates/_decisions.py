"""True, False, or None for not decided: what intervals say, and what follows of them.

A comparison is decided where the whole interval lies on one side.
"""

import math
from collections.abc import Iterable

from widthwise.estimates._estimate import Estimate

__all__ = [
    "all_hold",
    "any_holds",
    "is_above",
    "is_at_least",
    "is_at_most",
    "is_below",
    "is_less",
    "is_within",
]


def all_hold(verdicts: Iterable[bool | None]) -> bool | None:
    """Return False if one fails, else None if one is open or there is none, else True.

    Kleene's conjunction, but that nothing looked at decides nothing.
    """
    found = list(verdicts)
    if any(each is not None and not each for each in found):
        return False
    return None if not found or any(each is None for each in found) else True


def any_holds(verdicts: Iterable[bool | None]) -> bool | None:
    """Return True if one holds, else None if one is open or there is none, else False.

    Kleene's disjunction, but that nothing looked at decides nothing.
    """
    found = list(verdicts)
    if any(found):
        return True
    return None if not found or any(each is None for each in found) else False


def is_within(
    found: Estimate, low: float | int = -math.inf, high: float | int = math.inf
) -> bool | None:
    """Return whether it lies in [low, high]."""
    if low <= found.low and found.high <= high:
        return True
    return False if found.high < low or found.low > high else None


def is_at_least(found: Estimate, level: float | int) -> bool | None:
    """Return whether it is `level` or more."""
    return is_within(found, low=level)


def is_at_most(found: Estimate, level: float | int) -> bool | None:
    """Return whether it is `level` or less."""
    return is_within(found, high=level)


def is_above(found: Estimate, level: float | int) -> bool | None:
    """Return whether it is more than `level`."""
    return _opposite(is_at_most(found, level))


def is_below(found: Estimate, level: float | int) -> bool | None:
    """Return whether it is less than `level`."""
    return _opposite(is_at_least(found, level))


def is_less(first: Estimate, second: Estimate) -> bool | None:
    """Return whether the first is less than the second; None where they overlap."""
    if first.high < second.low:
        return True
    return False if second.high < first.low else None


def _opposite(verdict: bool | None) -> bool | None:
    return None if verdict is None else not verdict
