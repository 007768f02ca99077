"""Gradients by an activation's own parameters, against finite differences."""

import pytest
import torch
from torch.autograd import gradcheck

from widthwise.errors import InvalidArgumentError
from widthwise.kernels import (
    HiddenLayer,
    Parametrized,
    conjugate_diagonal,
    conjugate_kernel,
    deep_diagonals,
    deep_kernels,
    tangent_diagonal,
    tangent_kernel,
    two_layer_kernels,
)

CHECKED = {"eps": 1e-5, "atol": 2e-8, "rtol": 1e-7}
SLOW = pytest.mark.slow


def drawn(*shape, seed):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


def scale(value):
    return torch.tensor(value, dtype=torch.float64, requires_grad=True)


@pytest.fixture
def rows():
    return drawn(3, 3, seed=0).requires_grad_()


@pytest.fixture
def units():
    return torch.nn.functional.normalize(drawn(3, 3, seed=0)).requires_grad_()


OTHERS = drawn(2, 3, seed=1)


@pytest.mark.parametrize("law", ["gaussian", "sphere"])
def test_the_slope_of_a_leaky_rectifier_carries_a_gradient(rows, law):
    def kernels(x, slope):
        act = Parametrized("leaky_relu", {"negative_slope": slope})
        return *two_layer_kernels(x, act, law), tangent_diagonal(x, act, law)

    assert gradcheck(kernels, (rows, scale(0.2)), **CHECKED)


@pytest.mark.parametrize("name", ["elu", pytest.param("celu", marks=SLOW)])
def test_alpha_carries_a_gradient_at_equal_and_opposite_points(units, name):
    other = torch.cat([units.detach()[:1], -units.detach()[:1], OTHERS[:1]])
    other = torch.nn.functional.normalize(other)

    def kernel(alpha):
        act = Parametrized(name, {"alpha": alpha})
        return tangent_kernel(units.detach(), act, "gaussian", other=other)

    assert gradcheck(kernel, scale(1.3), **CHECKED)


@pytest.mark.slow
def test_alpha_carries_a_gradient_between_norms(rows):
    near = 1.5 * torch.nn.functional.normalize(rows.detach()) + 0.1 * rows.detach()

    def kernels(alpha):
        act = Parametrized("elu", {"alpha": alpha})
        diagonal = conjugate_diagonal(near, act, "gaussian")
        return *two_layer_kernels(near, act, "gaussian"), diagonal

    assert gradcheck(kernels, scale(1.3), **CHECKED)


def test_the_radius_of_a_wendland_kernel_carries_a_gradient(units):
    points = units.detach()

    def kernel(alpha):
        act = Parametrized("wendland2", {"alpha": alpha})
        return conjugate_kernel(points, act, "sphere")

    assert gradcheck(kernel, scale(1.3), **CHECKED)


def test_parameters_of_layers_carry_gradients(rows):
    def both(x, one, two):
        layers = [
            HiddenLayer(Parametrized("leaky_relu", {"negative_slope": one}), 1.3, 0.2),
            HiddenLayer(Parametrized("leaky_relu", {"negative_slope": two}), 1.2),
        ]
        return *deep_kernels(x, layers, other=OTHERS), *deep_diagonals(x, layers)

    assert gradcheck(both, (rows, scale(0.1), scale(-0.4)), **CHECKED)


def test_what_is_no_parameter_is_said(rows):
    for parameters, said in (
        ({"alpha": scale(0.1)}, "leaky_relu has no real parameter 'alpha'"),
        ({}, "No parameter is given"),
        ({"negative_slope": torch.ones(2)}, r"negative_slope has shape \(2,\)"),
    ):
        with pytest.raises(InvalidArgumentError, match=said):
            conjugate_kernel(rows, Parametrized("leaky_relu", parameters), "gaussian")
