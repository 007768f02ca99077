"""Numbers and intervals of a finding, as parts of its sentence."""

import math
from typing import TYPE_CHECKING

from widthwise.prose import Prose, say

if TYPE_CHECKING:
    from widthwise.estimates import Estimate  # which loads SciPy

__all__ = ["interval", "number", "with_interval"]


def number(value: float | int, digits: str = "") -> Prose | str:
    """Return a number for a sentence, in three digits unless said; inf is a word."""
    return say(f"{{:{digits}}}", value) if math.isfinite(value) else str(value)


def interval(found: "Estimate", digits: str = "") -> Prose:
    """Return "95 % interval 0.2 to 0.3"."""
    low, high = number(found.low, digits), number(found.high, digits)
    return say("{:%} interval {} to {}", found.confidence, low, high)


def with_interval(found: "Estimate", digits: str = "") -> Prose:
    """Return "0.25 (95 % interval 0.2 to 0.3)"."""
    return say("{} ({})", number(found.value, digits), interval(found, digits))
