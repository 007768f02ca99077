"""Probabilities at given points against exact ranks and against random data."""

import numpy as np
import pytest

from widthwise import activations
from widthwise.errors import DataError, UnknownNameError
from widthwise.landscape import (
    activation_pattern,
    full_rank_probability,
    full_rank_probability_at,
    jacobian_rank,
)


def test_repeated_points_are_never_full():
    points = np.random.default_rng(0).standard_normal((8, 3))
    points[5] = points[1]
    found = full_rank_probability_at(points, 200, 50)
    assert found.full == 0
    assert found.settled["singular modulo every prime"] == 50
    # Eight rows of about 2 · 60 bits over 25 of 1.9e6 primes, to the fourth.
    assert 0 < found.error_probability < 50 * (8 * 180 / 25 / 1.89e6) ** 4


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "abs", "hard_tanh"])
def test_the_count_is_that_of_exact_ranks_of_networks_drawn_elsewhere(name):
    """Two independent samples of one probability: four standard errors."""
    act = activations.get(name)
    rng = np.random.default_rng(1)
    points = rng.uniform(-1.5, 1.5, (7, 2))
    found = full_rank_probability_at(
        points, 5, 1000, initialization="gaussian", act=act
    )
    other = 0
    for _ in range(300):
        weights, biases = rng.standard_normal((5, 2)), rng.standard_normal(5)
        pattern = activation_pattern(points, weights, biases, act=act)
        other += jacobian_rank(pattern, points, biases=True, act=act) == 7
    error = 4 * np.sqrt(0.25 / 1000 + 0.25 / 300)
    assert abs(found.estimate - other / 300) < error


def test_the_mean_over_data_is_the_probability_over_both():
    rng = np.random.default_rng(2)
    each = [
        full_rank_probability_at(rng.random((12, 2)), 20, 25, seed=k).estimate
        for k in range(60)
    ]
    both = full_rank_probability(12, 2, 20, 1500)
    error = 4 * np.sqrt(np.var(each) / 60 + 0.25 / 1500)
    assert abs(np.mean(each) - both.estimate) < error


def test_refusals():
    with pytest.raises(DataError, match="Row 0"):
        full_rank_probability_at(np.array([[np.nan]]), 3)
    with pytest.raises(UnknownNameError, match="initialization"):
        full_rank_probability_at(np.ones((2, 2)), 3, initialization="zeros")
