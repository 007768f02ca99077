"""Test the features of a module's last layer."""

import pytest
import torch
from module_zoo import (
    TiedEmbedding,
    WeightBesideItsLayer,
    in_float64,
    module_and_points,
)
from torch import nn

from widthwise.errors import InvalidArgumentError
from widthwise.features import module_features, module_tangent_kernels_by_layer
from widthwise.features.modules import last_parameters

HEADS = {
    "multilayer": "4",
    "convolutional": "7",
    "one_dimensional": "4",
    "attention": "head",
    "used_twice": "head",
    "time_first": "head",
    "recurrent": "head",
    "normalised": "3",
    "reparametrized": "2",
}


@pytest.mark.parametrize("name", HEADS)
def test_output_is_the_last_layer_of_the_features(name):
    model, points = module_and_points(name)
    twin, given = in_float64(model, points)
    found = module_features(model, points)
    assert found.shape[0] == len(points)
    if name == "time_first":  # a mean over the first axis, then one output
        rebuilt = twin.head(found)[:, 0]
    else:
        rebuilt = twin.get_submodule(HEADS[name])(found)
    torch.testing.assert_close(rebuilt, twin(given), rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("name", ["convolutional", "attention"])
def test_gram_matrix_of_the_features_is_the_kernel_of_the_last_weights(name):
    model, points = module_and_points(name)
    head = model.get_submodule(HEADS[name])
    head.bias.requires_grad_(False)
    found = module_features(model, points)
    kernel = module_tangent_kernels_by_layer(model, points)[HEADS[name]]
    gram = head.out_features * found @ found.T
    torch.testing.assert_close(gram, kernel, rtol=1e-12, atol=1e-13)


def test_a_named_layer_gives_its_output_flattened():
    model, points = module_and_points("convolutional")
    twin, given = in_float64(model, points)
    found = module_features(model, points, layer="1")
    expected = twin[1](twin[0](given)).flatten(1)
    torch.testing.assert_close(found, expected, rtol=1e-12, atol=1e-13)


def test_a_last_convolution_counts():
    model = nn.Sequential(nn.Tanh(), nn.Conv2d(3, 2, 4), nn.Flatten())
    points = torch.randn(5, 3, 4, 4)
    expected = torch.tanh(points.double()).flatten(1)
    torch.testing.assert_close(module_features(model, points), expected)


def test_features_do_not_depend_on_what_else_is_asked():
    model, points = module_and_points("multilayer")
    many = points.repeat(80, 1)  # more than one call takes
    torch.testing.assert_close(
        module_features(model, many)[-7:],
        module_features(model, points),
        rtol=1e-12,
        atol=1e-13,
    )


class Residual(nn.Module):
    """Adds the points to what its last layer gives."""

    def __init__(self):
        super().__init__()
        self.inner, self.outer = nn.Linear(5, 8), nn.Linear(8, 5)

    def forward(self, x):
        return x + self.outer(torch.relu(self.inner(x)))


class SharedHead(nn.Module):
    """Applies its last layer twice."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(5, 5)

    def forward(self, x):
        return self.layer(torch.relu(self.layer(x)))


class Ending(nn.Module):
    """Ends in the function given."""

    def __init__(self, function):
        super().__init__()
        self.body, self.head = nn.Linear(5, 8), nn.Linear(8, 2)
        self.function = function

    def forward(self, x):
        return self.function(self.head(torch.tanh(self.body(x))))


class ByHand(nn.Module):
    """Ends in a product with a parameter of its own."""

    def __init__(self, ending, shape, bias=()):
        super().__init__()
        self.body, self.ending = nn.Linear(5, 8), ending
        self.w = nn.Parameter(torch.randn(shape))
        self.b = nn.Parameter(torch.randn(bias))

    def forward(self, x):
        return self.ending(torch.tanh(self.body(x)), self.w, self.b)


@pytest.mark.parametrize(
    ("ending", "shape", "bias"),
    [
        pytest.param(lambda x, w, _: x @ w, (8,), (), id="vector"),
        pytest.param(lambda x, w, b: x @ w.T + b, (2, 8), (2,), id="transposed"),
        pytest.param(lambda x, w, b: torch.addmm(b, x, w), (8, 3), (3,), id="addmm"),
        pytest.param(lambda x, w, b: (x.mm(w) + b)[:, 0], (8, 1), (1,), id="column"),
    ],
)
def test_a_product_by_hand_is_a_last_layer(ending, shape, bias):
    model, points = ByHand(ending, shape, bias), torch.randn(4, 5)
    expected = torch.tanh(model.body(points)).double()
    torch.testing.assert_close(module_features(model, points), expected)
    assert last_parameters(model, points) == ("w", "b" if bias else None)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        pytest.param(
            lambda: ByHand(lambda x, w, _: x @ w + w.sum(), (8,)),
            "is added to it.*layer=.*x @ w",
            id="weights twice",
        ),
        pytest.param(Residual, "is added to it.*layer=", id="residual"),
        pytest.param(SharedHead, "used in other places.*layer=", id="shared"),
        pytest.param(lambda: Ending(torch.sigmoid), "follows it", id="sigmoid"),
        pytest.param(lambda: Ending(torch.sigmoid_), "follows it", id="in place"),
        pytest.param(lambda: Ending(lambda y: 2 * y), "follows it", id="scaled"),
        pytest.param(lambda: nn.Sequential(nn.ReLU()), "follows it", id="no layer"),
    ],
)
def test_an_output_that_no_layer_makes_is_refused_with_the_way_out(make, message):
    with pytest.raises(InvalidArgumentError, match=message):
        module_features(make(), torch.randn(4, 5))


def test_a_head_tied_to_a_table_under_a_mean_is_not_linear_in_one_place():
    class Tied(TiedEmbedding):
        def forward(self, x):
            return self.head(self.norm(self.table(x).mean(1)))

    with pytest.raises(InvalidArgumentError, match="used in other places"):
        module_features(Tied(), torch.randint(1, 11, (4, 3)))


def test_a_weight_used_by_hand_elsewhere_does_not_matter_to_another_head():
    model = WeightBesideItsLayer()
    assert module_features(model, torch.randn(4, 5)).shape == (4, 5)


def test_a_layer_that_runs_twice_or_never_is_refused():
    model = SharedHead()
    with pytest.raises(InvalidArgumentError, match="runs 2 times"):
        module_features(model, torch.randn(4, 5), layer="layer")
    model.unused = nn.Linear(2, 2)
    with pytest.raises(InvalidArgumentError, match="runs 0 times"):
        module_features(model, torch.randn(4, 5), layer="unused")


def test_a_layer_whose_rows_are_not_the_points_is_refused():
    model, points = module_and_points("time_first")
    with pytest.raises(InvalidArgumentError, match="first axis must be the points"):
        module_features(model, points, layer="layer")


def test_a_frozen_model_has_features():
    model, points = module_and_points("multilayer")
    expected = module_features(model, points)
    model.requires_grad_(False)
    assert torch.equal(module_features(model, points), expected)
