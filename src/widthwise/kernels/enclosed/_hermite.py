r"""Gaussian duals in balls, from Hermite series whose every error is bounded.

With $c_k = E[f(g) h_k(g)]$, $h_k$ the orthonormal Hermite polynomials, $\kappa(t) =
\sum_k c_k^2 t^k$, and by Parseval the terms beyond K add at most $E f^2 - \sum_{k \le
K} c_k^2$. The coefficients come from the trapezoidal rule: for an integrand analytic in
the strip $|\mathrm{Im}\,z| \le a$ its error is at most $2 M / (e^{2\pi a/h} - 1)$, M
the integral of the modulus along the strip's edge (Trefethen and Weideman, 2014).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from flint import arb, arb_poly, ctx

from widthwise.errors import PrecisionLimitError

__all__ = ["HermiteParts", "HermiteSeries", "StripFunction", "hermite_series"]

_FIRST, _MOST = 64, 4096
"""Degrees tried first and last."""
_MOST_WITH_PARTS = 4 * _MOST
HermiteParts = Callable[[int, int], list[arb]]
r"""From a count and bits b: $E[f(g) He_k(g)]$ for k = 0, 1, ..., to $2^{-b}$ or so."""
_CRAMER = "1.0866"
r"""$|h_k(x)| \le 1.0866\,e^{x^2/4}$ (Cramér's inequality)."""


@dataclass(frozen=True)
class StripFunction:
    r"""A function analytic in $|\mathrm{Im}\,z| \le a$, with $|f(z)| \le A + C\,|x|$.

    Attributes
    ----------
    function
        f on real balls.
    width, level, growth
        a, A and C, positive balls or numbers.
    parts
        Gives $E[f(g) He_k(g)]$ where there is a way that loses no digits; the first one
        is not used.
    """

    function: Callable[[arb], arb]
    width: arb
    level: arb
    growth: arb
    parts: HermiteParts | None = None


@dataclass(frozen=True)
class HermiteSeries:
    r"""The function $\kappa(t) = \sum_{k \le K} c_k^2 t^k$ plus at most the tail.

    Attributes
    ----------
    squares
        Balls around $c_k^2$.
    total
        A ball around $\kappa(1) = E f^2$.
    tail
        An upper bound on the sum of the other terms, at least 0.
    """

    squares: tuple[arb, ...]
    total: arb
    tail: arb

    def __call__(self, t: arb) -> arb:
        if t == 1:
            return self.total
        return self._polynomial(t) + arb(0, self.tail.upper())

    @cached_property
    def _polynomial(self) -> arb_poly:
        return arb_poly(list(self.squares))


def hermite_series(strip: StripFunction, bits: int) -> HermiteSeries:
    """Return the series with a tail below 2**-bits of κ(1).

    Raises
    ------
    PrecisionLimitError
        If 4096 terms do not reach it, or 16384 where `parts` are known.

    Cost: (bits)³ operations on balls of some hundred digits.
    """
    if strip.parts is not None:
        return _from_parts(strip, strip.parts, bits)
    terms = _FIRST
    while terms <= _MOST:
        # At x the recurrence widens balls by exp(x √K), and the weight takes exp(x²/2)
        # of it away: exp(K/2) at most, which is 0.72 K bits.
        with ctx.workprec(bits + 64 + 3 * terms // 4):
            found, is_all = _with_terms(strip, bits, terms)
            if is_all or found.tail <= found.total * arb(2) ** (-bits):
                return found
        terms += terms // 2
    raise _too_long(_MOST, bits)


def _from_parts(strip: StripFunction, parts: HermiteParts, bits: int) -> HermiteSeries:
    """Return the series from parts without cancellation, so at few bits more."""
    # c_k² falls like exp(-2p√k), p the distance of the poles, a little beyond a.
    rate = 2 * float(strip.width.lower()) / arb.const_log2()
    terms = _FIRST + int(float((((bits + 16) / rate) ** 2).upper()))
    with ctx.workprec(bits + 64):
        ends = _with_terms(strip, bits, 1)[0]
        while terms <= _MOST_WITH_PARTS:
            squares, factorial = [ends.squares[0]], arb(1)
            for k, part in enumerate(parts(terms, bits)[1:], start=1):
                factorial *= k
                squares.append(part * part / factorial)
            tail = ends.total - sum(squares, arb(0))
            is_all = bool(abs(tail.mid()) <= tail.rad())
            if is_all or tail <= ends.total * arb(2) ** (-bits):
                upper = tail.upper().max(arb(0))
                return HermiteSeries(tuple(squares), ends.total, upper)
            terms += terms // 4
    raise _too_long(_MOST_WITH_PARTS, bits)


def _too_long(most: int, bits: int) -> PrecisionLimitError:
    return PrecisionLimitError(
        f"The Hermite series is longer than {most} terms at {bits} bits. Ask for "
        "fewer digits, or for smaller weights."
    )


def _with_terms(
    strip: StripFunction, bits: int, terms: int
) -> tuple[HermiteSeries, bool]:
    """Return the series of so many terms, and whether the rest is below its balls."""
    a = strip.width
    goal = (bits + 16) * arb.const_log2()
    # A step that is a dyadic number makes the nodes exact.
    step = 2 * arb.pi() * a / (goal + a * arb(terms).sqrt() + a * a)
    step = arb(int(float(step.lower()) * 2**20)) / 2**20
    reach = 2 * (goal + 8).sqrt()
    count = int(float(reach.upper() / step.lower())) + 1
    root, cramer = (2 * arb.pi()).sqrt(), arb(_CRAMER)
    end = step * count
    envelope = (strip.level + strip.growth * end) * (-end * end / 4).exp()
    # Terms beyond the last node fall at least as fast as e^{-x²/4} does.
    beyond = 4 * cramer * envelope * (1 + step) / root
    mean = 2 * (strip.level**2 + strip.growth**2)  # E (A + C|g|)², and more
    decay = 2 * (a * a / 2).exp() / ((2 * arb.pi() * a / step).exp() - 1)
    sums = [arb(0)] * terms
    total = arb(0)
    roots = [arb(k).sqrt() for k in range(terms + 1)]
    for index in range(count + 1):
        x = step * index
        weight = step * (-x * x / 2).exp() / root
        right, left = strip.function(x), strip.function(-x)
        if index == 0:
            weight /= 2
        total += weight * (right * right + left * left)
        parts = weight * (right + left), weight * (right - left)
        before, now = arb(0), arb(1)
        for k in range(terms):
            sums[k] += parts[k % 2] * now
            before, now = now, (x * now - roots[k] * before) / roots[k + 1]
    squares = []
    for k, value in enumerate(sums):
        # E |h_k(g + ia)|² = L_k(-a²) <= exp(2a√k).
        error = decay * (mean.sqrt() * (a * roots[k]).exp()) + beyond
        ball = value + arb(0, error.upper())
        squares.append(ball * ball)  # a power of a ball around 0 is NaN
    square_error = decay * mean + beyond * (strip.level + strip.growth * end)
    total += arb(0, square_error.upper())
    tail = total - sum(squares, arb(0))
    is_all = bool(abs(tail.mid()) <= tail.rad())
    return HermiteSeries(tuple(squares), total, tail.upper().max(arb(0))), is_all
