"""Sphere-law duals in balls, from Funk-Hecke series with a proven tail."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import comb
from typing import Any

from flint import acb, arb, ctx

from widthwise.activations import Activation
from widthwise.errors import PrecisionLimitError
from widthwise.kernels.enclosed._strips import GELU_CUBIC
from widthwise.laws import Sphere

__all__ = ["ANALYTIC", "ZonalBalls", "sphere_series"]

_MOST = 400

Complex = Callable[[acb], acb]


def _sigmoid(z: acb) -> acb:
    return 1 / (1 + (-z).exp())


def _sigmoid_slope(z: acb) -> acb:
    twice = 2 * (z / 2).cosh()
    return 1 / (twice * twice)


def _one(z: acb) -> acb:
    return 0 * z + 1


def _normal(z: acb) -> acb:
    return (-z / acb(2).sqrt()).erfc() / 2


def _density(z: acb) -> acb:
    return (-z * z / 2).exp() / (2 * acb.pi()).sqrt()


def _inner(z: acb) -> acb:
    return (8 / acb.pi()).sqrt() * (z + arb(GELU_CUBIC) * z * z * z)


def _gelu_tanh_slope(z: acb) -> acb:
    inner = (8 / acb.pi()).sqrt() * (1 + 3 * arb(GELU_CUBIC) * z * z)
    return _sigmoid(_inner(z)) + z * _sigmoid_slope(_inner(z)) * inner


def _gate(z: acb) -> acb:
    """Return tanh(log(1 + e^z))."""
    part = z.exp() * (z.exp() + 2)
    return part / (part + 2)


def _gate_slope(z: acb) -> acb:
    gate = _gate(z)
    return (1 - gate * gate) * _sigmoid(z)


ANALYTIC: dict[str, tuple[Complex, Complex]] = {
    "tanh": (lambda z: z.tanh(), lambda z: 1 / (z.cosh() * z.cosh())),
    "sigmoid": (_sigmoid, _sigmoid_slope),
    "swish": (
        lambda z: z * _sigmoid(z),
        lambda z: _sigmoid(z) + z * _sigmoid_slope(z),
    ),
    # log(1 + e^z) = z/2 + log(2 cosh(z/2)): no branch near [-1, 1] is crossed.
    "softplus": (lambda z: z / 2 + (2 * (z / 2).cosh()).log(), _sigmoid),
    "gelu_tanh": (lambda z: z * _sigmoid(_inner(z)), _gelu_tanh_slope),
    "mish": (lambda z: z * _gate(z), lambda z: _gate(z) + z * _gate_slope(z)),
    "gelu": (lambda z: z * _normal(z), lambda z: _normal(z) + z * _density(z)),
    "erf": (lambda z: z.erf(), lambda z: 2 * (-z * z).exp() / acb.pi().sqrt()),
    "sin": (lambda z: z.sin(), lambda z: z.cos()),
    "cos": (lambda z: z.cos(), lambda z: -z.sin()),
    "exp": (lambda z: z.exp(), lambda z: z.exp()),
    "gaussian": (
        lambda z: (-z * z / 2).exp(),
        lambda z: -z * (-z * z / 2).exp(),
    ),
}
"""σ and σ' of a complex ball, analytic around [-1, 1]."""


@dataclass(frozen=True)
class ZonalBalls:
    r"""The function $\sum_{k \le K} N(d,k) \lambda_k^2 P_k(t)$ plus at most the tail.

    Attributes
    ----------
    dimension
        d >= 2.
    squares
        Balls around $N(d,k) \lambda_k^2$.
    total
        A ball around κ(1), the sum of all of them.
    tail
        An upper bound on the sum of those beyond K.
    """

    dimension: int
    squares: tuple[arb, ...]
    total: arb
    tail: arb

    def __call__(self, t: arb) -> arb:
        if t == 1:
            return self.total
        d = self.dimension
        # The recurrence widens balls by up to two bits a step.
        with ctx.workprec(ctx.prec + 2 * len(self.squares)):
            before, now, value = arb(1), t, self.squares[0]
            for k in range(1, len(self.squares)):
                value += self.squares[k] * now
                before, now = now, _next(k, d, t, now, before)
        return value + arb(0, self.tail.upper())


def sphere_series(
    activation: Activation,
    coefficients: Sequence[arb] | None,
    law: Sphere,
    order: int,
    bits: int,
) -> ZonalBalls:
    r"""Return the series of σ (or σ') with a tail below 2**-bits of κ(1).

    $\lambda_k$ is the integral of $f(\cos\theta) P_k(\cos\theta) \sin^{d-2}\theta$ over
    [0, π], divided by the same with 1 for f P_k; by Arb's rigorous integration.
    """
    function = _function(activation, coefficients, order)
    d = law.dimension
    with ctx.workprec(bits + 64):
        mass = _integral(_one, d)
        total = _integral(lambda z: function(z) * function(z), d) / mass
        squares: list[arb] = []
        tail = total
        while not squares or tail.upper() > total * arb(2) ** (-bits):
            if len(squares) > _MOST:
                raise PrecisionLimitError(
                    f"The series of {activation.name} on the sphere is longer than "
                    f"{_MOST} terms at {bits} bits. Ask for fewer digits."
                )
            # Two degrees at a time: one parity may be absent.
            for _ in range(2):
                value = _projection(function, len(squares), d) / mass
                squares.append(_harmonics(len(squares), d) * value * value)
            with ctx.workprec(bits + 64):
                tail = total - sum(squares, arb(0))
        return ZonalBalls(d, tuple(squares), total, tail.upper().max(arb(0)))


def _function(
    activation: Activation, coefficients: Sequence[arb] | None, order: int
) -> Complex:
    if coefficients is None:
        return ANALYTIC[activation.name][order]
    terms = list(coefficients)
    if order:
        terms = [k * c for k, c in enumerate(terms)][1:]

    def horner(z: acb) -> acb:
        value = acb(0)
        for c in reversed(terms):
            value = value * z + c
        return value

    return horner


def _projection(function: Complex, degree: int, d: int) -> arb:
    def integrand(z: acb) -> acb:
        before, now = acb(1), z
        if degree == 0:
            return function(z)
        for k in range(1, degree):
            before, now = now, _next(k, d, z, now, before)
        return function(z) * now

    with ctx.workprec(ctx.prec + 2 * degree):
        return _integral(integrand, d)


def _integral(function: Complex, d: int) -> arb:
    def integrand(theta: acb, analytic: bool) -> acb:
        del analytic
        value, sine = function(theta.cos()), theta.sin()
        for _ in range(d - 2):
            value = value * sine
        return value

    return acb.integral(integrand, 0, acb.pi()).real


def _next(k: int, d: int, t: Any, now: Any, before: Any) -> Any:
    """Return P_{k+1} from P_k and P_{k-1}, real or complex balls."""
    if d == 2:
        return 2 * t * now - before
    return ((2 * k + d - 2) * t * now - k * before) / (k + d - 2)


def _harmonics(degree: int, d: int) -> int:
    """Return N(d, k), the number of spherical harmonics of this degree."""
    below = comb(degree + d - 3, d - 1) if degree >= 2 else 0
    return comb(degree + d - 1, d - 1) - below
