"""Test that gradients do not depend on how convolutions are cut into passes."""

import pytest
import torch
from module_zoo import in_float64, jacobian_by_autograd
from torch import nn
from torch.func import functional_call, jacrev, vmap

from widthwise.features import module_tangent_kernel
from widthwise.features.modules import _kernel as kernels
from widthwise.features.modules import _record as records
from widthwise.features.modules import _tiles as tiles
from widthwise.features.modules import _uses as uses

# Sums of some hundred products in another order: a few hundred units in the last place.
ROUNDING = 1e-13


class SharedConvolution(nn.Module):
    """One convolution applied twice, between two that differ."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(2, 4, 3, padding=1, padding_mode="circular")
        self.shared = nn.Conv2d(4, 4, 3, padding=1, padding_mode="reflect", bias=False)
        self.last = nn.Conv2d(4, 6, (3, 2), stride=(2, 1), dilation=(1, 2), groups=2)
        self.head = nn.Linear(6, 5)

    def forward(self, x):
        inner = torch.tanh(self.shared(torch.tanh(self.first(x))))
        return self.head(torch.tanh(self.last(self.shared(inner))).mean((2, 3)))


def wide_images():
    """Return a model whose kernels have fewer entries than its images."""
    return nn.Sequential(
        nn.Conv2d(1, 40, 3, padding="same"),
        nn.Tanh(),
        nn.AvgPool2d(2),
        nn.Conv2d(40, 3, 3),
        nn.Flatten(),
        nn.Linear(27, 4),
    )


MODELS = {
    "shared": (SharedConvolution, (2, 9, 9)),
    "wide": (wide_images, (1, 10, 10)),
    "along a line": (
        lambda: nn.Sequential(
            nn.Conv1d(3, 4, 5, stride=2, padding=2, padding_mode="replicate"),
            nn.BatchNorm1d(4).eval(),
            nn.Tanh(),
            nn.Flatten(),
            nn.Linear(40, 3),
        ).eval(),
        (3, 20),
    ),
}


def close(found, expected):
    assert found.shape == expected.shape
    off = float((found - expected).detach().abs().max())
    assert off <= ROUNDING * float(expected.abs().max())


@pytest.fixture(params=list(MODELS))
def case(request):
    torch.manual_seed(5)
    make, shape = MODELS[request.param]
    return in_float64(make(), torch.randn(7, *shape))


@pytest.fixture
def passes(monkeypatch):
    """Count the passes, each of two points."""
    counted = []
    slopes = records.Record.slopes

    def counting(self, *arguments):
        counted.append(self.samples)
        slopes(self, *arguments)

    def of_two_points(route, *arguments, **named):
        plan = tiles.tiling(route, *arguments, **named)
        route.rows = 2
        return plan

    monkeypatch.setattr(records.Record, "slopes", counting)
    monkeypatch.setattr(kernels, "tiling", of_two_points)
    return counted


def test_kernel_in_several_passes_is_that_of_torch_func(case, passes):
    model, points = case
    parameters = {name: each.detach() for name, each in model.named_parameters()}

    def outputs(values, point):
        return functional_call(model, values, (point[None],))[0]

    parts = vmap(jacrev(outputs), (None, 0))(parameters, points)
    expected = sum(
        torch.einsum("icp,jdp->icjd", each.flatten(2), each.flatten(2))
        for each in parts.values()
    )
    close(module_tangent_kernel(model, points, outputs="full"), expected)
    close(module_tangent_kernel(model, points), torch.einsum("icjc->ij", expected))
    across = module_tangent_kernel(model, points, points[2:5])
    close(across, torch.einsum("icjc->ij", expected)[:, 2:5])
    assert passes.count(2) >= 6  # three passes of two points, and one of one


@pytest.mark.usefixtures("passes")
def test_kernel_in_several_passes_is_that_of_finite_differences(case):
    model, points = case
    found = module_tangent_kernel(model, points)
    columns, step = [], 1e-5
    with torch.no_grad():
        for each in model.parameters():
            flat = each.view(-1)
            for at in range(len(flat)):
                value = float(flat[at])
                flat[at] = value + step
                above = model(points)
                flat[at] = value - step
                columns.append((above - model(points)) / (2 * step))
                flat[at] = value
    jacobian = torch.stack(columns, dim=-1)
    expected = torch.einsum("icp,jcp->ij", jacobian, jacobian)
    # Central differences are off by step² f''' / 6 and rounding / step: 1e-9 of each.
    off = float((found - expected).abs().max())
    assert off <= 1e-8 * float(expected.abs().max())


@pytest.mark.parametrize("limit", ["_KEPT", "_UNFOLDED"])
def test_kernel_does_not_depend_on_how_many_patches_are_kept(monkeypatch, case, limit):
    whole = module_tangent_kernel(*case)
    monkeypatch.setattr(uses, limit, 1)
    close(module_tangent_kernel(*case), whole)


@pytest.mark.parametrize("limit", [0, 10**9])
def test_kernel_does_not_depend_on_the_order_of_a_product(monkeypatch, case, limit):
    whole = module_tangent_kernel(*case)
    monkeypatch.setattr(uses, "_NARROW", limit)
    close(module_tangent_kernel(*case), whole)


def test_a_direction_without_slopes_counts_as_zero():
    class HalfDifferentiable(torch.autograd.Function):
        @staticmethod
        def forward(context, images):  # noqa: ARG004
            return images.clone()

        @staticmethod
        def backward(context, slopes):  # noqa: ARG004
            return slopes if bool(slopes[:, 1].any()) else None

    class Halved(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = nn.Conv2d(1, 2, 2)

        def forward(self, x):
            return HalfDifferentiable.apply(self.inner(x).mean((2, 3)))

    torch.manual_seed(0)
    model, points = in_float64(Halved(), torch.randn(4, 1, 5, 5))
    # The other output has no gradient in any parameter.
    jacobian = jacobian_by_autograd(model, points)
    assert float(jacobian[:, 0].abs().max()) == 0.0
    expected = torch.einsum("icp,jcp->ij", jacobian, jacobian)
    close(module_tangent_kernel(model, points), expected)


def test_fewer_outputs_at_a_time_go_before_fewer_points(monkeypatch):
    torch.manual_seed(0)
    model, points = in_float64(wide_images(), torch.randn(40, 1, 10, 10))
    plans = []
    chosen = kernels.tiling
    monkeypatch.setattr(
        kernels, "tiling", lambda *a, **k: plans.append(chosen(*a, **k)) or plans[-1]
    )
    whole = module_tangent_kernel(model, points)
    close(module_tangent_kernel(model, points, memory=2_500_000), whole)
    assert (plans[0].points, plans[0].directions) == (40, 4)
    # Two sets of outputs repeat two forward passes, two tiles half of all passes.
    assert plans[1].points == 40
    assert plans[1].directions < 4


def test_points_of_which_few_are_probed_do_not_count_as_their_graph():
    model, points = in_float64(wide_images(), torch.randn(500, 1, 10, 10))
    prepared = kernels.prepared(model, points)[0]
    few, many = (tiles.graph_bytes(prepared, x[:2]) for x in (points[:2], points))
    assert few == many
