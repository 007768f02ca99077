"""Measuring beside the training: the same bits, and nothing lost."""

import threading

import pytest
import torch
from threadpoolctl import threadpool_info

from widthwise.activations import from_callable
from widthwise.dynamics import (
    QUANTITIES,
    InterruptedTraining,
    _tracker_thread,
    train,
)
from widthwise.dynamics.tracking._tracker import Tracker
from widthwise.errors import InvalidArgumentError
from widthwise.networks import FullyConnected, TwoLayer

NAME = "widthwise-tracker"
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


@pytest.fixture(autouse=True)
def spare_cores(monkeypatch):
    """Whatever the machine, there is a core to measure on."""
    monkeypatch.setattr(_tracker_thread, "_cores", lambda: 64)


@pytest.fixture
def places(monkeypatch):
    """Names of the threads in which was measured."""
    found, measure = set(), Tracker.measure

    def spied(self, outputs):
        found.add(threading.current_thread().name.split("_")[0])
        return measure(self, outputs)

    monkeypatch.setattr(Tracker, "measure", spied)
    return found


def assert_same(first, second):
    assert torch.equal(first.epochs, second.epochs)
    assert first.measured.keys() == second.measured.keys()
    for name in first.measured:
        assert torch.equal(first.measured[name], second.measured[name]), name
    for a, b in zip(
        first.network.parameters(), second.network.parameters(), strict=True
    ):
        assert torch.equal(a, b)


def assert_thread_is_gone():
    assert not [each for each in threading.enumerate() if NAME in each.name]


@pytest.mark.parametrize("settings", [SGD, {}], ids=["batches", "all points"])
@pytest.mark.parametrize("name", NETWORKS)
def test_the_bits_are_those_of_the_foreground(points, targets, places, name, settings):
    network = NETWORKS[name]()
    first = train(network, points, targets, **EVERYTHING, **settings, background=False)
    assert places == {"MainThread"}
    places.clear()
    beside = train(network, points, targets, **EVERYTHING, **settings)
    assert NAME in places
    assert beside.epochs.tolist() == list(range(13))
    assert_same(beside, first)
    assert_thread_is_gone()


def test_divergence_and_tolerance_end_the_same_run(points, targets):
    cases = [
        {**SGD, "step": 1e3, "track_every": 3},
        {"tolerance": 0.3, "epochs": 400},
        {**SGD, "tolerance": 0.5, "epochs": 400, "step": 0.05},
    ]
    for settings in cases:
        asked = {**EVERYTHING, **settings}
        network = TwoLayer(5, 60, "tanh", seed=1)
        first, beside = (
            train(network, points, targets, **asked, background=each)
            for each in (False, True)
        )
        assert first.stopped is not None
        assert beside.stopped == first.stopped
        assert beside.diverged == first.diverged
        assert_same(beside, first)


@pytest.mark.parametrize("bad", [1, 3, 12])
def test_what_a_measurement_raises_is_raised_by_train(
    points, targets, monkeypatch, bad
):
    count, measure = [], Tracker.measure

    def failing(self, outputs):
        count.append(1)
        if len(count) == bad:
            raise InvalidArgumentError("the kernel overflows")
        return measure(self, outputs)

    monkeypatch.setattr(Tracker, "measure", failing)
    with pytest.raises(InvalidArgumentError, match="the kernel overflows"):
        train(TwoLayer(5, 60), points, targets, **EVERYTHING, **SGD)
    # At most the snapshots that had been waiting were still measured.
    assert len(count) <= bad + 3
    assert_thread_is_gone()


def press_at(epoch):
    def progress(_fraction, text):
        if text.startswith(f"epoch {epoch} "):
            raise KeyboardInterrupt

    return progress


def test_an_interrupt_leaves_a_whole_trajectory(points, targets, tmp_path):
    network = TwoLayer(5, 60, seed=4)
    whole = train(network, points, targets, **EVERYTHING, **SGD, background=False)
    found = []
    for background in (False, True):
        with pytest.raises(InterruptedTraining) as caught:
            train(
                network,
                points,
                targets,
                **EVERYTHING,
                **SGD,
                background=background,
                progress=press_at(7),
                checkpoint=tmp_path / str(background),
                checkpoint_every=2,
            )
        found.append(caught.value.partial)
        assert_thread_is_gone()
    assert_same(*found)
    assert found[1].epochs.tolist() == list(range(7))
    # Resumed either way, whichever way it began.
    for started in (False, True):
        folder = tmp_path / str(started)
        resumed = train(
            network,
            points,
            targets,
            **EVERYTHING,
            **SGD,
            background=not started,
            checkpoint=folder,
            checkpoint_every=2,
        )
        assert_same(resumed, whole)


def test_an_interrupt_while_the_training_waits_loses_nothing(
    points, targets, monkeypatch
):
    """The queue is full, and Ctrl-C comes while the oldest result is awaited."""
    collect, calls = _tracker_thread.Measurements._collect, []

    def pressed(self):
        calls.append(len(self._pending))
        if len(calls) == 2:
            raise KeyboardInterrupt
        collect(self)

    monkeypatch.setattr(_tracker_thread.Measurements, "_collect", pressed)
    with pytest.raises(InterruptedTraining) as caught:
        train(TwoLayer(5, 60), points, targets, **EVERYTHING, **SGD)
    partial = caught.value.partial
    count = len(partial.epochs)
    assert partial.epochs.tolist() == list(range(count))
    assert count >= 2
    whole = train(TwoLayer(5, 60), points, targets, **EVERYTHING, **SGD)
    assert torch.equal(partial.kernel_drift, whole.kernel_drift[:count])


def test_at_most_three_copies_are_kept(points, targets, monkeypatch):
    """The second thread waits for the end; the training's own measures the rest."""
    copies, is_over = [], threading.Event()
    measure, kind = Tracker.measure, _tracker_thread.Measurements

    def slow(self, outputs):
        if threading.current_thread() is not threading.main_thread():
            assert is_over.wait(timeout=60)
        return measure(self, outputs)

    def counting(add):
        def counted(self, *given):
            add(self, *given)
            copies.append(self._copies())

        return counted

    def progress(fraction, _text):
        if fraction == 1.0:
            is_over.set()

    monkeypatch.setattr(Tracker, "measure", slow)
    for name in ("add", "add_unseen"):
        monkeypatch.setattr(kind, name, counting(getattr(kind, name)))
    run = train(
        TwoLayer(5, 60), points, targets, **EVERYTHING, **SGD, progress=progress
    )
    assert copies[:12] == [1, 2] + 10 * [3]
    assert run.epochs.tolist() == list(range(13))


class Own(TwoLayer):
    """A caller's subclass."""


def test_code_that_is_not_ours_stays_in_its_thread(points, targets, places):
    module = torch.nn.Sequential(torch.nn.Linear(5, 9), torch.nn.Tanh())
    module.append(torch.nn.Linear(9, 1))
    custom = from_callable(torch.tanh, name="mine")
    for network in (module.double(), TwoLayer(5, 20, custom), Own(5, 20)):
        train(network, points, targets, step=0.01, epochs=2, track="condition_number")
    assert places == {"MainThread"}


def test_cheap_quantities_and_a_single_core_need_no_thread(
    points, targets, places, monkeypatch
):
    train(TwoLayer(5, 20), points, targets, epochs=2, track=("loss", "distance"))
    monkeypatch.setattr(_tracker_thread, "_cores", lambda: 1)
    train(TwoLayer(5, 20), points, targets, **EVERYTHING, **SGD)
    assert places == {"MainThread"}


def test_thread_counts_are_put_back(points, targets):
    def counts():
        found = {each["filepath"]: each["num_threads"] for each in threadpool_info()}
        return found, torch.get_num_threads()

    before = counts()
    train(TwoLayer(5, 60), points, targets, **EVERYTHING, **SGD)
    assert counts() == before
