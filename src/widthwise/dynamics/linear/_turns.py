"""The angle of which the squares of sine and cosine are known, with 32 digits."""

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np

from widthwise.numerics.double_double import DoubleDouble, exact

__all__ = ["turns"]

_NODES_A_RADIAN = 32


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
