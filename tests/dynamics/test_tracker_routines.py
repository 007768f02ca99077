"""Routines by their published addresses, against NumPy and closed forms."""

import threading

import numpy as np
import pytest

from widthwise.dynamics.tracking._routines import add_outer_products, ends_of_spectrum

EPS = 2.0**-52


@pytest.mark.parametrize("shape", [(1, 1), (2, 5), (30, 7), (70, 200)], ids=str)
def test_outer_products_are_added_to_the_upper_triangle(shape):
    draws = np.random.default_rng(0)
    block = draws.standard_normal(shape)
    start = draws.standard_normal((shape[0], shape[0]))
    total = start.copy()
    add_outer_products(total, block)
    expected = start + block @ block.T
    # Each entry is a sum of as many products as the block has columns.
    error = 2 * shape[1] * EPS * float(np.abs(block).max()) ** 2 * shape[1]
    assert np.abs(np.triu(total - expected)).max() <= error
    assert (np.tril(total, -1) == np.tril(start, -1)).all()


@pytest.mark.parametrize("n", [1, 2, 3, 33, 64, 150])
def test_ends_are_those_of_the_second_difference(n):
    """Eigenvalues 2 - 2 cos(k π / (n + 1)), in a basis where the matrix is full."""
    matrix = 2 * np.eye(n) - np.eye(n, k=1) - np.eye(n, k=-1)
    normals = np.random.default_rng(n).standard_normal((n, n))
    basis = np.linalg.qr(normals)[0]
    full = basis @ matrix @ basis.T
    given = (full + full.T) / 2
    kept = given.copy()
    found = ends_of_spectrum(given)
    assert (given == kept).all()
    angles = np.pi * np.array([1, n]) / (n + 1)
    exact = 4 * np.sin(angles / 2) ** 2
    # Rounding of the three products, and of the reduction to tridiagonal form.
    assert np.abs(np.array(found) - exact).max() <= 20 * n**0.5 * EPS * 4


def test_ends_are_as_accurate_as_all_eigenvalues_at_once():
    """κ from 1 to 1e14; both miss the truth by a few eps of the largest."""
    draws = np.random.default_rng(1)
    basis = np.linalg.qr(draws.standard_normal((90, 90)))[0]
    for exponent in range(0, 15, 2):
        values = np.logspace(-exponent, 0, 90)
        full = (basis * values) @ basis.T
        given = (full + full.T) / 2
        least, largest = ends_of_spectrum(given)
        together = np.linalg.eigvalsh(given)
        assert abs(largest - together[-1]) <= 32 * EPS
        assert abs(least - together[0]) <= 32 * EPS


def test_a_matrix_that_is_not_finite_is_said():
    with pytest.raises(np.linalg.LinAlgError, match="Check the matrix for NaN"):
        ends_of_spectrum(np.full((3, 3), np.nan))


def test_another_thread_runs_while_a_routine_works():
    """A counter in Python goes on during one long product."""
    block, total = np.ones((900, 6000)), np.zeros((900, 900))
    worker = threading.Thread(target=add_outer_products, args=(total, block))
    worker.start()
    count = 0
    while worker.is_alive():
        count += 1
    assert total[0, 0] == 6000.0
    assert count > 100
