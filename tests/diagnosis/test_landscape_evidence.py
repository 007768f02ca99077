"""A diagnosis has a short look at the landscape of activations of two slopes."""

import json

import numpy as np
import pytest
import torch

import widthwise as ww
from widthwise.diagnosis import ActivationKnobs
from widthwise.diagnosis.activations import _evidence
from widthwise.diagnosis.activations._landscape import short_landscape
from widthwise.diagnosis.activations._settings import resolve_settings
from widthwise.diagnosis.activations._studied_rows import StudiedRows

ROWS, INPUTS = 16, 4


@pytest.fixture(scope="module")
def points():
    rows = np.random.default_rng(0).normal(size=(ROWS, INPUTS))
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def evidence(points, activation, law="sphere", seed=0):
    asked = ActivationKnobs(
        activations=[activation], law=law, widths=[40], trials=2, seed=seed
    )
    settings = resolve_settings(asked, points_count=len(points), dimension=INPUTS)
    rows = torch.from_numpy(points)
    table = StudiedRows(rows, None, rows, None, tuple(range(len(points))))
    return short_landscape(table, settings.activations[0], settings)


@pytest.mark.parametrize(
    ("activation", "law"),
    [
        ("relu", "sphere"),
        ("leaky_relu", "gaussian"),
        ("abs", "sphere"),
        ("hard_tanh", "gaussian"),
    ],
)
def test_activations_of_two_slopes_have_one(points, activation, law):
    found = evidence(points, activation, law=law)
    assert found.necessary_width == 4  # 16 rows, 4 inputs
    assert list(found.widths) == sorted(found.widths)
    assert found.estimate[-1] == 1.0
    assert len(found.widths) == len(found.low) == len(found.high)
    for low, estimate, high in zip(found.low, found.estimate, found.high, strict=True):
        assert low <= estimate <= high


def test_hard_tanh_is_linear_on_the_sphere_so_no_width_is_enough(points):
    found = evidence(points, "hard_tanh")
    assert not any(found.estimate)
    assert found.threshold is None


@pytest.mark.parametrize("activation", ["swish", "step", "wendland0", "tanh"])
def test_the_others_have_none(points, activation):
    assert evidence(points, activation) is None


def test_repeated_rows_and_large_tables_have_none(points):
    repeated = np.vstack([points, points[3]])
    assert evidence(repeated, "relu") is None
    many = np.random.default_rng(0).normal(size=(1001, INPUTS))
    assert evidence(many, "relu") is None


def test_it_holds_of_networks_of_the_same_law_drawn_by_hand(points):
    found = evidence(points, "relu", seed=1)
    generator = np.random.default_rng(5)
    for width, low, high in zip(found.widths, found.low, found.high, strict=True):
        full = 0
        for _ in range(60):
            weights = generator.standard_normal((width, INPUTS))
            pattern = ww.landscape.activation_pattern(points, weights)
            full += ww.landscape.jacobian_rank(pattern, points) == ROWS
        # 0.17 is three standard deviations of a proportion of 60 and more.
        assert low - 0.17 <= full / 60 <= high + 0.17, width


def test_it_changes_no_other_number(points, monkeypatch):
    def content():
        run = ww.diagnose(points[:6], activations="relu", widths=[9], trials=1)
        found = json.loads(run.to_json())
        for name in ("created", "environment"):
            del found[name]
        for each in found["activations"]:
            del each["seconds"], each["landscape"]
            for training in (each["training"], each["training_at_width"]):
                training and training.pop("solve_seconds", None)
        return found, run.record.arrays

    with_it, arrays = content()
    monkeypatch.setattr(_evidence, "short_landscape", lambda *_given: None)
    without, others = content()
    assert with_it == without
    assert arrays.keys() == others.keys()
    assert all(np.array_equal(arrays[name], others[name]) for name in arrays)
