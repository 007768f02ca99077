"""Exact ranks against elimination with fractions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from widthwise.errors import InvalidArgumentError
from widthwise.numerics.exact_rank import (
    exact_rank,
    integer_rows,
    random_primes,
    rank_of_gram,
)


@st.composite
def matrices(draw):
    """Products of thin factors, so that every rank occurs, with wild exponents."""
    n, k, m = draw(st.integers(1, 6)), draw(st.integers(1, 6)), draw(st.integers(1, 6))
    entries = st.integers(-3, 3)
    left = draw(st.lists(entries, min_size=n * k, max_size=n * k))
    right = draw(st.lists(entries, min_size=k * m, max_size=k * m))
    powers = draw(st.lists(st.integers(-500, 400), min_size=n, max_size=n))
    whole = np.reshape(left, (n, k)) @ np.reshape(right, (k, m))
    return np.ldexp(whole.astype(np.float64), np.array(powers)[:, None])


@settings(max_examples=150, deadline=None)
@given(matrices())
def test_the_rank_is_that_of_elimination_with_fractions(rank_by_fractions, matrix):
    expected = rank_by_fractions(matrix)
    found = exact_rank(matrix, prove=True)
    assert found.rank == expected
    assert found.is_proved
    assert found.error_probability == 0.0


@settings(max_examples=60, deadline=None)
@given(matrices())
def test_a_row_is_dependent_if_the_rank_survives_its_loss(rank_by_fractions, matrix):
    found = exact_rank(matrix)
    for row in range(len(matrix)):
        rest = np.delete(matrix, row, axis=0)
        survives = len(rest) > 0 and rank_by_fractions(rest) == found.rank
        assert (row in found.dependent_rows) == (survives or found.rank == 0)


def test_bits_far_below_the_rounding_of_a_row_count():
    matrix = np.array([[1.0, 1.0], [1.0, 1.0 + 2.0**-52]])
    assert exact_rank(matrix).rank == 2
    tiny = np.array([[1.0, 0.0], [1.0, 2.0**-1074]])
    assert exact_rank(tiny).rank == 2


def test_a_deficient_rank_is_unproved_until_the_primes_outnumber_the_divisors():
    rng = np.random.default_rng(0)
    left = rng.integers(-9, 10, (40, 30)).astype(np.float64)
    matrix = left @ rng.integers(-9, 10, (30, 40)).astype(np.float64)
    quick = exact_rank(matrix)
    assert quick.rank == 30
    assert not quick.is_proved
    assert len(quick.primes) == 3
    # At most 31 · log2(40 · 2430) / 60 bad primes of 2**54.6: below 1e-15 each.
    assert 0.0 < quick.error_probability < 1e-45
    slow = exact_rank(matrix, prove=True)
    assert slow.rank == 30
    assert slow.is_proved
    assert slow.primes[:3] == quick.primes


def test_the_gram_matrix_has_the_rank_and_the_dependencies_of_its_factor():
    rng = np.random.default_rng(1)
    factor = rng.integers(-5, 6, (9, 12))
    factor[4] = factor[1] - 2 * factor[7]
    gram = factor.astype(object) @ factor.astype(object).T
    found = rank_of_gram(gram, prove=True)
    assert found.rank == 8
    assert found.dependent_rows == (1, 4, 7)


def test_rows_become_the_least_whole_multiples():
    found = integer_rows(np.array([[0.75, -3.0], [0.0, 0.0], [2.0**60, 2.0**62]]))
    assert found == [[3, -12], [0, 0], [1, 4]]


@pytest.mark.parametrize("bits", [26, 61])
def test_random_primes_are_prime_and_a_function_of_the_seed(bits):
    found = random_primes(5, bits, 7, "test")
    assert len(set(found)) == 5
    for prime in found:
        assert prime.bit_length() == bits
        # Fermat to several bases: a check that does not share code with the library.
        assert all(pow(base, prime - 1, prime) == 1 for base in (2, 3, 5, 7, 11))
    assert random_primes(3, bits, 7, "test") == found[:3]
    assert random_primes(3, bits, 8, "test") != found[:3]


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_refuses_what_is_not_finite(bad):
    with pytest.raises(InvalidArgumentError, match="1 entries"):
        exact_rank(np.array([[1.0, bad]]))


def test_refuses_no_primes():
    with pytest.raises(InvalidArgumentError, match="at least one"):
        exact_rank(np.eye(2), primes=0)
