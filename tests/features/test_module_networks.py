"""The library's own networks are modules like any other."""

import pytest
import torch

from widthwise.features import (
    module_features,
    module_last_layer,
    module_tangent_kernel,
    tangent_kernel,
)
from widthwise.networks import FullyConnected, TwoLayer


@pytest.fixture(scope="module")
def inputs():
    generator = torch.Generator().manual_seed(3)
    return torch.randn(9, 4, generator=generator, dtype=torch.float64)


@pytest.mark.parametrize("trained", ["inner", "outer", "both"])
def test_a_two_layer_network_has_the_kernel_of_the_closed_form(inputs, trained):
    network = TwoLayer(4, 30, "gelu", trained=trained)
    inner, outer = network.inner.weight.detach(), network.outer.weight.detach()
    scaled = outer * network.outer.multiplier
    expected = torch.zeros(9, 9, dtype=torch.float64)
    if trained != "outer":
        expected += tangent_kernel(inputs, inner, scaled, network.act, trained="inner")
    if trained != "inner":
        # σ σᵀ of the closed form lacks the factor 1/m that the multiplier brings.
        plain = tangent_kernel(inputs, inner, scaled, network.act, trained="outer")
        expected += plain * network.outer.multiplier**2
    found = module_tangent_kernel(network, inputs)
    assert torch.allclose(found, expected, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("bias_std", [None, 0.5])
def test_a_deep_network_has_the_kernel_of_its_gradients(inputs, bias_std):
    options = {} if bias_std is None else {"bias_std": bias_std}
    network = FullyConnected(4, 12, "tanh", depth=3, **options)
    rows = []
    for point in inputs:
        slopes = torch.autograd.grad(network(point[None])[0], [*network.parameters()])
        rows.append(torch.cat([each.reshape(-1) for each in slopes]))
    jacobian = torch.stack(rows)
    found = module_tangent_kernel(network, inputs)
    assert torch.allclose(found, jacobian @ jacobian.T, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("kind", [TwoLayer, FullyConnected])
def test_the_features_make_the_output(inputs, kind):
    network = kind(4, 20, "swish")
    phi = module_features(network, inputs)
    assert module_last_layer(network, inputs) == "outer.weight"
    with torch.no_grad():
        weights = dict(network.named_parameters())["outer.weight"].reshape(-1)
        assert torch.allclose(phi @ weights, network(inputs), rtol=1e-13, atol=1e-14)


def test_the_last_layer_of_any_module_is_named(inputs):
    module = torch.nn.Sequential(
        torch.nn.Linear(4, 5), torch.nn.ReLU(), torch.nn.Linear(5, 2)
    )
    assert module_last_layer(module, inputs) == "2.weight"
