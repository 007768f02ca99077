import json
import shutil

import numpy as np
import pytest
import torch

from widthwise.dynamics import InterruptedTraining, train
from widthwise.errors import DataError, InvalidArgumentError
from widthwise.networks import FullyConnected, TwoLayer

SETTINGS = {
    "gd": {"optimizer": "gd"},
    "sgd": {"optimizer": "sgd", "batch_size": 5, "momentum": 0.5, "decay": 0.99},
    "nesterov": {"optimizer": "nesterov", "weight_decay": 1e-3},
    "adam": {"optimizer": "adam", "step": 0.01, "batch_size": 4},
}
TRACK = ("loss", "condition_number", "tangent_smallest", "kernel_drift", "distance")


@pytest.fixture
def targets(points):
    return points[:, 0] + points[:, 1] ** 2


def network():
    return TwoLayer(5, 30, "tanh", seed=4)


def press_at(epoch):
    """Return a progress callback during which Ctrl-C is pressed."""

    def progress(_fraction, text):
        if text.startswith(f"epoch {epoch} "):
            raise KeyboardInterrupt

    return progress


def assert_same(first, second):
    assert torch.equal(first.epochs, second.epochs)
    for name in first.measured:
        assert torch.equal(first.measured[name], second.measured[name]), name
    for a, b in zip(
        first.network.parameters(), second.network.parameters(), strict=True
    ):
        assert torch.equal(a, b)


@pytest.mark.parametrize("name", SETTINGS)
def test_an_interrupted_run_resumes_with_the_same_bits(points, targets, tmp_path, name):
    settings = {**SETTINGS[name], "epochs": 23, "track": TRACK, "track_every": 2}
    whole = train(network(), points, targets, **settings)
    folder = tmp_path / "run"
    with pytest.raises(InterruptedTraining, match="of 23 epochs") as caught:
        train(
            network(),
            points,
            targets,
            **settings,
            checkpoint=folder,
            checkpoint_every=4,
            progress=press_at(10),
        )
    partial = caught.value.partial
    assert partial.epochs[-1] >= 8
    assert "interrupted after 9 of 23 epochs" in partial.stopped
    count = len(partial.epochs)
    assert torch.equal(partial.loss, whole.loss[:count])
    resumed = train(network(), points, targets, **settings, checkpoint=folder)
    assert resumed.stopped is None
    assert_same(resumed, whole)


def test_a_killed_run_resumes_from_the_last_save(points, targets, tmp_path):
    """As if killed: the newest folder is incomplete, and the one before is whole."""
    settings = {"epochs": 12, "track": TRACK, "checkpoint": tmp_path / "run"}
    whole = train(network(), points, targets, epochs=12, track=TRACK)
    with pytest.raises(InterruptedTraining):
        train(network(), points, targets, **settings, progress=press_at(6))
    (saved,) = (tmp_path / "run").iterdir()
    torn = tmp_path / "run" / "epoch-000000009"
    torn.mkdir()
    shutil.copy(saved / "arrays.npz", torn)
    assert_same(train(network(), points, targets, **settings), whole)


def test_a_finished_run_is_not_run_again_and_can_go_on(points, targets, tmp_path):
    settings = {"track": TRACK, "checkpoint": tmp_path}
    first = train(network(), points, targets, epochs=6, **settings)
    told = []
    again = train(
        network(),
        points,
        targets,
        epochs=6,
        **settings,
        progress=lambda *each: told.append(each),
    )
    assert not told
    assert_same(again, first)
    longer = train(network(), points, targets, epochs=9, **settings)
    assert_same(longer, train(network(), points, targets, epochs=9, track=TRACK))
    with pytest.raises(InvalidArgumentError, match="Ask for at least 9"):
        train(network(), points, targets, epochs=6, **settings)


def test_only_the_newest_checkpoint_is_kept(points, targets, tmp_path):
    train(
        FullyConnected(5, 8, seed=1),
        points,
        targets,
        epochs=7,
        checkpoint=tmp_path,
        checkpoint_every=2,
    )
    assert [each.name for each in tmp_path.iterdir()] == ["epoch-000000007"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"step": 0.01}, "differs in step: 'best' there, 0.01 here"),
        ({"optimizer": "momentum"}, "differs in optimizer"),
        ({"seed": 3}, "differs in seed"),
        ({"track": "loss"}, "differs in track"),
    ],
    ids=["step", "optimizer", "seed", "track"],
)
def test_a_checkpoint_of_other_settings_is_refused(
    points, targets, tmp_path, change, said
):
    settings = {"epochs": 3, "track": TRACK, "checkpoint": tmp_path}
    train(network(), points, targets, **settings)
    with pytest.raises(DataError, match=said):
        train(network(), points, targets, **{**settings, **change})


def test_a_checkpoint_of_other_data_or_weights_is_refused(points, targets, tmp_path):
    settings = {"epochs": 3, "checkpoint": tmp_path}
    train(network(), points, targets, **settings)
    with pytest.raises(DataError, match="differs in targets"):
        train(network(), points, targets + 1e-12, **settings)
    with pytest.raises(DataError, match="differs in points"):
        train(network(), points * 2, targets, **settings)
    with pytest.raises(DataError, match="differs in initial parameters"):
        train(TwoLayer(5, 30, "tanh", seed=5), points, targets, **settings)


def test_a_damaged_checkpoint_is_refused(points, targets, tmp_path):
    train(network(), points, targets, epochs=3, checkpoint=tmp_path)
    (saved,) = tmp_path.iterdir()
    with np.load(saved / "arrays.npz") as stored:
        arrays = {name: stored[name].copy() for name in stored.files}
    arrays["state/parameters/outer.weight"][3] += 1e-9
    np.savez(saved / "arrays.npz", **arrays)
    with pytest.raises(DataError, match="not as one run wrote them"):
        train(network(), points, targets, epochs=3, checkpoint=tmp_path)
    (saved / "arrays.npz").write_bytes(b"garbage")
    with pytest.raises(DataError, match="is damaged"):
        train(network(), points, targets, epochs=3, checkpoint=tmp_path)


def test_foreign_folders_are_refused_and_left_alone(points, targets, tmp_path):
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(DataError, match=r"thesis\.tex, which is no checkpoint"):
        train(network(), points, targets, epochs=3, checkpoint=tmp_path)
    assert (tmp_path / "thesis.tex").read_text() == "years of work"
    with pytest.raises(DataError, match="is a file"):
        train(network(), points, targets, epochs=3, checkpoint=tmp_path / "thesis.tex")
    folder = tmp_path / "run" / "epoch-000000001"
    folder.mkdir(parents=True)
    (folder / "record.json").write_text(json.dumps({"schema": 1, "kind": "diagnosis"}))
    np.savez(folder / "arrays.npz", a=np.zeros(1))
    with pytest.raises(DataError, match="it is a diagnosis"):
        train(network(), points, targets, epochs=3, checkpoint=tmp_path / "run")


def test_an_interrupt_without_a_folder_keeps_the_trajectory(points, targets):
    with pytest.raises(InterruptedTraining) as caught:
        train(network(), points, targets, epochs=9, track=TRACK, progress=press_at(4))
    partial = caught.value.partial
    # The network is as after the last whole epoch that was kept.
    done = partial.record.content["epochs_done"]
    whole = train(network(), points, targets, epochs=done, track=TRACK)
    assert torch.equal(partial.network.inner.weight, whole.network.inner.weight)
