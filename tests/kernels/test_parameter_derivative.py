"""Duals' derivatives in parameters: against closed forms and cross-duals."""

import numpy as np
import pytest
import torch
from scipy.integrate import quad

from widthwise.activations import from_callable, get
from widthwise.errors import InvalidArgumentError
from widthwise.kernels import cross_dual, dual, parameter_derivative
from widthwise.laws import Gaussian, Sphere

T = torch.linspace(-1, 1, 41, dtype=torch.float64)


@pytest.mark.parametrize("law", [Gaussian(), Sphere(5)], ids=str)
@pytest.mark.parametrize("slope", [0.0, 0.2, -1.5])
def test_that_of_a_leaky_rectifier_is_known(law, slope):
    """κ = (1 + a²) κ_1(t) - 2 a κ_1(-t), κ_1 that of the rectifier."""
    found = parameter_derivative(
        get("leaky_relu", negative_slope=slope), law, "negative_slope"
    )
    rectified = dual("relu", law)
    expected = 2 * slope * rectified(T) - 2 * rectified(-T)
    error = float((found(T) - expected).abs().max())
    assert error <= found.error_bound <= 1e-11


def celu_slope(z):
    below = torch.exp(z.clamp(max=0.0) / 1.3)
    return torch.where(z > 0, 0.0, below - 1 - z / 1.3 * below)


SLOPES = {
    "elu": lambda z: torch.where(z > 0, 0.0, torch.expm1(z.clamp(max=0.0))),
    "celu": celu_slope,
}


@pytest.mark.parametrize("name", SLOPES)
def test_it_is_twice_the_dual_of_sigma_and_its_slope(name):
    """By polarization: other duals, of other functions."""
    act = get(name, alpha=1.3)
    slope = from_callable(SLOPES[name], name="slope", breakpoints=(0.0,))
    cross = cross_dual(act, slope, Gaussian())
    found = parameter_derivative(act, Gaussian(), "alpha")
    error = float((found(T) - 2 * cross(T)).abs().max())
    assert error <= found.error_bound + 2 * cross.error_bound
    assert found.error_bound <= 1e-10
    angles = torch.arccos(T)
    assert torch.allclose(found.at_angle(angles), found(T), rtol=0, atol=1e-12)


@pytest.mark.slow
def test_the_radius_of_a_wendland_activation_is_a_parameter():
    """At t = 1, E 2 σ ∂σ by an integral of one variable: σ = (1 - r/α)^l."""
    d, alpha = 5, 1.2
    act = get("wendland0", dimension=d, alpha=alpha)
    found = parameter_derivative(act, Sphere(d), "alpha")
    power = act.degree

    def mean(function):
        edge = 1 - alpha**2 / 2
        return quad(
            lambda u: function(np.sqrt(2 - 2 * u)) * (1 - u * u) ** ((d - 3) / 2),
            edge,
            1,
            epsabs=1e-14,
        )[0]

    total = quad(lambda u: (1 - u * u) ** ((d - 3) / 2), -1, 1)[0]
    expected = mean(
        lambda r: 2 * power * (1 - r / alpha) ** (2 * power - 1) * r / alpha**2
    )
    assert float(found(1.0)) == pytest.approx(expected / total, abs=1e-9)
    assert found.error_bound <= 1e-6


def test_a_name_of_none_is_said():
    with pytest.raises(InvalidArgumentError, match=r"'alpha'.*negative_slope"):
        parameter_derivative("leaky_relu", "gaussian", "alpha")
    with pytest.raises(InvalidArgumentError, match="It has none"):
        parameter_derivative("relu", "gaussian", "alpha")
