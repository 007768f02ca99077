"""Runs of `train` against loops written out by hand."""

import math

import pytest
import torch

from widthwise.dynamics import train
from widthwise.errors import DataError, InvalidArgumentError, UnknownNameError
from widthwise.networks import PARAMETRIZATIONS, FullyConnected, TwoLayer
from widthwise.seeds import stream


@pytest.fixture
def targets(points):
    return points[:, 0] + points[:, 1] ** 2


def by_hand(network, points, targets, step, epochs):
    """Gradient descent from the formula of the gradient of a two-layer network."""
    with torch.no_grad():
        w, v = network.inner.weight.clone(), network.outer.weight.clone()
        a, b = network.inner.multiplier, network.outer.multiplier
        for _ in range(epochs):
            z = a * points @ w.T
            residual = b * network.act(z) @ v - targets
            signal = residual[:, None] * b * v * network.act.derivative(z)
            of_v = b * network.act(z).T @ residual
            w -= step * network.inner.rate * a * signal.T @ points
            v -= step * network.outer.rate * of_v
        z = a * points @ w.T
        residual = b * network.act(z) @ v - targets
    return w, v, float(residual.square().sum() / 2)


@pytest.mark.parametrize("parametrization", PARAMETRIZATIONS)
def test_gradient_descent_is_the_formula(points, targets, parametrization):
    network = TwoLayer(5, 30, "tanh", parametrization=parametrization, seed=2)
    run = train(network, points, targets, epochs=20)
    w, v, loss = by_hand(network, points, targets, run.step, 20)
    torch.testing.assert_close(run.network.inner.weight.detach(), w)
    torch.testing.assert_close(run.network.outer.weight.detach(), v)
    assert float(run.loss[-1]) == pytest.approx(loss, rel=1e-10)
    assert run.epochs.tolist() == list(range(21))


def test_mean_field_and_mup_are_one_network(points, targets):
    losses = [
        train(
            TwoLayer(5, 64, "tanh", parametrization=name, seed=1),
            points,
            targets,
            epochs=30,
        ).loss
        for name in ("mean_field", "mup")
    ]
    torch.testing.assert_close(*losses, rtol=1e-9, atol=1e-14)


def linear(points):
    model = torch.nn.Linear(points.shape[1], 1, bias=False, dtype=torch.float64)
    torch.nn.init.zeros_(model.weight)
    return model


@pytest.mark.parametrize("optimizer", ["gd", "momentum", "nesterov", "adam"])
def test_optimizers_are_their_recurrences(points, targets, optimizer):
    run = train(
        linear(points),
        points,
        targets,
        optimizer=optimizer,
        step=0.05,
        epochs=25,
        weight_decay=0.1,
        decay=0.98,
    )
    v, memory, squares = (torch.zeros(5, dtype=torch.float64) for _ in range(3))
    for epoch in range(25):
        step = 0.05 * 0.98**epoch
        gradient = points.T @ (points @ v - targets) + 0.1 * v
        if optimizer == "gd":
            v = v - step * gradient
        elif optimizer == "adam":
            memory = 0.9 * memory + 0.1 * gradient
            squares = 0.999 * squares + 0.001 * gradient**2
            first = memory / (1 - 0.9 ** (epoch + 1))
            second = squares / (1 - 0.999 ** (epoch + 1))
            v = v - step * first / (second.sqrt() + 1e-8)
        else:
            memory = 0.9 * memory + gradient
            ahead = gradient + 0.9 * memory if optimizer == "nesterov" else memory
            v = v - step * ahead
    torch.testing.assert_close(run.network.weight[0].detach(), v, rtol=1e-10, atol=0)


def test_minibatches_take_every_point_once_an_epoch(points, targets):
    run = train(
        linear(points),
        points,
        targets,
        optimizer="sgd",
        batch_size=5,
        step=0.1,
        epochs=3,
        seed=7,
    )
    v = torch.zeros(5, dtype=torch.float64)
    for epoch in range(3):
        order = stream(7, "training/order", epoch).permutation(12)
        assert sorted(order) == list(range(12))
        for rows in (order[:5], order[5:10], order[10:]):
            some = points[rows]
            v = v - 0.1 * some.T @ (some @ v - targets[rows])
    torch.testing.assert_close(run.network.weight[0].detach(), v)


def test_best_and_stable_steps_come_from_the_kernel(points, targets):
    """For a linear model the tangent kernel is X Xᵀ, of rank 5."""
    values = torch.linalg.eigvalsh(points.T @ points)
    largest, smallest = float(values[-1]), float(values[0])

    def step(name, **settings):
        model = linear(points)
        return train(model, points, targets, step=name, epochs=1, **settings).step

    assert step("best") == pytest.approx(2 / (largest + smallest))
    assert step("stable") == pytest.approx(1 / largest)
    nesterov = step("best", optimizer="nesterov", weight_decay=0.5)
    assert nesterov == pytest.approx(4 / (3 * (largest + 0.5) + smallest + 0.5))


def test_best_step_uses_what_is_trained(points, targets):
    steps = {
        trained: train(
            TwoLayer(5, 50, trained=trained, seed=1), points, targets, epochs=1
        ).step
        for trained in ("inner", "outer", "both")
    }
    # Θ_both = Θ_inner + Θ_outer, so its largest eigenvalue exceeds either's.
    assert steps["both"] < min(steps["inner"], steps["outer"])


def test_the_tolerance_ends_the_run(points, targets):
    network = TwoLayer(5, 200, "tanh", seed=1)
    run = train(network, points, targets, epochs=5000, tolerance=0.1, track="residual")
    assert float(run.residual[-1]) <= 0.1 < float(run.residual[-2])
    assert "at most 0.1" in run.stopped
    assert not run.diverged
    assert run.record.content["epochs_done"] == run.epochs[-1]


def test_several_outputs_are_trained_together(points):
    torch.manual_seed(0)
    model = torch.nn.Linear(5, 2, dtype=torch.float64)
    both = torch.stack([points[:, 0], points[:, 1] - 1], dim=1)
    run = train(model, points, both, step=0.1, epochs=300, track=("loss", "outputs"))
    assert run.outputs.shape == (301, 12, 2)
    assert float(run.loss[-1]) < 1e-3 * float(run.loss[0])
    torch.testing.assert_close(run.outputs[-1], run.network(points).detach())


def test_only_what_is_trained_moves(points, targets):
    network = FullyConnected(5, 8, depth=2, trained=[2], seed=1)
    run = train(network, points, targets, epochs=3)
    before, after = dict(network.named_parameters()), run.network.named_parameters()
    moved = {name for name, each in after if not torch.equal(each, before[name])}
    assert moved == {"hidden.1.weight"}


def test_tracked_epochs_are_every_so_many_and_the_last(points, targets):
    run = train(
        TwoLayer(5, 8), points, targets, epochs=10, track_every=4, track=["loss"]
    )
    assert run.epochs.tolist() == [0, 4, 8, 10]
    assert run.frame().columns == ["epoch", "loss"]
    assert len(run.frame()) == 4


def test_asking_for_what_was_not_tracked_says_what_to_track(points, targets):
    run = train(TwoLayer(5, 8), points, targets, epochs=1)
    with pytest.raises(InvalidArgumentError, match="'loss', 'kernel_drift'"):
        _ = run.kernel_drift


def test_progress_is_told(points, targets):
    told = []
    train(
        TwoLayer(5, 8),
        points,
        targets,
        epochs=4,
        progress=lambda fraction, text: told.append((fraction, text)),
    )
    assert [fraction for fraction, _ in told] == [0.25, 0.5, 0.75, 1.0]
    assert told[0][1].startswith("epoch 1 of 4, loss ")


def test_the_record_can_be_saved(points, targets, tmp_path):
    run = train(TwoLayer(5, 8), points, targets, epochs=2, track=("loss", "distance"))
    run.record.save(tmp_path)
    again = type(run.record).load(tmp_path)
    assert again.arrays["distance"].tolist() == run.distance.tolist()
    assert again.content["settings"]["optimizer"] == "gd"
    assert again.content["step"] == run.step


@pytest.mark.parametrize(
    ("settings", "error", "said"),
    [
        ({"optimizer": "sdg", "batch_size": 3}, UnknownNameError, "'sgd'"),
        ({"optimizer": "sgd"}, InvalidArgumentError, "needs batch_size"),
        ({"optimizer": "adam"}, InvalidArgumentError, "Give a number"),
        ({"optimizer": "gd", "momentum": 0.5}, InvalidArgumentError, "no momentum"),
        ({"optimizer": "gd", "batch_size": 5}, InvalidArgumentError, "Use 'sgd'"),
        ({"optimizer": "nesterov", "momentum": 0}, InvalidArgumentError, "Nesterov"),
        ({"optimizer": "momentum", "momentum": 1}, InvalidArgumentError, "below 1"),
        ({"step": "bets"}, UnknownNameError, "'best'"),
        ({"step": 0}, InvalidArgumentError, "above 0"),
        ({"step": -0.1}, InvalidArgumentError, "above 0"),
        ({"step": math.nan}, InvalidArgumentError, "step is nan"),
        ({"epochs": 0}, InvalidArgumentError, "epochs is 0"),
        ({"optimizer": "sgd", "batch_size": 13}, InvalidArgumentError, "12 points"),
        ({"weight_decay": -1}, InvalidArgumentError, "weight_decay is -1"),
        ({"decay": 1.5}, InvalidArgumentError, "at most 1"),
        ({"tolerance": 0}, InvalidArgumentError, "tolerance is 0"),
        ({"track": "los"}, UnknownNameError, "'loss'"),
        ({"track": ("loss", "tangent_small")}, UnknownNameError, "tangent_smallest"),
        ({"track_every": 0}, InvalidArgumentError, "track_every is 0"),
        ({"seed": -1}, InvalidArgumentError, "seed is -1"),
        ({"checkpoint_every": 3}, InvalidArgumentError, "no folder"),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
def test_arguments_without_a_meaning_are_refused(
    points, targets, settings, error, said
):
    with pytest.raises(error, match=said):
        train(TwoLayer(5, 8), points, targets, **settings)


def test_data_that_does_not_fit_is_refused(points, targets):
    network = TwoLayer(5, 8)
    with pytest.raises(DataError, match="shape \\(11,\\) and there are 12"):
        train(network, points, targets[:11])
    with pytest.raises(DataError, match="takes 5 coordinates"):
        train(network, points[:, :4], targets)
    broken = points.clone()
    broken[3, 1] = math.nan
    with pytest.raises(DataError, match="Row 3 of the points"):
        train(network, broken, targets)
    broken = targets.clone()
    broken[4] = math.inf
    with pytest.raises(DataError, match="Row 4 of the targets"):
        train(network, points, broken)
    with pytest.raises(DataError, match="real numbers"):
        train(network, points, ["a"] * 12)
    with pytest.raises(DataError, match="1 outputs for each"):
        train(network, points, torch.ones(12, 2))
    with pytest.raises(DataError, match="complex"):
        train(network, points.to(torch.complex128), targets)


def test_arrays_lists_and_integers_are_taken(points, targets):
    network = TwoLayer(5, 8, seed=1)
    expected = train(network, points, targets, epochs=2).loss
    assert torch.equal(
        train(network, points.numpy(), targets.tolist(), epochs=2).loss, expected
    )
    whole = torch.ones(3, 5, dtype=torch.int64)
    assert train(network, whole, [0, 1, 1], epochs=1).loss.isfinite().all()


def test_gradients_are_on_inside_and_as_before_outside(points, targets):
    network = TwoLayer(5, 8, seed=1)
    expected = train(network, points, targets, epochs=2).loss
    with torch.no_grad():
        found = train(network, points, targets, epochs=2).loss
        assert not torch.is_grad_enabled()
    assert torch.equal(found, expected)
