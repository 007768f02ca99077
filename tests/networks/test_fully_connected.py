import math

import numpy as np
import pytest
import torch

from widthwise import activations
from widthwise.errors import InvalidArgumentError, MemoryBudgetError
from widthwise.networks import FullyConnected, TwoLayer

DEEP = ("standard", "ntk", "mup")


def formula(network, points):
    """Return f by its definition, in NumPy."""
    h = points.numpy()
    for place, layer in enumerate([*network.hidden_layers, network.readout]):
        z = h @ layer.weight.detach().numpy().T * layer.multiplier
        if layer.bias is not None:
            z = z + layer.bias.detach().numpy() * layer.bias_multiplier
        h = z if place == network.depth else network.act(torch.from_numpy(z)).numpy()
    return h


@pytest.mark.parametrize("bias_std", [None, 0.5])
@pytest.mark.parametrize("depth", [1, 3])
@pytest.mark.parametrize("parametrization", DEEP)
def test_outputs_are_the_formula(points, parametrization, depth, bias_std):
    network = FullyConnected(
        5, 30, "swish", depth=depth, parametrization=parametrization, bias_std=bias_std
    )
    outputs = network(points)
    assert outputs.shape == (12,)
    np.testing.assert_allclose(
        outputs.detach(), formula(network, points), rtol=1e-12, atol=1e-14
    )


@pytest.mark.parametrize("parametrization", [*DEEP, "mean_field"])
def test_effective_weights_have_the_documented_variance(parametrization):
    """σ_w²/fan-in and σ_b², but for the last layer of mean_field and mup."""

    def four(count):
        """Four deviations of a mean of squared normals, 2/N its relative variance.

        They are exceeded about once in 10,000 seeds; this one is fixed.
        """
        return 4 * math.sqrt(2 / count)

    m, d = 400, 6
    depth = 1 if parametrization == "mean_field" else 2
    network = FullyConnected(
        d,
        m,
        depth=depth,
        weight_std=1.5,
        bias_std=0.7,
        parametrization=parametrization,
        seed=5,
    )
    for fan_in, layer in zip((d, m), network.hidden_layers, strict=False):
        squares = (layer.weight * layer.multiplier).detach().square().mean() * fan_in
        assert float(squares) == pytest.approx(1.5**2, rel=four(layer.weight.numel()))
        biases = (layer.bias * layer.bias_multiplier).detach().square().mean()
        assert float(biases) == pytest.approx(0.7**2, rel=four(m))
    extra = m if parametrization in ("mean_field", "mup") else 1
    last = (network.outer.weight * network.outer.multiplier).detach().square().mean()
    assert float(last) * m * extra == pytest.approx(1.5**2, rel=four(m))


@pytest.mark.parametrize("parametrization", DEEP)
def test_every_parametrization_is_one_function_but_for_the_last_layer(
    points, parametrization
):
    m = 50
    network = FullyConnected(5, m, "tanh", depth=3, parametrization=parametrization)
    ntk = FullyConnected(5, m, "tanh", depth=3, parametrization="ntk")
    ratio = 1 / math.sqrt(m) if parametrization == "mup" else 1.0
    torch.testing.assert_close(network(points), ntk(points) * ratio)


@pytest.mark.parametrize("law", ["gaussian", "sphere"])
def test_one_hidden_layer_is_a_two_layer_network_of_scaled_points(points, law):
    deep = FullyConnected(5, 20, "elu", depth=1, law=law, seed=3)
    two = TwoLayer(5, 20, "elu", law=law, seed=3)
    scale = 1.0 if law == "sphere" else 1 / math.sqrt(5)
    torch.testing.assert_close(deep(points), two(points * scale))


def test_a_narrower_network_is_the_corner_of_a_wider_one():
    narrow, wide = (
        FullyConnected(4, m, depth=3, seed=3, bias_std=1.0) for m in (30, 600)
    )
    others = dict(wide.named_parameters())
    for name, values in narrow.named_parameters():
        corner = others[name][tuple(slice(0, size) for size in values.shape)]
        assert torch.equal(values, corner), name


def test_rows_of_the_sphere_law_have_norm_root_fan_in():
    network = FullyConnected(4, 600, depth=2, law="sphere")
    for fan_in, layer in zip((4, 600), network.hidden_layers, strict=True):
        norms = layer.weight.norm(dim=1)
        torch.testing.assert_close(norms, torch.full_like(norms, math.sqrt(fan_in)))


@pytest.mark.parametrize(
    ("trained", "places"),
    [("all", (1, 2, 3)), ("hidden", (1, 2)), ("outer", (3,)), ([3, 1], (1, 3))],
    ids=["all", "hidden", "outer", "numbers"],
)
def test_only_the_trained_layers_require_gradients(trained, places):
    network = FullyConnected(3, 4, depth=2, trained=trained)
    layers = [*network.hidden_layers, network.readout]
    found = [each.weight.requires_grad for each in layers]
    assert found == [place in places for place in (1, 2, 3)]


def test_features_times_the_readout_are_the_outputs(points):
    network = FullyConnected(5, 9, depth=2, bias_std=0.2)
    bias = network.readout.bias * network.readout.bias_multiplier
    together = network.features(points) @ network.readout.weight + bias
    torch.testing.assert_close(together, network(points))


EVERYWHERE = [
    act
    for name, family in sorted(activations.CATALOG.items())
    if math.isinf((act := activations.get(name, **family.example)).domain[1])
]


@pytest.mark.parametrize("act", EVERYWHERE, ids=lambda each: each.name)
def test_every_activation_defined_everywhere_makes_a_deep_network(points, act):
    assert FullyConnected(5, 8, act)(points).isfinite().all()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"depth": 0}, "depth is 0"),
        ({"depth": 2, "parametrization": "mean_field"}, "Use 'mup'"),
        ({"trained": "inner"}, "layer numbers from 1 to 3"),
        ({"trained": [0]}, "layer numbers from 1 to 3"),
        ({"trained": []}, "layer numbers"),
        ({"weight_std": math.inf}, "weight_std is inf"),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
def test_arguments_without_a_meaning_are_refused(settings, said):
    with pytest.raises(InvalidArgumentError, match=said):
        FullyConnected(3, 4, **settings)


def test_weights_that_do_not_fit_in_memory_are_refused():
    with pytest.raises(MemoryBudgetError, match="smaller width"):
        FullyConnected(3, 10**7)
