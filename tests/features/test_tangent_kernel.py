import pytest
import torch
from torch.func import functional_call, jacrev

from widthwise import activations
from widthwise.errors import DataError, InvalidArgumentError, MemoryBudgetError
from widthwise.features import RandomFeatures, jacobian, tangent_kernel
from widthwise.features.two_layer import _tangent_kernel as streamed


@pytest.fixture
def weights():
    generator = torch.Generator().manual_seed(3)
    inner = torch.randn(70, 5, generator=generator, dtype=torch.float64)
    outer = torch.randn(70, generator=generator, dtype=torch.float64)
    biases = torch.randn(70, generator=generator, dtype=torch.float64)
    return inner, outer, biases


@pytest.mark.parametrize("name", ["relu", "tanh", "gelu", "softplus", "abs"])
@pytest.mark.parametrize("has_biases", [True, False])
def test_kernel_is_the_gram_matrix_of_the_automatic_derivative(
    points, weights, name, has_biases
):
    inner, outer, biases = weights
    act = activations.get(name)
    shifts = biases if has_biases else None

    class Network(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.inner, self.outer = map(torch.nn.Parameter, (inner, outer))
            if has_biases:
                self.biases = torch.nn.Parameter(biases)

        def forward(self, x):
            z = x @ self.inner.T
            return act(z + self.biases if has_biases else z) @ self.outer

    network = Network()
    values = dict(network.named_parameters())
    parts = jacrev(lambda p: functional_call(network, p, (points,)))(values)
    grams = {
        key: (each.reshape(12, -1) @ each.reshape(12, -1).T).detach()
        for key, each in parts.items()
    }
    from_inner = grams["inner"] + (grams["biases"] if has_biases else 0.0)
    for trained, expected in (
        ("inner", from_inner),
        ("outer", grams["outer"]),
        ("both", from_inner + grams["outer"]),
    ):
        found = tangent_kernel(points, inner, outer, act, shifts, trained=trained)
        torch.testing.assert_close(found, expected, rtol=1e-12, atol=1e-12)
        assert torch.equal(found, found.T)


def test_inner_part_is_the_gram_matrix_of_the_jacobian(points, weights):
    inner, outer, biases = weights
    act = activations.get("elu")
    rows = jacobian(points, inner, outer, act, biases)
    found = tangent_kernel(points, inner, outer, act, biases, trained="inner")
    torch.testing.assert_close(found, rows @ rows.T, rtol=1e-12, atol=1e-13)


def test_outer_part_is_width_times_the_gram_matrix_of_random_features(points):
    features = RandomFeatures("swish", 300, "gaussian", seed=4)
    _, law = features.resolve(5)
    inner = law.weights(4, 5, 0, 300)
    found = tangent_kernel(
        points, inner, torch.ones(300), activations.get("swish"), trained="outer"
    )
    torch.testing.assert_close(found, 300 * features.gram(points), rtol=1e-12, atol=0)


@pytest.mark.parametrize("budget", [16 * 12, 16 * 12 * 7, 2**20])
def test_kernel_does_not_depend_on_the_budget(points, weights, budget):
    inner, outer, biases = weights
    act = activations.get("tanh")
    whole = tangent_kernel(points, inner, outer, act, biases)
    found = tangent_kernel(points, inner, outer, act, biases, memory_budget=budget)
    torch.testing.assert_close(found, whole, rtol=1e-13, atol=1e-13)


def test_kernel_does_not_depend_on_the_number_of_threads(points, weights, monkeypatch):
    inner, outer, biases = weights
    act = activations.get("relu")
    alone = tangent_kernel(points, inner, outer, act, biases)
    monkeypatch.setattr(streamed, "_LEAST_SHARE", 20)
    monkeypatch.setattr(streamed.torch, "get_num_threads", lambda: 4)
    shared = tangent_kernel(points, inner, outer, act, biases)
    torch.testing.assert_close(shared, alone, rtol=1e-13, atol=1e-13)


def test_a_zero_outer_weight_leaves_the_unit_out_of_the_inner_part(points, weights):
    inner, outer, _ = weights
    act = activations.get("relu")
    outer[40:] = 0.0
    whole = tangent_kernel(points, inner, outer, act, trained="inner")
    part = tangent_kernel(points, inner[:40], outer[:40], act, trained="inner")
    torch.testing.assert_close(whole, part, rtol=1e-13, atol=1e-13)


def test_arrays_are_taken_and_left_as_they_were(points, weights):
    given = [points.numpy(), *(each.numpy() for each in weights)]
    before = [each.copy() for each in given]
    act = activations.get("relu")
    found = tangent_kernel(*given[:3], act, given[3])
    assert torch.equal(found, tangent_kernel(points, *weights[:2], act, weights[2]))
    assert all((a == b).all() for a, b in zip(given, before, strict=True))


def test_what_does_not_fit_is_refused(points, weights):
    inner, outer, biases = weights
    act = activations.get("relu")
    with pytest.raises(DataError, match="columns"):
        tangent_kernel(points, inner[:, :4], outer, act)
    with pytest.raises(DataError, match="outer weights"):
        tangent_kernel(points, inner, outer[:5], act)
    with pytest.raises(DataError, match="biases"):
        tangent_kernel(points, inner, outer, act, biases[:, None])
    with pytest.raises(InvalidArgumentError, match="'inner', 'outer' or 'both'"):
        tangent_kernel(points, inner, outer, act, trained="last")
    with pytest.raises(InvalidArgumentError, match="memory budget is 10 bytes"):
        tangent_kernel(points, inner, outer, act, memory_budget=10)
    with pytest.raises(InvalidArgumentError, match="row 0 overflow"):
        tangent_kernel(points, 1e200 * inner, outer, act)
    many = torch.zeros(1, 5, dtype=torch.float64).expand(2**20, 5)
    with pytest.raises(MemoryBudgetError, match="sample of the rows"):
        tangent_kernel(many, inner, outer, act)
