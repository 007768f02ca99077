import pytest
import torch

from widthwise import activations
from widthwise.errors import DataError, MemoryBudgetError
from widthwise.features import jacobian


def network(points, inner, outer, biases, act):
    arguments = points @ inner.T
    return act(arguments if biases is None else arguments + biases) @ outer


@pytest.fixture
def weights():
    generator = torch.Generator().manual_seed(3)
    inner = torch.randn(7, 5, generator=generator, dtype=torch.float64)
    outer = torch.randn(7, generator=generator, dtype=torch.float64)
    biases = torch.randn(7, generator=generator, dtype=torch.float64)
    return inner, outer, biases


@pytest.mark.parametrize("name", ["relu", "tanh", "gelu", "softplus", "elu"])
def test_jacobian_is_the_automatic_derivative(points, weights, name):
    inner, outer, biases = weights
    act = activations.get(name)
    by_autograd = torch.autograd.functional.jacobian(
        lambda w, b: network(points, w, outer, b, act), (inner, biases)
    )
    found = jacobian(points, inner, outer, act, biases)
    expected = torch.cat([by_autograd[0].reshape(12, 35), by_autograd[1]], dim=1)
    torch.testing.assert_close(found, expected, rtol=1e-12, atol=1e-14)


def test_columns_go_unit_by_unit(points, weights):
    inner, outer, _ = weights
    act = activations.get("tanh")
    found = jacobian(points, inner, outer, act)
    step, unit, coordinate = 1e-6, 4, 2
    moved = inner.clone()
    moved[unit, coordinate] += step
    back = inner.clone()
    back[unit, coordinate] -= step
    slope = network(points, moved, outer, None, act) - network(
        points, back, outer, None, act
    )
    # Central differences: the error is step² times a third derivative of order one.
    torch.testing.assert_close(
        found[:, unit * 5 + coordinate], slope / (2 * step), rtol=0, atol=1e-9
    )
    assert found.shape == (12, 35)


def test_gram_of_the_jacobian_is_the_hadamard_product(points, weights):
    # Oymak and Soltanolkotabi: J Jᵀ = (σ'(XWᵀ) diag(v²) σ'(WXᵀ)) ∘ X Xᵀ.
    inner, outer, _ = weights
    act = activations.get("softplus")
    slopes = act.derivative(points @ inner.T)
    expected = (slopes * outer**2) @ slopes.T * (points @ points.T)
    found = jacobian(points, inner, outer, act)
    torch.testing.assert_close(found @ found.T, expected, rtol=1e-12, atol=1e-14)


def test_arrays_are_taken(points, weights):
    inner, outer, biases = weights
    act = activations.get("relu")
    found = jacobian(points.numpy(), inner.numpy(), outer.numpy(), act, biases.numpy())
    assert torch.equal(found, jacobian(points, inner, outer, act, biases))


def test_shapes_that_do_not_fit_are_refused(points, weights):
    inner, outer, biases = weights
    act = activations.get("relu")
    with pytest.raises(DataError, match="columns"):
        jacobian(points, inner[:, :4], outer, act)
    with pytest.raises(DataError, match="outer weights"):
        jacobian(points, inner, outer[:5], act)
    with pytest.raises(DataError, match="biases"):
        jacobian(points, inner, outer, act, biases[:, None])
    outer[2] = torch.nan
    with pytest.raises(DataError, match="Row 2 of the outer weights"):
        jacobian(points, inner, outer, act)


def test_jacobian_that_does_not_fit_in_memory_is_refused(points):
    act = activations.get("relu")
    many = torch.zeros(1, 5).expand(2, 5)
    rows = torch.zeros(1, 1, dtype=torch.float64).expand(2**20, 1)
    with pytest.raises(MemoryBudgetError, match="tangent kernel"):
        jacobian(rows, torch.zeros(2**20, 1), torch.zeros(2**20), act)
    assert jacobian(points, many, torch.ones(2), act).shape == (12, 10)
