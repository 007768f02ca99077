"""Test `widthwise.kernels.funk_hecke`."""

import math

import mpmath as mp
import numpy as np
import pytest

from widthwise import activations
from widthwise.errors import InvalidArgumentError
from widthwise.kernels import funk_hecke


@pytest.mark.parametrize("dimension", [2, 3, 5, 10, 784, 5000])
def test_relu_coefficients_of_the_theory(dimension):
    """λ_0 = Γ(d/2) / (2 √π Γ((d+1)/2)), λ_1 = 1/(2d), λ_k = 0 for odd k >= 3."""
    found = funk_hecke(activations.get("relu"), dimension, 9).numpy()
    with mp.workdps(30):
        half = mp.mpf(dimension) / 2
        first = mp.gamma(half) / (2 * mp.sqrt(mp.pi) * mp.gamma(half + 0.5))
    assert found[0] == pytest.approx(float(first), rel=1e-14)
    assert found[1] == pytest.approx(1 / (2 * dimension), rel=1e-14)
    assert abs(found[3::2]).max() <= 1e-15


def test_published_values():
    """Integrals in 40 digits: exact_values.json, group benson.funkhecke."""
    relu = funk_hecke(activations.get("relu"), 5, 6)
    assert relu.tolist() == pytest.approx(
        [0.1875, 0.1, 0.03125, 0.0, -0.00390625, 0.0, 0.001171875], abs=1e-15
    )
    assert float(funk_hecke(activations.get("relu"), 10, 6)[6]) == pytest.approx(
        0.00018090205541802733, abs=1e-16
    )
    tanh = funk_hecke(activations.get("tanh"), 3, 3)
    assert float(tanh[1]) == pytest.approx(0.2812007366881278, abs=1e-15)
    assert float(tanh[3]) == pytest.approx(-0.012960738287066188, abs=1e-15)
    gelu = funk_hecke(activations.get("gelu"), 3, 5)
    assert float(gelu[2]) == pytest.approx(0.04645484609752198, abs=1e-15)


@pytest.mark.parametrize("name", ["swish", "gelu", "softplus"])
def test_odd_part_is_linear(name):
    found = funk_hecke(activations.get(name), 3, 21)
    assert float(found[3::2].abs().max()) <= 1e-15


@pytest.mark.parametrize(("dimension", "degree"), [(3, 7), (4, 5), (12, 6), (2, 9)])
def test_definition_in_many_digits(dimension, degree):
    """E[elu(u) P_k(u)] by tanh-sinh quadrature of the density."""
    found = funk_hecke(activations.get("elu"), dimension, degree)
    with mp.workdps(25):

        def polynomial(u):
            before, now = mp.mpf(0), mp.mpf(1)
            for k in range(degree):
                before, now = (
                    now,
                    (
                        ((2 * k + dimension - 2) * u * now - k * before)
                        / (k + dimension - 2)
                        if k + dimension > 2
                        else u
                    ),
                )
            return now

        def integrand(a):
            u = mp.cos(a)
            value = u if u > 0 else mp.expm1(u)
            return value * polynomial(u) * mp.sin(a) ** (dimension - 2)

        mass = mp.quad(lambda a: mp.sin(a) ** (dimension - 2), [0, mp.pi])
        exact = mp.quad(integrand, [0, mp.pi / 2, mp.pi]) / mass
    assert float(found[degree]) == pytest.approx(float(exact), abs=1e-15)


def test_coefficients_far_below_rounding_of_the_function_keep_their_digits():
    """The sine in R^784: λ_1 from Bessel functions, λ_3 a thousand times its error."""
    found = funk_hecke(activations.get("sin"), 784, 3)
    with mp.workdps(30):
        # λ_1 = E[u sin u] = -d/ds E cos(s u) at 1, with E cos(s u) = 0F1(d/2, -s²/4).
        exact = mp.hyp0f1(mp.mpf(784) / 2 + 1, mp.mpf(-1) / 4) / 784
    assert float(found[1]) == pytest.approx(float(exact), rel=1e-13)


def test_refuses_a_negative_degree():
    with pytest.raises(InvalidArgumentError, match="at least 0"):
        funk_hecke(activations.get("relu"), 3, -1)


def test_degree_zero_is_the_mean():
    found = funk_hecke(activations.get("step"), 6, 0)
    assert found.shape == (1,)
    assert math.isclose(float(found[0]), 0.5, rel_tol=1e-15)


def relu_coefficient(d, k):
    """λ_k for even k >= 2, by Rodrigues' formula: the second derivative is δ."""
    half = mp.mpf(d - 1) / 2
    factor = mp.gamma(mp.mpf(d) / 2) / mp.sqrt(mp.pi) / mp.gamma(half)
    rodrigues = mp.gamma(half) / (mp.mpf(2) ** k * mp.gamma(k + half))
    derivative = mp.factorial(k - 2) * mp.binomial(k + half - 1, (k - 2) // 2)
    return (-1) ** ((k - 2) // 2) * factor * rodrigues * derivative


@pytest.mark.parametrize("dimension", [2, 3, 5, 50, 400, 3000])
def test_a_thousand_degrees_are_finite_and_those_of_the_theory(dimension):
    found = funk_hecke("relu", dimension, 1000).numpy()
    assert np.isfinite(found).all()
    size = math.sqrt(1 / (2 * dimension))  # the root of E σ²
    with mp.workdps(30):
        for k in (2, 40, 500, 1000):
            count = mp.binomial(k + dimension - 1, dimension - 1)
            if k >= 2:
                count -= mp.binomial(k + dimension - 3, dimension - 1)
            apart = abs(mp.mpf(float(found[k])) - relu_coefficient(dimension, k))
            # Below the least of floats a coefficient is 0, and not wrong.
            assert apart <= 1e-13 * size / mp.sqrt(count) + mp.mpf(10) ** -308, k


def test_polynomials_beyond_the_floats_cost_no_digit():
    """In R^3000 p_1000 is 1e430 at the poles; σ is the Gegenbauer expansion's end."""
    found = funk_hecke("exp", 3000, 1000).numpy()
    with mp.workdps(30):
        for k in (0, 1, 10, 60):
            # E[e^u P_k(u)] = Γ(d/2) 2^(d/2-1) I_{k+d/2-1}(1).
            order = mp.mpf(3000) / 2 - 1
            exact = mp.gamma(order + 1) * 2**order * mp.besseli(k + order, 1)
            assert float(found[k]) == pytest.approx(float(exact), rel=1e-12), k


def test_a_family_of_each_dimension_is_known_by_its_name():
    from_object = funk_hecke(activations.get("wendland0", dimension=5), 5, 12)
    assert funk_hecke("wendland0", 5, 12).tolist() == from_object.tolist()
