"""Extreme eigenvalues of a kernel, and the condition number of features."""

import math
from collections.abc import Callable

from widthwise.arrays import Array, Float
from widthwise.numerics.extreme_eigenvalues import extreme_eigenvalues
from widthwise.numerics.linear_algebra import (
    eigenvalues,
    power_of_two_scale,
    singular_values,
    triangular_factor,
)
from widthwise.numerics.rounding import relative_rounding, rounding_of_eigenvalues

__all__ = ["extremes", "features_condition_number", "least_nonzero"]

# The Gram matrix keeps a relative accuracy of κ(G) eps n; beyond this κ(G) the smallest
# eigenvalue would have fewer than five digits, so singular values of Φ are taken.
_GRAM_IS_ACCURATE = 1e8


def extremes(kernel: Float[Array, "n n"]) -> tuple[float, float]:
    """Return the smallest and largest eigenvalue; rounding below zero counts as zero.

    Cost: (4/3) n³ operations.
    """
    if not bool(kernel.any()):
        return 0.0, 0.0
    scale = power_of_two_scale(kernel)
    scaled = kernel / scale
    smallest, largest = extreme_eigenvalues(scaled)
    if abs(smallest) <= rounding_of_eigenvalues(scaled, largest):
        smallest = max(smallest, 0.0)
    return smallest * scale, largest * scale


def least_nonzero(kernel: Float[Array, "n n"]) -> tuple[float, float]:
    """Return the least eigenvalue above rounding error, and the largest."""
    found = eigenvalues(kernel.contiguous())
    largest = float(found[-1])
    kept = found[found > rounding_of_eigenvalues(kernel, largest)]
    return (float(kept[0]) if len(kept) else largest), largest


def features_condition_number(
    gram: Float[Array, "n n"], features: Callable[[], Float[Array, "n m"]]
) -> float:
    r"""Return $\kappa(\Phi \Phi^\top)$, accurate up to about 1e28; inf if singular.

    Cost: (4/3) n³ operations; 2 n² m more where $\kappa > 10^8$.
    """
    smallest, largest = extremes(gram)
    if largest > 0.0 and smallest * _GRAM_IS_ACCURATE > largest:
        return largest / smallest
    matrix = features()
    count, width = matrix.shape
    if width < count or largest <= 0.0:
        return math.inf
    scaled = (matrix / power_of_two_scale(matrix)).contiguous()
    values = singular_values(triangular_factor(scaled))
    if float(values[-1]) <= relative_rounding(count) * float(values[0]):
        return math.inf
    return float(values[0] / values[-1]) ** 2
