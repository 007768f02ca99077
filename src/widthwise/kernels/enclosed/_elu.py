r"""Gaussian duals of exponential linear units, in balls.

For $\sigma(z) = p z$ above zero and $A (e^{b z} - 1)$ below, with u, v standard normal
of correlation $t = \cos\theta$. In polar coordinates the radius integrates to
$M(q) = \int_0^\infty r e^{-q r - r^2/2}\, dr$, an entire function with $0 < M \le 1$ on
$q \ge 0$, and what is left are integrals of entire functions over an angle:

$$E[e^{b(u+v)}; u, v < 0] = \frac1\pi \int_0^{(\pi-\theta)/2} M(2b \cos\tfrac\theta2
\cos\psi)\, d\psi, \qquad F(x) = \frac1{2\pi} \int_0^x M(b\cos\psi)\, d\psi,$$

with $E[e^{bv}; u \lessgtr 0, v < 0] = F(\pi/2) \pm F(\pi/2 - \theta)$. Flint encloses
each integral.
"""

from collections.abc import Callable
from typing import Any

import torch
from flint import acb, arb

from widthwise.activations import Activation
from widthwise.kernels.enclosed._forms import Form, angle, chord, positive, rectified

__all__ = ["EXPONENTIAL_UNITS"]


def _exponential_unit(activation: Activation, order: int, f: arb) -> Form:
    """Return the dual of σ(f z), or of σ'(f z), from σ's values and rate below zero."""
    ends = torch.tensor([1.0, -torch.inf], dtype=torch.float64)
    above, below = (arb(float(each)) for each in activation(ends))
    rate = _rate(activation)
    b = rate * f
    if order == 1:
        return _slopes(above, -below * rate, b)
    return _values(above * f, -below, b)


def _rate(activation: Any) -> arb:
    return arb(1) / activation.alpha if activation.name == "celu" else arb(1)


def _slopes(p: arb, a: arb, b: arb) -> Form:
    """Return the dual of p above zero and a e^{bz} below."""
    half = _partial(b, arb.pi() / 2)

    def form(t: arb) -> arb:
        turned = _partial(b, arb.pi() / 2 - angle(t))
        return p * p * positive(t) + 2 * p * a * (half - turned) + a * a * _both(b, t)

    return form


def _values(p: arb, a: arb, b: arb) -> Form:
    """Return the dual of p z above zero and a (e^{bz} - 1) below."""
    half = _partial(b, arb.pi() / 2)

    def form(t: arb) -> arb:
        turned = _partial(b, arb.pi() / 2 - angle(t))
        below = _both(b, t) - 2 * (half + turned) + positive(t)
        # E[u e^{bv}; u > 0 > v], by completing the square and integrating by parts.
        product = t * b * (half - turned)
        product += (b * b / 2).exp() * (
            _density(t * b) * _normal(-b * chord(t)) - t * _density(b) / 2
        )
        apart = product - (1 - t) * _density(arb(0)) / 2
        return p * p * rectified(t) + 2 * p * a * apart + a * a * below

    return form


def _both(b: arb, t: arb) -> arb:
    """Return E[e^{b(u + v)}; u < 0, v < 0]."""
    theta = angle(t)
    return 2 * _partial(2 * b * (theta / 2).cos(), (arb.pi() - theta) / 2)


def _partial(b: arb, x: arb) -> arb:
    """Return F(x), on an interval of exact ends."""

    def integrand(place: acb, analytic: bool) -> acb:
        del analytic  # It is entire.
        return _moment(b * (x * place).cos())

    found: arb = acb.integral(integrand, 0, 1).real
    return found * x / (2 * arb.pi())


def _moment(q: acb) -> acb:
    root = arb(2).sqrt()
    return 1 - q * (q * q / 2).exp() * (arb.pi() / 2).sqrt() * (q / root).erfc()


def _normal(z: arb) -> arb:
    return (-z / arb(2).sqrt()).erfc() / 2


def _density(z: arb) -> arb:
    return (-z * z / 2).exp() / (2 * arb.pi()).sqrt()


EXPONENTIAL_UNITS: dict[str, Callable[[Activation, int, arb], Form]] = dict.fromkeys(
    ("elu", "selu", "celu"), _exponential_unit
)
"""σ, the order of the derivative and the factor of the argument, to the dual."""
