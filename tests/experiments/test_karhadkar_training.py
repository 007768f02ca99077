"""The study of training says what the networks themselves say."""

import numpy as np
import pytest

from widthwise.experiments import CATALOG
from widthwise.experiments.karhadkar._training import _problem, _run

SETTINGS = {"count": 12, "dimension": 2, "widths": 6, "epochs": 40, "looks": 5}


@pytest.fixture(scope="module")
def found():
    return CATALOG["karhadkar_training"].run({**SETTINGS, "trials": 2})


def test_the_ranks_are_those_of_the_jacobians_in_the_trained_weights(found):
    """By the singular values of J built unit by unit, at the same weights."""
    rows = found.content["tables"]["training"]
    for trial in range(2):
        cell = {**SETTINGS, "width": 6, "step": 0.01, "trial": trial}
        points, targets = _problem(cell, 0)
        own = [row for row in rows if row["trial"] == trial]
        x = points.numpy()
        start = None
        states = _run(points, targets, cell, 0)
        for row, state in zip(own, states, strict=True):
            active = x @ state.inner.numpy().T + state.biases.numpy() > 0
            start = active if start is None else start
            columns = [
                active[:, [unit]] * np.c_[x, np.ones(len(x))] for unit in range(6)
            ]
            assert row["rank"] == np.linalg.matrix_rank(np.hstack(columns))
            assert row["changed"] == pytest.approx(float((active != start).mean()))
            assert row["epoch"] == state.epoch


def test_the_looks_are_at_both_ends_and_between(found):
    epochs = [row["epoch"] for row in found.content["tables"]["training"]]
    assert epochs == [0, 10, 20, 30, 40] * 2


def test_the_residual_falls(found):
    rows = found.content["tables"]["training"]
    assert rows[4]["residual"] < rows[0]["residual"]
    assert rows[0]["changed"] == 0.0
