"""Ranks of Jacobians against fractions, singular values and planted dependencies."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from widthwise import activations
from widthwise.errors import DataError, InvalidArgumentError
from widthwise.landscape import (
    activation_pattern,
    jacobian_rank,
    pattern_jacobian,
    rank_evidence,
)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**32),
    st.sampled_from(["relu", "leaky_relu", "abs", "hard_tanh"]),
    st.booleans(),
    st.booleans(),
)
def test_the_exact_rank_is_that_of_the_matrix_of_fractions(
    rank_by_fractions, seed, name, biases, outer
):
    rng = np.random.default_rng(seed)
    act = activations.get(name)
    n, d0, d1 = (
        int(rng.integers(1, 8)),
        int(rng.integers(1, 4)),
        int(rng.integers(1, 5)),
    )
    points = rng.integers(-2, 3, (n, d0)) / 4.0  # special positions are frequent
    weights = rng.standard_normal((d1, d0)) * 3
    shift = rng.standard_normal(d1) if biases else None
    pattern = activation_pattern(points, weights, shift, act=act)
    matrix = pattern_jacobian(pattern, points, biases=biases, outer=outer, act=act)
    found = jacobian_rank(pattern, points, biases=biases, outer=outer, act=act)
    assert found == rank_by_fractions(matrix.numpy())


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32))
def test_the_rank_does_not_depend_on_order_or_scales(seed):
    rng = np.random.default_rng(seed)
    pattern = rng.random((5, 8)) < 0.5
    points = rng.integers(-2, 3, (8, 2)).astype(np.float64)
    rank = jacobian_rank(pattern, points)
    order, units = rng.permutation(8), rng.permutation(5)
    assert jacobian_rank(pattern[units][:, order], points[order]) == rank
    scales = np.ldexp(rng.integers(1, 100, (8, 1)).astype(float), -3)
    assert jacobian_rank(pattern, points * scales) == rank
    outer = rng.uniform(0.5, 2.0, 5)
    scaled = pattern_jacobian(pattern, points, outer).numpy()
    assert np.linalg.matrix_rank(scaled) == rank


def test_one_bit_makes_the_rank_and_floats_cannot_see_it():
    pattern = np.ones((1, 2), dtype=bool)
    points = np.array([[1.0, 1.0], [1.0, 1.0 + 2.0**-52]])
    assert jacobian_rank(pattern, points) == 2
    assert jacobian_rank(pattern, points, exact=False) == 1
    assert jacobian_rank(pattern, points, exact=False, tolerance=1e-17) == 2


def test_float32_loses_ranks_that_float64_keeps():
    pattern = np.ones((1, 2), dtype=bool)
    points = np.array([[1.0, 1.0], [1.0, 1.0 + 1e-9]])
    assert jacobian_rank(pattern, points, exact=False) == 2
    assert jacobian_rank(pattern, points, exact=False, precision="float32") == 1


def test_repeated_points_are_the_dependent_rows():
    rng = np.random.default_rng(2)
    points = rng.standard_normal((10, 3))
    points[7] = points[2]
    pattern = activation_pattern(points, rng.standard_normal((20, 3)))
    found = rank_evidence(pattern, points, prove=True)
    assert (found.rank, found.is_full, found.is_proved) == (9, False, True)
    assert found.dependent_rows == (2, 7)
    assert found.null_vectors.shape == (1, 10)
    # The vector is (e_2 - e_7)/√2: two equal rows.
    assert float(found.null_vectors[0, 2] + found.null_vectors[0, 7]) == pytest.approx(
        0.0, abs=1e-12
    )
    residual = found.null_vectors @ pattern_jacobian(pattern, points)
    assert float(residual.abs().max()) < 1e-12
    assert found.singular_values[-1] < 1e-13 * found.singular_values[0]


def test_a_point_at_which_nothing_is_active_is_dependent_alone():
    rng = np.random.default_rng(3)
    pattern = rng.random((30, 6)) < 0.7
    pattern[:, 4] = False
    found = rank_evidence(pattern, rng.standard_normal((6, 2)))
    assert found.rank == 5
    assert found.dependent_rows == (4,)
    assert found.null_vectors.abs().tolist() == [[0, 0, 0, 0, 1, 0]]


def test_full_rank_is_proved_by_one_prime():
    rng = np.random.default_rng(4)
    points = rng.standard_normal((12, 4))
    pattern = activation_pattern(points, rng.standard_normal((30, 4)))
    found = rank_evidence(pattern, points)
    assert found.is_full
    assert found.is_proved
    assert found.error_probability == 0.0
    assert len(found.primes) == 1
    assert found.dependent_rows == ()
    assert found.null_vectors.shape == (0, 12)


def test_numerical_evidence_states_its_tolerance():
    rng = np.random.default_rng(5)
    points = rng.standard_normal((9, 2))
    points[3] = points[8]
    pattern = activation_pattern(points, rng.standard_normal((12, 2)))
    found = rank_evidence(pattern, points, exact=False)
    assert found.method == "float64"
    assert not found.is_proved
    assert found.error_probability is None
    largest = float(found.singular_values[0])
    assert found.tolerance == pytest.approx(24 * 2.0**-52 * largest)
    assert found.rank == np.linalg.matrix_rank(pattern_jacobian(pattern, points))
    assert {3, 8} <= set(found.dependent_rows)


def test_training_the_outer_weights_of_rectifiers_adds_nothing():
    rng = np.random.default_rng(6)
    points = rng.standard_normal((12, 2))
    pattern = activation_pattern(points, rng.standard_normal((4, 2)))
    inner = jacobian_rank(pattern, points)
    assert inner < 12
    assert jacobian_rank(pattern, points, outer=True) == inner


def test_torch_and_numpy_patterns_are_the_same():
    rng = np.random.default_rng(7)
    pattern, points = rng.random((4, 6)) < 0.5, rng.standard_normal((6, 2))
    found = jacobian_rank(pattern, points)
    assert jacobian_rank(torch.from_numpy(pattern), torch.from_numpy(points)) == found
    assert jacobian_rank(pattern.astype(np.int64), points) == found


def test_refusals():
    pattern, points = np.ones((2, 3), dtype=bool), np.ones((3, 2))
    with pytest.raises(InvalidArgumentError, match="float16"):
        jacobian_rank(pattern, points, exact=False, precision="float16")
    with pytest.raises(InvalidArgumentError, match="tolerance"):
        jacobian_rank(pattern, points, exact=False, tolerance=-1.0)
    with pytest.raises(DataError, match="one column for each point"):
        jacobian_rank(pattern, np.ones((4, 2)))
