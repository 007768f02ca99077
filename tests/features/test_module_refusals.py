"""Test what is refused of modules and points, and that a module is left as it is."""

import copy
import random
from contextlib import suppress

import numpy as np
import pytest
import torch
from module_zoo import TiedEmbedding, convolutional, module_and_points, multilayer
from torch import nn

from widthwise.errors import DataError, InvalidArgumentError, UnknownNameError
from widthwise.features import (
    linearized,
    module_features,
    module_jacobian,
    module_tangent_kernel,
    module_tangent_kernels_by_layer,
    module_tangent_operator,
)
from widthwise.features.modules import require_module


def snapshot(model):
    """Return all that a call could change, as text and numbers that compare."""
    tensors = {
        name: (each.detach().clone(), each.dtype, each.data_ptr(), each._version)
        for name, each in (*model.named_parameters(), *model.named_buffers())
    }
    return {
        "tensors": tensors,
        "flags": {name: p.requires_grad for name, p in model.named_parameters()},
        "grads": {name: p.grad for name, p in model.named_parameters()},
        "modes": {name: each.training for name, each in model.named_modules()},
        "hooks": {
            name: [
                list(getattr(each, kind))
                for kind in (
                    "_forward_hooks",
                    "_forward_pre_hooks",
                    "_backward_hooks",
                    "_backward_pre_hooks",
                )
            ]
            for name, each in model.named_modules()
        },
        "attributes": {name: sorted(vars(m)) for name, m in model.named_modules()},
        "random": (
            torch.random.get_rng_state(),
            random.getstate(),
            np.random.get_state()[1].tolist(),  # noqa: NPY002
        ),
        "global": (
            torch.is_grad_enabled(),
            torch.get_default_dtype(),
            torch.backends.mha.get_fastpath_enabled(),
        ),
    }


def equal(one, other):
    if isinstance(one, torch.Tensor):
        return isinstance(other, torch.Tensor) and torch.equal(one, other)
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(equal(one[k], other[k]) for k in one)
    if isinstance(one, tuple | list):
        return len(one) == len(other) and all(map(equal, one, other))
    return one == other


CALLS = {
    "kernel": module_tangent_kernel,
    "full": lambda m, x: module_tangent_kernel(m, x, x[:2], outputs="full"),
    "layers": module_tangent_kernels_by_layer,
    "jacobian": module_jacobian,
    "product": lambda m, x: module_tangent_operator(m, x) @ np.ones(len(x)),
    "linearized": lambda m, x: linearized(m)(x),
    "features": lambda m, x: module_features(m, x),
    "features of a layer": lambda m, x: module_features(m, x, layer=first(m)),
}


def first(model):
    return next(name for name, each in model.named_children() if name)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    "name", ["convolutional", "tied", "attention", "partly_frozen"]
)
def test_a_call_leaves_the_module_and_the_points_as_they_are(call, name):
    model, points = module_and_points(name)
    for each in model.parameters():
        each.grad = torch.ones_like(each)
    before, given = snapshot(model), points.clone()
    # A head tied to a table has no features of its own, and is refused.
    with torch.no_grad(), suppress(InvalidArgumentError):
        CALLS[call](model, points)
    assert equal(before, snapshot(model))
    assert torch.equal(points, given)


class Sampled(nn.Module):
    """Adds noise in evaluation mode, from three generators."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(5, 1)

    def forward(self, x):
        noise = random.random() + np.random.rand()  # noqa: NPY002
        return self.layer(x) + noise + torch.rand(1)


class Centred(nn.Module):
    """Subtracts the mean over the batch."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(5, 1)

    def forward(self, x):
        return self.layer(x - x.mean(0))


class Returning(nn.Module):
    """Hands the result of a layer to a function."""

    def __init__(self, function):
        super().__init__()
        self.layer = nn.Linear(5, 2)
        self.function = function

    def forward(self, x):
        return self.function(self.layer(x))


def frozen():
    return multilayer().requires_grad_(False)


def spread():
    model = multilayer()
    model[2].to("meta")
    return model


def in_training_with(layer):
    return nn.Sequential(nn.Linear(5, 4), layer, nn.Linear(4, 1)).train()


BAD_MODELS = {
    "dropout in training mode": (
        lambda: in_training_with(nn.Dropout(0.3)),
        r"Dropout '1' is in training mode.*rate 0.3.*model.eval",
    ),
    "batch statistics": (
        lambda: in_training_with(nn.BatchNorm1d(4)),
        r"BatchNorm1d '1' is in training mode.*model.eval",
    ),
    "batch statistics in evaluation": (
        lambda: in_training_with(nn.BatchNorm1d(4, track_running_stats=False)).eval(),
        r"keeps no running statistics.*depends on the rest of the batch",
    ),
    "randomised slopes": (lambda: in_training_with(nn.RReLU()), "slope is random"),
    "attention with dropout": (
        lambda: Returning(nn.MultiheadAttention(2, 1, dropout=0.2)).train(),
        "MultiheadAttention 'function' is in training mode",
    ),
    "mean over the batch": (Centred, "depends on the rest of the batch"),
    "noise": (Sampled, "is random: two calls differ"),
    "all frozen": (frozen, "All 5 parameters of the model are frozen"),
    "no parameters": (nn.ReLU, "no parameters"),
    "several devices": (spread, r"spread over devices.*2.weight on meta"),
    "lazy": (lambda: nn.Sequential(nn.LazyLinear(3)), "no shape yet"),
    "complex": (lambda: multilayer().to(torch.complex64), "complex"),
    "not a number": (
        lambda: Returning(lambda y: y / (y - y)),
        "NaN or infinite at point 0",
    ),
    "a tuple": (lambda: Returning(lambda y: (y, y)), "returns tuple"),
    "too many axes": (
        lambda: Returning(lambda y: y[:, None]),
        r"shape \(4, 1, 2\).*Flatten",
    ),
    "a sum over points": (lambda: Returning(torch.sum), r"shape \(\) for 4 points"),
    "a cast": (lambda: Returning(lambda y: y.float()), "torch.float32.*cast"),
}


@pytest.mark.filterwarnings("ignore:Lazy modules are a new feature")
@pytest.mark.filterwarnings("ignore:Complex modules are a new feature")
@pytest.mark.parametrize("case", BAD_MODELS)
def test_a_model_that_has_no_tangent_kernel_is_refused_and_left_as_it_is(case):
    make, message = BAD_MODELS[case]
    model, points = make(), torch.randn(4, 5)
    whole = case not in ("several devices", "lazy")
    before = snapshot(model) if whole else None
    with pytest.raises(InvalidArgumentError, match=message):
        module_tangent_kernel(model, points)
    if whole:
        assert equal(before, snapshot(model))


BAD_POINTS = {
    "nan": (torch.tensor([[0.0] * 5, [torch.nan] * 5]), "Row 1 of the points"),
    "wrong width": (torch.zeros(3, 4), r"fails on points of shape \(3, 4\)"),
    "integers for a linear map": (torch.zeros(3, 5).long(), "float64.*indices"),
    "complex": (torch.zeros(3, 5).to(torch.complex64), "must be real"),
    "no points": (torch.zeros(0, 5), "at least one point"),
    "words": (np.array([["a"] * 5]), "must be real numbers"),
}


@pytest.mark.parametrize("case", BAD_POINTS)
def test_points_that_the_model_cannot_take_are_refused(case):
    points, message = BAD_POINTS[case]
    model = multilayer()
    before = snapshot(model)
    with pytest.raises(DataError, match=message):
        module_tangent_kernel(model, points)
    assert equal(before, snapshot(model))


def test_second_points_are_named_in_the_refusal():
    with pytest.raises(DataError, match="Row 0 of the second points"):
        module_tangent_kernel(
            multilayer(), torch.zeros(2, 5), torch.full((1, 5), torch.inf)
        )


def test_what_is_not_a_module_is_refused():
    with pytest.raises(InvalidArgumentError, match=r"must be a torch\.nn\.Module"):
        require_module(torch.relu)


def test_an_index_outside_the_table_is_refused():
    with pytest.raises(DataError, match="fails on points"):
        module_tangent_kernel(TiedEmbedding(), torch.full((2, 5), 11))


def test_a_single_point_of_a_model_that_centres_the_batch_is_refused():
    with pytest.raises(InvalidArgumentError, match="depends on the rest"):
        module_tangent_kernel(Centred(), torch.randn(1, 5))


def test_a_model_that_cannot_be_differentiated_is_refused():
    class Overwritten(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(5, 5)

        def forward(self, x):
            held = x.clone()
            found = torch.tanh(self.layer(held))
            held += 1.0
            return found

    with pytest.raises(InvalidArgumentError, match="cannot be differentiated"):
        module_tangent_kernel(Overwritten(), torch.randn(3, 5))


def test_arrays_and_other_float_types_are_taken():
    model, points = multilayer(), torch.randn(4, 5)
    expected = module_tangent_kernel(model, points)
    assert torch.equal(module_tangent_kernel(model, points.double()), expected)
    assert torch.equal(module_tangent_kernel(model, points.numpy()), expected)


def test_frozen_parameters_are_left_out():
    model, points = convolutional(torch.randn(5, 4, 9, 8)), torch.randn(5, 4, 9, 8)
    parts = module_tangent_kernels_by_layer(model, points)
    for name, each in model.named_parameters():
        each.requires_grad_(name.startswith("7."))
    found = module_tangent_kernel(model, points)
    torch.testing.assert_close(found, parts["7"], rtol=1e-12, atol=1e-14)


def test_an_unknown_layer_gets_the_nearest_names():
    model = nn.Sequential()
    model.add_module("encoder", nn.Linear(5, 4))
    model.add_module("head", nn.Linear(4, 1))
    with pytest.raises(UnknownNameError, match="'encoder'"):
        module_features(model, torch.randn(3, 5), layer="encodr")


def test_a_gradient_taken_under_inference_mode_is_the_same():
    model, points = multilayer(), torch.randn(4, 5)
    expected = module_tangent_kernel(model, points)
    with torch.inference_mode():
        found = module_tangent_kernel(copy.deepcopy(model), points)
    torch.testing.assert_close(found, expected, rtol=1e-12, atol=1e-14)


class Overwriting(torch.nn.Linear):
    """Doubles its input in place."""

    def forward(self, given):
        return super().forward(given.mul_(2.0))


@pytest.mark.parametrize("function", [module_features, module_tangent_kernel])
def test_weights_without_numbers_and_overwritten_points_are_named(function):
    points = torch.ones(4, 3, dtype=torch.float64)
    with pytest.raises(InvalidArgumentError, match="on the device meta"):
        function(torch.nn.Linear(3, 1, device="meta"), points)
    with pytest.raises(InvalidArgumentError, match="overwrites the points"):
        function(Overwriting(3, 1), points)
    assert torch.equal(points, torch.ones(4, 3, dtype=torch.float64))
