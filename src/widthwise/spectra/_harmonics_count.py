"""How many spherical harmonics there are."""

import math

__all__ = ["harmonics_count"]


def harmonics_count(dimension: int, degree: int) -> int:
    """N(d, k), the number of independent harmonics of degree k in d variables."""
    if dimension == 1:
        return int(degree <= 1)
    below = math.comb(degree + dimension - 3, dimension - 1) if degree >= 2 else 0
    return math.comb(degree + dimension - 1, dimension - 1) - below
