"""A module that is not certified is told the width at which it would be, or why not."""

import pytest
import torch
from torch import nn

from widthwise import bounds
from widthwise.networks import FullyConnected, TwoLayer

pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit.script` is deprecated")


def sequential(width):
    torch.manual_seed(1)
    layers = (nn.Linear(5, width), nn.Tanh(), nn.Linear(width, width), nn.Tanh())
    return nn.Sequential(*layers, nn.Linear(width, 1)).double()


def two_layer(parametrization):
    return lambda m: TwoLayer(5, m, "softplus", parametrization=parametrization)


KINDS = {
    "two layers": (two_layer("ntk"), 0.03),
    "two layers, standard": (two_layer("standard"), 0.1),
    "three layers": (lambda m: FullyConnected(5, m, "tanh", depth=2), 7e-3),
    "four layers": (lambda m: FullyConnected(5, m, "tanh", depth=3), 3e-3),
    "PyTorch's own": (sequential, 4e-3),
}


def descent(model, points, size):
    rows = points[:4].to(torch.float64)
    away = size * torch.tensor([1.0, -1.0, 0.5, 1.0], dtype=torch.float64)
    return bounds.module_descent(model, rows, model(rows).detach().flatten() + away)


@pytest.mark.parametrize("name", KINDS)
def test_a_net_of_the_width_told_is_certified_or_nearly(name, points):
    make, size = KINDS[name]
    narrow = descent(make(24), points, size)
    assert narrow.ratio < 1
    assert str(int(narrow.width_needed)) in narrow.width_stated.replace(",", "")
    assert "an estimate" in narrow.width_stated
    assert 24 < narrow.width_needed < 900
    # Norms at the start are kept in the mean, not in each draw.
    assert descent(make(int(narrow.width_needed / 4)), points, size).ratio < 1
    wide = descent(make(int(2 * narrow.width_needed)), points, size)
    assert wide.is_certificate
    assert wide.width_needed is wide.width_stated is None


@pytest.mark.parametrize("parametrization", ["mean_field", "mup"])
def test_no_width_is_told_where_the_ratio_does_not_grow(parametrization, points):
    make = two_layer(parametrization)
    found = [descent(make(m), points, 0.1) for m in (30, 2000)]
    assert found[1].ratio < min(1.0, 1.5 * found[0].ratio)
    for each in found:
        assert each.width_needed is None
        assert "at no width" in each.width_stated


def test_no_width_is_told_of_kinks_of_other_modules_or_of_equal_rows(points):
    plain = sequential(24)
    kinked = nn.Sequential(nn.Linear(5, 9), nn.ReLU(), nn.Linear(9, 1)).double()
    other = nn.Sequential(plain, nn.Linear(1, 1), nn.LayerNorm(1)).double()
    cases = [(kinked, "kink"), (TwoLayer(5, 9, "relu"), "kink"), (other, "not read")]
    for model, reason in cases:
        found = descent(model, points, 1.0)
        assert found.width_needed is None
        assert reason in found.width_stated
    rows = points[[0, 0, 1]].to(torch.float64)
    equal = bounds.module_descent(plain, rows, torch.tensor([1.0, 2.0, 3.0]))
    assert equal.width_needed is None
    assert "zero" in equal.width_stated
