"""A series of zonal polynomials in powers of its variable."""

import math
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

from widthwise.numerics.harmonics import harmonics_count

__all__ = ["ascending_powers"]


@lru_cache(maxsize=64)
def ascending_powers(
    amplitudes: Sequence[float], dimension: int, parity: int
) -> tuple[float, ...]:
    r"""Return the even (0) or odd (1) powers of $\sum_k a_k p_k$, each rounded once.

    Summed over the rationals: the powers of degree K are about $2.4^K$ times as large
    as the polynomial. () if there are none of the parity.
    """
    d, total = dimension, [Fraction(0)] * len(amplitudes)
    before: list[Fraction] = []
    now = [Fraction(1)]
    for k, a in enumerate(amplitudes):
        if k:
            before, now = now, _following(before, now, k - 1, d)
        if a and k % 2 == parity:
            scale = Fraction(a * math.sqrt(harmonics_count(d, k)))
            for power, value in enumerate(now):
                total[power] += scale * value
    while total and not total[-1]:
        total.pop()
    return tuple(float(value) for value in total)


def _following(
    before: list[Fraction], now: list[Fraction], k: int, d: int
) -> list[Fraction]:
    """Return P_{k+1} of (k + d - 2) P_{k+1} = (2k + d - 2) z P_k - k P_{k-1}."""
    if k == 0:
        return [Fraction(0), Fraction(1)]
    first, second = Fraction(2 * k + d - 2, k + d - 2), Fraction(k, k + d - 2)
    shifted = [Fraction(0), *(first * value for value in now)]
    for power, value in enumerate(before):
        shifted[power] -= second * value
    return shifted
