"""A loss that the second thread finds ends a run as if it had been known at once."""

import shutil
from contextlib import suppress

import numpy as np
import pytest
import torch

from widthwise.dynamics import QUANTITIES, InterruptedTraining, _tracker_thread, train
from widthwise.dynamics.tracking._tracker import Tracker
from widthwise.errors import InvalidArgumentError, OutsideDomainError
from widthwise.networks import TwoLayer

SGD = {"optimizer": "sgd", "batch_size": 5, "momentum": 0.5}
ALL = {"track": tuple(QUANTITIES)}


@pytest.fixture
def targets(points):
    return points[:, 0] + points[:, 1] ** 2


@pytest.fixture(autouse=True)
def spare_cores(monkeypatch):
    """Whatever the machine, there is a core to measure on."""
    monkeypatch.setattr(_tracker_thread, "_cores", lambda: 64)


@pytest.fixture
def unseen(monkeypatch):
    """Let the second thread be idle at each epoch; return the epochs it was given."""
    found, kind = [], _tracker_thread.Measurements
    add, is_idle = kind.add_unseen, kind.is_idle

    def noted(self, epoch, limit):
        found.append(epoch)
        add(self, epoch, limit)

    def awaited(self):
        if self._pool is not None:
            self.finish()
        return is_idle(self)

    monkeypatch.setattr(kind, "add_unseen", noted)
    monkeypatch.setattr(kind, "is_idle", awaited)
    return found


def assert_same(first, second):
    assert first.stopped == second.stopped
    assert first.diverged == second.diverged
    assert torch.equal(first.epochs, second.epochs)
    for name in first.measured:
        assert torch.equal(first.measured[name], second.measured[name]), name
    for a, b in zip(
        first.network.parameters(), second.network.parameters(), strict=True
    ):
        assert torch.equal(a, b)


def both(network, points, targets, **settings):
    asked = {**SGD, **ALL, **settings}
    return [
        train(network, points, targets, **asked, background=each)
        for each in (False, True)
    ]


@pytest.mark.parametrize("step", [0.5, 30.0, 1e3, 1e300])
def test_divergence_is_found_in_the_same_epoch(points, targets, unseen, step):
    for name in ("relu", "tanh"):
        runs = both(
            TwoLayer(5, 60, name, seed=1), points, targets, step=step, epochs=15
        )
        assert_same(*runs)
        assert all(each.isfinite().all() for each in runs[1].network.parameters())
    assert unseen
    assert runs[0].diverged or step < 1e3


def test_a_state_that_is_bad_at_the_start_of_an_epoch_is_not_kept(
    points, targets, unseen, monkeypatch
):
    """No batch says so: only the loss over all points is beyond the limit."""
    measured = Tracker.outputs

    def outputs(self):
        found = measured(self)
        return found * 1e9 if unseen[-1:] == [4] else found

    monkeypatch.setattr(Tracker, "outputs", outputs)
    run = train(TwoLayer(5, 60, seed=1), points, targets, **SGD, **ALL, step=0.01)
    assert run.diverged
    assert "diverged in epoch 4" in run.stopped
    assert run.epochs.tolist() == [0, 1, 2, 3]
    monkeypatch.undo()
    monkeypatch.setattr(_tracker_thread, "_cores", lambda: 64)
    good = train(
        TwoLayer(5, 60, seed=1), points, targets, **SGD, **ALL, step=0.01, epochs=3
    )
    pairs = zip(run.network.parameters(), good.network.parameters(), strict=True)
    assert all(torch.equal(a, b) for a, b in pairs)


def test_the_tolerance_is_met_in_the_same_epoch(points, targets, unseen, tmp_path):
    network = TwoLayer(5, 60, seed=1)
    for tolerance in (0.9, 0.5, 0.35):
        runs = both(
            network, points, targets, step=0.05, tolerance=tolerance, epochs=400
        )
        assert_same(*runs)
        assert "relative residual" in runs[0].stopped
    saved = [
        train(
            network,
            points,
            targets,
            **SGD,
            **ALL,
            step=0.05,
            tolerance=0.35,
            epochs=400,
            background=each,
            checkpoint=tmp_path / str(each),
            checkpoint_every=3,
        )
        for each in (False, True)
    ]
    assert_same(*saved)
    assert_same(saved[1], runs[1])
    folders = [sorted((tmp_path / str(each)).iterdir()) for each in (False, True)]
    assert [each.name for each in folders[0]] == [each.name for each in folders[1]]
    assert unseen


def leaving_the_domain(points):
    network = TwoLayer(5, 30, "wendland0", law="sphere", seed=1)
    with torch.no_grad():  # one unit as near to the first point as can be
        network.inner.weight[0] = points[0]
    return network


def test_an_argument_outside_the_domain_ends_the_same_run(
    points, targets, unseen, tmp_path
):
    unit = torch.nn.functional.normalize(points)
    network = leaving_the_domain(unit)
    # That unit's slope is infinite, so its kernel is not asked for.
    asked = ("loss", "condition_number", "distance", "outputs")
    settings = {"step": 0.02, "epochs": 60, "track": asked}
    runs = both(network, unit, 100 * targets, **settings)
    assert "left σ's domain" in runs[0].stopped
    assert_same(*runs)
    folder = tmp_path / "run"
    for _ in range(2):  # the second time it goes on from what was saved
        again = train(
            network,
            unit,
            100 * targets,
            **SGD,
            **settings,
            checkpoint=folder,
            checkpoint_every=1,
        )
        assert_same(again, runs[0])
    assert unseen


@pytest.mark.parametrize("error", [OutsideDomainError, InvalidArgumentError])
def test_a_failed_measurement_leaves_no_checkpoint_with_a_hole(
    points, targets, monkeypatch, tmp_path, error
):
    measure, count = Tracker.measure, []

    def failing(self, outputs):
        count.append(1)
        if len(count) == 6:
            raise error("the argument 2 is outside")
        return measure(self, outputs)

    asked = {**SGD, **ALL, "step": 0.01, "epochs": 12, "checkpoint_every": 3}
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


def test_an_interrupt_in_the_middle_of_an_epoch_keeps_its_start(
    points, targets, monkeypatch, tmp_path, unseen
):
    """Ctrl-C during a batch of epoch 5, whose loss nobody has looked at yet."""
    asked = {**SGD, **ALL, "step": 0.01, "epochs": 12}
    network = TwoLayer(5, 60, seed=1)
    whole = train(network, points, targets, **asked)
    forward, calls = TwoLayer.forward, []

    def pressed(self, given):
        calls.append(unseen[-1:])
        if calls.count([5]) == 2:
            raise KeyboardInterrupt
        return forward(self, given)

    unseen.clear()
    monkeypatch.setattr(TwoLayer, "forward", pressed)
    folder = tmp_path / "run"
    with pytest.raises(InterruptedTraining) as caught:
        train(network, points, targets, **asked, checkpoint=folder)
    assert caught.value.partial.epochs.tolist() == list(range(6))
    monkeypatch.setattr(TwoLayer, "forward", forward)
    assert_same(train(network, points, targets, **asked, checkpoint=folder), whole)
    shutil.rmtree(folder)
