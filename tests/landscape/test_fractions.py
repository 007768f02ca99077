"""Fractions of full-rank regions: formulas, enumeration and samples agree."""

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from widthwise.errors import InvalidArgumentError
from widthwise.landscape import (
    count_full_rank_patterns,
    exact_full_rank_fraction_1d,
    full_rank_fraction,
    full_rank_fraction_1d,
    generic_rank,
    jacobian_rank,
    sampled_full_rank_fraction,
    sign_patterns,
)


@pytest.mark.parametrize(
    ("n", "d1"), [(1, 1), (1, 3), (2, 2), (2, 4), (3, 3), (3, 4), (4, 4)]
)
def test_the_fraction_on_the_line_is_that_of_every_region(n, d1):
    steps = sign_patterns(np.arange(1.0, n + 1)[:, None], biases=True).numpy()
    ranks = [
        np.linalg.matrix_rank(steps[list(chosen)].astype(float))
        for chosen in itertools.product(range(2 * n), repeat=d1)
    ]
    expected = Fraction(sum(rank == n for rank in ranks), (2 * n) ** d1)
    assert exact_full_rank_fraction_1d(n, d1) == expected


@pytest.mark.parametrize("n", range(1, 8))
@pytest.mark.parametrize("d1", [1, 2, 3, 5])
def test_the_fraction_with_biases_is_that_of_every_set_of_steps(n, d1):
    """At irregular points: the formula holds at any distinct ones."""
    points = np.cumsum(np.random.default_rng(n).random(n) ** 3 + 0.01)[:, None]
    counted = full_rank_fraction(points, d1, biases=True)
    expected = exact_full_rank_fraction_1d(n, d1, biases=True)
    assert Fraction(counted.full, counted.total) == expected
    assert counted.is_exact
    assert counted.regions == (2 * n) ** d1


@pytest.mark.parametrize("biases", [False, True])
def test_fractions_grow_with_the_width_and_with_the_biases(biases):
    found = [full_rank_fraction_1d(12, d1, biases=biases) for d1 in range(1, 150)]
    assert found == sorted(found)
    assert found[0] == 0.0
    assert found[-1] > 0.999
    assert full_rank_fraction_1d(12, 60, biases=True) > full_rank_fraction_1d(12, 60)


def test_no_digits_cancel_at_large_sizes():
    """The alternating sum has terms of 1e59; the fraction is exact."""
    found = exact_full_rank_fraction_1d(200, 2000)
    missing = float(1 - found)
    # Bonferroni: n - 1 gaps, each missed with probability (1 - 1/n)^d1.
    first = 199 * (1 - 1 / 200) ** 2000
    second = 199 * 198 / 2 * (1 - 2 / 200) ** 2000
    assert first - second <= missing <= first


@pytest.mark.parametrize("seed", range(6))
def test_the_fraction_at_given_points_is_that_of_every_region(seed):
    rng = np.random.default_rng(seed)
    n, d0, d1 = 4, 1 + seed % 2, 2 + seed % 2
    points = rng.integers(-2, 3, (n, d0)).astype(float)
    biases = seed % 3 == 0
    patterns = sign_patterns(points, biases=biases).numpy()
    full = sum(
        jacobian_rank(patterns[list(chosen)], points, biases=biases) == n
        for chosen in itertools.product(range(len(patterns)), repeat=d1)
    )
    found = full_rank_fraction(points, d1, biases=biases)
    assert (found.full, found.total) == (full, len(patterns) ** d1)


@pytest.mark.parametrize(
    ("n", "d0", "d1"), [(3, 2, 2), (4, 2, 2), (3, 1, 3), (2, 1, 4)]
)
def test_the_count_of_patterns_is_that_of_generic_ranks(n, d0, d1):
    full = sum(
        generic_rank(np.array(bits).reshape(d1, n), d0) == n
        for bits in itertools.product([False, True], repeat=n * d1)
    )
    assert count_full_rank_patterns(n, d0, d1) == full


def test_with_as_many_dimensions_as_points_only_zero_columns_are_deficient():
    assert count_full_rank_patterns(3, 3, 2) == 27
    points = np.eye(3)
    found = full_rank_fraction(points, 2)
    assert (found.full, found.total) == (27, 64)


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 1000))
def test_a_sample_of_regions_agrees_with_the_exact_fraction(seed):
    points = np.arange(6.0)[:, None]
    exact = full_rank_fraction_1d(6, 8, biases=True)
    found = sampled_full_rank_fraction(
        points, 8, 2000, seed, biases=True, confidence=1 - 1e-9
    )
    assert found.lower <= exact <= found.upper
    assert found.upper - found.lower < 0.15
    assert not found.is_exact


def test_an_enumeration_that_would_not_end_is_refused():
    points = np.random.default_rng(1).standard_normal((12, 2))
    with pytest.raises(InvalidArgumentError, match="sampled_full_rank_fraction"):
        full_rank_fraction(points, 30, biases=True)
    with pytest.raises(InvalidArgumentError, match="limit of 1000"):
        count_full_rank_patterns(12, 2, 6, limit=1000)
