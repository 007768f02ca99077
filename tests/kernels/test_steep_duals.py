"""Duals of steep, narrow and fast functions, by series or by the flow of heat."""

import mpmath
import numpy as np
import pytest
import torch

from widthwise.activations import Scaled, from_callable, get
from widthwise.kernels import deep_kernels, dual, dual_of_derivative
from widthwise.kernels.rules._heat import heat_duals
from widthwise.laws import Gaussian

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


def elu_slope(s, t):
    """E f(u) f(v), f(z) = 1 for z > 0 and exp(s z) below, by one integral in v."""
    tau = mpmath.sqrt(1 - t * t)

    def given(v):
        mean = t * v
        tilt = mpmath.exp(s * mean + (s * tau) ** 2 / 2)
        below = tilt * mpmath.ncdf(-(mean + s * tau**2) / tau)
        part = mpmath.ncdf(mean / tau) + below
        return mpmath.npdf(v) * (part if v > 0 else mpmath.exp(s * v) * part)

    return mpmath.quad(
        given, [-60 / s, -8 / s, -1 / s, -0.1 / s, 0, 0.1 / s, 1 / s, 0.3, 3, 12]
    )


def test_a_steep_function_with_a_jump_keeps_its_bound():
    found = dual_of_derivative(Scaled(get("elu"), 100.0), Gaussian())
    assert found.error_bound <= 1e-13 * found.value_at_one
    with mpmath.workdps(25):
        for t in (0.99, 0.6, -0.4, -0.99):
            truth = float(1e4 * elu_slope(mpmath.mpf(100), mpmath.mpf(t)))
            assert abs(float(found(t)) - truth) <= found.error_bound + 1e-9


def test_a_shifted_steep_step_keeps_its_bound():
    act = from_callable(lambda z: torch.tanh(300 * (z - 0.37)), "step")
    found = dual(act, Gaussian())
    with mpmath.workdps(25):
        square = mpmath.quad(
            lambda z: mpmath.tanh(300 * (z - mpmath.mpf(0.37))) ** 2 * mpmath.npdf(z),
            [-12, 0, 0.3, 0.36, 0.37, 0.38, 0.44, 1, 12],
        )
    assert abs(found.value_at_one - float(square)) <= found.error_bound
    assert found.error_bound <= 1e-11


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


@pytest.mark.parametrize("factor", [3.0, 13.9, 29.5, 300.0])
def test_each_steepness_of_a_smooth_function_has_its_table(factor):
    """At 13.9 and 29.5 the nearest table took too many pieces, the plane minutes."""
    assert heat_duals(Scaled(get("mish"), factor), 1, factor**2) is not None
