"""The number of spherical harmonics and the recurrence of their polynomials."""

import math

import numpy as np
import pytest

from widthwise.numerics import gauss_legendre
from widthwise.numerics.harmonics import harmonics_count, step_squared


@pytest.mark.parametrize("dimension", [1, 2, 3, 5, 40])
def test_harmonics_up_to_a_degree_are_the_polynomials_on_the_sphere(dimension):
    """Homogeneous polynomials of degree k are harmonics of degrees k, k - 2, ..."""
    for degree in range(8):
        polynomials = math.comb(degree + dimension - 1, degree)
        counts = [
            harmonics_count(dimension, k) for k in range(degree % 2, degree + 1, 2)
        ]
        assert sum(counts) == polynomials


@pytest.mark.parametrize("dimension", [2, 3, 4, 9])
def test_the_recurrence_makes_orthonormal_polynomials(dimension):
    nodes, weights = gauss_legendre(60)
    theta = math.pi * nodes
    mass = weights * np.sin(theta) ** (dimension - 2)
    u, mass = np.cos(theta), mass / mass.sum()
    found, step = [np.zeros_like(u), np.ones_like(u)], 0.0
    for k in range(1, 9):
        following = math.sqrt(step_squared(dimension, k))
        found.append((u * found[-1] - step * found[-2]) / following)
        step = following
    basis = np.stack(found[1:])
    np.testing.assert_allclose(basis * mass @ basis.T, np.eye(9), atol=1e-13)
