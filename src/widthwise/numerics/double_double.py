"""Arrays with twice the digits of float64, for what cancels before it is rounded."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

__all__ = ["DoubleDouble", "choose", "exact", "split", "without_dust"]

_SPLIT = 134217729.0  # 2**27 + 1: cuts a float64 into two halves of 26 bits
_DUST = 1e-28


@dataclass(frozen=True)
class DoubleDouble:
    """The unevaluated sum of two float64 arrays, about 32 decimal digits.

    Attributes
    ----------
    high, low
        Arrays of one shape with |low| at most half a unit in the last place of high.

    Source: Dekker (1971); Joldes, Muller and Popescu (2017).
    """

    high: Any
    low: Any

    def __add__(self, other: "DoubleDouble | float") -> "DoubleDouble":
        right = exact(other)
        total, error = _two_sum(self.high, right.high)
        low, lowest = _two_sum(self.low, right.low)
        total, error = _fast_two_sum(total, error + low)
        return DoubleDouble(*_fast_two_sum(total, error + lowest))

    def __neg__(self) -> "DoubleDouble":
        return DoubleDouble(-self.high, -self.low)

    def __sub__(self, other: "DoubleDouble | float") -> "DoubleDouble":
        return self + -exact(other)

    def __mul__(self, other: "DoubleDouble | float") -> "DoubleDouble":
        right = exact(other)
        product, error = _two_product(self.high, right.high)
        error = error + (self.high * right.low + self.low * right.high)
        return DoubleDouble(*_fast_two_sum(product, error))

    def __truediv__(self, other: "DoubleDouble | float") -> "DoubleDouble":
        right = exact(other)
        first = self.high / right.high
        rest = self - right * first
        second = rest.high / right.high
        third = (rest - right * second).high / right.high
        return DoubleDouble(*_fast_two_sum(first, second)) + exact(third)

    def sqrt(self) -> "DoubleDouble":
        """Return the square root; of zero, zero."""
        root = np.sqrt(self.high)
        safe = np.where(root > 0, root, 1.0)
        rest = self - DoubleDouble(*_two_product(root, root))
        return DoubleDouble(*_fast_two_sum(root, rest.high / (2.0 * safe)))

    def __getitem__(self, chosen: Any) -> "DoubleDouble":
        return DoubleDouble(self.high[chosen], self.low[chosen])


def exact(value: "DoubleDouble | Fraction | float | np.ndarray") -> DoubleDouble:
    """Return a number, a rational or an array with as many digits as it has."""
    if isinstance(value, DoubleDouble):
        return value
    if isinstance(value, Fraction):
        high = float(value)
        return DoubleDouble(np.float64(high), np.float64(value - Fraction(high)))
    array = np.asarray(value, dtype=np.float64)
    return DoubleDouble(array, np.zeros_like(array))


def choose(mask: np.ndarray, left: DoubleDouble, right: DoubleDouble) -> DoubleDouble:
    """Return `left` where the mask is true and `right` elsewhere."""
    return DoubleDouble(
        np.where(mask, left.high, right.high), np.where(mask, left.low, right.low)
    )


def without_dust(value: DoubleDouble, scale: DoubleDouble) -> DoubleDouble:
    """Return zero where a difference is no larger than the rounding of its terms."""
    dust = np.abs(value.high) <= _DUST * scale.high
    return choose(dust, exact(np.zeros_like(value.high)), value)


def _two_sum(left: Any, right: Any) -> tuple[Any, Any]:
    total = left + right
    virtual = total - left
    return total, (left - (total - virtual)) + (right - virtual)


def _fast_two_sum(large: Any, small: Any) -> tuple[Any, Any]:
    total = large + small
    return total, small - (total - large)


def _two_product(left: Any, right: Any) -> tuple[Any, Any]:
    product = left * right
    (a, b), (c, d) = split(left), split(right)
    return product, ((a * c - product) + a * d + b * c) + b * d


def split(value: Any) -> tuple[Any, Any]:
    """Return two halves of 26 bits, whose products are exact."""
    scaled = _SPLIT * value
    high = scaled - (scaled - value)
    return high, value - high
