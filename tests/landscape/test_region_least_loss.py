"""The least loss over closed regions against all active sets, and its lower bound."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from widthwise import activations
from widthwise.landscape import (
    activation_pattern,
    region_least_loss,
    region_minimum,
)


def least_by_active_sets(pattern, points, targets, outer):
    """Least squares on every face of the region; the best feasible one."""
    d1, n = pattern.shape
    d = points.shape[1]
    factors = pattern.T * outer
    jacobian = (factors[:, :, None] * points[:, None, :]).reshape(n, d1 * d)
    rows = np.zeros((d1 * n, d1 * d))
    for r, i in itertools.product(range(d1), range(n)):
        rows[r * n + i, r * d : (r + 1) * d] = (2 * pattern[r, i] - 1.0) * points[i]
    best = np.inf
    for count in range(min(len(rows), d1 * d) + 1):
        for chosen in itertools.combinations(range(len(rows)), count):
            _, sizes, vt = np.linalg.svd(rows[list(chosen)].reshape(-1, d1 * d))
            free = vt[int((sizes > 1e-10).sum()) :].T
            if not free.shape[1]:
                theta = np.zeros(d1 * d)
            else:
                theta = free @ np.linalg.lstsq(jacobian @ free, targets, rcond=None)[0]
            if (rows @ theta >= -1e-9).all():
                best = min(best, np.sum((jacobian @ theta - targets) ** 2) / 2)
    return best


@pytest.mark.parametrize("seed", range(8))
def test_the_least_loss_is_that_of_the_best_face(seed):
    rng = np.random.default_rng(seed)
    points, targets = rng.standard_normal((4, 2)), rng.standard_normal(4)
    outer = np.array([1.0, -1.0])
    pattern = activation_pattern(points, rng.standard_normal((2, 2)))
    found = region_least_loss(pattern, points, targets, outer)
    # With full column rank on its face, the minimiser is unique and is one of these.
    expected = least_by_active_sets(pattern.numpy(), points, targets, outer)
    assert found.status == "optimal"
    assert found.loss == pytest.approx(expected, rel=1e-8, abs=1e-14)


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 2**32),
    st.sampled_from(["relu", "leaky_relu", "abs", "hard_tanh"]),
    st.booleans(),
)
def test_the_proved_lower_bound_meets_the_loss(seed, name, biases):
    rng = np.random.default_rng(seed)
    act = activations.get(name)
    n, d0, d1 = (int(each) for each in rng.integers(1, 6, 3))
    points, targets = rng.standard_normal((n, d0)), rng.standard_normal(n)
    weights = rng.standard_normal((d1, d0))
    shift = rng.standard_normal(d1) if biases else None
    outer = rng.choice([-1.0, 1.0], d1)
    pattern = activation_pattern(points, weights, shift, act=act)
    given_to = (pattern, points, targets, outer)
    found = region_least_loss(*given_to, biases=biases, act=act)
    inside = region_minimum(*given_to, biases=biases, act=act)
    assert found.status == "optimal"
    assert found.lower_bound <= found.loss
    # Rounding of the quadratic program: 1e-7 of the loss of the zero network.
    assert found.loss - found.lower_bound <= 1e-7 * float(targets @ targets)
    assert found.loss >= inside.loss * (1 - 1e-12)
    if inside.point is not None:
        assert found.loss <= inside.loss + 1e-9 * float(targets @ targets)
    else:
        assert found.active
    again = activation_pattern(points, found.weights, found.biases, act=act).numpy()
    on_edge = np.zeros_like(again, dtype=bool)
    for unit, point in found.active:
        on_edge[unit, point] = True
    assert ((again == pattern.numpy()) | on_edge).all()


def test_an_empty_region_is_reported_as_such():
    points = np.array([[1.0], [-1.0]])
    found = region_least_loss(np.array([[True, True]]), points, np.ones(2))
    assert found.status == "empty region"
    assert found.weights is None
    assert found.loss == np.inf


@pytest.mark.parametrize("apart", [1e-9, 1e-11, 1e-13])
def test_a_region_too_thin_for_the_program_is_not_called_empty(apart):
    # The first unit tells two points so close apart, so its region is not empty.
    rng = np.random.default_rng(0)
    x, across = rng.standard_normal(3), rng.standard_normal(3)
    points = np.vstack([x, x + apart * across, rng.standard_normal((2, 3))])
    weights = rng.standard_normal((4, 3))
    normal = across - (across @ x) / (x @ x) * x
    weights[0] = normal - apart * (normal @ across) / (2 * (x @ x)) * x
    pattern = activation_pattern(points, weights)
    assert pattern[0, 0] != pattern[0, 1]
    found = region_least_loss(pattern, points, np.array([1.0, -1.0, 0.3, 2.0]))
    assert found.status != "empty region"
