"""Elimination in float64 against python-flint's."""

from fractions import Fraction

import flint
import numpy as np
import pytest

from widthwise.numerics.exact_rank import random_primes
from widthwise.numerics.exact_rank_elimination import (
    BITS,
    eliminate,
    null_support,
    reduce_float,
)

PRIMES = random_primes(3, BITS, 0, "test")


def residues(n, m, rank, prime, seed):
    """Return a random n x m matrix of that rank modulo the prime."""
    rng = np.random.default_rng(seed)
    left = rng.integers(0, prime, (n, rank)).astype(object)
    right = rng.integers(0, prime, (rank, m)).astype(object)
    return left.dot(right) % prime if rank else np.zeros((n, m), dtype=object)


@pytest.mark.parametrize("prime", PRIMES)
@pytest.mark.parametrize(
    ("n", "m", "rank"), [(1, 1, 1), (8, 8, 5), (30, 30, 30), (20, 45, 17), (45, 20, 3)]
)
def test_the_rank_is_that_of_flint(n, m, rank, prime):
    matrix = residues(n, m, rank, prime, n + m)
    expected = flint.nmod_mat(n, m, [int(each) for each in matrix.ravel()], prime)
    pivots = np.empty(min(n, m), dtype=np.int64)
    found = eliminate(matrix.astype(np.float64), float(prime), pivots)
    assert found == expected.rank() == rank
    assert (np.diff(pivots[:found]) > 0).all()


@pytest.mark.parametrize("largest", [True, False])
def test_entries_at_the_edge_of_the_range_are_exact(largest):
    """Every product is as near to 2**52 as residues come."""
    prime = PRIMES[0]
    rng = np.random.default_rng(5)
    small = rng.integers(1, 4, (25, 25))
    matrix = prime - small if largest else small
    expected = flint.nmod_mat(25, 25, [int(each) for each in matrix.ravel()], prime)
    pivots = np.empty(25, dtype=np.int64)
    found = eliminate(matrix.astype(np.float64), float(prime), pivots)
    assert found == expected.rank()


@pytest.mark.parametrize("seed", range(5))
def test_the_support_holds_the_columns_that_can_be_spared(seed):
    prime = PRIMES[1]
    rng = np.random.default_rng(seed)
    matrix = residues(9, 9, 9, prime, seed)
    for column in (2, 6):  # made dependent on a few others
        others = [0, 4] if column == 2 else [3, 5, 8]
        factors = rng.integers(1, prime, len(others)).astype(object)
        matrix[:, column] = matrix[:, others].dot(factors) % prime
    support = np.empty(9, dtype=bool)
    rank = null_support(matrix.astype(np.float64), float(prime), support)
    assert rank == 7
    assert np.flatnonzero(support).tolist() == [0, 2, 3, 4, 5, 6, 8]


@pytest.mark.parametrize("prime", PRIMES)
def test_the_residue_of_a_float_is_that_of_its_fraction(prime):
    powers = np.array([pow(2, e, prime) for e in range(-2400, 2401)], dtype=np.int64)
    rng = np.random.default_rng(3)
    values = [0.0, 1.0, -1.0, 0.1, 2.0**-1074, -1.7976931348623157e308]
    values += list(rng.standard_normal(50) * 10.0 ** rng.integers(-200, 200, 50))
    for value in values:
        exact = Fraction(float(value))
        expected = exact.numerator * pow(exact.denominator, -1, prime) % prime
        assert reduce_float(float(value), prime, powers) == expected
