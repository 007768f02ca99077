r"""Ranks of kernel matrices of integer points, by a route of their own.

Cosines are exact rationals' square roots, kernels closed forms or exact moments in 300
digits of Arb, or 1200, and the rank is read off a pivoted factorization with a gap of
100 digits between its pivots and its zeros. Nothing of it is the library's.
"""

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from flint import arb, ctx, fmpq

_PRECISIONS = {1000: ("1e-90", "1e-200"), 4000: ("1e-400", "1e-700")}
"""Bits, and between which sizes no pivot may lie."""


@dataclass(frozen=True)
class Kernel:
    """Which closed form the kernel has.

    Attributes
    ----------
    form
        A key of `FORMS`; "polynomial"; or "waves", abs(cos(k arccos z)) on the circle.
    coefficients
        Of the polynomial, ascending, exact.
    waves
        k of "waves".
    """

    form: str
    coefficients: tuple[Fraction, ...] = ()
    waves: int = 1


def _abs(t, s, angle):
    return s + t * (arb.pi() / 2 - angle)


# t = cos θ, s = sin θ and θ. A form stands for every activation with its degrees.
FORMS = {
    "relu": lambda t, s, angle: s + t * (arb.pi() - angle),
    "leaky": lambda t, s, angle: (
        (arb("1.01") / 2) ** 2 * t
        + (arb("0.99") / 2) ** 2 * 2 / arb.pi() * _abs(t, s, angle)
    ),
    "abs": _abs,
    "step": lambda *at: arb.pi() - at[2],
    "square_up": lambda t, s, angle: 3 * s * t + (arb.pi() - angle) * (1 + 2 * t * t),
    "cube_up": lambda t, s, angle: (
        4 * s**3 + 15 * s * t * t + (arb.pi() - angle) * (9 * s * s * t + 15 * t**3)
    ),
    "all": lambda *at: at[0].exp(),
    "even": lambda *at: at[0].cosh(),
    "odd": lambda *at: at[0].sinh(),
}


def rank(rows, metric, kernel, law):
    """Return the rank of the kernel matrix of integer rows.

    The inner product of rows a and b is the sum of a_j b_j / metric_j.
    """
    for bits in _PRECISIONS:
        found = _rank_with(bits, rows, metric, kernel, law)
        if found is not None:
            return found
    raise ArithmeticError("more digits are needed")


def _rank_with(bits, rows, metric, kernel, law):
    n, d = len(rows), len(rows[0])
    ctx.prec = bits
    dots = [[_dot(a, b, metric) for b in rows] for a in rows]
    moments = None
    if kernel.form == "polynomial":
        moments = [arb(x) for x in _powers(kernel.coefficients, law, d)]
    matrix = [
        [_entry(dots[i][j], dots[i][i], dots[j][j], kernel, moments) for j in range(n)]
        for i in range(n)
    ]
    return _pivots(matrix, *map(arb, _PRECISIONS[bits]))


def merged(rows, metric, angle):
    """Return the rows, the nearest put on an earlier one's line."""
    found = []
    for row in rows:
        size = _dot(row, row, metric)
        for other in found:
            dot, square = _dot(row, other, metric), _dot(other, other, metric)
            if size * square - dot * dot < fmpq(int(angle**2 * 1e40), 10**40) * (
                size * square
            ):
                row = other if dot > 0 else [-x for x in other]
                break
        found.append(row)
    return found


def unit_rows(rows, metric=None):
    """Return the rows' directions, each coordinate rounded once."""
    ctx.prec = 400
    found = []
    for row in rows:
        size = arb(_dot(row, row, metric)).sqrt()
        scales = [arb(w).sqrt() for w in metric] if metric else [arb(1)] * len(row)
        found.append(
            [float(arb(x) / s / size) for x, s in zip(row, scales, strict=True)]
        )
    return found


def _dot(a, b, metric):
    if metric is None:
        return fmpq(sum(x * y for x, y in zip(a, b, strict=True)))
    return sum((fmpq(x * y, w) for x, y, w in zip(a, b, metric, strict=True)), fmpq(0))


def _entry(dot, first, second, kernel, moments):
    size = arb(first * second).sqrt()
    t, s = arb(dot) / size, arb(first * second - dot * dot).sqrt() / size
    if dot * dot == first * second:
        t, s = arb(1 if dot > 0 else -1), arb(0)
    if moments is not None:
        value = arb(0)
        for c in reversed(moments):
            value = value * t + c
        return value
    if kernel.form == "waves":
        before, now, second_kind, last = arb(1), t, arb(1), arb(0)
        for _ in range(kernel.waves - 1):
            before, now = now, 2 * t * now - before
            second_kind, last = 2 * t * second_kind - last, second_kind
        t, s = now, abs(s * second_kind)
        s = arb(0) if s.contains(0) else s  # Known to the last of many digits.
        return _abs(t, s, arb.atan2(s, t))
    return FORMS[kernel.form](t, s, arb.atan2(s, t))


@cache
def _powers(coefficients, law, d):
    r"""Powers of t in $E[\sigma(u)\sigma(v)]$, by exact Gaussian moments.

    On the sphere a moment of order 2m is the Gaussian one over E r^2m.
    """
    top = len(coefficients) - 1
    found = [Fraction(0)] * (top + 1)
    hermite = {
        (a, k): Fraction(
            math.factorial(a),
            2 ** ((a - k) // 2) * math.factorial((a - k) // 2) * math.factorial(k),
        )
        for a in range(top + 1)
        for k in range(a % 2, a + 1, 2)
    }
    for a, first in enumerate(coefficients):
        for b, second in enumerate(coefficients):
            if not first or not second or (a + b) % 2:
                continue
            radius = Fraction(1)
            if law == "sphere":
                radius = Fraction(math.prod(range(d, d + a + b, 2)))
            for k in range(a % 2, min(a, b) + 1, 2):
                found[k] += (
                    first * second / radius * hermite[a, k] * hermite[b, k]
                ) * math.factorial(k)
    return [fmpq(x.numerator, x.denominator) for x in found]


def _pivots(matrix, nonzero, zero):
    """Return how many there are; None if one is neither large nor small."""
    n = len(matrix)
    left = list(range(n))
    for count in range(n):
        pivot = max(left, key=lambda i: float(_log(matrix[i][i])))
        if abs(matrix[pivot][pivot]) < zero:
            return count
        if not matrix[pivot][pivot] > nonzero:
            return None
        left.remove(pivot)
        for i in left:
            factor = matrix[i][pivot] / matrix[pivot][pivot]
            for j in left:
                if j <= i:
                    matrix[i][j] -= factor * matrix[pivot][j]
                    matrix[j][i] = matrix[i][j]
    return n


def _log(x):
    size = abs(x).upper()
    return size.log() if size > 0 else arb(-1e9)
