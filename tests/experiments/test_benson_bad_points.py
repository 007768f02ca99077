"""The residual bound of the bad points by hand, and by least squares on features."""

import math

import numpy as np
import pytest
import torch

from widthwise.experiments import CATALOG
from widthwise.experiments.benson._bad_points import _problem

STUDY = CATALOG["benson_bad_points"]
CELL = {"uniform": 20, "dimension": 5, "trial": 0, "labels": "met", "bias": False}


def opposite_rows(points):
    """Return the pairs of rows that are each other's opposite."""
    cosines = points @ points.T
    return [
        (i, j)
        for i in range(len(points))
        for j in range(i)
        if cosines[i, j] < -1 + 1e-12
    ]


def test_labels_that_meet_the_null_vector_have_the_bound_one_over_root_two():
    points, targets, bound = _problem(CELL, 0)
    pairs = opposite_rows(points.numpy())
    assert len(pairs) == 4
    # z is ±1 on a pair, with signs that make Σ a_i q_i = 0 for the four directions.
    directions = np.array([points[i].numpy() for i, _ in pairs])
    _, sizes, right = np.linalg.svd(directions.T)
    assert sizes[3:].max(initial=0.0) < 1e-12
    a = right[-1]
    z = np.zeros(len(points))
    for (i, j), size in zip(pairs, a, strict=True):
        z[i], z[j] = size, -size
    assert bound == pytest.approx(abs(z @ targets.numpy()) / np.linalg.norm(z))
    assert bound == pytest.approx(math.sqrt(0.5), rel=1e-14)


def test_equal_labels_have_the_bound_zero():
    assert _problem({**CELL, "labels": "equal"}, 0)[2] == pytest.approx(0.0, abs=1e-12)


def test_wide_features_of_relu_come_to_the_bound_and_no_further():
    points, targets, bound = _problem(CELL, 0)
    weights = np.random.default_rng(0).standard_normal((3000, 5))
    phi = np.maximum(points.numpy() @ weights.T, 0.0)
    y = targets.numpy()
    v = np.linalg.lstsq(phi, y, rcond=1e-12)[0]
    assert np.linalg.norm(phi @ v - y) == pytest.approx(bound, rel=1e-6)


def test_the_bias_leaves_no_opposite_rows_on_the_sphere():
    points, _, _ = _problem({**CELL, "bias": True}, 0)
    norms = torch.linalg.vector_norm(points, dim=1)
    assert torch.allclose(norms, torch.ones_like(norms))
    assert not opposite_rows(points.numpy())


def test_a_run_below_the_bound_fails_the_claim():
    settings = STUDY.resolved(quick=True)
    cells = STUDY.cells(settings)
    fake = {"bound": 0.5**0.5, "steps": [0, 1], "residuals": [2.0, 0.6], "least": 0.6}
    record = STUDY.record(settings, 0, cells, [fake] * len(cells))
    said = {each["name"]: each["verdict"] for each in record.content["findings"]}
    assert said["residual_stays_above_the_bound"] == "fails"
    assert said["swish_stops_there_too"] == "fails"
    assert said["elu_fits_without_a_bias"] == "holds"
    assert said["the_papers_labels_are_fitted"] == "fails"  # its bound is not zero
