"""Angles and settings in words; every other number as `wording` has it."""

import math

from widthwise.wording import (
    count,
    duration,
    number,
    percent,
    power_of_ten,
)

__all__ = [
    "angle",
    "count",
    "duration",
    "number",
    "percent",
    "power_of_ten",
    "values",
]

_LISTED = 12


def angle(radians: int | float | None) -> str:
    """Return an angle in radians, with degrees where they are easier to picture."""
    if radians is None:
        return "–"
    if radians == 0:
        return "0"
    return f"{number(radians)} rad ({number(math.degrees(radians), digits=2)}°)"


def values(found: object) -> str:
    """Return a setting or a measured value, or a short list of them, in words."""
    if found is None:
        return "–"
    if isinstance(found, bool):
        return "yes" if found else "no"
    if isinstance(found, int):
        return count(found)
    if isinstance(found, float):
        return power_of_ten(found)
    if isinstance(found, list | tuple):
        shown = ", ".join(values(each) for each in found[:_LISTED])
        more = len(found) - _LISTED
        return f"{shown} and {more} more" if more > 0 else shown
    return str(found)
