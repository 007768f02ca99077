"""Measuring along a run: each epoch's own state, nothing lost and nothing disturbed."""

import shutil
from contextlib import suppress

import numpy as np
import pytest
import torch
from threadpoolctl import threadpool_info

from widthwise.dynamics import QUANTITIES, InterruptedTraining, train
from widthwise.dynamics.tracking import Tracker, trainee
from widthwise.dynamics.tracking import _two_layer as two_layer
from widthwise.errors import InvalidArgumentError, OutsideDomainError
from widthwise.networks import FullyConnected, TwoLayer

NETWORKS = {
    "two layers": lambda: TwoLayer(5, 60, seed=4),
    "biases": lambda: TwoLayer(5, 60, "tanh", bias_std=0.3, seed=4),
    "mean field": lambda: TwoLayer(5, 60, parametrization="mean_field", seed=4),
    "inner": lambda: TwoLayer(5, 60, trained="inner", outer="signs", seed=4),
    "deep": lambda: FullyConnected(5, 20, "swish", depth=3, bias_std=0.1, seed=4),
}
SGD = {"optimizer": "sgd", "batch_size": 5, "momentum": 0.5}
EVERYTHING = {"track": tuple(QUANTITIES), "epochs": 12}


@pytest.fixture
def targets(points):
    return points[:, 0] + points[:, 1] ** 2


def assert_same(first, second):
    assert first.stopped == second.stopped
    assert first.diverged == second.diverged
    assert torch.equal(first.epochs, second.epochs)
    assert first.measured.keys() == second.measured.keys()
    for name in first.measured:
        assert torch.equal(first.measured[name], second.measured[name]), name
    for a, b in zip(
        first.network.parameters(), second.network.parameters(), strict=True
    ):
        assert torch.equal(a, b)


@pytest.mark.parametrize("settings", [SGD, {}], ids=["batches", "all points"])
@pytest.mark.parametrize("name", NETWORKS)
def test_each_epoch_is_measured_as_a_run_that_ends_there(
    points, targets, name, settings
):
    """The tracker of the start, asked of the network that a shorter run returns."""
    network = NETWORKS[name]()
    run = train(network, points, targets, **EVERYTHING, **settings)
    assert run.epochs.tolist() == list(range(13))
    trained = trainee(network, points, targets, in_place=False)
    again = Tracker(trained, tuple(QUANTITIES))
    for epoch in (1, 5, 12):
        short = train(
            network, points, targets, epochs=epoch, track=(), **settings
        ).network
        trained.model.load_state_dict(short.state_dict())
        with torch.no_grad():
            found = again.measure(trained.outputs(trained.points))
        for quantity, value in found.items():
            # Outputs are summed over blocks here and by PyTorch there.
            torch.testing.assert_close(
                run.measured[quantity][epoch], value, rtol=1e-12, atol=1e-14
            )


@pytest.mark.parametrize("settings", [SGD, {}], ids=["batches", "all points"])
def test_measuring_changes_no_bit_of_the_training(points, targets, settings):
    network = TwoLayer(5, 60, "tanh", seed=1)
    seen = train(network, points, targets, **EVERYTHING, **settings)
    unseen = train(network, points, targets, epochs=12, track=(), **settings)
    pairs = zip(seen.network.parameters(), unseen.network.parameters(), strict=True)
    assert all(torch.equal(a, b) for a, b in pairs)


def test_blocks_that_are_not_kept_give_the_same_bits(points, targets, monkeypatch):
    """Beyond 4 million pairs each question makes its own forward pass."""
    network = TwoLayer(5, 61, "tanh", seed=3, bias_std=0.2)
    monkeypatch.setattr(two_layer, "_COLUMNS", 7)
    kept = train(network, points, targets, **EVERYTHING, **SGD)
    monkeypatch.setattr(two_layer, "_KEPT", 0)
    assert_same(train(network, points, targets, **EVERYTHING, **SGD), kept)


@pytest.mark.parametrize("bad", [1, 3, 12])
def test_what_a_measurement_raises_is_raised_by_train(
    points, targets, monkeypatch, bad
):
    count, measure = [], Tracker.measure

    def failing(self, outputs, units=None):
        count.append(1)
        if len(count) == bad:
            raise InvalidArgumentError("the kernel overflows")
        return measure(self, outputs, units)

    monkeypatch.setattr(Tracker, "measure", failing)
    with pytest.raises(InvalidArgumentError, match="the kernel overflows"):
        train(TwoLayer(5, 60), points, targets, **EVERYTHING, **SGD)
    assert len(count) == bad


@pytest.mark.parametrize("error", [OutsideDomainError, InvalidArgumentError])
def test_a_failed_measurement_leaves_no_checkpoint_with_a_hole(
    points, targets, monkeypatch, tmp_path, error
):
    measure, count = Tracker.measure, []

    def failing(self, outputs, units=None):
        count.append(1)
        if len(count) == 6:
            raise error("the argument 2 is outside")
        return measure(self, outputs, units)

    asked = {**SGD, **EVERYTHING, "step": 0.01, "checkpoint_every": 3}
    folder, network = tmp_path / "run", TwoLayer(5, 60, seed=1)
    whole = train(network, points, targets, **asked, checkpoint=tmp_path / "whole")
    monkeypatch.setattr(Tracker, "measure", failing)
    with suppress(InvalidArgumentError):
        train(network, points, targets, **asked, checkpoint=folder)
    (saved,) = folder.iterdir()
    state = int(saved.name.partition("-")[2])
    with np.load(saved / "arrays.npz") as arrays:
        assert arrays["epochs"].tolist() == list(range(state))
    monkeypatch.setattr(Tracker, "measure", measure)
    assert_same(train(network, points, targets, **asked, checkpoint=folder), whole)


def press_at(epoch):
    def progress(_fraction, text):
        if text.startswith(f"epoch {epoch} "):
            raise KeyboardInterrupt

    return progress


def test_an_interrupt_leaves_a_whole_trajectory(points, targets, tmp_path):
    network = TwoLayer(5, 60, seed=4)
    whole = train(network, points, targets, **EVERYTHING, **SGD)
    saving = {"checkpoint": tmp_path / "run", "checkpoint_every": 2}
    with pytest.raises(InterruptedTraining) as caught:
        train(
            network,
            points,
            targets,
            **EVERYTHING,
            **SGD,
            progress=press_at(7),
            **saving,
        )
    partial = caught.value.partial
    assert partial.epochs.tolist() == list(range(7))
    assert torch.equal(partial.kernel_drift, whole.kernel_drift[:7])
    resumed = train(network, points, targets, **EVERYTHING, **SGD, **saving)
    assert_same(resumed, whole)


def test_an_interrupt_in_the_middle_of_an_epoch_keeps_its_start(
    points, targets, monkeypatch, tmp_path
):
    """Ctrl-C during the second batch of epoch 5."""
    asked = {**SGD, **EVERYTHING, "step": 0.01}
    network = TwoLayer(5, 60, seed=1)
    whole = train(network, points, targets, **asked)
    forward, calls = TwoLayer.forward, []
    measure, measured = Tracker.measure, []

    def noted(self, outputs, units=None):
        measured.append(1)
        return measure(self, outputs, units)

    def pressed(self, given):
        calls.append(len(measured))
        if calls.count(6) == 2:  # epochs 0 to 5 have been measured
            raise KeyboardInterrupt
        return forward(self, given)

    monkeypatch.setattr(Tracker, "measure", noted)
    monkeypatch.setattr(TwoLayer, "forward", pressed)
    folder = tmp_path / "run"
    with pytest.raises(InterruptedTraining) as caught:
        train(network, points, targets, **asked, checkpoint=folder)
    assert caught.value.partial.epochs.tolist() == list(range(6))
    monkeypatch.setattr(TwoLayer, "forward", forward)
    assert_same(train(network, points, targets, **asked, checkpoint=folder), whole)
    shutil.rmtree(folder)


@pytest.mark.parametrize("step", [0.5, 30.0, 1e3, 1e300])
def test_a_run_that_diverges_is_whole_up_to_there(points, targets, step):
    """Whatever diverges, what was recorded is finite and is a shorter run's."""
    for name in ("relu", "tanh"):
        network = TwoLayer(5, 60, name, seed=1)
        asked = {**SGD, "track": tuple(QUANTITIES), "step": step}
        run = train(network, points, targets, **asked, epochs=15)
        assert run.diverged or step < 1e3
        assert all(each.isfinite().all() for each in run.network.parameters())
        last = int(run.epochs[-1])
        assert run.epochs.tolist() == list(range(last + 1))
        if last:
            short = train(network, points, targets, **asked, epochs=last)
            assert torch.equal(short.loss, run.loss)


def test_a_state_that_is_bad_at_the_start_of_an_epoch_is_not_kept(
    points, targets, monkeypatch
):
    """No batch says so: only the loss over all points is beyond the limit."""
    outputs, calls = two_layer.Units.outputs, []

    def spoiled(self):
        calls.append(1)
        found = outputs(self)
        return found * 1e9 if len(calls) == 6 else found  # one before the first epoch

    monkeypatch.setattr(two_layer.Units, "outputs", spoiled)
    asked = {**SGD, "track": tuple(QUANTITIES), "step": 0.01}
    run = train(TwoLayer(5, 60, seed=1), points, targets, **asked)
    assert run.diverged
    assert "diverged in epoch 4" in run.stopped
    assert run.epochs.tolist() == [0, 1, 2, 3]
    monkeypatch.undo()
    good = train(TwoLayer(5, 60, seed=1), points, targets, **asked, epochs=3)
    pairs = zip(run.network.parameters(), good.network.parameters(), strict=True)
    assert all(torch.equal(a, b) for a, b in pairs)


def test_a_tolerance_is_met_in_the_same_epoch_with_checkpoints(
    points, targets, tmp_path
):
    network = TwoLayer(5, 60, seed=1)
    asked = {**SGD, **EVERYTHING, "step": 0.05, "tolerance": 0.35, "epochs": 400}
    run = train(network, points, targets, **asked)
    assert "relative residual" in run.stopped
    assert float(run.residual[-1]) <= 0.35 < float(run.residual[-2])
    saved = train(
        network, points, targets, **asked, checkpoint=tmp_path, checkpoint_every=3
    )
    assert_same(saved, run)


def test_an_argument_outside_the_domain_ends_a_resumed_run_the_same(
    points, targets, tmp_path
):
    unit = torch.nn.functional.normalize(points)
    network = TwoLayer(5, 30, "wendland0", law="sphere", seed=1)
    with torch.no_grad():  # one unit as near to the first point as can be
        network.inner.weight[0] = unit[0]
    # That unit's slope is infinite, so its kernel is not asked for.
    track = ("loss", "condition_number", "distance", "outputs")
    asked = {**SGD, "step": 0.02, "epochs": 60, "track": track}
    run = train(network, unit, 100 * targets, **asked)
    assert "left σ's domain" in run.stopped
    saving = {"checkpoint": tmp_path / "run", "checkpoint_every": 1}
    for _ in range(2):  # the second time it goes on from what was saved
        again = train(network, unit, 100 * targets, **asked, **saving)
        assert_same(again, run)


def test_thread_counts_are_put_back(points, targets):
    def counts():
        found = {each["filepath"]: each["num_threads"] for each in threadpool_info()}
        return found, torch.get_num_threads()

    train(TwoLayer(5, 60), points, targets, **EVERYTHING, **SGD)  # loads libraries
    before = counts()
    train(TwoLayer(5, 60), points, targets, **EVERYTHING, **SGD)
    assert counts() == before
