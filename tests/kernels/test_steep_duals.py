"""Duals of steep, narrow and fast functions, by series on circles."""

import math

import mpmath
import numpy as np
import pytest
import torch

from widthwise.activations import Scaled, from_callable, get
from widthwise.kernels import deep_kernels, dual, dual_of_derivative
from widthwise.kernels.two_layer import ends
from widthwise.kernels.two_layer._circle_series import circle_series
from widthwise.kernels.two_layer._function import on_numpy, smooth_pieces
from widthwise.kernels.two_layer._marginal import marginal
from widthwise.kernels.two_layer._plane import Angles
from widthwise.kernels.two_layer._series import zonal_series
from widthwise.laws import Gaussian, Sphere

AT = (1.0, 0.999999, 0.9999, 0.99, 0.9, 0.5, 0.0, -0.3, -0.9, -0.9999, -1.0)


def erf(s):
    return lambda t: 2 / mpmath.pi * mpmath.asin(2 * s * s * t / (1 + 2 * s * s))


def erf_slope(s):
    square = 2 * mpmath.mpf(s) ** 2
    return lambda t: (
        2 * square / mpmath.pi / mpmath.sqrt((1 + square) ** 2 - (square * t) ** 2)
    )


def bell(width):
    a = 1 / mpmath.mpf(width) ** 2
    return lambda t: 1 / mpmath.sqrt((1 + a) ** 2 - (a * t) ** 2)


def wave(s):
    return lambda t: mpmath.exp(-s * s) * mpmath.sinh(s * s * t)


def steep_erf(scale):
    return Scaled(get("erf"), float(scale))


CLOSED = {
    "erf 100 z": (lambda: dual(steep_erf(100), Gaussian()), erf(100)),
    "slope of erf 30 z": (
        lambda: dual_of_derivative(steep_erf(30), Gaussian()),
        erf_slope(30),
    ),
    "slope of erf 300 z": (
        lambda: dual_of_derivative(steep_erf(300), Gaussian()),
        erf_slope(300),
    ),
    "sin 40 z": (
        lambda: dual(from_callable(lambda z: torch.sin(40 * z), "s"), Gaussian()),
        wave(40),
    ),
    "bell of width 0.01": (
        lambda: dual(
            from_callable(lambda z: torch.exp(-5000 * z * z), "b"), Gaussian()
        ),
        bell("0.01"),
    ),
}


@pytest.mark.parametrize("name", CLOSED)
def test_steep_duals_keep_their_bounds(name):
    make, closed = CLOSED[name]
    found = make()
    with mpmath.workdps(40):
        truth = np.array([float(closed(mpmath.mpf(t))) for t in AT])
    errors = np.abs(found(np.array(AT)).numpy() - truth)
    # t is rounded, too: by 2^-53 of it, and κ'(1) is κ(1) times the steepness.
    assert (errors <= found.error_bound + 2e-15 * truth[0]).all()
    assert found.error_bound <= 1e-11 * truth[0]


def test_two_series_of_one_function_agree():
    """In harmonics, and on circles: neither knows of the other."""
    law, function = Sphere(5), on_numpy(Scaled(get("tanh"), 15.0))
    edges = smooth_pieces(function, (), law)
    one = marginal(function, edges, law)
    harmonics = zonal_series(
        function, edges, law, one.at_one, one.rounding, has_cone=False
    )
    circles = circle_series(function, law, one, float(np.diff(edges).min()))
    half = np.linspace(0.0, math.pi / 2, 60)
    angles = Angles(half, np.sin(half), np.cos(half))
    first, second = (each[1](angles)[0] for each in (harmonics, circles))
    np.testing.assert_allclose(first, second, rtol=0, atol=2e-14 * one.at_one)


def test_a_function_with_a_kink_has_no_short_series():
    law, function = Gaussian(), on_numpy(get("relu"))
    edges = smooth_pieces(function, (0.0,), law)
    one = marginal(function, edges, law)
    assert circle_series(function, law, one, 1.0) is None


@pytest.mark.parametrize("name", ["relu", "tanh", "mish", "selu", "gaussian", "cos"])
def test_the_ends_of_a_dual_are_integrals_of_one_variable(name):
    for scale in (0.3, 1.0, 20.0):
        act = Scaled(get(name), scale)
        kappa, (one, minus_one, bound) = dual(act, Gaussian()), ends(act)
        allowed = bound + kappa.error_bound
        assert abs(one - kappa.value_at_one) <= allowed
        assert abs(minus_one - float(kappa.at_angle(math.pi))) <= allowed
        assert bound <= 1e-13 * one


def test_deep_kernels_of_steep_layers_agree_with_their_closed_forms():
    """Erf has closed forms: the layers one after another, in 40 digits."""
    points = torch.tensor([[1.0, 0.0], [0.6, 0.8]], dtype=torch.float64)
    conjugate, tangent = deep_kernels(points, "erf", depth=3, weight_std=20.0)
    with mpmath.workdps(40):
        q, k, weight = mpmath.mpf(200), mpmath.mpf(120), 400
        theta = k
        for _ in range(3):
            slope = 4 / mpmath.pi / mpmath.sqrt((1 + 2 * q) ** 2 - (2 * k) ** 2)
            k = weight * 2 / mpmath.pi * mpmath.asin(2 * k / (1 + 2 * q))
            q = weight * 2 / mpmath.pi * mpmath.asin(2 * q / (1 + 2 * q))
            theta = k + weight * slope * theta
    assert float(conjugate[0, 1]) == pytest.approx(float(k), rel=1e-12)
    assert float(tangent[0, 1]) == pytest.approx(float(theta), rel=1e-12)
