"""Checks of an activation's parameters."""

import math
import operator
from typing import Any

from widthwise.errors import InvalidArgumentError

__all__ = ["real_number", "whole_number"]


def real_number(activation: Any, parameter: str, *, positive: bool = False) -> None:
    """Turn this field of a frozen activation into a finite float, or refuse."""
    found = getattr(activation, parameter)
    try:
        value = math.nan if isinstance(found, str | bool) else float(found)
    except (TypeError, ValueError):
        value = math.nan
    if not math.isfinite(value) or (positive and value <= 0.0):
        kind = "a positive finite number" if positive else "a finite number"
        raise InvalidArgumentError(
            f"{activation.name} was given {parameter}={found!r}; it must be {kind}."
        )
    object.__setattr__(activation, parameter, value)


def whole_number(activation: Any, parameter: str, *, least: int) -> None:
    """Turn this field of a frozen activation into an int >= least, or refuse."""
    found = getattr(activation, parameter)
    try:
        value = least - 1 if isinstance(found, bool) else operator.index(found)
    except TypeError:
        value = least - 1
    if value < least:
        raise InvalidArgumentError(
            f"{activation.name} was given {parameter}={found!r}; "
            f"it must be an integer of at least {least}."
        )
    object.__setattr__(activation, parameter, value)
