"""Enclosed duals against quadrature, and their series against mpmath."""

import math
from dataclasses import replace

import mpmath as mp
import pytest
import torch
from flint import arb, ctx

from widthwise import activations
from widthwise.kernels import (
    dual,
    dual_of_derivative,
    enclosed_dual,
)
from widthwise.kernels.enclosed._hermite import hermite_series
from widthwise.kernels.enclosed._logistic import logistic_moments
from widthwise.kernels.enclosed._strips import STRIPS
from widthwise.laws import Gaussian, Sphere

EVERY = {
    "relu": {},
    "leaky_relu": {"negative_slope": 0.1},
    "abs": {},
    "step": {},
    "sin": {},
    "cos": {},
    "exp": {},
    "gaussian": {},
    "erf": {},
    "tanh": {},
    "sigmoid": {},
    "swish": {},
    "softplus": {},
    "gelu": {},
    "cubic": {},
    "polynomial": {"coefficients": (0.5, -1.0, 2.0, 0.25)},
}
ONLY_GAUSSIAN = {
    "elu": {},
    "elu with a kink": {"alpha": 0.7},
    "selu": {},
    "celu": {"alpha": 1.5},
}


@pytest.mark.parametrize("name", list(EVERY))
@pytest.mark.parametrize("law", [Gaussian(), Sphere(3), Sphere(6)], ids=str)
@pytest.mark.parametrize("order", [0, 1])
def test_the_balls_contain_what_the_quadrature_finds(name, law, order):
    sigma = activations.get(name, **EVERY[name])
    function = (dual_of_derivative if order else dual)(sigma, law)
    with ctx.workprec(160):
        enclosed = enclosed_dual(sigma, law, order, 60)
        for t in (-1.0, -0.75, 0.0, 0.3, 0.875, 1.0):
            ball = enclosed(arb(t))
            # Proved to 17 digits of κ(1); the quadrature to its own bound.
            assert float(ball.rad()) <= 1e-17 * max(function.value_at_one, 1e-300)
            assert float(abs(ball - float(function(t))).upper()) <= function.error_bound


@pytest.mark.parametrize("name", list(ONLY_GAUSSIAN))
@pytest.mark.parametrize("order", [0, 1])
def test_balls_of_exponential_units_contain_what_the_quadrature_finds(name, order):
    sigma = activations.get(name.split()[0], **ONLY_GAUSSIAN[name])
    function = (dual_of_derivative if order else dual)(sigma, Gaussian())
    with ctx.workprec(160):
        enclosed = enclosed_dual(sigma, Gaussian(), order, 60)
        for t in (-1.0, -0.75, 0.0, 0.3, 0.875, 1.0):
            ball = enclosed(arb(t))
            assert float(ball.rad()) <= 1e-40
            assert float(abs(ball - float(function(t))).upper()) <= function.error_bound


@pytest.mark.parametrize("t", [-0.6, 0.5])
@pytest.mark.parametrize("name", list(ONLY_GAUSSIAN))
def test_exponential_units_agree_with_mpmath(name, t):
    """E[σ(fu) σ(fv)] with the mean over v given u in closed form, f = 5/4."""
    sigma = activations.get(name.split()[0], **ONLY_GAUSSIAN[name])
    ends = torch.tensor([1.0, -torch.inf], dtype=torch.float64)
    above, below = (float(each) for each in sigma(ends))
    with mp.workdps(30), ctx.workprec(120):
        rate = 1 / mp.mpf(1.5) if name == "celu" else mp.mpf(1)
        factor = mp.mpf(5) / 4
        spread = factor * mp.sqrt(1 - mp.mpf(t) ** 2)

        def value(z):
            return above * z if z > 0 else -below * mp.expm1(rate * z)

        def mean(m):
            """Return E σ of a normal variable of mean m."""
            linear = m * mp.ncdf(m / spread) + spread * mp.npdf(m / spread)
            exponent = rate * m + (rate * spread) ** 2 / 2
            decaying = mp.exp(exponent) * mp.ncdf(-m / spread - rate * spread)
            return above * linear - below * (decaying - mp.ncdf(-m / spread))

        # 12 standard deviations leave out 1e-32 of the mass.
        expected = mp.quad(
            lambda u: value(factor * u) * mean(factor * t * u) * mp.npdf(u),
            range(-12, 13, 2),
        )
        ball = enclosed_dual(sigma, Gaussian(), 0, 50, arb(5) / 4)(arb(t))
        assert abs(ball - arb(mp.nstr(expected, 28))) < arb("1e-24")


@pytest.mark.parametrize("scale", [0.05, 1, 3])
def test_logistic_moments_agree_with_mpmath(scale):
    with mp.workdps(40), ctx.workprec(160):
        found = logistic_moments(arb(scale), 12, 90)
        for k in (0, 2, 22):
            size = mp.mpf(2) ** (-mp.mpf(k) / 2)

            def integrand(z, k=k, size=size):
                polynomial = size * mp.hermite(k, z / mp.sqrt(2))
                return mp.sech(scale * z) ** 2 * polynomial * mp.npdf(z)

            expected = (-1) ** (k // 2) * mp.quad(integrand, range(-16, 17, 2))
            ball = found[k // 2]
            assert float(ball.rad()) < 1e-26 * math.sqrt(math.factorial(k))
            gap = abs(ball - arb(mp.nstr(expected, 36)))
            # mpmath's own sums cancel to about 1e-36 of their largest terms.
            assert float(gap.upper()) < 1e-26 * math.sqrt(math.factorial(k))


@pytest.mark.parametrize("name", ["tanh", "sigmoid", "swish", "softplus", "gelu"])
@pytest.mark.parametrize("order", [0, 1])
def test_both_routes_to_a_logistic_series_agree(name, order):
    """The Fourier transform's coefficients lie in the balls of the plain integral's."""
    with ctx.workprec(160):
        strip = STRIPS[name](order, arb(5) / 4)
        fast = hermite_series(strip, 40)
        plain = hermite_series(replace(strip, parts=None), 40)
        assert fast.total.overlaps(plain.total)
        for ours, theirs in zip(fast.squares, plain.squares, strict=False):
            assert ours.overlaps(theirs)
            assert ours.rad() < arb(2) ** -40


@pytest.mark.parametrize("name", ["tanh", "swish", "softplus", "gelu", "sigmoid"])
def test_a_hermite_series_agrees_with_mpmath(name):
    """E[f(g)²] and E[f(g)]² at another factor, by mpmath's own quadrature."""
    forms = {
        "tanh": mp.tanh,
        "sigmoid": lambda z: 1 / (1 + mp.exp(-z)),
        "swish": lambda z: z / (1 + mp.exp(-z)),
        "softplus": lambda z: mp.log1p(mp.exp(z)),
        "gelu": lambda z: z * mp.ncdf(z),
    }
    sigma = activations.get(name)
    with mp.workdps(25), ctx.workprec(120):
        factor = mp.mpf(5) / 4

        def mean(g):
            return mp.quad(
                lambda z: g(forms[name](factor * z)) * mp.npdf(z), range(-12, 13, 3)
            )

        enclosed = enclosed_dual(sigma, Gaussian(), 0, 50, arb(5) / 4)
        for t, expected in ((1, mean(lambda y: y * y)), (0, mean(lambda y: y) ** 2)):
            # 12 standard deviations leave out 1e-32 of the mass.
            ball = enclosed(arb(t))
            assert abs(ball - arb(mp.nstr(expected, 24))) < arb("1e-14")
