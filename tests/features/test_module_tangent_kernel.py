"""Test the tangent kernel of any module, against autograd point by point."""

import copy

import pytest
import torch
from module_zoo import (
    in_float64,
    jacobian_by_autograd,
    module_and_points,
    multilayer,
    positions,
)
from torch import nn
from torch.func import functional_call, jacrev, vmap

from widthwise.errors import InvalidArgumentError, MemoryBudgetError
from widthwise.features import (
    module_jacobian,
    module_tangent_kernel,
    module_tangent_kernels_by_layer,
)
from widthwise.features.modules import _gram as products
from widthwise.features.modules import _kernel as kernels

# Sums of some hundred products in another order: a few hundred units in the last place.
ROUNDING = 1e-13


def close(found, expected):
    assert found.shape == expected.shape
    off = float((found - expected).detach().abs().max())
    assert off <= ROUNDING * float(expected.abs().max())


@pytest.fixture
def jacobian(architecture):
    return jacobian_by_autograd(*architecture)


def test_kernel_is_the_gram_matrix_of_the_jacobian(architecture, jacobian):
    found = module_tangent_kernel(*architecture)
    close(found, torch.einsum("icp,jcp->ij", jacobian, jacobian))
    assert torch.equal(found, found.T)


def test_full_kernel_has_every_pair_of_outputs(architecture, jacobian):
    found = module_tangent_kernel(*architecture, outputs="full")
    close(found, torch.einsum("icp,jdp->icjd", jacobian, jacobian))
    n, c, *_ = found.shape
    flat = found.reshape(n * c, n * c)
    assert torch.equal(flat, flat.T)


def test_kernel_between_two_sets_of_points(architecture, jacobian):
    model, points = architecture
    found = module_tangent_kernel(model, points, points[2:5])
    close(found, torch.einsum("icp,jcp->ij", jacobian, jacobian[2:5]))
    found = module_tangent_kernel(model, points[:1], points, outputs="full")
    close(found, torch.einsum("icp,jdp->icjd", jacobian[:1], jacobian))


@pytest.mark.parametrize("name", ["multilayer", "convolutional", "tied", "raw"])
@pytest.mark.parametrize("memory", [60_000, 300_000])
def test_kernel_does_not_depend_on_the_memory(name, memory):
    model, points = module_and_points(name)
    jacobian = jacobian_by_autograd(model, points)
    expected = torch.einsum("icp,jcp->ij", jacobian, jacobian)
    close(module_tangent_kernel(model, points, memory=memory), expected)


def test_layers_sum_to_the_kernel(architecture, jacobian):
    model, points = architecture
    found = module_tangent_kernels_by_layer(model, points)
    expected = torch.einsum("icp,jcp->ij", jacobian, jacobian)
    close(torch.stack(list(found.values())).sum(0), expected)


def test_jacobian_is_autograds(architecture, jacobian):
    close(module_jacobian(*architecture), jacobian)


def test_layers_are_those_of_their_parameters():
    model, points = module_and_points("multilayer")
    jacobian = jacobian_by_autograd(model, points)
    found = module_tangent_kernels_by_layer(model, points)
    assert list(found) == ["0", "2", "4"]
    middle = jacobian[:, :, 48:112]  # 5 * 8 + 8 come before, 8 * 8 belong to it
    close(found["2"], torch.einsum("icp,jcp->ij", middle, middle))
    raw = module_tangent_kernels_by_layer(*module_and_points("raw"))
    assert list(raw) == ["inner", "outer", "scale"]


@pytest.mark.parametrize("name", ["multilayer", "convolutional", "normalised"])
def test_kernel_agrees_with_torch_func(name):
    model, points = module_and_points(name)
    twin, given = in_float64(model, points)
    parameters = {key: each.detach() for key, each in twin.named_parameters()}

    def outputs(values, point):
        return functional_call(twin, values, (point[None],))[0]

    parts = vmap(jacrev(outputs), (None, 0))(parameters, given)
    expected = sum(
        torch.einsum("icp,jcp->ij", each.flatten(2), each.flatten(2))
        for each in parts.values()
    )
    close(module_tangent_kernel(model, points), expected)


def test_kernel_agrees_with_finite_differences():
    model, points = module_and_points("convolutional")
    model[2] = nn.Tanh()  # smooth, so that differences converge
    twin, given = in_float64(model, points)
    found = module_tangent_kernel(model, points)
    columns, step = [], 1e-5
    with torch.no_grad():
        for each in twin.parameters():
            flat = each.view(-1)
            for at in range(len(flat)):
                value = float(flat[at])
                flat[at] = value + step
                above = twin(given)
                flat[at] = value - step
                below = twin(given)
                flat[at] = value
                columns.append((above - below) / (2 * step))
    jacobian = torch.stack(columns, dim=-1)
    expected = torch.einsum("icp,jcp->ij", jacobian, jacobian)
    # Central differences are off by step² f''' / 6 and rounding / step: 1e-9 of each.
    off = float((found - expected).abs().max())
    assert off <= 1e-8 * float(expected.abs().max())


@pytest.mark.parametrize("kind", ["linear", "convolution"])
def test_pairs_of_positions_give_the_same_as_gradients(monkeypatch, kind):
    torch.manual_seed(3)
    if kind == "linear":
        model, points = positions(), torch.randn(7, 2, 5)
    else:
        model = nn.Sequential(
            nn.Conv2d(3, 20, 2), nn.Tanh(), nn.Conv2d(20, 4, 2), nn.Flatten()
        )
        points = torch.randn(6, 3, 3, 3)
    taken = []
    add = products._add_pairs_of_positions

    def added(*arguments):
        taken.append(True)
        add(*arguments)

    monkeypatch.setattr(products, "_add_pairs_of_positions", added)
    monkeypatch.setattr(products, "_positions_are_cheaper", lambda *_: True)
    by_pairs = module_tangent_kernel(model, points)
    across = module_tangent_kernel(model, points, points[:3])
    assert taken
    monkeypatch.setattr(products, "_positions_are_cheaper", lambda *_: False)
    by_rows = module_tangent_kernel(model, points)
    close(by_pairs, by_rows)
    close(across, by_rows[:, :3])


def test_kernel_in_tiles_uses_several_of_them(monkeypatch):
    model, points = multilayer(), torch.randn(60, 5)
    plans = []
    chosen = kernels.tiling
    monkeypatch.setattr(
        kernels, "tiling", lambda *a, **k: plans.append(chosen(*a, **k)) or plans[-1]
    )
    whole = module_tangent_kernel(model, points)
    close(module_tangent_kernel(model, points, memory=60_000), whole)
    assert plans[0].points == 60
    assert plans[1].points <= 30


def test_memory_that_cannot_hold_a_pair_of_points_is_refused():
    model, points = module_and_points("convolutional")
    with pytest.raises(MemoryBudgetError, match=r"memory is 5000 bytes.*Raise"):
        module_tangent_kernel(model, points, memory=5000)


def test_kernel_beyond_the_memory_is_refused():
    model = nn.Linear(1, 1)
    points = torch.zeros(1, 1).expand(2**21, 1)
    with pytest.raises(MemoryBudgetError, match="fewer points"):
        module_tangent_kernel(model, points)


def test_peak_memory_respects_the_budget():
    model = nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3, padding=1),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(16 * 16, 3),
    )
    points = torch.randn(64, 1, 8, 8)
    kept = 8 * (64**2 + points.numel() + sum(p.numel() for p in model.parameters()))
    for memory in (2**21, 2**23):
        peak = _peak_bytes(
            lambda m=memory: module_tangent_kernel(model, points, memory=m)
        )
        assert peak <= memory + 2 * kept, (peak, memory)


def _peak_bytes(work):
    """Return the most bytes that PyTorch held on the CPU during the work."""
    from torch.profiler import ProfilerActivity, profile

    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as seen:
        work()
    held = peak = 0
    events = sorted(
        seen.profiler.kineto_results.events(),
        key=lambda each: each.start_ns(),
    )
    for each in events:
        if each.name() == "[memory]":
            held += each.nbytes()
            peak = max(peak, held)
    assert peak > 0
    return peak


def test_kernel_of_a_half_precision_model_is_that_of_its_float64_copy():
    model = multilayer().to(torch.bfloat16)
    points = torch.randn(6, 5)
    found = module_tangent_kernel(model, points)
    assert found.dtype == torch.float64
    close(found, module_tangent_kernel(copy.deepcopy(model).double(), points.double()))


def test_unknown_kind_of_outputs_is_refused():
    with pytest.raises(InvalidArgumentError, match="'trace'"):
        module_tangent_kernel(multilayer(), torch.randn(3, 5), outputs="sum")
