"""Spherical harmonics: how many there are, and their polynomials' recurrence."""

import math

__all__ = ["harmonics_count", "step_squared"]


def harmonics_count(dimension: int, degree: int) -> int:
    """N(d, k), the number of independent harmonics of degree k in d variables."""
    if dimension == 1:
        return int(degree <= 1)
    below = math.comb(degree + dimension - 3, dimension - 1) if degree >= 2 else 0
    return math.comb(degree + dimension - 1, dimension - 1) - below


def step_squared(dimension: int, degree: int) -> float:
    """Return b_k² of u p_{k-1} = b_k p_k + b_{k-1} p_{k-2}, k >= 1.

    The $p_k$ are orthonormal for one coordinate u of a uniform point of $S^{d-1}$.
    """
    d, k = dimension, degree
    if k == 1:
        return 1 / d
    return k * (k + d - 3) / ((2 * k + d - 2) * (2 * k + d - 4))
