"""Counts against enumeration, and enumeration against random weights."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from widthwise.errors import InvalidArgumentError
from widthwise.landscape import (
    activation_pattern,
    count_regions,
    count_sign_patterns,
    sign_patterns,
)


@pytest.mark.parametrize(
    ("n", "d", "biases"),
    [
        (1, 1, False),
        (5, 1, True),
        (7, 2, False),
        (9, 2, True),
        (8, 3, False),
        (7, 4, False),
        (6, 6, False),
        (3, 5, False),
    ],
)
def test_points_in_general_position_have_the_counted_patterns(n, d, biases):
    points = np.random.default_rng(n).standard_normal((n, d))
    found = sign_patterns(points, biases=biases)
    assert len(found) == count_sign_patterns(n, d, biases=biases)
    assert len(set(map(tuple, found.tolist()))) == len(found)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32))
def test_special_positions_have_the_patterns_that_random_weights_find(seed):
    """Small whole coordinates: repeated, opposite and dependent points abound.

    All normals with entries -1, 0, 1 together cut space into 96 cones, of which the
    thinnest holds 0.0069 of all directions: 5000 weights miss it with a chance of
    1e-15, and fewer normals leave thicker cones.
    """
    rng = np.random.default_rng(seed)
    n, d = int(rng.integers(1, 7)), int(rng.integers(1, 4))
    points = rng.integers(-1, 2, (n, d)).astype(float)
    found = sign_patterns(points)
    weights = rng.standard_normal((5_000, d))
    seen = np.unique(activation_pattern(points, weights).numpy(), axis=0)
    assert found.tolist() == seen.tolist()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32), st.booleans())
def test_patterns_come_in_opposite_pairs_unless_a_point_is_the_origin(seed, biases):
    rng = np.random.default_rng(seed)
    points = rng.integers(-3, 4, (5, 2)).astype(float)
    found = {tuple(each) for each in sign_patterns(points, biases=biases).tolist()}
    at_origin = (points == 0).all(axis=1) & (not biases)
    for each in found:
        flipped = [
            value if still else not value
            for value, still in zip(each, at_origin, strict=True)
        ]
        assert tuple(flipped) in found


def test_no_position_has_more_patterns_than_the_general_one():
    points = np.array([[1.0, 0.0], [2.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
    found = sign_patterns(points)
    assert len(found) == 4
    assert found[:, 4].all()


def test_the_line_with_a_bias_has_the_steps():
    points = np.array([[0.3], [-1.0], [2.0]])
    found = {tuple(each) for each in sign_patterns(points, biases=True).tolist()}
    order = [1, 0, 2]
    steps = set()
    for gap in range(4):
        step = [False] * 3
        for place in order[gap:]:
            step[place] = True
        steps |= {tuple(step), tuple(not each for each in step)}
    assert found == steps


def test_layers_have_the_power_of_the_units():
    assert count_regions(4, 2, 3) == 8**3
    assert count_regions(5, 1, 4, biases=True) == 10**4
    assert count_regions(3, 7, 5) == 2**15


def test_the_sum_of_binomials_is_complete_when_there_are_as_many_dimensions():
    for n in range(1, 8):
        assert count_sign_patterns(n, n) == 2 * sum(
            math.comb(n - 1, k) for k in range(n)
        )


def test_an_enumeration_that_would_not_end_is_refused_with_its_count():
    points = np.random.default_rng(0).standard_normal((60, 8))
    count = count_sign_patterns(60, 8)
    with pytest.raises(InvalidArgumentError, match=f"{count} sign patterns.*sample"):
        sign_patterns(points)
    # Repeated points do not count: this one has six distinct directions.
    few = np.tile(points[:6], (10, 1))
    assert len(sign_patterns(few)) == 64


@pytest.mark.parametrize("bad", [0, -3])
def test_refuses_what_is_no_count(bad):
    with pytest.raises(InvalidArgumentError, match="points_count"):
        count_sign_patterns(bad, 2)
    with pytest.raises(InvalidArgumentError, match="width"):
        count_regions(3, 2, bad)
