"""Rows that are not trained on: measured on the way, and predicted beside."""

import inspect

import pytest
import torch

from widthwise.cards import Curve, chart
from widthwise.dynamics import train
from widthwise.errors import DataError, InvalidArgumentError
from widthwise.networks import FullyConnected, TwoLayer

PREDICTED = ("loss", "test_loss", "predicted_loss", "predicted_test_loss")


def drawn(rows, seed, dimension=5):
    generator = torch.Generator().manual_seed(seed)
    found = torch.randn(rows, dimension, generator=generator, dtype=torch.float64)
    return torch.nn.functional.normalize(found)


@pytest.fixture
def targets(points):
    return points[:, 0] + points[:, 1] ** 2


@pytest.fixture
def test():
    points = drawn(7, 3)
    return points, points[:, 0] + points[:, 1] ** 2


def module(outputs=1):
    torch.manual_seed(4)
    return torch.nn.Sequential(
        torch.nn.Linear(5, 12), torch.nn.Tanh(), torch.nn.Linear(12, outputs)
    ).double()


def loop(model, points, targets, optimizer, epochs, test):
    """Return both losses of each epoch, by PyTorch's own loop."""
    losses = []
    for epoch in range(epochs + 1):
        rows = []
        for some, wanted in ((points, targets), test):
            gap = model(some).reshape(wanted.shape) - wanted
            rows.append(gap.square().sum() / 2)
        losses.append([each.item() for each in rows])
        if epoch < epochs:
            optimizer.zero_grad()
            rows[0].backward()
            optimizer.step()
    return torch.tensor(losses, dtype=torch.float64).T


def test_what_is_measured_is_what_a_loop_written_out_finds(points, targets, test):
    given = module()
    track = ("loss", "test_loss", "test_residual", "test_outputs")
    run = train(given, points, targets, step=0.05, epochs=12, track=track, test=test)
    optimizer = torch.optim.SGD(given.parameters(), lr=0.05)
    losses = loop(given, points, targets, optimizer, 12, test)
    torch.testing.assert_close(torch.stack([run.loss, run.test_loss]), losses)
    torch.testing.assert_close(
        run.test_residual, (2 * losses[1]).sqrt() / torch.linalg.vector_norm(test[1])
    )
    torch.testing.assert_close(run.test_outputs[-1], given(test[0])[:, 0].detach())


@pytest.mark.parametrize(
    ("optimizer", "momentum"),
    [("gd", 0.0), ("momentum", 0.8), ("nesterov", 0.8)],
)
@pytest.mark.parametrize("outputs", [1, 2])
def test_what_is_predicted_is_a_loop_on_the_linearized_network(
    points, test, optimizer, momentum, outputs
):
    """f₀ + J δ with the Jacobian by automatic differentiation, stepped by PyTorch."""
    given = module(outputs)
    targets = points[:, :outputs] if outputs > 1 else points[:, 0]
    elsewhere = test[0][:, :outputs] if outputs > 1 else test[0][:, 0]
    settings = {} if optimizer == "gd" else {"momentum": momentum}
    run = train(
        given,
        points,
        targets,
        optimizer=optimizer,
        step=0.02,
        epochs=9,
        track=PREDICTED,
        test=(test[0], elsewhere),
        **settings,
    )
    parameters = dict(given.named_parameters())

    def outputs_of(values, some):
        return torch.func.functional_call(given, values, (some,)).reshape(-1)

    every = torch.cat([points, test[0]])
    jacobians = torch.func.jacrev(outputs_of)(parameters, every)
    jacobian = torch.cat([each.flatten(1) for each in jacobians.values()], 1).detach()
    start = outputs_of(parameters, every).detach()
    move = torch.nn.Parameter(jacobian.new_zeros(jacobian.shape[1]))
    count = len(points) * outputs

    def linearized(part):
        return start[part] + jacobian[part] @ move

    stepper = torch.optim.SGD(
        [move], lr=0.02, momentum=momentum, nesterov=optimizer == "nesterov"
    )
    losses = loop(
        linearized,
        slice(0, count),
        targets.reshape(-1),
        stepper,
        9,
        (slice(count, None), elsewhere.reshape(-1)),
    )
    torch.testing.assert_close(
        torch.stack([run.predicted_loss, run.predicted_test_loss]), losses
    )


@pytest.mark.parametrize(
    "network",
    [
        TwoLayer(5, 30, "tanh", parametrization="mean_field", trained="outer"),
        FullyConnected(5, 20, "gelu", depth=2, trained="outer"),
    ],
    ids=["two layers", "three layers"],
)
def test_where_the_last_layer_is_trained_the_prediction_is_the_run(
    points, targets, test, network
):
    run = train(network, points, targets, epochs=50, track=PREDICTED, test=test)
    torch.testing.assert_close(run.predicted_loss, run.loss, rtol=1e-8, atol=1e-12)
    torch.testing.assert_close(
        run.predicted_test_loss, run.test_loss, rtol=1e-8, atol=1e-12
    )


def test_a_wide_network_goes_nearer_to_its_prediction(points, targets, test):
    """The kernel drifts by 1/√m, outputs by 1/m: four times wider, nearer by far."""
    gaps = []
    for width in (64, 4096):
        network = TwoLayer(5, width, "tanh", seed=1)
        run = train(
            network,
            points,
            targets,
            step="stable",
            epochs=60,
            track=PREDICTED,
            test=test,
        )
        gap = (run.predicted_test_loss - run.test_loss).abs().max()
        gaps.append(float(gap / run.test_loss.max()))
    assert gaps[1] < gaps[0] / 4
    assert gaps[1] < 0.05


def test_single_precision_is_predicted_in_double(points, targets, test):
    model = module().float()
    run = train(model, points, targets, step=0.05, epochs=5, track=PREDICTED, test=test)
    double = train(
        model.double(), points, targets, step=0.05, epochs=5, track=PREDICTED, test=test
    )
    # Six digits of parameters, and of what follows from them.
    torch.testing.assert_close(
        run.predicted_test_loss, double.predicted_test_loss, rtol=1e-5, atol=1e-6
    )


def test_test_points_alone_are_measured_by_their_loss(points, targets, test):
    run = train(module(), points, targets, step=0.05, epochs=2, test=test)
    assert list(run.measured) == ["loss", "test_loss"]
    assert run.frame().columns == ["epoch", "loss", "test_loss"]


def test_a_callback_is_told_what_was_measured_and_may_end_the_run(
    points, targets, test
):
    told = []

    def callback(epoch, found):
        told.append((epoch, found["test_loss"]))
        return epoch >= 6

    run = train(
        module(),
        points,
        targets,
        step=0.05,
        epochs=20,
        track_every=2,
        test=test,
        callback=callback,
    )
    assert [epoch for epoch, _ in told] == [0, 2, 4, 6] == run.epochs.tolist()
    assert [each for _, each in told] == run.test_loss.tolist()
    assert run.stopped == "the callback ended the run after 6 epochs"
    assert not run.diverged


def test_a_resumed_run_has_the_bits_of_a_whole_one(points, targets, test, tmp_path):
    given = {"step": 0.05, "track": PREDICTED, "test": test}
    whole = train(module(), points, targets, epochs=8, **given)
    for epochs in (3, 8):
        run = train(
            module(), points, targets, epochs=epochs, checkpoint=tmp_path, **given
        )
    for name in PREDICTED:
        assert torch.equal(run.measured[name], whole.measured[name])
    other = (test[0], test[1] + 1.0)
    with pytest.raises(DataError, match="differs in test targets\\. "):
        train(
            module(),
            points,
            targets,
            epochs=8,
            checkpoint=tmp_path,
            **{**given, "test": other},
        )


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"track": "test_loss"}, "Give test="),
        ({"track": "predicted_loss", "optimizer": "adam", "step": 0.01}, "Adam's"),
        ({"track": "predicted_loss", "decay": 0.9}, "decay=0.9"),
        ({"track": "predicted_loss", "weight_decay": 0.1}, "weight_decay=0.1"),
        (
            {"track": "predicted_loss", "optimizer": "sgd", "batch_size": 3},
            "batches of 3",
        ),
        ({"track": "predicted_loss", "step": 50.0}, "not below"),
        ({"test": 3}, "a pair"),
    ],
    ids=str,
)
def test_what_cannot_be_measured_or_predicted_is_refused(
    points, targets, settings, said
):
    with pytest.raises(InvalidArgumentError, match=said):
        train(module(), points, targets, **settings)


def test_test_points_of_another_shape_are_refused(points, targets, test):
    with pytest.raises(DataError, match="only the number of rows"):
        train(module(), points, targets, test=(test[0][:, :4], test[1]))
    with pytest.raises(DataError, match="only the number of rows"):
        train(module(), points, targets, test=(test[0], test[0][:, :2]))
    with pytest.raises(DataError, match="shape \\(6,\\) and there are 7"):
        train(module(), points, targets, test=(test[0], test[1][:6]))


def test_the_card_draws_losses_and_what_was_predicted(points, targets, test):
    run = train(
        module(), points, targets, step=0.05, epochs=4, track=PREDICTED, test=test
    )
    shown = run._repr_html_()
    assert shown.count("<polyline") == 4
    assert shown.count("stroke-dasharray") == 4  # two curves, two samples
    assert ">test loss<" in shown.replace("</svg> ", ">").replace("</span>", "<")


def test_a_drawing_leaves_out_what_a_logarithm_cannot_show():
    shown = chart([Curve("<a>", range(1000), [0.0] + [10.0] * 999)], "k")
    assert "&lt;a&gt;" in shown
    assert 300 < shown.count(",") <= 401
    assert chart([Curve("a", [0, 1], [0.0, -1.0])], "k") == ""


def test_a_callback_that_is_no_function_is_refused(points, targets):
    with pytest.raises(InvalidArgumentError, match="a function"):
        inspect.unwrap(train)(module(), points, targets, callback=3)
