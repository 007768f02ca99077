"""Largest eigenvalues of second derivatives, against matrices built entry by entry."""

import pytest
import torch
from torch import nn

from widthwise.errors import DataError, InvalidArgumentError
from widthwise.features import module_curvature, module_tangent_kernel
from widthwise.networks import FullyConnected, TwoLayer


def drawn(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


def network(outputs=1):
    torch.manual_seed(1)
    layers = nn.Linear(4, 12), nn.Tanh(), nn.Linear(12, 8), nn.ReLU()
    return nn.Sequential(*layers, nn.Linear(8, outputs)).double()


X, Y = drawn(9, 4), drawn(9, seed=1)


def whole_hessian(model, loss):
    """Return the matrix by torch's own second derivatives of a flat vector."""
    names = [name for name, _ in model.named_parameters()]
    shapes = [each.shape for each in model.parameters()]
    flat = torch.cat([each.detach().reshape(-1) for each in model.parameters()])

    def value(vector):
        parts = vector.split([shape.numel() for shape in shapes])
        moved = {
            name: part.view(shape)
            for name, part, shape in zip(names, parts, shapes, strict=True)
        }
        return loss(torch.func.functional_call(model, moved, (X,)))

    return torch.autograd.functional.hessian(value, flat)


def test_the_hessian_has_the_eigenvalues_of_the_matrix_entry_by_entry():
    model = network()
    whole = whole_hessian(model, lambda f: (f[:, 0] - Y).square().sum() / 2)
    expected = torch.linalg.eigvalsh(whole).flip(0)[:3]
    found = module_curvature(model, X, Y, count=3)
    torch.testing.assert_close(found.eigenvalues, expected, rtol=1e-6, atol=0)
    assert (found.error_bounds <= 1e-4 * expected[0]).all()
    assert found.products < 150


def test_the_gauss_newton_matrix_has_the_eigenvalues_of_the_tangent_kernel():
    model = network(outputs=2)
    kernel = module_tangent_kernel(model, X, outputs="full").reshape(18, 18)
    expected = torch.linalg.eigvalsh(kernel).flip(0)[:4]
    targets = drawn(9, 2, seed=2)
    found = module_curvature(model, X, targets, matrix="gauss_newton", count=4)
    torch.testing.assert_close(found.eigenvalues, expected, rtol=1e-6, atol=0)


@pytest.mark.parametrize("matrix", ["hessian", "gauss_newton"])
def test_a_loss_of_ones_own_has_its_curvature(matrix):
    model, labels = network(outputs=3), torch.arange(9) % 3
    loss = nn.functional.cross_entropy
    found = module_curvature(model, X, labels, matrix=matrix, loss=loss)
    if matrix == "hessian":
        whole = whole_hessian(model, lambda f: loss(f, labels))
    else:
        jacobian = torch.autograd.functional.jacobian(
            lambda weight, bias: nn.functional.linear(model[:4](X), weight, bias),
            (model[4].weight, model[4].bias),
        )
        outer = [each.reshape(27, -1) for each in jacobian]
        for each in model[:4].parameters():
            each.requires_grad_(False)
        found = module_curvature(model, X, labels, matrix=matrix, loss=loss)
        inner = torch.autograd.functional.hessian(
            lambda f: loss(f, labels), model(X).detach()
        )
        whole = torch.cat(outer, 1).T @ inner.reshape(27, 27) @ torch.cat(outer, 1)
    largest = torch.linalg.eigvalsh(whole)[-1]
    assert found.eigenvalues[0].item() == pytest.approx(largest.item(), rel=1e-6)


@pytest.mark.parametrize(
    "own",
    [
        TwoLayer(4, 20, "tanh", trained="both"),
        FullyConnected(4, 10, "swish", depth=2),
    ],
    ids=["two-layer", "deep"],
)
def test_our_own_networks_are_modules_too(own):
    model = own.double()
    found = module_curvature(model, X, Y).eigenvalues[0].item()
    whole = whole_hessian(model, lambda f: (f.reshape(-1) - Y).square().sum() / 2)
    assert found == pytest.approx(torch.linalg.eigvalsh(whole)[-1].item(), rel=1e-6)


def test_the_module_is_left_as_it_was():
    model = network()
    before = [each.clone() for each in model.parameters()]
    state = torch.get_rng_state()
    module_curvature(model, X, Y)
    assert all(
        torch.equal(a, b) for a, b in zip(before, model.parameters(), strict=True)
    )
    assert all(each.grad is None for each in model.parameters())
    assert torch.equal(state, torch.get_rng_state())


def test_a_linear_module_has_one_hessian_everywhere():
    model = nn.Linear(4, 1).double()
    whole = torch.cat([X, torch.ones(9, 1)], 1)
    expected = torch.linalg.eigvalsh(whole.T @ whole).flip(0)
    found = module_curvature(model, X, Y, count=5).eigenvalues
    torch.testing.assert_close(found, expected, rtol=1e-10, atol=1e-12)


def test_refusals_say_what_is_needed():
    with pytest.raises(DataError, match="one target"):
        module_curvature(network(outputs=2), X, Y)
    with pytest.raises(InvalidArgumentError, match="no more eigenvalues"):
        module_curvature(nn.Linear(4, 1), X, Y, count=6)
    with pytest.raises(InvalidArgumentError, match="hessian"):
        module_curvature(network(), X, Y, matrix="fisher")
    with pytest.raises(InvalidArgumentError, match="one finite number"):
        module_curvature(network(), X, Y, loss=lambda f, y: f[:, 0] - y)
