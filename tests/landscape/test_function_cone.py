"""The cone of a region's functions: by kinks, by networks, by the other program."""

import numpy as np
import pytest

from widthwise.errors import InvalidArgumentError
from widthwise.landscape import (
    activation_pattern,
    closed_misfit,
    function_cone,
    jacobian_rank,
    region_minimum,
)

POINTS = np.array([-1.0, -0.3, 0.2, 0.9, 1.4])


def network(seed, units=4):
    drawn = np.random.default_rng(seed)
    weights, biases = drawn.normal(size=units), drawn.normal(size=units)
    outer = drawn.choice([-1.0, 1.0], units) * drawn.uniform(0.5, 2, units)
    pattern = activation_pattern(POINTS[:, None], weights[:, None], biases).numpy()
    hidden = np.maximum(np.outer(POINTS, weights) + biases, 0.0)
    return pattern, outer, hidden @ outer


def by_kinks(active):
    """Return the two functions that span a unit's cone, by where its kink may be."""
    first, last = np.flatnonzero(active)[[0, -1]]
    left, right = POINTS - POINTS[first], POINTS[last] - POINTS
    if last - first == len(POINTS) - 1:
        return [left, right]
    if last == len(POINTS) - 1:
        return [np.maximum(POINTS - POINTS[first - 1], 0), np.maximum(left, 0)]
    return [np.maximum(POINTS[last + 1] - POINTS, 0), np.maximum(right, 0)]


@pytest.mark.parametrize("seed", range(8))
def test_a_network_s_function_lies_in_its_cone_and_its_negative_does_not(seed):
    pattern, outer, values = network(seed)
    cone = function_cone(pattern, POINTS[:, None], outer)
    assert cone.distance(values) < 1e-12
    if outer.min() > 0 and values.any():
        assert cone.distance(-values) == pytest.approx(1.0)
    assert cone.dimension == jacobian_rank(pattern, POINTS[:, None], biases=True)


@pytest.mark.parametrize("seed", range(4))
def test_the_generators_are_the_functions_of_the_kinks(seed):
    pattern, _, _ = network(seed, units=1)
    if not pattern.any():
        pattern = ~pattern
    cone = function_cone(pattern, POINTS[:, None], np.ones(1))
    ours, expected = (
        found[:, norms > 1e-12] / norms[norms > 1e-12]
        for found in (cone.generators, np.stack(by_kinks(pattern[0]), axis=1))
        for norms in (np.linalg.norm(found, axis=0),)
    )
    # Each is one of the other's columns.
    np.testing.assert_allclose((ours.T @ expected).max(axis=1), 1.0, atol=1e-12)
    np.testing.assert_allclose((ours.T @ expected).max(axis=0), 1.0, atol=1e-12)


@pytest.mark.parametrize("seed", range(6))
def test_distances_say_what_the_programs_over_the_weights_say(seed):
    pattern, outer, _ = network(seed, units=6)
    y = np.random.default_rng(100 + seed).normal(size=len(POINTS))
    distance = function_cone(pattern, POINTS[:, None], outer).distance(y)
    misfit = closed_misfit(pattern, POINTS[:, None], y, outer, biases=True)
    # The least mean square is between the program's and an n-th of it.
    square = distance**2 * (y @ y) / len(y)
    assert misfit / len(y) - 1e-12 <= square <= misfit + 1e-12
    found = region_minimum(pattern, POINTS[:, None], y, outer, biases=True)
    if found.kind == "global minimum":
        assert distance < 1e-9


def test_silent_units_represent_zero_alone():
    cone = function_cone(np.zeros((2, 5), bool), POINTS[:, None], np.array([1.0, -1.0]))
    assert (cone.dimension, cone.distance(POINTS), cone.distance(0 * POINTS)) == (
        0,
        1,
        0,
    )


@pytest.mark.parametrize(
    ("pattern", "points"),
    [
        ([[0, 1, 0, 1, 0]], POINTS[:, None]),
        ([[0, 1, 1]], np.eye(3)),
        ([[1, 1]], np.array([[1.0], [1.0]])),
    ],
)
def test_what_has_no_cone_is_refused(pattern, points):
    with pytest.raises(InvalidArgumentError, match="distinct points on the line"):
        function_cone(np.array(pattern, bool), points)
