"""Both ends of a spectrum, against closed forms and all eigenvalues at once."""

import numpy as np
import pytest
import torch

from widthwise.numerics.extreme_eigenvalues import extreme_eigenvalues

EPS = 2.0**-52


@pytest.mark.parametrize("n", [1, 2, 3, 33, 64, 150])
def test_ends_are_those_of_the_second_difference(n):
    """Eigenvalues 2 - 2 cos(k π / (n + 1)), in a basis where the matrix is full."""
    matrix = 2 * np.eye(n) - np.eye(n, k=1) - np.eye(n, k=-1)
    normals = np.random.default_rng(n).standard_normal((n, n))
    basis = np.linalg.qr(normals)[0]
    full = basis @ matrix @ basis.T
    given = torch.from_numpy((full + full.T) / 2)
    kept = given.clone()
    found = extreme_eigenvalues(given)
    assert torch.equal(given, kept)
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
        least, largest = extreme_eigenvalues(torch.from_numpy(given))
        together = np.linalg.eigvalsh(given)
        assert abs(largest - together[-1]) <= 32 * EPS
        assert abs(least - together[0]) <= 32 * EPS


def test_a_matrix_that_is_not_finite_is_said():
    with pytest.raises(np.linalg.LinAlgError, match="Check the matrix for NaN"):
        extreme_eigenvalues(torch.full((3, 3), torch.nan, dtype=torch.float64))
