"""1 - κ(t)/κ(1) at angles whose κ is the same float as κ(1), against mpmath."""

import mpmath as mp
import numpy as np
import pytest
import torch

from widthwise import activations
from widthwise.errors import InvalidArgumentError
from widthwise.kernels import deep_dual, dual, dual_of_derivative
from widthwise.laws import Sphere

ANGLES = [
    1e-12,
    3e-10,
    1e-7,
    1e-4,
    0.02,
    0.5,
    1.5,
    1.6,
    2.5,
    3.1,
    3.1415926,
    3.14159265,
]
TRUTHS = {
    "relu": lambda z: 1 - (mp.sin(z) + (mp.pi - z) * mp.cos(z)) / mp.pi,
    "abs": lambda z: 1 - 2 / mp.pi * (mp.sin(z) + (mp.pi / 2 - z) * mp.cos(z)),
    "step": lambda z: z / mp.pi,
    "erf": lambda z: 1 - mp.asin(2 * mp.cos(z) / 3) / mp.asin(mp.mpf(2) / 3),
    "exp": lambda z: 1 - mp.exp(mp.cos(z) - 1),
    "cos": lambda z: 1 - mp.cosh(mp.cos(z)) / mp.cosh(1),
    "sin": lambda z: 1 - mp.sinh(mp.cos(z)) / mp.sinh(1),
}
HOMOGENEOUS = ["relu", "abs", "step"]


def worst(found, truth):
    """Return the largest relative error at the angles."""
    with mp.workdps(50):
        exact = [truth(mp.mpf(angle)) for angle in ANGLES]
        pairs = zip(found.tolist(), exact, strict=True)
        return max(float(abs(mp.mpf(one) / other - 1)) for one, other in pairs)


@pytest.mark.parametrize("name", list(TRUTHS))
def test_it_keeps_its_digits_under_the_gaussian_law(name):
    found = dual(name, "gaussian").decorrelation(np.array(ANGLES))
    assert worst(found, TRUTHS[name]) <= 1e-11


@pytest.mark.parametrize("name", HOMOGENEOUS)
def test_of_homogeneous_activations_it_is_the_same_under_both_laws(name):
    found = dual(name, Sphere(7)).decorrelation(
        torch.tensor(ANGLES, dtype=torch.float64)
    )
    assert worst(found, TRUTHS[name]) <= 1e-11


@pytest.mark.parametrize("depth", [1, 3, 10])
@pytest.mark.parametrize("name", HOMOGENEOUS)
def test_it_keeps_its_digits_through_layers(name, depth):
    def truth(angle):
        for _ in range(depth):
            lost = TRUTHS[name](angle)
            angle = 2 * mp.asin(mp.sqrt(lost / 2))
        return lost

    deep = deep_dual(activations.get(name), 4, depth=depth)
    assert worst(deep.decorrelation(np.array(ANGLES)), truth) <= 1e-11


@pytest.mark.parametrize("law", ["gaussian", Sphere(5)])
@pytest.mark.parametrize("name", ["tanh", "elu", "hard_swish"])
def test_it_is_one_less_the_quotient_where_that_has_digits(name, law):
    kappa, angles = dual(name, law), np.linspace(0.3, np.pi, 23)
    quotient = 1 - kappa.at_angle(angles) / kappa.value_at_one
    assert torch.allclose(kappa.decorrelation(angles), quotient, rtol=0, atol=4e-14)


@pytest.mark.parametrize("place", [0.3, -1.2, 2.5])
def test_it_keeps_its_digits_where_a_jump_is_elsewhere(place):
    """P(u > h) - P(u > h, v > h) is an integral over the angle (Plackett, 1954)."""
    act = activations.from_callable(
        lambda z: (z > place).to(z.dtype),
        name="late step",
        breakpoints=(place,),
        derivative=torch.zeros_like,
    )

    def truth(angle):
        def density(z):
            return mp.exp(-(mp.mpf(place) ** 2) / (1 + mp.cos(z))) / (2 * mp.pi)

        return mp.quad(density, [0, angle]) / mp.ncdf(-mp.mpf(place))

    found = dual(act, "gaussian").decorrelation(np.array(ANGLES))
    assert worst(found, truth) <= 1e-11


def test_between_equal_points_it_is_zero():
    assert float(dual("gelu", "gaussian").decorrelation(0.0)) == 0.0
    assert float(deep_dual(activations.get("gelu"), 3, 2).decorrelation(0)) == 0.0


def test_what_has_none_is_refused():
    with pytest.raises(InvalidArgumentError, match="derivative"):
        dual_of_derivative("tanh", "gaussian").decorrelation(0.1)
    with pytest.raises(InvalidArgumentError, match=r"\[0, π\]"):
        dual("tanh", "gaussian").decorrelation(4.0)
    nothing = activations.from_callable(lambda z: 0 * z, name="nothing")
    with pytest.raises(InvalidArgumentError, match=r"zero"):
        dual(nothing, "gaussian").decorrelation(0.1)
