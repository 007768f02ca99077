"""Shares and times in words."""

import math
from collections.abc import Callable

from widthwise.wording._numbers import count, number, plain_number

__all__ = ["duration", "percent", "plain_percent"]

_TINY = 1e-5  # A smaller share cannot be pictured as a percentage.


def percent(fraction: int | float | None) -> str:
    """Return a fraction as a percentage that never rounds to a false 100 %.

    A fraction too small to be pictured as a percentage stays a number.
    """
    return _percent(fraction, number, "–")


def plain_percent(fraction: int | float | None) -> str:
    """Return the same for a sentence that is stored, with numbers like 3e-9."""
    return _percent(fraction, plain_number, "no finite number")


def duration(seconds: int | float | None) -> str:
    """Return a time in the units people use: 8.1 s, 24 min 30 s, 2 h 5 min."""
    if seconds is None or not math.isfinite(seconds):
        return "–"
    if seconds < 59.5:
        return f"{number(seconds, digits=2)} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{count(hours)} h {minutes} min" if minutes else f"{count(hours)} h"


def _percent(
    fraction: int | float | None, write: Callable[[float | int], str], missing: str
) -> str:
    if fraction is None or not math.isfinite(fraction):
        return missing
    if 0 < fraction < _TINY:
        return write(fraction)
    shown = f"{100 * fraction:.3g}"
    if shown == "100" and fraction < 1:
        return "over 99.9 %"
    return f"{write(float(shown))} %"
