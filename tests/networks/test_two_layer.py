import math
import pickle

import numpy as np
import pytest
import torch

from widthwise import activations
from widthwise.errors import (
    InvalidArgumentError,
    OutsideDomainError,
    UnknownNameError,
)
from widthwise.features import RandomFeatures
from widthwise.laws import CATALOG as LAWS
from widthwise.networks import PARAMETRIZATIONS, FullyConnected, TwoLayer

BOUNDED = ("wendland0", "wendland2")


def formula(network, points):
    """Return f by its definition, in NumPy."""
    z = points.numpy() @ network.inner.weight.detach().numpy().T
    if network.inner.bias is not None:
        z = z + network.inner.bias.detach().numpy()
    z = torch.from_numpy(z * network.inner.multiplier)
    sigma = network.act(z).numpy()
    return sigma @ network.outer.weight.detach().numpy() * network.outer.multiplier


@pytest.mark.parametrize("bias_std", [None, 0.3])
@pytest.mark.parametrize("law", sorted(LAWS))
@pytest.mark.parametrize("parametrization", PARAMETRIZATIONS)
def test_outputs_are_the_formula(points, parametrization, law, bias_std):
    network = TwoLayer(
        5, 40, "gelu", law=law, parametrization=parametrization, bias_std=bias_std
    )
    outputs = network(points)
    assert outputs.shape == (12,)
    assert outputs.dtype == torch.float64
    np.testing.assert_allclose(
        outputs.detach(), formula(network, points), rtol=1e-12, atol=1e-14
    )


@pytest.mark.parametrize(
    ("parametrization", "weight", "readout"),
    [
        ("standard", 1.0, 1 / 8),
        ("ntk", 1.0, 1 / 8),
        ("mean_field", 1.0, 1 / 64),
        ("mup", 1.0, 1 / 64),
    ],
)
def test_the_function_at_initialization_has_the_documented_size(
    parametrization, weight, readout
):
    """What multiplies the points and the features, by the table, for m = 64."""
    network = TwoLayer(3, 64, "tanh", parametrization=parametrization, seed=4)
    plain = TwoLayer(3, 64, "tanh", parametrization="ntk", seed=4)
    inner = network.inner.weight * network.inner.multiplier
    torch.testing.assert_close(inner, plain.inner.weight * weight)
    outer = network.outer.weight * network.outer.multiplier
    torch.testing.assert_close(outer, plain.outer.weight * readout)


def test_hidden_layer_is_that_of_random_features(points):
    network = TwoLayer(5, 700, "relu", law="sphere", seed=9)
    features = RandomFeatures("relu", 700, "sphere", seed=9).matrix(points)
    torch.testing.assert_close(
        network.features(points).detach(), features, rtol=1e-13, atol=1e-15
    )


@pytest.mark.parametrize("law", sorted(LAWS))
def test_a_narrower_network_is_a_prefix_of_a_wider_one(law):
    narrow, wide = (
        TwoLayer(4, m, law=law, seed=3, bias_std=1.0, parametrization="ntk")
        for m in (30, 1100)
    )
    for name, values in narrow.named_parameters():
        assert torch.equal(values, dict(wide.named_parameters())[name][:30])


def test_signs_are_half_and_half_and_zeros_are_zero(points):
    signs = TwoLayer(5, 10, outer="signs", outer_std=0.5).outer.weight
    assert signs.abs().tolist() == [0.5] * 10
    assert float(signs.detach().sum()) == 0.0
    assert not TwoLayer(5, 10, outer="zeros")(points).any()


def interior():
    """Return points whose arguments stay inside a bounded domain."""
    generator = torch.Generator().manual_seed(1)
    found = torch.randn(6, 3, generator=generator, dtype=torch.float64)
    return 0.9 * found / found.norm(dim=1, keepdim=True)


@pytest.mark.parametrize("name", sorted(activations.CATALOG))
def test_gradients_of_every_activation_are_its_derivative(name):
    act = activations.get(name, **activations.CATALOG[name].example)
    points = interior()
    network = TwoLayer(3, 20, act, law="sphere", seed=2, outer="signs")
    (gradient,) = torch.autograd.grad(network(points).sum(), network.inner.weight)
    slopes = act.derivative(points @ network.inner.weight.detach().T)
    expected = (slopes * network.outer.weight.detach()).T @ points / math.sqrt(20)
    torch.testing.assert_close(gradient, expected, rtol=1e-10, atol=1e-12)


@pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning")
@pytest.mark.parametrize("name", ["step", "mine"])
def test_derivatives_that_autograd_cannot_follow_are_attached(points, name):
    """A step has derivative 0; a NumPy function has the one that is measured."""
    act = (
        activations.get("step")
        if name == "step"
        else activations.from_callable(lambda z: np.sin(2 * z), name="mine")
    )
    network = TwoLayer(5, 7, act, seed=2)
    (gradient,) = torch.autograd.grad(network(points).sum(), network.inner.weight)
    z = points @ network.inner.weight.detach().T
    slopes = torch.zeros_like(z) if name == "step" else 2 * torch.cos(2 * z)
    expected = (slopes * network.outer.weight.detach()).T @ points / math.sqrt(7)
    torch.testing.assert_close(gradient, expected, rtol=1e-6, atol=1e-8)
    if name == "mine":
        return

    def output(weight):
        return torch.func.functional_call(
            network, {"inner.weight": weight}, (points,)
        ).sum()

    weight = network.inner.weight.detach()
    tangent = torch.ones_like(weight)
    _, moved = torch.func.jvp(output, (weight,), (tangent,))
    assert not moved.detach().any()
    each = torch.func.vmap(torch.func.grad(output))(weight[None])
    assert not each.any()


@pytest.mark.parametrize(
    ("trained", "names"),
    [
        ("inner", {"inner.weight", "inner.bias"}),
        ("outer", {"outer.weight"}),
        ("both", {"inner.weight", "inner.bias", "outer.weight"}),
    ],
)
def test_only_the_trained_layers_require_gradients(trained, names):
    network = TwoLayer(3, 4, trained=trained, bias_std=0.0)
    found = {name for name, each in network.named_parameters() if each.requires_grad}
    assert found == names
    assert not network.inner.bias.any()


def test_a_network_can_be_copied_pickled_and_printed(points):
    network = TwoLayer(5, 6, "step", seed=1)
    again = pickle.loads(pickle.dumps(network))
    assert torch.equal(again(points), network(points))
    assert "act=step" in repr(network)


@pytest.mark.parametrize(
    ("settings", "error", "said"),
    [
        ({"width": 0}, InvalidArgumentError, "width is 0"),
        ({"dimension": True}, InvalidArgumentError, "dimension is True"),
        ({"seed": -1}, InvalidArgumentError, "seed is -1"),
        ({"parametrization": "nkt"}, UnknownNameError, "'ntk'"),
        ({"trained": "outter"}, UnknownNameError, "'outer'"),
        ({"outer": "sign"}, UnknownNameError, "'signs'"),
        ({"weight_std": 0}, InvalidArgumentError, "weight_std is 0"),
        ({"bias_std": -1}, InvalidArgumentError, "zero or positive"),
        ({"outer_std": math.nan}, InvalidArgumentError, "outer_std is nan"),
        ({"act": "rleu"}, UnknownNameError, "relu"),
        ({"law": "cube"}, UnknownNameError, "sphere"),
        ({"act": "wendland0"}, OutsideDomainError, "sphere law"),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
def test_arguments_without_a_meaning_are_refused(settings, error, said):
    with pytest.raises(error, match=said):
        TwoLayer(**{"dimension": 3, "width": 4, **settings})


@pytest.mark.parametrize("kind", [TwoLayer, FullyConnected])
def test_a_network_brought_to_single_precision_computes_in_it(kind):
    network = kind(3, 20, "tanh")
    points = torch.tensor([[0.1, -0.2, 0.3], [1.0, 0.5, -1.0]], dtype=torch.float64)
    exact = network(points).detach()
    rounded = network.float()(points)
    assert rounded.dtype == torch.float32
    rounded.sum().backward()
    # Twenty products rounded to 24 bits, each of order one.
    assert torch.allclose(rounded.detach().double(), exact, atol=20 * 2.0**-23)


def test_gradient_is_a_number_where_a_weight_meets_a_point():
    """At z = 1 wendland2 in R³ has the slope (ℓ + 1)(ℓ + 2) / α² = 10."""
    network = TwoLayer(3, 4, "wendland2", law="sphere")
    point = torch.tensor([[1.0, 0.0, 0.0]], dtype=torch.float64)
    with torch.no_grad():
        network.inner.weight[0] = point[0]
    network(point).sum().backward()
    found = network.inner.weight.grad[0]
    expected = 10 * network.outer.multiplier * network.outer.weight.detach()[0]
    torch.testing.assert_close(found, expected * point[0], rtol=1e-14, atol=0)
