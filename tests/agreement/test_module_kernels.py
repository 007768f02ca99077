"""A module's kernel, the closed forms at finite width, and the kernels at width ∞."""

import numpy as np
import pytest
import torch
from torch import nn

from widthwise import activations, kernels, laws
from widthwise.features import (
    RandomFeatures,
    jacobian,
    module_features,
    module_jacobian,
    module_tangent_kernel,
    module_tangent_kernels_by_layer,
    tangent_kernel,
)


class TwoLayer(nn.Module):
    """The two-layer network with a catalog activation."""

    def __init__(self, inner, outer, act, biases=None):
        super().__init__()
        self.inner = nn.Parameter(inner.clone())
        self.biases = None if biases is None else nn.Parameter(biases.clone())
        self.outer = nn.Parameter(outer.clone()[None])
        self.act = act

    def forward(self, x):
        z = nn.functional.linear(x, self.inner, self.biases)
        return nn.functional.linear(self.act(z), self.outer)[:, 0]


@pytest.fixture
def weights():
    generator = torch.Generator().manual_seed(8)
    return (
        torch.randn(40, 5, generator=generator, dtype=torch.float64),
        torch.randn(40, generator=generator, dtype=torch.float64),
        torch.randn(40, generator=generator, dtype=torch.float64),
    )


@pytest.mark.parametrize("name", ["tanh", "gelu", "softplus", "elu"])
@pytest.mark.parametrize("has_biases", [True, False], ids=["biases", "none"])
def test_module_route_is_the_closed_form(points, weights, name, has_biases):
    inner, outer, biases = weights
    act = activations.get(name)
    shifts = biases if has_biases else None
    model = TwoLayer(inner, outer, act, shifts)
    expected = tangent_kernel(points, inner, outer, act, shifts)
    found = module_tangent_kernel(model, points)
    torch.testing.assert_close(found, expected, rtol=1e-12, atol=1e-12)
    rows = module_jacobian(model, points)[:, 0]
    closed = jacobian(points, inner, outer, act, shifts)
    torch.testing.assert_close(rows[:, : closed.shape[1]], closed)


def test_module_features_are_the_random_features(points):
    act, width = activations.get("relu"), 60
    features = RandomFeatures(act, width, "sphere", seed=3)
    inner = laws.Sphere(5).weights(3, 5, 0, width)
    model = TwoLayer(inner, torch.ones(width, dtype=torch.float64), act)
    found = module_features(model, points) / width**0.5
    torch.testing.assert_close(found, features.matrix(points), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", ["relu", "tanh"])
def test_kernel_at_finite_width_tends_to_the_infinite_one_like_one_over_root_m(
    points, name
):
    act, law = activations.get(name), laws.Gaussian()
    limit = kernels.tangent_kernel(points, act, law)
    widths, trials = (64, 256, 1024, 4096), 12
    errors = []
    for width in widths:
        squares = []
        for seed in range(trials):
            inner = law.weights(seed, 5, 0, width)
            signs = torch.where(torch.arange(width) % 2 == 0, 1.0, -1.0).double()
            found = tangent_kernel(points, inner, signs, act) / width
            squares.append(float((found - limit).square().mean()))
        errors.append(np.sqrt(np.mean(squares)))
    slope = np.polyfit(np.log(widths), np.log(errors), 1)[0]
    # The log of a root mean square over 12 draws (of 78 entries that move together)
    # has a deviation near 0.1; over two decades of width, 0.05 in the slope: 3 of it.
    assert slope == pytest.approx(-0.5, abs=0.15)


def test_layers_of_a_module_tend_to_the_terms_of_the_infinite_kernel(points):
    width, act, law = 20_000, activations.get("relu"), laws.Gaussian()
    inner = law.weights(0, 5, 0, width)
    outer = torch.where(torch.arange(width) % 2 == 0, 1.0, -1.0).double()
    model = TwoLayer(inner, outer, act)
    found = module_tangent_kernels_by_layer(model, points)
    for layer, trained in (("inner", "inner"), ("outer", "outer")):
        limit = kernels.tangent_kernel(points, act, law, trained)
        # Each entry is a mean of `width` terms of deviation at most 1.2.
        off = float((found[layer] / width - limit).abs().max())
        assert off <= 5 * 1.2 / width**0.5
