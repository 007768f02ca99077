"""Duals of two activations, and slopes of duals."""

import math
import sys
from pathlib import Path

import mpmath as mp
import numpy as np
import pytest
import torch

sys.path.insert(0, str(Path(__file__).parent))  # for the second route

from second_route import Independent

from widthwise import activations
from widthwise.errors import InvalidArgumentError, OutsideDomainError
from widthwise.kernels import cross_dual, dual, dual_of_derivative, funk_hecke, mercer
from widthwise.laws import Gaussian, Sphere

CORRELATIONS = [1.0, 1 - 1e-9, 0.7, 0.2, 0.0, -0.4, -1.0]


class IndependentCross(Independent):
    """E[τ(u) σ(v)] by nested integrals."""

    def __init__(self, sigma, tau, dimension):
        super().__init__(sigma, {*sigma.breakpoints, *tau.breakpoints}, dimension)
        self.tau = Independent(tau, (), dimension).sigma

    def _one_variable(self, u, mass, t):
        product = self.tau(u) * self.sigma(np.minimum(t * u, self.highest)) * mass
        return float(product.sum()), float(np.abs(product).sum())

    def _two_variables(self, u, mass, v, weight):
        values, first = self.sigma(v) * weight, self.tau(u) * mass
        total = float(first @ values.sum(axis=1))
        return total, float(np.abs(first) @ np.abs(values).sum(axis=1))


def made(name):
    extra = {"wendland2": {"dimension": 5}, "polynomial": {"coefficients": (1, 0, 2)}}
    return activations.get(name, **extra.get(name, {}))


@pytest.mark.parametrize("law", [Gaussian(), Sphere(2), Sphere(5)], ids=str)
@pytest.mark.parametrize(
    "pair", [("relu", "tanh"), ("step", "gelu"), ("hard_tanh", "relu"), ("abs", "exp")]
)
def test_a_cross_dual_is_the_independent_integral(pair, law):
    sigma, tau = (made(name) for name in pair)
    found = cross_dual(sigma, tau, law)
    reference = IndependentCross(sigma, tau, getattr(law, "dimension", None))
    size = math.sqrt(dual(sigma, law).value_at_one * dual(tau, law).value_at_one)
    assert found.error_bound <= 1e-12 * size
    for t in CORRELATIONS:
        value, error = reference(t)
        assert error <= 1e-9 * size
        assert abs(float(found(t)) - value) <= found.error_bound + error, t
        assert float(found.at_angle(math.acos(t))) == pytest.approx(
            float(found(t)), abs=1e-7 * size
        )


@pytest.mark.parametrize("pair", [("step", "relu"), ("relu", "step")])
def test_a_step_and_a_rectifier(pair):
    """E[1(u > 0) v_+] = (1 + t) / (2 √(2π))."""
    found = cross_dual(*pair, "gaussian")
    for t in CORRELATIONS:
        exact = (1 + t) / (2 * math.sqrt(2 * math.pi))
        assert abs(float(found(t)) - exact) <= found.error_bound
    assert found.error_bound <= 1e-13


def test_an_exponential_shifts_the_other_in_30_digits():
    """E[tanh(u) e^v] = e^{1/2} E tanh(g + t)."""
    found = cross_dual("tanh", "exp", "gaussian")
    with mp.workdps(30):
        for t in (1.0, 0.3, -0.8):
            mean = mp.quad(
                lambda g, t=t: mp.tanh(g + t) * mp.npdf(g), range(-14, 15, 4)
            )
            exact = float(mp.exp(0.5) * mean)
            assert abs(float(found(t)) - exact) <= found.error_bound
    assert found.error_bound <= 1e-13


def test_on_the_sphere_it_has_the_products_of_the_coefficients():
    """Σ N(d, k) λ_k(σ) λ_k(τ) at t = 1, and the signs of the degrees at t = -1."""
    d, highest = 4, 60
    found = cross_dual("softplus", "cos", Sphere(d))
    k = np.arange(highest + 1)
    products = (k + 1) ** 2 * (
        funk_hecke("softplus", d, highest) * funk_hecke("cos", d, highest)
    ).numpy()
    for t, signs in ((1.0, 1), (-1.0, (-1.0) ** k)):
        assert abs(float(found(t)) - (products * signs).sum()) <= (
            found.error_bound + 1e-14
        )


@pytest.mark.parametrize("law", [Gaussian(), Sphere(3)], ids=str)
def test_of_one_activation_it_is_its_dual_bit_for_bit(law):
    t = torch.linspace(-1, 1, 101, dtype=torch.float64)
    found, one = cross_dual("swish", "silu", law), dual("swish", law)
    assert torch.equal(found(t), one(t))
    assert torch.equal(found.at_angle(t.arccos()), one.at_angle(t.arccos()))
    assert found.error_bound == one.error_bound


def test_either_activation_may_be_refused():
    with pytest.raises(OutsideDomainError):
        cross_dual("relu", made("wendland2"), Gaussian())
    fast = activations.from_callable(lambda z: torch.exp(z * z), name="fast")
    with pytest.raises(InvalidArgumentError, match="grows too fast"):
        cross_dual("relu", fast, "gaussian")
    assert cross_dual("relu", "wendland2", Sphere(5)).value_at_one > 0


@pytest.mark.parametrize("law", [Gaussian(), Sphere(2), Sphere(8)], ids=str)
@pytest.mark.parametrize("name", ["relu", "tanh", "elu", "gelu"])
def test_the_slope_of_a_dual_is_that_of_its_values(name, law):
    """By central differences in θ, whose slope is -sin θ dκ/dt; errors 1e-9 or so."""
    check_slope(dual(name, law))


@pytest.mark.parametrize("d", [3, 8])
def test_the_slope_at_a_cone_is_that_of_its_values(d):
    check_slope(dual("wendland2", Sphere(d)))


def check_slope(kappa):
    theta, step = np.array([0.9, 1.2, 2.0]), 1e-4
    rise = kappa.at_angle(theta + step) - kappa.at_angle(theta - step)
    seen = -rise.numpy() / (2 * step) / np.sin(theta)
    slope = kappa.derivative(np.cos(theta)).numpy()
    assert slope == pytest.approx(seen, abs=1e-7 * kappa.value_at_one)


@pytest.mark.parametrize("d", [2, 3, 10])
def test_slopes_in_closed_form(d):
    """Of the rectifier, (π - θ)/2πd; its bound holds, at the ends too."""
    kappa = dual("relu", Sphere(d))
    theta = np.array([0.0, 1e-8, 0.3, 1.6, 3.0, math.pi])
    exact = (math.pi - theta) / (2 * math.pi * d)
    t = np.cos(theta)
    near = np.abs(np.abs(t) - 1) > 1e-12  # t holds no angle of 1e-8
    apart = np.abs(kappa.derivative(t).numpy() - exact)
    assert (apart[near] <= kappa.derivative_error + 1e-15).all()
    assert (apart <= 1e-8).all()
    assert kappa.derivative_error <= 1e-13


@pytest.mark.parametrize("d", [2, 4, 9])
@pytest.mark.parametrize("name", ["softplus", "cos"])
def test_slopes_at_the_ends_are_sums_of_the_coefficients(name, d):
    """P_k'(1) = k(k+d-2)/(d-1), and at -1 with the sign of k - 1."""
    k = np.arange(41.0)
    counts = np.array(mercer(torch.exp, d, 40).multiplicities, dtype=float)
    squares = counts * funk_hecke(name, d, 40).numpy() ** 2
    slopes = squares * k * (k + d - 2) / (d - 1)
    kappa = dual(name, Sphere(d))
    for t, signs in ((1.0, np.ones(41)), (-1.0, (-1.0) ** (k - 1))):
        apart = abs(float(kappa.derivative(t)) - (slopes * signs).sum())
        assert apart <= kappa.derivative_error + 1e-13
    assert kappa.derivative_error <= 1e-12


def test_a_gaussian_slope_is_the_dual_of_the_derivative():
    t = torch.linspace(-1, 1, 33, dtype=torch.float64)
    found = dual("tanh", "gaussian")
    assert torch.equal(found.derivative(t), dual_of_derivative("tanh", "gaussian")(t))


def test_slopes_that_are_not_known_are_refused():
    with pytest.raises(InvalidArgumentError, match="has a jump"):
        dual("step", Sphere(3)).derivative(0.5)
    with pytest.raises(InvalidArgumentError, match="that of a derivative"):
        dual_of_derivative("tanh", Sphere(3)).derivative(0.5)
