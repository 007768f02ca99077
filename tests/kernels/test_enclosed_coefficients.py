"""Enclosed coefficients contain those of quadrature, and are as narrow as floats."""

import math

import mpmath
import numpy as np
import pytest
from flint import arb

from widthwise.activations import Custom, from_callable, get
from widthwise.kernels import dual, funk_hecke, hermite_coefficients
from widthwise.kernels.enclosed import enclosed_coefficients
from widthwise.laws import Gaussian, Sphere
from widthwise.numerics.harmonics import harmonics_count

ACTIVATIONS = [
    *("relu", "leaky_relu", "abs", "elu", "selu", "celu", "hard_tanh", "square"),
    *("cubic", "exp", "sin", "cos", "gaussian", "erf", "tanh", "swish", "softplus"),
    *("gelu", "sigmoid"),
]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_coefficients_are_those_of_quadrature(name):
    act = get(name)
    for order in (0, 1):
        found = enclosed_coefficients(act, Gaussian(), order)
        low, high = map(np.array, found.ends())
        count = min(len(low), 120)
        seen = hermite_coefficients(act, count - 1, order).numpy() ** 2
        # Quadrature is right to 2e-14 of the norm, so squares to 4e-14 of its square.
        size = 4e-14 * found.value[1]
        assert (low <= high).all()
        assert (low[:count] - size <= seen).all()
        assert (seen <= high[:count] + size).all()
        assert (high - low).max() <= 1e-14 * max(found.value[1], 1.0)
        rest_low, rest_high = found.rest
        assert rest_low <= rest_high <= rest_low + 1e-14 * max(found.value[1], 1.0)


@pytest.mark.parametrize(("name", "degree"), [("elu", 7), ("hard_tanh", 9)])
def test_a_coefficient_is_that_of_mpmath(name, degree):
    act = {"elu": lambda z: z if z > 0 else mpmath.expm1(z)}.get(
        name, lambda z: max(min(z, 1), -1)
    )
    with mpmath.workdps(30):
        mean = mpmath.quad(
            lambda z: (
                act(z) * mpmath.hermite(degree, z / mpmath.sqrt(2)) * mpmath.npdf(z)
            ),
            [-15, -1, 0, 1, 15],
        )
        exact = mean**2 / (2**degree * mpmath.factorial(degree))
    found = enclosed_coefficients(get(name), Gaussian()).squares[degree]
    assert abs(float(found.mid()) / float(exact) - 1) < 1e-14
    assert float(found.rad()) < 1e-30


def test_the_rectifiers_coefficients_have_a_closed_form():
    squares = enclosed_coefficients(get("relu"), Gaussian()).squares
    assert squares[1].contains(arb(1) / 4)
    assert squares[0].overlaps(1 / (2 * arb.pi()))
    assert squares[2].overlaps(1 / (4 * arb.pi()))
    assert squares[3] == 0


@pytest.mark.parametrize("dimension", [2, 5, 40])
def test_the_coefficients_on_the_sphere_are_those_of_quadrature(dimension):
    found = enclosed_coefficients(get("tanh"), Sphere(dimension))
    low, high = map(np.array, found.ends())
    seen = funk_hecke(get("tanh"), dimension, len(low) - 1).numpy() ** 2
    seen *= [harmonics_count(dimension, k) for k in range(len(low))]
    assert np.abs(seen - (low + high) / 2).max() < 1e-13
    table = dual(get("tanh"), Sphere(dimension))
    assert found.value[0] == pytest.approx(float(table.value_at_one), rel=1e-12)


def test_what_is_not_proved_has_none():
    mine = from_callable(math.tanh, "tanh")
    assert isinstance(mine, Custom)
    for act, law in (
        (mine, Gaussian()),
        (get("elu"), Sphere(3)),
        (get("tanh"), Sphere(500)),
    ):
        assert enclosed_coefficients(act, law) is None
    assert enclosed_coefficients(get("step"), Gaussian(), 1) is None
