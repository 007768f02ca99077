"""Test Taylor models and products with the tangent kernel."""

import numpy as np
import pytest
import torch
from module_zoo import in_float64, jacobian_by_autograd, module_and_points, multilayer
from scipy.sparse.linalg import eigsh
from torch import nn
from torch.func import functional_call

from widthwise.errors import InvalidArgumentError, MemoryBudgetError
from widthwise.features import (
    linearized,
    module_tangent_kernel,
    module_tangent_operator,
    taylor_expanded,
)


def moved(expanded, size, seed=5):
    """Move the parameters of a Taylor model; return the shift as one vector."""
    generator = torch.Generator().manual_seed(seed)
    shifts = []
    with torch.no_grad():
        for each in expanded.values:
            shift = size * torch.randn(
                each.shape, generator=generator, dtype=torch.float64
            )
            each += shift
            shifts.append(shift.reshape(-1))
    return torch.cat(shifts)


def test_linearized_model_is_the_outputs_and_the_jacobian_times_the_shift(
    architecture,
):
    model, points = architecture
    twin, given = in_float64(model, points)
    expanded = linearized(model)
    outputs = twin(given)
    torch.testing.assert_close(expanded(points), outputs, rtol=1e-12, atol=1e-13)
    shift = moved(expanded, 0.1)
    change = (jacobian_by_autograd(model, points) @ shift).reshape(outputs.shape)
    found = expanded(points)
    torch.testing.assert_close(found, outputs + change, rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("order", [1, 2, 3])
def test_error_of_a_taylor_model_falls_with_its_order(order):
    torch.manual_seed(1)
    model = nn.Sequential(nn.Linear(3, 6), nn.Tanh(), nn.Linear(6, 2)).double()
    points = torch.randn(5, 3, dtype=torch.float64)
    errors = []
    size = 4e-3
    for shift in (size, size / 2, size / 4):
        expanded = taylor_expanded(model, order)
        moved(expanded, shift)
        there = dict(zip(expanded.names, expanded.values, strict=True))
        exact = functional_call(model, there, (points,))
        errors.append(float((expanded(points) - exact).detach().abs().max()))
    # The remainder of a shift h is c h^(r+1) (1 + a h + O(h²)), so its exponent between
    # h and h/2 is r + 1 + a h / (2 log 2), and between h/2 and h/4 half as far off.
    # What is left of twice the second less the first is O(h²).
    exponents = np.log2(np.divide(errors[:-1], errors[1:]))
    assert 2 * exponents[1] - exponents[0] == pytest.approx(order + 1, abs=size)


def test_second_order_is_exact_for_a_product_of_two_layers():
    model = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2)).double()
    points = torch.randn(5, 3, dtype=torch.float64)
    expanded = taylor_expanded(model, 2)
    moved(expanded, 1.0)
    there = dict(zip(expanded.names, expanded.values, strict=True))
    exact = functional_call(model, there, (points,))
    torch.testing.assert_close(expanded(points), exact, rtol=1e-12, atol=1e-12)


def test_gradient_of_the_linearized_model_does_not_depend_on_the_parameters():
    model, points = module_and_points("multilayer")
    expanded = linearized(model)
    moved(expanded, 0.5)
    jacobian = jacobian_by_autograd(model, points)
    slopes = torch.autograd.grad(expanded(points).sum(), list(expanded.values))
    found = torch.cat([each.reshape(-1) for each in slopes])
    torch.testing.assert_close(found, jacobian.sum((0, 1)), rtol=1e-11, atol=1e-12)


def test_gradient_descent_on_the_linearized_model_follows_the_kernel():
    model, points = module_and_points("raw")
    kernel = module_tangent_kernel(model, points)
    expanded = linearized(model)
    target = torch.linspace(-1, 1, len(points), dtype=torch.float64)
    step = 1.0 / float(torch.linalg.eigvalsh(kernel)[-1])
    optimizer = torch.optim.SGD(expanded.parameters(), lr=step)
    residual = (expanded(points) - target).detach()
    for _ in range(20):
        optimizer.zero_grad()
        (0.5 * (expanded(points) - target).square().sum()).backward()
        optimizer.step()
        residual = residual - step * kernel @ residual
    found = (expanded(points) - target).detach()
    torch.testing.assert_close(found, residual, rtol=1e-11, atol=1e-12)


def test_orders_out_of_range_are_refused():
    for order in (0, 9, True):
        with pytest.raises(InvalidArgumentError, match="order"):
            taylor_expanded(multilayer(), order)


def test_second_order_without_a_forward_derivative_is_refused():
    model, points = module_and_points("reparametrized")
    with pytest.raises(InvalidArgumentError, match="no forward derivative"):
        taylor_expanded(model, 2)(points)


@pytest.mark.parametrize("outputs", ["trace", "full"])
def test_operator_is_the_kernel(architecture, outputs):
    model, points = architecture
    kernel = module_tangent_kernel(model, points, outputs=outputs).numpy()
    operator = module_tangent_operator(model, points, outputs)
    kernel = kernel.reshape(operator.shape)
    given = np.random.default_rng(0).standard_normal((len(kernel), 2))
    scale = np.abs(kernel @ given).max()
    np.testing.assert_allclose(operator @ given, kernel @ given, atol=1e-12 * scale)


def test_operator_gives_the_largest_eigenvalues():
    model, points = multilayer(), torch.randn(30, 5)
    operator = module_tangent_operator(model, points)
    found = eigsh(operator, k=3, return_eigenvectors=False)
    exact = torch.linalg.eigvalsh(module_tangent_kernel(model, points))[-3:]
    np.testing.assert_allclose(np.sort(found), exact.numpy(), rtol=1e-10)


def test_operator_does_not_depend_on_the_memory():
    model, points = multilayer(), torch.randn(30, 5)
    given = np.ones(30)
    whole = module_tangent_operator(model, points) @ given
    found = module_tangent_operator(model, points, memory=12_000) @ given
    np.testing.assert_allclose(found, whole, rtol=1e-12)
    with pytest.raises(MemoryBudgetError, match="memory is 100 bytes"):
        module_tangent_operator(model, points, memory=100)


def test_unknown_kind_of_outputs_is_refused():
    with pytest.raises(InvalidArgumentError, match="'trace'"):
        module_tangent_operator(multilayer(), torch.randn(3, 5), "sum")
