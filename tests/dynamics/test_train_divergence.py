import pytest
import torch

from widthwise.dynamics import train
from widthwise.errors import InvalidArgumentError, OutsideDomainError
from widthwise.networks import TwoLayer

EVERYTHING = ("loss", "tangent_largest", "distance")


@pytest.fixture
def targets(points):
    return points[:, 0] + points[:, 1] ** 2


def linear(points):
    model = torch.nn.Linear(points.shape[1], 1, bias=False, dtype=torch.float64)
    torch.nn.init.constant_(model.weight, 0.1)
    return model


@pytest.mark.parametrize("factor", [1.05, 3.0, 1e200])
def test_a_step_above_the_limit_is_named_with_the_limit(points, targets, factor):
    limit = 2 / float(torch.linalg.eigvalsh(points @ points.T)[-1])
    run = train(linear(points), points, targets, step=factor * limit, epochs=3000)
    assert run.diverged
    assert f"is above 2/λ_max = {limit:.3g}" in run.stopped
    assert run.loss.isfinite().all()
    assert all(each.isfinite().all() for each in run.network.parameters())
    # The network that comes back is the one of the last measured epoch.
    final = (run.network(points)[:, 0] - targets).detach().square().sum() / 2
    assert float(final) == pytest.approx(float(run.loss[-1]), rel=1e-12)


@pytest.mark.parametrize(
    ("optimizer", "factor"), [("momentum", 2 * 1.9), ("nesterov", 2 * 1.9 / 2.8)]
)
def test_the_limit_of_momentum_is_sharp(points, targets, optimizer, factor):
    """Just below it converges on a quadratic, just above it does not."""
    largest = float(torch.linalg.eigvalsh(points @ points.T)[-1])
    below, above = (
        train(
            linear(points),
            points,
            targets,
            optimizer=optimizer,
            step=share * factor / largest,
            epochs=1500,
            track_every=500,
        )
        for share in (0.97, 1.03)
    )
    assert not below.diverged
    assert float(below.loss[-1]) < float(below.loss[0])
    assert above.diverged
    assert "2(1 + μ)/" in above.stopped


def test_minibatches_diverge_with_a_reason_too(points, targets):
    run = train(
        TwoLayer(5, 50, seed=1),
        points,
        targets,
        optimizer="sgd",
        batch_size=4,
        step=1e3,
        epochs=50,
        track=EVERYTHING,
        track_every=7,
    )
    assert run.diverged
    assert "diverged in epoch" in run.stopped
    assert all(run.measured[name].isfinite().all() for name in EVERYTHING)
    assert all(each.isfinite().all() for each in run.network.parameters())
    assert run.record.content["diverged"] is True


def test_adam_diverging_is_said_without_a_kernel(points, targets):
    run = train(
        TwoLayer(5, 50, seed=1),
        points,
        targets,
        optimizer="adam",
        step=1e6,
        epochs=50,
    )
    assert run.diverged
    assert "Adam moves each weight by about its step" in run.stopped


def test_a_kernel_that_grows_is_said(points, targets):
    """A cubic network: the step is stable at the start and not later."""
    network = TwoLayer(5, 20, "cubic", seed=1, outer_std=0.05, weight_std=0.3)
    start = train(network, points, targets, epochs=1, track="tangent_largest")
    step = 1.9 / float(start.tangent_largest[0])
    run = train(network, points, 100 * targets, step=step, epochs=500)
    assert run.diverged
    assert "so the kernel grew on the way" in run.stopped


def test_an_argument_that_leaves_the_domain_ends_the_run(points, targets):
    """Trained inner weights leave the sphere, where a Wendland function ends."""
    network = TwoLayer(5, 600, "wendland0", law="sphere", seed=1)
    with torch.no_grad():  # one unit as near to the first point as can be
        network.inner.weight[0] = points[0]
    run = train(network, points, 100 * targets, step=10.0, epochs=50)
    assert "left σ's domain" in run.stopped
    assert not run.diverged
    with pytest.raises(OutsideDomainError):
        run.network(2 * points)


def test_converging_above_the_initial_limit_is_let_run(points, targets):
    """A step above 2/λ_max diverges only if the loss says so: here it comes back."""
    network = TwoLayer(5, 400, "tanh", seed=1)
    limit = train(network, points, targets, epochs=1, track="tangent_largest")
    step = 2.2 / float(limit.tangent_largest[0])
    run = train(network, points, targets, step=step, epochs=400)
    assert run.stopped is None
    assert float(run.loss.max()) > float(run.loss[0])
    assert float(run.loss[-1]) < float(run.loss[0])


@pytest.mark.parametrize("every", [1, 2000])
@pytest.mark.parametrize("batch_size", [None, 4])
def test_the_network_that_comes_back_is_finite_and_measured(
    points, targets, batch_size, every
):
    """Whether or not the epochs before the divergence were tracked."""
    run = train(
        TwoLayer(5, 50, "tanh", outer="zeros", trained="outer", seed=1),
        points,
        targets,
        optimizer="gd" if batch_size is None else "sgd",
        batch_size=batch_size,
        step=30.0,
        epochs=1000,
        track_every=every,
    )
    assert run.diverged
    residual = (run.network(points) - targets).detach()
    assert float(residual.square().sum() / 2) == pytest.approx(float(run.loss[-1]))
    if batch_size is None or every == 1:  # else only batches were looked at
        assert float(run.loss[-1]) <= 1e6 * float(run.loss[0])
    assert run.epochs[-1] == run.record.content["epochs_done"]


class OverflowsOnAllPoints(torch.nn.Module):
    """A constant c, whose batches of four are finite where its eight points are not."""

    def __init__(self):
        super().__init__()
        self.constant = torch.nn.Parameter(torch.ones(1, dtype=torch.float64))

    def forward(self, points):
        overflows = (self.constant.detach().abs() > 100) & (len(points) == 8)
        return points * self.constant + torch.where(overflows, torch.inf, 0.0)


def test_a_run_whose_last_epochs_overflow_unseen_ends_at_the_last_measured_one():
    """A step of 3/4 makes c four times larger in each epoch: 64, 256, 1024 at last."""
    ones = torch.ones((8, 1), dtype=torch.float64)
    run = train(
        OverflowsOnAllPoints(),
        ones,
        0 * ones[:, 0],
        optimizer="sgd",
        batch_size=4,
        step=0.75,
        epochs=20,
        track="loss",
        track_every=3,
    )
    assert run.diverged
    assert run.epochs.tolist() == [0, 3]
    assert run.record.content["epochs_done"] == 3
    assert "diverged in epoch 4" in run.stopped
    assert float(run.network.constant.detach().abs()) == 64.0


@pytest.mark.parametrize("settings", [{}, {"optimizer": "sgd", "batch_size": 5}])
def test_a_loss_that_overflows_before_the_first_step_is_not_called_divergence(
    points, targets, settings
):
    """No step has been taken, so no smaller one would help."""
    for given, asked in ((1e160 * targets, 0.1), (1e160 * targets, "best")):
        with pytest.raises(InvalidArgumentError, match="loss at initialization is inf"):
            train(TwoLayer(5, 20), points, given, step=asked, epochs=2, **settings)
