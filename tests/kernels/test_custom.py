"""Duals of a caller's own function, with what the caller forgot to say about it."""

import math
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

sys.path.insert(0, str(Path(__file__).parent))  # for the second route

from second_route import Independent

from widthwise import activations
from widthwise.errors import InvalidArgumentError, PrecisionLimitError
from widthwise.kernels import dual, dual_of_derivative
from widthwise.laws import Gaussian, Sphere

LAWS = [Sphere(2), Sphere(3), Sphere(8), Gaussian()]
CORRELATIONS = np.linspace(-1, 1, 201)


def dimension_of(law):
    return getattr(law, "dimension", None)


@pytest.mark.slow
@pytest.mark.parametrize("law", [Sphere(3)])
@pytest.mark.parametrize("steepness", [20.0])
def test_a_steep_function_is_integrated_to_its_bound(steepness, law):
    def sigma(z):
        return torch.erf(steepness * z)

    kappa = dual(activations.from_callable(sigma, name="steep"), law)
    # Steep functions cost digits; what is asked is that the bound says so.
    assert kappa.error_bound <= 1e-6
    # For the second route, cut where the function turns: it is flat in between.
    turns = np.array([-6.0, -3.0, -1.0, 0.0, 1.0, 3.0, 6.0]) / steepness
    reference = Independent(sigma, turns, dimension_of(law))
    for t in (1.0, 0.9, 0.3, 0.0, -0.7):
        value, error = reference(t)
        assert error <= 1e-9
        assert abs(float(kappa(t)) - value) <= kappa.error_bound + error


@pytest.mark.parametrize("kink", [0.37, -0.11])
def test_the_error_bound_knows_of_a_kink_that_was_not_declared(kink):
    check_hidden_kink(Sphere(3), kink, 2)


# Of the bisection that looks for kinks: an end of its first piece, and of a later one.
ANGLE_EDGE, VALUE_EDGE = 1.2345 + (math.pi - 1.2345) / 2, (0.7321 + 12.0) / 2


@pytest.mark.parametrize("apart", [0.0, 1e-8, -1e-8, -1e-3])
@pytest.mark.parametrize("law", [Sphere(3), Gaussian()])
def test_the_error_bound_knows_of_a_kink_at_an_edge_of_the_search(law, apart):
    bounded = law.support_radius == 1.0
    kink = math.cos(ANGLE_EDGE + apart) if bounded else VALUE_EDGE + apart
    check_hidden_kink(law, kink, 2)


@pytest.mark.parametrize("kink", [0.001, -0.001, 1e-5])
def test_the_error_bound_knows_of_a_kink_next_to_zero(kink):
    check_hidden_kink(Sphere(3), kink, 2)


def test_the_error_bound_knows_of_a_hidden_jump_of_the_third_derivative():
    # Far out κ is 1e-13 of what it is in the middle, and its bound must follow.
    check_hidden_kink(Sphere(3), 0.8155310992666788, 3)


def check_hidden_kink(law, kink, order):
    # σ and σ' are continuous, so that nothing is refused when the kink is left out.
    def sigma(z):
        return torch.relu(z - kink) ** order

    hidden = activations.from_callable(sigma, name="hidden")
    declared = activations.from_callable(sigma, name="declared", breakpoints=(kink,))
    for function in (dual, dual_of_derivative):
        first, second = function(hidden, law), function(declared, law)
        apart = (first(CORRELATIONS) - second(CORRELATIONS)).abs().max()
        assert float(apart) <= first.error_bound + second.error_bound


def test_a_function_that_outgrows_the_gaussian_law_is_refused():
    fast = activations.from_callable(lambda z: torch.exp(z * z / 3), name="fast")
    with pytest.raises(InvalidArgumentError, match="mean square"):
        dual(fast, Gaussian())
    assert float(dual(fast, Sphere(4))(0.2)) > 1.0


def test_a_function_just_slow_enough_has_its_dual():
    # E exp((u² + v²)/8) with correlation t is 1/sqrt((1 - 1/4)² - (t/4)²).
    slow = activations.from_callable(lambda z: torch.exp(z * z / 8), name="slow")
    kappa = dual(slow, Gaussian())
    exact = 1 / np.sqrt(0.5625 - CORRELATIONS**2 / 16)
    allowed = kappa.error_bound + 4e-16 * exact.max()
    assert np.abs(kappa(CORRELATIONS).numpy() - exact).max() <= allowed


@pytest.mark.parametrize("law", LAWS)
def test_a_copy_of_a_catalog_function_has_its_dual(law):
    copy = activations.from_callable(
        lambda z: torch.where(z > 0, z, torch.expm1(z)), name="copy", breakpoints=(0.0,)
    )
    original = activations.get("elu")
    for function in (dual, dual_of_derivative):
        mine, theirs = function(copy, law), function(original, law)
        apart = (mine(CORRELATIONS) - theirs(CORRELATIONS)).abs().max()
        assert float(apart) <= mine.error_bound + theirs.error_bound + 1e-15


def test_a_numpy_function_without_autograd_has_both_duals():
    copy = activations.from_callable(np.tanh, name="numpy_tanh")
    original = activations.get("tanh")
    law = Sphere(3)
    apart = dual(copy, law)(CORRELATIONS) - dual(original, law)(CORRELATIONS)
    assert float(apart.abs().max()) <= 1e-14
    slopes = dual_of_derivative(copy, law)(CORRELATIONS)
    apart = slopes - dual_of_derivative(original, law)(CORRELATIONS)
    # The slope is found by differences, with the error that it states.
    assert float(apart.abs().max()) <= 4 * copy.derivative_error + 1e-13


@pytest.mark.slow
@pytest.mark.parametrize("width", [1e-3, 1e-4])
@pytest.mark.parametrize("centre", [0.3137, -0.52])
def test_the_error_bound_knows_of_a_narrow_bump(centre, width):
    def bump(z):
        return torch.tanh(z) + torch.exp(-(((z - centre) / width) ** 2))

    # On the sphere of R^3, w·x is uniform: the mean square is one plain integral.
    nodes, weights = np.polynomial.legendre.leggauss(40)
    near = centre + width * np.linspace(-8, 8, 20)
    edges = np.unique(np.concatenate([np.linspace(-1, 1, 9), near]))
    z = (edges[1:] + edges[:-1])[:, None] / 2 + np.diff(edges)[:, None] / 2 * nodes
    mass = np.diff(edges)[:, None] / 2 * weights / 2
    s = (z - centre) / width
    value = np.tanh(z) + np.exp(-s * s)
    slope = 1 / np.cosh(z) ** 2 - 2 * s / width * np.exp(-s * s)
    activation = activations.from_callable(bump, name="bump")
    for function, exact in ((dual, value), (dual_of_derivative, slope)):
        kappa = function(activation, Sphere(3))
        square = float((mass * exact**2).sum())
        assert abs(kappa.value_at_one - square) <= kappa.error_bound + 1e-14 * square


def test_too_many_kinks_beside_a_steep_end_are_refused_soon():
    kinks = [math.cos((2 * j + 1) * math.pi / 24) for j in range(12)]
    waves = activations.from_callable(
        lambda z: np.abs(np.cos(12 * np.arccos(np.clip(z, -1.0, 1.0)))),
        name="waves",
        breakpoints=kinks,
        domain=(-1, 1),
    )
    with pytest.raises(PrecisionLimitError, match="12 kinks"):
        dual(waves, Sphere(3))
    assert dual(waves, Sphere(2)).error_bound < 1e-6
