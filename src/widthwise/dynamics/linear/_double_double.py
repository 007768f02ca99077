"""Arrays with twice the digits of float64, for what cancels before it is rounded."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np

__all__ = ["DoubleDouble", "choose", "exact", "split", "turns", "without_dust"]

_SPLIT = 134217729.0  # 2**27 + 1: cuts a float64 into two halves of 26 bits
_NODES_A_RADIAN = 32
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


def turns(sine: DoubleDouble, cosine: DoubleDouble) -> DoubleDouble:
    r"""Return $\arctan(\sqrt{A/B}) / 2\pi$ from the squares A, B of sine and cosine.

    Parameters
    ----------
    sine, cosine
        A and B, at least 0, not both zero, known up to a common factor.

    Returns
    -------
    DoubleDouble
        Between 0 and 1/4. One Newton step from float64's arctangent, with the sine and
        cosine of that float64 to 32 digits.
    """
    whole = sine + cosine
    opposite, adjacent = (sine / whole).sqrt(), (cosine / whole).sqrt()
    start = np.arctan2(opposite.high, adjacent.high)
    at_sine, at_cosine = _sine_and_cosine(start)
    step = opposite * at_cosine - adjacent * at_sine
    return (exact(start) + step) * _turns_in_a_radian()


def _sine_and_cosine(angles: np.ndarray) -> tuple[DoubleDouble, DoubleDouble]:
    """Return both to 32 digits for float64 angles in [0, π/2]."""
    node = np.rint(angles * _NODES_A_RADIAN).astype(int)
    rest = angles - node / _NODES_A_RADIAN  # exact, at most 1/64
    square = exact(rest) * exact(rest)
    tail = square.high
    # Terms below 1e-16 of the sum need float64 only.
    late = -1 / 5040 + tail * (1 / 362880 - tail / 39916800)
    sine = (square * late + exact(Fraction(1, 120))) * square - exact(Fraction(1, 6))
    sine = (sine * square + 1.0) * exact(rest)
    late = -1 / 720 + tail * (1 / 40320 - tail / 3628800)
    cosine = (square * late + exact(Fraction(1, 24))) * square - exact(Fraction(1, 2))
    cosine = cosine * square + 1.0
    sines, cosines = _table()
    at_sine, at_cosine = sines[node], cosines[node]
    return (
        at_sine * cosine + at_cosine * sine,
        at_cosine * cosine - at_sine * sine,
    )


@cache
def _table() -> tuple[DoubleDouble, DoubleDouble]:
    """Return the sines and cosines of j/32 for j = 0..51."""
    import flint

    def column(function: Callable[[Any], Any]) -> DoubleDouble:
        values = [
            _from_ball(function(flint.arb(j) / _NODES_A_RADIAN)) for j in range(52)
        ]
        return DoubleDouble(*(np.array(each) for each in zip(*values, strict=True)))

    with flint.ctx.workprec(200):
        return column(lambda angle: angle.sin()), column(lambda angle: angle.cos())


@cache
def _turns_in_a_radian() -> DoubleDouble:
    import flint

    with flint.ctx.workprec(200):
        high, low = _from_ball(1 / (2 * flint.arb.pi()))
    return DoubleDouble(np.float64(high), np.float64(low))


def _from_ball(ball: Any) -> tuple[float, float]:
    high = float(ball)
    return high, float(ball - high)


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
