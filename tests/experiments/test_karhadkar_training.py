"""The study of training says what the networks themselves say."""

import numpy as np
import pytest

from widthwise.experiments import CATALOG
from widthwise.experiments.karhadkar._training import _problem, _run

SETTINGS = {
    "count": 12,
    "dimension": 2,
    "widths": 6,
    "outer": "frozen",
    "epochs": 40,
    "looks": 5,
}


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


def test_frozen_outer_weights_stay_and_trained_ones_move():
    for outer, moves in (("frozen", False), ("trained", True)):
        cell = {**SETTINGS, "outer": outer, "width": 6, "step": 0.01, "trial": 0}
        first, *_, last = _run(*_problem(cell, 0), cell, 0)
        assert bool((first.outer != last.outer).any()) == moves


def test_the_target_has_no_cross_terms():
    """Its second difference over two coordinates is zero: f(x+a+b) - f(x+a) - ..."""
    cell = {**SETTINGS, "count": 4000, "width": 6, "trial": 0}
    points, targets = (each.numpy() for each in _problem(cell, 0))
    columns = np.c_[np.ones(len(points)), points, points**2]
    fit, *_ = np.linalg.lstsq(columns, targets, rcond=None)
    np.testing.assert_allclose(columns @ fit, targets, atol=1e-12)
    np.testing.assert_allclose(fit[1], fit[2], atol=1e-12)  # one polynomial for all
    np.testing.assert_allclose(fit[3], fit[4], atol=1e-12)
