"""Generic ranks against the matroid formula by brute force and against random data."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from widthwise import activations
from widthwise.errors import DataError, InvalidArgumentError
from widthwise.landscape import (
    activation_pattern,
    generic_rank,
    generic_rank_certificate,
    jacobian_rank,
)
from widthwise.landscape.patterns._pieces import pieces


def by_every_subset(columns, copies):
    """Take the least over S of d rank(A_S) + n - |S|."""
    n = columns.shape[1]
    ranks = (
        copies * (np.linalg.matrix_rank(columns[:, list(s)]) if s else 0) + n - len(s)
        for size in range(n + 1)
        for s in itertools.combinations(range(n), size)
    )
    return min(ranks)


@pytest.mark.parametrize(
    ("d0", "d1", "n"),
    [(1, 3, 3), (2, 2, 4), (2, 3, 3), (3, 2, 4), (1, 2, 5), (2, 1, 4)],
)
def test_the_rank_of_every_small_pattern_is_the_matroid_formula(d0, d1, n):
    for bits in itertools.product([False, True], repeat=d1 * n):
        pattern = np.array(bits).reshape(d1, n)
        expected = by_every_subset(pattern.astype(float), d0)
        assert generic_rank(pattern, d0) == expected


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from(["relu", "abs", "leaky_relu"]))
def test_the_formula_holds_for_the_slopes_of_other_activations(seed, name):
    rng = np.random.default_rng(seed)
    act = activations.get(name)
    n, d1, d0 = (int(rng.integers(1, top)) for top in (8, 5, 4))
    pattern = rng.random((d1, n)) < rng.random()
    slopes = pieces(act).values(pieces(act).slopes, pattern)
    assert generic_rank(pattern, d0, act=act) == by_every_subset(slopes, d0)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.booleans())
def test_random_data_have_the_generic_rank(seed, biases):
    """Gaussian data miss it with a probability below n / 2**53."""
    rng = np.random.default_rng(seed)
    n, d1, d0 = (int(rng.integers(1, top)) for top in (25, 12, 5))
    pattern = rng.random((d1, n)) < rng.random()
    points = rng.standard_normal((n, d0))
    found = generic_rank(pattern, d0, biases)
    assert jacobian_rank(pattern, points, biases=biases) == found


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32))
def test_the_certificate_bounds_every_data_set(seed):
    rng = np.random.default_rng(seed)
    n, d1, d0 = (int(rng.integers(1, top)) for top in (15, 6, 4))
    pattern = rng.random((d1, n)) < rng.random()
    found = generic_rank_certificate(pattern, d0)
    chosen = list(found.minimising_set)
    rank = np.linalg.matrix_rank(pattern[:, chosen].astype(float)) if chosen else 0
    assert found.set_rank == rank
    assert found.rank == d0 * rank + n - len(chosen)
    special = rng.integers(-1, 2, (n, d0)).astype(float)
    assert jacobian_rank(pattern, special) <= found.rank
    assert found.is_full == (found.rank == n)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32))
def test_order_and_repeated_units_change_nothing(seed):
    rng = np.random.default_rng(seed)
    pattern = rng.random((5, 9)) < 0.5
    rank = generic_rank(pattern, 2)
    shuffled = pattern[rng.permutation(5)][:, rng.permutation(9)]
    assert generic_rank(shuffled, 2) == rank
    assert generic_rank(np.vstack([pattern, pattern[:2]]), 2) == rank


def test_a_planted_obstacle_is_the_certificate():
    """Seven points share one column: two copies of it cover two of them."""
    rng = np.random.default_rng(0)
    pattern = rng.random((300, 200)) < 0.5
    pattern[:, 20:27] = pattern[:, [20]]
    pattern[:, 100] = False
    found = generic_rank_certificate(pattern, 2)
    assert found.rank == 200 - 5 - 1
    assert found.minimising_set == (20, 21, 22, 23, 24, 25, 26, 100)
    assert found.set_rank == 1


def test_rank_over_two_elements_is_not_what_counts():
    """A matrix regular over the rationals and singular modulo two has full rank."""
    pattern = np.array([[1, 1, 0], [0, 1, 1], [1, 0, 1]], dtype=bool)
    assert generic_rank(pattern, 1) == 3


def test_a_bias_is_one_dimension_more():
    rng = np.random.default_rng(1)
    points, weights = rng.standard_normal((30, 2)), rng.standard_normal((8, 2))
    pattern = activation_pattern(points, weights, rng.standard_normal(8))
    assert generic_rank(pattern, 2, biases=True) == generic_rank(pattern, 3)


def test_the_answer_does_not_depend_on_the_seed():
    rng = np.random.default_rng(2)
    pattern = rng.random((10, 40)) < 0.3
    found = [generic_rank_certificate(pattern, 3, seed=seed) for seed in range(5)]
    assert len({each.rank for each in found}) == 1
    assert len({each.minimising_set for each in found}) == 1


@pytest.mark.parametrize("dimension", [0, -1, 1.0, True])
def test_refuses_a_dimension_that_is_no_positive_integer(dimension):
    # Annotations are checked in tests, so a float never reaches the function.
    expected = (InvalidArgumentError, Exception)
    with pytest.raises(expected, match="dimension"):
        generic_rank(np.ones((2, 2), dtype=bool), dimension)


def test_refuses_a_bad_pattern():
    with pytest.raises(DataError, match="dtype"):
        generic_rank(np.ones((2, 2)), 1)
