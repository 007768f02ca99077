"""Names and objects are one, and what is neither is refused in a sentence."""

import math

import numpy as np
import pytest
import torch

from widthwise import activations, kernels
from widthwise.activations import Scaled
from widthwise.errors import DataError, InvalidArgumentError, UnknownNameError
from widthwise.laws import Gaussian, Sphere


class Mine(activations.Activation):
    """An activation of somebody's own, not made by `from_callable`."""

    name = "mine"
    formula = "?"
    source = None
    breakpoints = ()
    smoothness = math.inf
    bound = 1.0
    lipschitz = 1.0

    def __init__(self, function):
        object.__setattr__(self, "function", function)

    def __call__(self, z):
        return self.function(z)

    def derivative(self, z):
        return self.function(z)

    def even_part(self, radius):  # noqa: ARG002
        return None

    def odd_part(self, radius):  # noqa: ARG002
        return None


WRONG = {
    "shape": (lambda z: z.sum(), "returned shape"),
    "random": (lambda z: z + torch.rand_like(z), "not be random"),
    "single": (lambda z: torch.tanh(z.float()), "need float64"),
    "undefined": (torch.sqrt, "not a number at z = -"),
}


def test_a_name_is_its_object():
    relu, gauss = activations.get("relu"), Gaussian()
    assert kernels.dual("relu", "gaussian") is kernels.dual(relu, gauss)
    assert kernels.dual_of_derivative("relu", Sphere(4)) is kernels.dual_of_derivative(
        relu, Sphere(4)
    )
    assert kernels.dual("silu", gauss) is kernels.dual("swish", gauss)
    assert kernels.feature_scale("relu") == kernels.feature_scale(relu)
    for named, made in (
        (kernels.hermite_coefficients("tanh", 5), activations.get("tanh")),
    ):
        assert torch.equal(named, kernels.hermite_coefficients(made, 5))
    assert kernels.positive_definiteness("relu", 3) == kernels.positive_definiteness(
        relu, 3
    )
    # A family that depends on d takes it from the law.
    assert kernels.dual("wendland0", Sphere(5)).activation.dimension == 5
    assert kernels.positive_definiteness("wendland0", 5).holds_for_all_points


def test_a_law_by_name_needs_a_dimension_or_none():
    with pytest.raises(InvalidArgumentError, match=r"Pass laws\.Sphere\(d\)"):
        kernels.dual("relu", "sphere")
    with pytest.raises(UnknownNameError, match="'gauss'"):
        kernels.dual("relu", "gauss")


def test_what_is_no_activation_is_refused():
    with pytest.raises(UnknownNameError, match="'rel'"):
        kernels.dual("rel", "gaussian")
    with pytest.raises(InvalidArgumentError, match="needs dimension"):
        kernels.hermite_coefficients("wendland0", 4)


@pytest.mark.parametrize("case", list(WRONG))
@pytest.mark.parametrize("law", [Gaussian(), Sphere(4)], ids=str)
def test_an_activation_that_is_none_is_refused(case, law):
    function, words = WRONG[case]
    calls = [lambda: kernels.dual(Mine(function), law)]
    if isinstance(law, Gaussian):
        calls.append(lambda: kernels.hermite_coefficients(Mine(function), 3))
    else:
        calls.append(lambda: kernels.funk_hecke(Mine(function), 4, 3))
    for call in calls:
        with pytest.raises(InvalidArgumentError, match=words):
            call()


def test_the_derivative_is_looked_at_on_its_own():
    with pytest.raises(InvalidArgumentError, match="derivative of 'scaled'"):
        kernels.dual_of_derivative(Scaled(Undefined(torch.tanh), 2.0), Gaussian())


class Undefined(Mine):
    """An activation whose derivative is not a number everywhere."""

    def derivative(self, z):
        return torch.sqrt(z)


def test_growth_beyond_the_gaussian_law_is_refused():
    fast = activations.from_callable(lambda z: torch.exp(z * z), name="fast")
    for call in (kernels.dual, lambda act, _: kernels.hermite_coefficients(act, 3)):
        with pytest.raises(InvalidArgumentError, match="grows too fast"):
            call(fast, Gaussian())
    assert bool(kernels.funk_hecke(fast, 3, 3).isfinite().all())


@pytest.mark.parametrize("given", [torch.tensor([0.5j]), np.array(["0.5"])])
def test_correlations_that_are_no_real_numbers_are_refused(given):
    function = kernels.dual("relu", "gaussian")
    for call in (function, function.at_angle):
        with pytest.raises(DataError, match=r"complex|real numbers"):
            call(given)


@pytest.mark.parametrize(
    "given", [1, np.float32(1.0), np.array(1), torch.tensor([[1]])]
)
def test_correlations_of_any_container_are_taken(given):
    function = kernels.dual("relu", "gaussian")
    found = function(given)
    assert found.shape == torch.as_tensor(given).shape
    assert found.flatten().tolist() == [function.value_at_one]
