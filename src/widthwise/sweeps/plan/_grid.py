"""The grid of a plan: for each name the values that it takes, listed or as a range."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from widthwise.arguments import choice, whole_number
from widthwise.errors import InvalidArgumentError, unknown_name
from widthwise.sweeps.plan._codec import canonical, loads

__all__ = ["grid_values"]

_RANGE = ("from", "to", "count", "scale")
_MOST_VALUES = 10**6


def grid_values(grid: Any) -> dict[str, list[Any]]:
    """Return the values of each name, in order, without repetitions.

    Parameters
    ----------
    grid
        For each name a list, or a range
        `{"from": a, "to": b, "count": k, "scale": "linear" | "log"}` of k numbers with
        both ends; between whole ends they are rounded to whole numbers.

    Raises
    ------
    InvalidArgumentError
        If a name has no values, more than a million, or something else.
    """
    if not isinstance(grid, Mapping):
        raise InvalidArgumentError(
            f"The grid is of type {type(grid).__name__}; a table was needed that "
            "gives each name a list of values."
        )
    return {str(name): _values(str(name), each) for name, each in grid.items()}


def _values(name: str, given: Any) -> list[Any]:
    if isinstance(given, Mapping):
        given = _range(name, given)
    elif isinstance(given, range | np.ndarray):
        _require_few(name, len(given))
        given = list(given)
    if not isinstance(given, list | tuple):
        raise InvalidArgumentError(
            f"The grid's {name!r} is {given!r}; a list of values was needed, such as "
            f"[{given!r}], or a range {{from = 1, to = 8, count = 8}}. A single value "
            "belongs into [fixed]."
        )
    if not given:
        raise InvalidArgumentError(
            f"The grid's {name!r} has no values, so there would be no trials. Give at "
            "least one, or leave the name out."
        )
    _require_few(name, len(given))
    # By text, since 1, 1.0 and True are equal in Python and NaN is not.
    texts = dict.fromkeys(canonical(each, f"The grid's {name!r}") for each in given)
    return [loads(text) for text in texts]


def _range(name: str, given: Mapping[str, Any]) -> list[Any]:
    for key in given:
        if key not in _RANGE:
            raise unknown_name(f"key of the range of {name!r}", str(key), _RANGE)
    missing = [key for key in _RANGE[:3] if key not in given]
    if missing:
        raise InvalidArgumentError(
            f"The range of {name!r} lacks {' and '.join(missing)}. Write it as "
            '{from = 1, to = 1000, count = 4, scale = "log"}.'
        )
    low, high, scale = given["from"], given["to"], given.get("scale", "linear")
    count = whole_number(
        given["count"], f"The count of {name!r}", least=1, most=_MOST_VALUES
    )
    for key, end in (("from", low), ("to", high)):
        is_number = isinstance(end, int | float) and not isinstance(end, bool)
        if not is_number or not math.isfinite(end) or abs(end) > 1e300:
            raise InvalidArgumentError(
                f"The range of {name!r} has {key} = {end!r}; a finite number was "
                "needed."
            )
    choice(scale, f"The scale of the range of {name!r}", ("linear", "log"))
    if scale == "log" and not (low > 0 and high > 0):
        raise InvalidArgumentError(
            f"The range of {name!r} goes from {low!r} to {high!r} on a log scale; "
            "both ends must be above 0."
        )
    if count == 1 and low != high:
        raise InvalidArgumentError(
            f"The range of {name!r} has two ends and count = 1. Take a count of at "
            "least 2, or a list."
        )
    return _spaced(low, high, count, scale)


def _spaced(
    low: float | int, high: float | int, count: int, scale: str
) -> list[float | int]:
    """Return evenly spaced numbers with both ends exact."""
    gaps = count - 1
    if gaps == 0:
        return [low]
    inner: list[float | int] = []
    for index in range(1, gaps):
        if scale == "linear" and isinstance(low, int) and isinstance(high, int):
            inner.append(low + (2 * (high - low) * index + gaps) // (2 * gaps))
            continue
        part = index / gaps
        value = (
            low + (high - low) * part
            if scale == "linear"
            else float(low) ** (1 - part) * float(high) ** part
        )
        is_whole = isinstance(low, int) and isinstance(high, int)
        # Twelve digits: 0.3, and the same key whatever a machine's pow says last.
        inner.append(round(value) if is_whole else float(f"{value:.12g}"))
    return [low, *inner, high]


def _require_few(name: str, count: int) -> None:
    if count > _MOST_VALUES:
        raise InvalidArgumentError(
            f"The grid's {name!r} has {count} values; at most {_MOST_VALUES} are "
            "taken. Split the plan."
        )
