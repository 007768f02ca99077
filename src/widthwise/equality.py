"""Whether two objects that hold arrays hold the same values."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

__all__ = ["equal_by_value"]


def equal_by_value(first: object, second: object) -> bool:
    """Return whether two objects hold the same values, arrays entry by entry.

    What a frozen class that holds arrays needs in place of the generated `__eq__`, in
    which the truth of an array is asked for. NaN equals NaN; shapes and types of
    entries must agree.
    """
    return type(first) is type(second) and _agree(first, second)


def _agree(first: Any, second: Any) -> bool:
    """Compare two objects of one type."""
    if hasattr(first, "detach"):
        return _same_entries(*(each.detach().cpu().numpy() for each in (first, second)))
    if isinstance(first, np.ndarray):
        return _same_entries(first, second)
    if is_dataclass(first):
        return all(
            equal_by_value(getattr(first, each.name), getattr(second, each.name))
            for each in fields(first)
            if each.compare
        )
    if isinstance(first, Mapping):
        return first.keys() == second.keys() and all(
            equal_by_value(value, second[key]) for key, value in first.items()
        )
    if isinstance(first, Sequence) and not isinstance(first, str):
        return len(first) == len(second) and all(map(equal_by_value, first, second))
    return bool(first == second) or (first != first and second != second)


def _same_entries(first: np.ndarray, second: np.ndarray) -> bool:
    if first.dtype != second.dtype or first.shape != second.shape:
        return False
    return np.array_equal(first, second, equal_nan=first.dtype.kind in "fc")
