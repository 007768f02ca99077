"""Sampled networks have the deep kernels, whatever their layers: within their errors.

An entry's mean is off by more than four of its standard errors once in 16,000 times;
the width adds a bias of some 4/m of the largest entry.
"""

import numpy as np
import pytest
import torch
from torch import nn

from widthwise.activations import get, normalized
from widthwise.errors import InvalidArgumentError
from widthwise.features import sampled_kernels
from widthwise.kernels import HiddenLayer, deep_kernels
from widthwise.networks import FullyConnected
from widthwise.nn import differentiable

WIDTH, OUTPUTS = 128, 8
POINTS = torch.randn(3, 4, generator=torch.Generator().manual_seed(1)).double()
OTHERS = 2 * torch.randn(2, 4, generator=torch.Generator().manual_seed(2)).double()


class Dense(nn.Module):
    """One map, in the parametrization of the tangent kernel."""

    def __init__(self, inputs, outputs, layer):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs, dtype=torch.float64))
        self.bias = nn.Parameter(torch.randn(outputs, dtype=torch.float64))
        self.layer = layer
        self.requires_grad_(layer.trained)

    def forward(self, h):
        weight = self.layer.weight_std / h.shape[1] ** 0.5 * self.weight
        return nn.functional.linear(h, weight, self.layer.bias_std * self.bias)


class Deep(nn.Module):
    """The network that `HiddenLayer` describes, in plain torch."""

    def __init__(self, layers, readout):
        super().__init__()
        sizes = [4, *[WIDTH] * len(layers), OUTPUTS]
        maps = zip(sizes[:-1], sizes[1:], [*layers, readout], strict=True)
        self.maps = nn.ModuleList(Dense(*each) for each in maps)
        self.acts = [differentiable(each.act) for each in layers]

    def forward(self, x):
        z = self.maps[0](x)
        for act, dense in zip(self.acts, self.maps[1:], strict=True):
            skipped = dense.layer.residual * z if dense.layer.residual else 0.0
            z = dense(act(z)) + skipped
        return z


NETWORKS = {
    "per layer, with biases": (
        [HiddenLayer("relu", 1.4, 0.3), HiddenLayer("erf", 1.2, 0.1)],
        HiddenLayer("relu", 0.8, 0.2),
    ),
    "residual": (
        [HiddenLayer("tanh", 1.2, 0.2), HiddenLayer("gelu", 1.1, residual=0.7)],
        HiddenLayer("relu", 1.0),
    ),
    "a frozen layer, normalised": (
        [HiddenLayer("abs", 1.0, 0.5), HiddenLayer(normalized("gelu"), trained=False)],
        HiddenLayer("relu", 1.3),
    ),
}


def require_agreement(found, expected, width):
    for value, error, limit in (
        (found.conjugate, found.conjugate_error, expected[0]),
        (found.tangent, found.tangent_error, expected[1]),
    ):
        allowed = 4 * error + 4 / width * limit.abs().max()
        assert torch.all((value - limit).abs() <= allowed)
        # Not by errors that allow anything.
        assert error.max() <= 0.25 * limit.abs().max()


@pytest.mark.parametrize("layers", NETWORKS.values(), ids=NETWORKS)
def test_sampled_networks_have_the_kernels_of_their_layers(layers):
    hidden, readout = layers
    found = sampled_kernels(
        lambda _seed: Deep(hidden, readout), POINTS, OTHERS, networks=40
    )
    expected = deep_kernels(POINTS, hidden, other=OTHERS, readout=readout)
    require_agreement(found, expected, WIDTH)


def test_fully_connected_networks_have_the_deep_kernels():
    found = sampled_kernels(
        lambda seed: FullyConnected(
            4, 256, "erf", depth=2, weight_std=1.3, bias_std=0.2, seed=seed
        ),
        POINTS,
        networks=80,
    )
    require_agreement(found, deep_kernels(POINTS, "erf", 2, 1.3, 0.2), 256)
    assert torch.equal(found.tangent, found.tangent.T)


def test_the_standard_error_is_the_one_of_all_networks_at_once():
    """Welford's update against NumPy; more networks begin with the fewer ones."""

    def factory(seed):
        return FullyConnected(4, 3, "tanh", depth=1, seed=seed)

    kept = []

    def keeping(seed):
        kept.append(factory(seed))
        return kept[-1]

    found = sampled_kernels(keeping, POINTS, networks=7, seed=3)
    with torch.no_grad():
        outputs = [model(POINTS) for model in kept]
    each = torch.stack([torch.outer(f, f) for f in outputs]).numpy()
    np.testing.assert_allclose(found.conjugate, each.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(
        found.conjugate_error, each.std(axis=0, ddof=1) / 7**0.5, rtol=1e-12
    )
    seeds = [model.seed for model in kept]
    kept.clear()
    sampled_kernels(keeping, POINTS, networks=4, seed=3)
    assert [model.seed for model in kept] == seeds[:4]


def test_a_factory_of_plain_torch_is_seeded_and_the_caller_is_not_disturbed():
    def factory(_seed):
        return nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 2))

    before = torch.random.get_rng_state()
    one, two = (sampled_kernels(factory, POINTS, networks=3) for _ in range(2))
    assert torch.equal(one.tangent, two.tangent)
    assert torch.equal(torch.random.get_rng_state(), before)
    other = sampled_kernels(factory, POINTS, networks=3, seed=1)
    assert not torch.equal(one.tangent, other.tangent)


def test_one_network_has_no_standard_error():
    with pytest.raises(InvalidArgumentError, match="networks"):
        sampled_kernels(
            lambda seed: FullyConnected(4, 3, seed=seed), POINTS, networks=1
        )


def test_what_a_kernel_costs_is_said_as_it_goes():
    said = []
    sampled_kernels(
        lambda seed: FullyConnected(4, 3, get("relu"), depth=1, seed=seed),
        POINTS,
        networks=2,
        progress=lambda fraction, text: said.append((fraction, text)),
    )
    assert said == [(0.5, "network 1 of 2"), (1.0, "network 2 of 2")]
