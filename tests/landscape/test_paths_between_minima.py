"""Losses along paths against dense sampling, and paths that must exist."""

import itertools

import numpy as np
import pytest

from widthwise.errors import DataError, InvalidArgumentError
from widthwise.landscape import (
    activation_pattern,
    descend_and_classify,
    path_between_minima,
    region_minimum,
)


def minima(seed, n, d0, d1):
    """Draw data and two global minima reached from two starts."""
    rng = np.random.default_rng(seed)
    points, targets = rng.uniform(-1, 1, (n, d0)), rng.uniform(-1, 1, n)
    outer = np.where(np.arange(d1) % 2, -1.0, 1.0)
    ends = []
    while len(ends) < 2:
        weights = rng.standard_normal((d1, d0)) * 1.5
        run = descend_and_classify(
            points, targets, weights, rng.standard_normal(d1), outer_weights=outer
        )
        if run.end.kind == "global minimum":
            ends.append((run.weights, run.biases))
    return points, targets, outer, ends


def sampled_maximum(points, targets, outer, nodes):
    top = 0.0
    s = np.linspace(0.0, 1.0, 2001)[:, None, None]
    for (w0, b0), (w1, b1) in itertools.pairwise(nodes):
        first = w0.numpy() @ points.T + b0.numpy()[:, None]
        last = w1.numpy() @ points.T + b1.numpy()[:, None]
        hidden = np.maximum((1 - s) * first + s * last, 0.0)  # (2001, d1, n)
        residuals = np.einsum("r,sri->si", outer, hidden) - targets
        top = max(top, float(np.sum(residuals**2, axis=1).max()) / 2)
    return top


@pytest.mark.parametrize("seed", [0, 1])
def test_the_maximal_loss_is_that_of_dense_samples(seed):
    points, targets, outer, ends = minima(seed, 5, 2, 8)
    segment = path_between_minima(
        points, targets, *ends, outer_weights=outer, corners=0
    )
    sampled = sampled_maximum(points, targets, outer, segment.nodes)
    assert sampled <= segment.maximal_loss * (1 + 1e-12)
    # A parabola's peak at a crossing is missed by at most one sample's distance.
    assert sampled >= 0.97 * segment.maximal_loss
    assert segment.maximal_loss == segment.straight_loss
    assert len(segment.nodes) == 2


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_corners_lower_the_barrier_of_a_wide_network(seed):
    points, targets, outer, ends = minima(seed, 5, 2, 10)
    path = path_between_minima(points, targets, *ends, outer_weights=outer)
    assert not path.same_region
    assert path.maximal_loss < 1e-2 * path.straight_loss
    sampled = sampled_maximum(points, targets, outer, path.nodes)
    assert sampled <= path.maximal_loss * (1 + 1e-9)
    for (weights, biases), node in zip(
        ends, (path.nodes[0], path.nodes[-1]), strict=True
    ):
        assert (weights == node[0]).all()
        assert (biases == node[1]).all()


def test_minima_of_one_region_are_joined_by_their_segment():
    points, targets, outer, ends = minima(3, 4, 2, 8)
    weights, biases = ends[0]
    pattern = activation_pattern(points, weights, biases)
    deep = region_minimum(pattern, points, targets, outer, biases=True).point
    # Another solution: half the way along a kernel direction, still inside.
    lifted = np.hstack([points, np.ones((4, 1))])
    factors = pattern.numpy().T * outer
    rows = (factors[:, :, None] * lifted[:, None, :]).reshape(4, -1)
    kernel = np.linalg.svd(rows)[2][-1].reshape(8, 3)
    share = 1e-2
    other = (deep.weights.numpy() + share * kernel[:, :2],)
    other += (deep.biases.numpy() + share * kernel[:, 2],)
    path = path_between_minima(
        points, targets, (deep.weights, deep.biases), other, outer_weights=outer
    )
    assert path.same_region
    assert path.regions == 1
    assert path.maximal_loss < 1e-24


def test_exchanged_units_are_the_same_minimum_up_to_a_permutation():
    points, targets, outer, ends = minima(4, 4, 2, 8)
    weights, biases = ends[0]
    order = [2, 1, 4, 3, 0, 7, 6, 5]  # even and odd units apart: equal outer weights
    exchanged = (weights[order], biases[order])
    path = path_between_minima(
        points,
        targets,
        ends[0],
        exchanged,
        outer_weights=outer,
        up_to_permutation=True,
    )
    assert path.straight_loss < 1e-24
    assert [order[k] for k in path.permutation] == list(range(8))
    assert path.same_region
    direct = path_between_minima(
        points, targets, ends[0], exchanged, outer_weights=outer
    )
    assert direct.permutation is None
    assert direct.straight_loss > 1e-3
    assert direct.maximal_loss < direct.straight_loss


def test_bad_input_is_refused():
    points, targets = np.eye(2), np.ones(2)
    start, end = (np.ones((2, 2)), None), (np.ones((3, 2)), None)
    with pytest.raises(DataError, match="must be alike"):
        path_between_minima(points, targets, start, end)
    with pytest.raises(DataError, match="must be alike"):
        path_between_minima(points, targets, start, (np.ones((2, 2)), np.ones(2)))
    with pytest.raises(InvalidArgumentError, match="corners"):
        path_between_minima(points, targets, start, start, corners=-1)
    with pytest.raises(InvalidArgumentError, match="tolerance"):
        path_between_minima(points, targets, start, start, tolerance=2)
