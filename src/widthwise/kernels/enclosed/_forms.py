"""Gaussian duals with a closed form, in balls."""

from collections.abc import Callable, Sequence
from math import comb, factorial
from typing import Any

from flint import arb

from widthwise.activations import Activation

__all__ = [
    "CLOSED",
    "Form",
    "angle",
    "chord",
    "polynomial",
    "positive",
    "rectified",
]

Form = Callable[[arb], arb]


def rectified(t: arb) -> arb:
    """Return E[max(u, 0) max(v, 0)] (Cho and Saul, degree 1)."""
    return (chord(t) + (arb.pi() - angle(t)) * t) / (2 * arb.pi())


def positive(t: arb) -> arb:
    """Return P(u > 0, v > 0)."""
    return (arb.pi() - angle(t)) / (2 * arb.pi())


def chord(t: arb) -> arb:
    """Return √(1 - t²)."""
    return ((1 - t) * (1 + t)).nonnegative_part().sqrt()


def angle(t: arb) -> arb:
    """Return arccos t."""
    # Both arguments are known to be at least 0, where a ball may reach beyond.
    return 2 * arb.atan2(
        ((1 - t) / 2).nonnegative_part().sqrt(), ((1 + t) / 2).nonnegative_part().sqrt()
    )


def _sloped(left: arb, order: int, f: arb) -> Form:
    """Return the dual of z for z > 0 and left * z below, or of its derivative."""
    if order == 1:
        return lambda t: (1 + left * left) * positive(t) + 2 * left * positive(-t)
    return lambda t: (
        f * f * ((1 + left * left) * rectified(t) - 2 * left * rectified(-t))
    )


def _relu(activation: Activation, order: int, f: arb) -> Form:
    del activation
    return _sloped(arb(0), order, f)


def _leaky_relu(activation: Any, order: int, f: arb) -> Form:
    return _sloped(arb(activation.negative_slope), order, f)


def _abs(activation: Activation, order: int, f: arb) -> Form:
    del activation
    return _sloped(arb(-1), order, f)


def _step(activation: Activation, order: int, f: arb) -> Form:
    del activation, f
    return (lambda t: 0 * t) if order else positive


def _sin(activation: Activation, order: int, f: arb) -> Form:
    del activation
    q = f * f
    if order == 0:
        return lambda t: (-q).exp() * (q * t).sinh()
    return lambda t: (-q).exp() * (q * t).cosh()


def _cos(activation: Activation, order: int, f: arb) -> Form:
    return _sin(activation, 1 - order, f)


def _exp(activation: Activation, order: int, f: arb) -> Form:
    del activation, order
    return lambda t: (f * f * (1 + t)).exp()


def _gaussian(activation: Activation, order: int, f: arb) -> Form:
    del activation
    q = f * f

    def form(t: arb) -> arb:
        root = ((1 + q + q * t) * (1 + q - q * t)).rsqrt()
        return root if order == 0 else q * t * root * root * root

    return form


def _erf(activation: Activation, order: int, f: arb) -> Form:
    del activation
    share = 2 * f * f / (1 + 2 * f * f)
    if order == 0:
        return lambda t: 2 / arb.pi() * (share * t).asin()
    scale = 4 / arb.pi() / (1 + 2 * f * f)
    return lambda t: scale * ((1 - share * t) * (1 + share * t)).rsqrt()


CLOSED: dict[str, Callable[[Activation, int, arb], Form]] = {
    "relu": _relu,
    "leaky_relu": _leaky_relu,
    "abs": _abs,
    "step": _step,
    "sin": _sin,
    "cos": _cos,
    "exp": _exp,
    "gaussian": _gaussian,
    "erf": _erf,
}
"""σ, the order of the derivative and the factor of the argument, to the dual."""


def polynomial(coefficients: Sequence[arb], order: int, f: arb) -> Form:
    r"""Return the dual of a polynomial, $\sum_k c_k^2 t^k$ with exact Hermite parts.

    $E[z^p h_k(z)] = \frac{p!}{2^j j! \sqrt{k!}}$ for $p = k + 2j$.
    """
    terms = list(coefficients)
    if order:
        terms = [k * c for k, c in enumerate(terms)][1:]
    scaled = [c * f**k for k, c in enumerate(terms)]
    squares = []
    for k in range(len(scaled)):
        value = arb(0)
        for p in range(k, len(scaled), 2):
            j = (p - k) // 2
            double = factorial(2 * j) // (2**j * factorial(j))
            value += scaled[p] * comb(p, k) * double
        squares.append(value * value * factorial(k))

    def form(t: arb) -> arb:
        total = arb(0)
        for square in reversed(squares):
            total = total * t + square
        return total

    return form
