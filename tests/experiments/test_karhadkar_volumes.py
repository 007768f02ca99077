"""Volumes and deep networks: ranks by another route, and claims on planted tables."""

import numpy as np
import pytest
import torch

from widthwise.experiments import CATALOG
from widthwise.experiments.karhadkar._volume_claims import findings


def test_the_last_layer_s_jacobian_is_that_of_autograd():
    """Ranks of one network, its layers drawn again and differentiated."""
    from widthwise.seeds import stream

    cell = {
        "kind": "deep",
        "n": 6,
        "d0": 3,
        "before": 4,
        "depth": 2,
        "width": 2,
        "first": 0,
    }
    found = CATALOG["karhadkar_volumes"].measure(cell, 0, lambda *_: None)
    points = stream(0, "karhadkar_volumes/deep/6").standard_normal((6, 3))
    for trial in range(5):
        drawn = stream(0, "karhadkar_volumes/deep/6/2/2", trial)
        first = drawn.standard_normal((3, 4)) * np.sqrt(2 / 3)
        before = torch.from_numpy(np.maximum(points @ first, 0))
        weights = torch.from_numpy(drawn.standard_normal((4, 2)))
        outer = torch.from_numpy(drawn.standard_normal(2))
        jacobian = torch.autograd.functional.jacobian(
            lambda w, x=before, v=outer: torch.relu(x @ w) @ v, weights
        )
        rank = int(torch.linalg.matrix_rank(jacobian.reshape(6, -1)))
        assert found["jacobian ranks"][trial] == rank


@pytest.mark.parametrize(
    ("law", "verdict"), [(lambda n: 3 + 0.5 * n, "holds"), (lambda n: n**2, "fails")]
)
def test_thresholds_of_a_planted_law_are_judged_by_it(law, verdict):
    thresholds = [
        {"group": "d0 = 2", "n": n, "threshold": law(n), "standard error": 0.01}
        for n in (8, 12, 16, 24, 32, 48)
    ]
    tables = {"thresholds": thresholds, "deep": [], "certified": []}
    found = {each.name: each.verdict for each in findings(tables)}
    assert found["volume_needs_n_over_d0"] == verdict


def test_a_deficient_network_with_independent_columns_would_be_told():
    deep = {
        "group": "2 hidden layers",
        "n": 6,
        "width": 96,
        "full": 90,
        "trials": 100,
        "independent": 95,
        "independent, alive, not full": 1,
    }
    tables = {"thresholds": [], "deep": [deep], "certified": []}
    found = {each.name: each.verdict for each in findings(tables)}
    assert found["independent_columns_suffice"] == "fails"
    assert found["last_layer_of_order_n"] == "not decided"
