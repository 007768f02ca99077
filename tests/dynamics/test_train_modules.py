"""Anybody's module: trained as a copy, refused clearly, left as it was found."""

import copy

import numpy as np
import pytest
import torch
from torch import nn

from widthwise.dynamics import InterruptedTraining, train
from widthwise.errors import DataError, InvalidArgumentError

TRACK = (
    "loss",
    "condition_number",
    "tangent_smallest",
    "tangent_largest",
    "kernel_drift",
    "pattern_changes",
)


def perceptron(**settings):
    torch.manual_seed(3)
    return nn.Sequential(
        nn.Linear(5, 30, **settings), nn.ReLU(), nn.Linear(30, 1, **settings)
    ).double()


@pytest.fixture
def targets(points):
    return points[:, 0] + points[:, 1] ** 2


def snapshot(model):
    state = {name: each.clone() for name, each in model.state_dict().items()}
    modes = [each.training for each in model.modules()]
    flags = [each.requires_grad for each in model.parameters()]
    grads = [
        None if each.grad is None else each.grad.clone() for each in model.parameters()
    ]
    draws = torch.get_rng_state()
    return state, modes, flags, grads, draws, np.random.get_state()[1]  # noqa: NPY002


def assert_as_found(model, before):
    after = snapshot(model)
    for name, each in before[0].items():
        assert torch.equal(after[0][name], each), name
    assert after[1:3] == before[1:3]
    for now, then in zip(after[3], before[3], strict=True):
        assert (now is None) == (then is None)
        assert now is None or torch.equal(now, then)
    assert torch.equal(after[4], before[4])
    assert (after[5] == before[5]).all()


def test_a_module_is_trained_and_left_as_it_was(points, targets):
    model = perceptron()
    model(points).sum().backward()  # gradients of the caller's own
    before = snapshot(model)
    run = train(model, points, targets, epochs=300, track=TRACK, track_every=50)
    assert_as_found(model, before)
    assert run.network is not model
    assert float(run.loss[-1]) < 0.1 * float(run.loss[0])
    expected = (run.network(points)[:, 0] - targets).detach().square().sum() / 2
    assert float(run.loss[-1]) == pytest.approx(float(expected))


def test_what_is_tracked_of_a_module_is_its_kernel(points, targets):
    model = perceptron()
    run = train(model, points, targets, epochs=20, track=TRACK)

    def kernel(network):
        rows = [
            torch.cat(
                [
                    each.reshape(-1)
                    for each in torch.autograd.grad(
                        network(points[row : row + 1]).sum(), list(network.parameters())
                    )
                ]
            )
            for row in range(12)
        ]
        found = torch.stack(rows)
        return found @ found.T

    first, last = kernel(model), kernel(run.network)
    values = torch.linalg.eigvalsh(last)
    largest = float(values[-1])
    assert float(run.tangent_largest[-1]) == pytest.approx(largest, rel=1e-10)
    assert float(run.tangent_smallest[-1]) == pytest.approx(
        float(values[0]), abs=1e-13 * largest
    )
    drift = float((last - first).norm() / first.norm())
    assert float(run.kernel_drift[-1]) == pytest.approx(drift, rel=1e-8)
    features = run.network[1](run.network[0](points)).detach()
    singular = torch.linalg.svdvals(features)
    kappa = float(singular[0] / singular[-1]) ** 2
    assert float(run.condition_number[-1]) == pytest.approx(kappa, rel=1e-6)
    active = [each[0](points) > 0 for each in (model, run.network)]
    changed = float((active[0] != active[1]).double().mean())
    assert float(run.pattern_changes[-1]) == pytest.approx(changed)


def test_best_step_of_a_module_comes_from_its_kernel(points, targets):
    """A linear layer's kernel is X Xᵀ + 1, of rank 6."""
    model = nn.Linear(5, 1).double()
    values = torch.linalg.eigvalsh(points @ points.T + 1.0)
    run = train(model, points, targets, epochs=1)
    assert run.step == pytest.approx(2 / float(values[-1] + values[-6]))


def test_in_place_trains_the_module_itself(points, targets):
    model = perceptron()
    expected = train(model, points, targets, epochs=5, step=0.01).network
    run = train(model, points, targets, epochs=5, step=0.01, in_place=True)
    assert run.network is model
    for a, b in zip(model.parameters(), expected.parameters(), strict=True):
        assert torch.equal(a, b)


def test_single_precision_is_trained_in_single_precision(points, targets):
    model = perceptron().float()
    run = train(
        model, points, targets, epochs=50, step=0.02, track=("loss", "distance")
    )
    assert {each.dtype for each in run.network.parameters()} == {torch.float32}
    double = train(perceptron(), points, targets, epochs=50, step=0.02)
    # Fifty steps of rounding errors of 6e-8 each.
    torch.testing.assert_close(run.loss, double.loss, rtol=1e-4, atol=1e-6)


def test_frozen_parameters_stay(points, targets):
    model = perceptron()
    model[0].requires_grad_(False)
    run = train(model, points, targets, epochs=5, step=0.01)
    assert torch.equal(run.network[0].weight, model[0].weight)
    assert not torch.equal(run.network[2].weight, model[2].weight)


def test_shared_parameters_stay_shared(points, targets):
    class Tied(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Linear(5, 5, bias=False).double()
            self.second = self.first

        def forward(self, x):
            return self.second(torch.tanh(self.first(x))).sum(dim=1)

    run = train(Tied(), points, targets, epochs=3, step=0.01)
    assert run.network.first is run.network.second
    assert run.record.content["trained_parameters"] == 25


def test_in_place_activations_are_trained(points, targets):
    torch.manual_seed(3)
    inside = nn.Sequential(nn.Linear(5, 9), nn.ReLU(inplace=True), nn.Linear(9, 1))
    outside = nn.Sequential(inside[0], nn.ReLU(), inside[2])
    runs = [
        train(copy.deepcopy(each).double(), points, targets, epochs=5, step=0.01)
        for each in (inside, outside)
    ]
    assert torch.equal(runs[0].loss, runs[1].loss)


def test_embeddings_take_integers():
    class Words(nn.Module):
        def __init__(self):
            super().__init__()
            torch.manual_seed(0)
            self.embedding = nn.Embedding(7, 4)
            self.layer = nn.Linear(4, 1)

        def forward(self, tokens):
            return self.layer(self.embedding(tokens).mean(dim=1))[:, 0]

    tokens = torch.arange(24).reshape(8, 3) % 7
    run = train(Words().double(), tokens, torch.arange(8) / 8, epochs=20, step=0.05)
    assert float(run.loss[-1]) < float(run.loss[0])


class Noisy(nn.Linear):
    """Draws a random number in each call."""

    def forward(self, x):
        return super().forward(x) + torch.randn(1, dtype=x.dtype)


class Counting(nn.Linear):
    """Counts its calls in a buffer."""

    def __init__(self):
        super().__init__(5, 1)
        self.register_buffer("calls", torch.zeros(()))

    def forward(self, x):
        self.calls += 1
        return super().forward(x)


class Overwriting(nn.Linear):
    """Changes the tensor that it is given."""

    def forward(self, x):
        x -= 1.0
        return super().forward(x)


class Mixing(nn.Linear):
    """Subtracts the mean over the batch."""

    def forward(self, x):
        found = super().forward(x)
        return found - found.mean()


class Detached(nn.Linear):
    """Cuts its own gradients."""

    def forward(self, x):
        return super().forward(x).detach()


class Pair(nn.Linear):
    """Returns two things."""

    def forward(self, x):
        return super().forward(x), x


def mixed():
    model = perceptron()
    model[2].float()
    return model


def frozen():
    return perceptron().requires_grad_(False)


def broken():
    model = perceptron()
    with torch.no_grad():
        model[0].weight[0, 0] = torch.nan
    return model


REFUSED = {
    "dropout": (
        lambda: nn.Sequential(nn.Linear(5, 4), nn.Dropout(), nn.Linear(4, 1)).double(),
        r"model\.eval\(\)",
    ),
    "batch statistics": (
        lambda: nn.Sequential(nn.Linear(5, 4), nn.BatchNorm1d(4), nn.Linear(4, 1)),
        r"model\.eval\(\)",
    ),
    "no parameters": (nn.ReLU, "no parameters"),
    "frozen": (frozen, "frozen"),
    "mixed dtypes": (mixed, r"model\.to\(torch\.float64\)"),
    "NaN": (broken, "0.weight holds NaN"),
    "lazy": (lambda: nn.LazyLinear(1), "no shape yet"),
    "noise": (lambda: Noisy(5, 1).double(), "random"),
    "buffer": (lambda: Counting().double(), "changes a buffer"),
    "overwriting": (lambda: Overwriting(5, 1).double(), r"x\.clone\(\)"),
    "mixing": (lambda: Mixing(5, 1).double(), "batch"),
    "detached": (lambda: Detached(5, 1).double(), "do not depend on its trained"),
    "two results": (lambda: Pair(5, 1).double(), "returns tuple"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_modules_that_cannot_be_trained_are_refused_and_left_alone(
    points, targets, name
):
    make, said = REFUSED[name]
    model = make()
    is_plain = isinstance(model, nn.Module) and name != "lazy"
    before = snapshot(model) if is_plain else None
    with pytest.raises((InvalidArgumentError, DataError), match=said):
        train(model, points, targets, step=0.1)
    if is_plain and name != "NaN":
        assert_as_found(model, before)


def test_points_of_the_wrong_shape_are_refused(points, targets):
    with pytest.raises(DataError, match="fails on points"):
        train(perceptron(), points[:, :3], targets, step=0.1)


def test_batch_norm_in_evaluation_is_trained(points, targets):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(5, 9), nn.BatchNorm1d(9), nn.Linear(9, 1)).double()
    model(points)  # its running statistics
    model.eval()
    before = snapshot(model)
    run = train(model, points, targets, epochs=10, step=0.01)
    assert_as_found(model, before)
    assert torch.equal(run.network[1].running_mean, model[1].running_mean)
    assert float(run.loss[-1]) < float(run.loss[0])


def test_the_module_is_as_found_after_an_interrupt(points, targets):
    def press(_fraction, _text):
        raise KeyboardInterrupt

    model = perceptron()
    before = snapshot(model)
    with pytest.raises(InterruptedTraining):
        train(model, points, targets, step=0.01, progress=press)
    assert_as_found(model, before)


def test_a_module_resumes_from_its_checkpoint(points, targets, tmp_path):
    settings = {"step": 0.01, "optimizer": "momentum", "batch_size": 5}
    whole = train(perceptron(), points, targets, epochs=8, **settings)
    train(perceptron(), points, targets, epochs=3, **settings, checkpoint=tmp_path)
    resumed = train(
        perceptron(), points, targets, epochs=8, **settings, checkpoint=tmp_path
    )
    assert torch.equal(resumed.loss, whole.loss)
