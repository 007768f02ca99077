"""Distances from cones, by optimality: what is left is orthogonal, and no ray helps."""

import numpy as np
import pytest
from scipy.optimize import minimize

from widthwise.experiments.karhadkar._function_space import _points
from widthwise.landscape import function_cone, sign_patterns
from widthwise.landscape.regions._ray_distance import ray_distance
from widthwise.seeds import stream


def optimal(rays, target):
    """Return the distance that a descent within bounds comes to."""
    lengths = np.linalg.norm(rays, axis=0)
    rays = rays[:, lengths > 0] / lengths[lengths > 0]
    found = minimize(
        lambda w: 0.5 * np.sum((rays @ w - target) ** 2),
        np.zeros(rays.shape[1]),
        jac=lambda w: rays.T @ (rays @ w - target),
        bounds=[(0, None)] * rays.shape[1],
        method="L-BFGS-B",
        options={"maxiter": 20_000, "ftol": 0, "gtol": 1e-12},
    )
    return np.sqrt(2 * found.fun)


def test_a_least_squares_that_ends_far_away_is_not_believed():
    """Of 40 units on 20 points `nnls` says 0, and 0.138 is right."""
    points = _points(20, 0)
    steps = sign_patterns(points, biases=True).numpy()
    drawn = stream(0, "karhadkar_function_space/20/40", 41)
    pattern = steps[drawn.integers(0, len(steps), 40)]
    cone = function_cone(pattern, points, np.resize([1.0, -1.0], 40))
    drawn.random(cone.generators.shape[1])
    y = 2.0 * drawn.random(20) - 1.0
    # Slow on an ill-conditioned cone, and from above.
    above = optimal(cone.generators, y / np.linalg.norm(y))
    assert 0.97 * above < cone.distance(y) <= above


@pytest.mark.parametrize("seed", range(5))
def test_distances_are_those_of_another_program(seed):
    drawn = np.random.default_rng(seed)
    rays, target = drawn.normal(size=(6, 4)), drawn.normal(size=6)
    assert ray_distance(rays, target) == pytest.approx(optimal(rays, target), rel=1e-6)


@pytest.mark.parametrize(
    ("rays", "expected"), [(np.zeros((3, 0)), 3.0), (np.zeros((3, 2)), 3.0)]
)
def test_without_a_ray_the_distance_is_the_length(rays, expected):
    assert ray_distance(rays, np.array([2.0, 2.0, 1.0])) == expected
    assert ray_distance(rays, np.zeros(3)) == 0.0
