"""The Jacobian of a fully connected net changes no faster than its bound in a ball."""

import itertools
import math
from dataclasses import replace

import pytest
import torch
from torch import nn
from torch.func import functional_call, grad, jvp

from widthwise import bounds
from widthwise.bounds.convergence._fully_connected import read_chain
from widthwise.bounds.convergence._layers import jacobian_lipschitz, layer_norms
from widthwise.features import module_jacobian
from widthwise.networks import FullyConnected, TwoLayer

pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit.script` is deprecated")


def sequential(act, *sizes, bias=True):
    parts = [nn.Flatten()]
    for before, after in itertools.pairwise(sizes):
        parts += [nn.Linear(before, after, bias=bias), act()]
    return nn.Sequential(*parts[:-1]).double()


def frozen(model, place):
    model[place].requires_grad_(False)
    return model


NETS = {
    "two layers": lambda: sequential(nn.Tanh, 4, 10, 1),
    "three layers": lambda: sequential(nn.Softplus, 4, 7, 7, 1),
    "four layers, two outputs": lambda: sequential(nn.GELU, 4, 5, 5, 5, 2, bias=False),
    "a frozen layer": lambda: frozen(sequential(nn.SiLU, 4, 6, 6, 1), 3),
    "the inner layer": lambda: TwoLayer(4, 30, "softplus", trained="inner"),
    "mean field": lambda: TwoLayer(4, 20, "tanh", parametrization="mean_field"),
    "deep": lambda: FullyConnected(4, 12, "erf", depth=3, bias_std=0.3),
    "maximal update": lambda: FullyConnected(4, 10, "elu", parametrization="mup"),
}


def norms_of(model, rows):
    return layer_norms(read_chain(model), rows)


def unit(tensors):
    size = math.sqrt(sum(float((each**2).sum()) for each in tensors.values()))
    return {name: each / size for name, each in tensors.items()}


def largest_second_derivative(model, points, radius, tries):
    """Return the largest ‖D²f[u, v]‖ found in the ball by power iterations."""
    fixed, start = {}, {}
    for name, each in model.named_parameters():
        (start if each.requires_grad else fixed)[name] = each.detach()

    def outputs(moved):
        return functional_call(model, {**fixed, **moved}, (points,)).flatten()

    def random():
        return unit({name: torch.randn_like(each) for name, each in start.items()})

    best = 0.0
    for _ in range(tries):
        away, reach = random(), radius * float(torch.rand(())) ** 0.2
        at = {name: each + reach * away[name] for name, each in start.items()}
        u, v = random(), random()
        for _ in range(5):

            def slope(moved, u=u):
                return jvp(outputs, (moved,), (u,))[1]

            second = jvp(slope, (at,), (v,))[1]
            size = float(second.norm())
            best = max(best, size)
            if size == 0:
                break

            def along(moved, slope=slope, way=second / size):
                return (slope(moved) * way).sum()

            u, v = unit(grad(along)(at)), u
    return best


@pytest.mark.parametrize("name", NETS)
def test_no_second_derivative_in_the_ball_is_larger(name, points):
    torch.manual_seed(0)
    model, rows = NETS[name]().double(), points[:5, :4].to(torch.float64)
    norms = norms_of(model, rows)
    near = jacobian_lipschitz(norms, 0.0)
    seen = largest_second_derivative(model, rows, 0.0, 1)
    assert seen <= near <= 60 * seen
    found = [jacobian_lipschitz(norms, each) for each in (0.0, 0.5, 3.0)]
    assert found == sorted(found)
    for radius, bound in zip((0.5, 3.0), found[1:], strict=True):
        assert largest_second_derivative(model, rows, radius, 1) <= bound


def test_it_is_nearly_reached_by_two_layers(points):
    torch.manual_seed(0)
    model, rows = NETS["two layers"](), points[:5, :4].to(torch.float64)
    near = jacobian_lipschitz(norms_of(model, rows), 0.0)
    assert near <= 1.5 * largest_second_derivative(model, rows, 0.0, 2)


def test_jacobians_of_two_places_of_the_ball_differ_by_no_more(points):
    torch.manual_seed(1)
    rows = points[:5, :4].to(torch.float64)
    for radius in (0.1, 2.0):
        model = NETS["three layers"]()
        bound = jacobian_lipschitz(norms_of(model, rows), radius)
        start = nn.utils.parameters_to_vector(model.parameters()).detach()
        places = []
        for _ in range(6):
            away = torch.randn_like(start)
            moved = start + radius * away / away.norm()
            nn.utils.vector_to_parameters(moved, model.parameters())
            places.append((moved, module_jacobian(model, rows)[:, 0]))
        for first, one in places:
            for second, other in places:
                change = float(torch.linalg.matrix_norm(one - other, 2))
                assert change <= bound * float((first - second).norm()) + 1e-12


def test_wider_nets_of_any_depth_are_nearer_to_linear(points):
    rows = points[:5, :4].to(torch.float64)
    for depth in (1, 2, 3, 4):
        nets = [FullyConnected(4, m, "tanh", depth=depth) for m in (40, 640)]
        narrow, wide = (jacobian_lipschitz(norms_of(m, rows), 0.1) for m in nets)
        # Like the root of log m over m: a quarter, and twice that for few units.
        assert wide < 0.45 * narrow


def test_the_bound_is_never_above_the_products_of_norms(points):
    """Without a backward pass at the centre: each slope by norms of the weights."""
    rows = points[:5, :4].to(torch.float64)
    for name in NETS:
        norms = norms_of(NETS[name]().double(), rows)
        blind = [replace(each, slopes=1e99, peak=1e99) for each in norms]
        for radius in (0.1, 3.0):
            known = jacobian_lipschitz(norms, radius)
            assert known <= jacobian_lipschitz(blind, radius) < 1e9


def test_a_deep_net_that_is_certified_trains_at_the_promised_rate(points):
    rows = points[:3, :4].to(torch.float64)
    model = FullyConnected(4, 40, "tanh", depth=2, seed=3).double()
    labels = model(rows).detach() + 1e-3 * torch.tensor([1.0, -1.0, 0.5]).double()
    found = bounds.module_descent(model, rows, labels)
    assert found.is_certificate
    assert any("changes by at most" in each for each in found.assumptions)
    start = nn.utils.parameters_to_vector(model.parameters()).detach()
    misfit = float((model(rows) - labels).detach().norm())
    for step in range(1, 30):
        loss = 0.5 * ((model(rows) - labels) ** 2).sum()
        slopes = torch.autograd.grad(loss, list(model.parameters()))
        with torch.no_grad():
            for each, slope in zip(model.parameters(), slopes, strict=True):
                each -= found.step * slope
        now = float((model(rows) - labels).detach().norm())
        assert now <= misfit * found.contraction ** (step / 2) * (1 + 1e-9)
        moved = nn.utils.parameters_to_vector(model.parameters()).detach() - start
        assert float(moved.norm()) <= found.distance


def test_single_samples_of_a_deep_net_are_certified_too(points):
    rows = points[:3, :4].to(torch.float64)
    model = FullyConnected(4, 40, "tanh", depth=2, seed=3).double()
    labels = model(rows).detach() + 1e-6
    found = bounds.module_stochastic(model, rows, labels)
    assert found.is_certificate
    assert found.probability > 0.98
    far = bounds.module_stochastic(model, rows, labels + 1.0)
    assert not far.holds
    assert far.ratio < 1


def test_what_is_not_a_smooth_fully_connected_net_is_not_read_as_one():
    linear = nn.Linear(4, 4)
    hooked = sequential(nn.Tanh, 4, 4, 1)
    hooked[1].register_forward_hook(lambda *_: None)
    for model in (
        sequential(nn.ReLU, 4, 4, 1),
        nn.Sequential(linear, nn.Tanh(), linear),
        nn.Sequential(nn.Linear(4, 1), nn.Tanh()),
        nn.Sequential(nn.Linear(4, 4), nn.Dropout(), nn.Linear(4, 1)),
        nn.Sequential(nn.Linear(4, 4), nn.LayerNorm(4), nn.Linear(4, 1)),
        nn.Sequential(nn.Linear(4, 4), nn.Softplus(beta=2.0), nn.Linear(4, 1)),
        nn.Sequential(nn.Linear(4, 4), nn.Softplus(threshold=1.0), nn.Linear(4, 1)),
        TwoLayer(4, 5, "relu"),
        hooked,
    ):
        assert read_chain(model) is None
    quiet = nn.Sequential(nn.Linear(4, 4), nn.Dropout(), nn.Linear(4, 1)).eval()
    assert len(read_chain(quiet)) == 2


def test_a_module_with_other_outputs_than_its_layers_is_not_read(points):
    rows = points[:3, :4].to(torch.float64)
    model = sequential(nn.Tanh, 4, 40, 1)
    labels = model(rows).detach()
    assert bounds.module_descent(model, rows, labels + 1e-5).is_certificate
    inner = model[1].forward
    model[1].forward = lambda h: inner(h).round(decimals=2) + inner(h)
    assert not bounds.module_descent(model, rows, labels + 1e-5).is_certificate
