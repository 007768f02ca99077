"""The smallest eigenvalue of a Gram matrix, as cheaply as its digits allow."""

import math
from dataclasses import dataclass

import torch

from widthwise.arrays import PointsLike
from widthwise.errors import DataError
from widthwise.features.two_layer import as_matrix
from widthwise.numerics import require
from widthwise.numerics.extreme_eigenvalues import extreme_eigenvalues
from widthwise.numerics.linear_algebra import (
    add_outer_products,
    complete_symmetric,
    power_of_two_scale,
    svd,
)
from widthwise.numerics.refined_smallest import refined_smallest
from widthwise.numerics.rounding import relative_rounding
from widthwise.numerics.tall_qr import TallFactorization

__all__ = ["FeatureSmallest", "feature_smallest"]

_RELATIVE = 1e-6
_NEAR = 4.0  # Times the least singular value: others tell theirs apart by themselves.
_MOST = 16  # Vectors that are refined together.


@dataclass(frozen=True)
class FeatureSmallest:
    r"""Both ends of the spectrum of $\Phi \Phi^\top$.

    Attributes
    ----------
    smallest, largest
        Eigenvalues.
    error
        By how much the smallest may be off. Of the refined one it is an estimate.
    method
        "gram", "singular values" or "refined".

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> phi = torch.tensor([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]])
    >>> y = torch.tensor([1.0, 2.0, 1.0])
    >>> found = ww.spectra.feature_smallest(phi[:2])
    >>> found.smallest < found.largest, found.error < 1e-6
    (True, True)
    """

    smallest: float
    largest: float
    error: float
    method: str

    @property
    def condition_number(self) -> float:
        """Largest over smallest; inf where the smallest cannot be told from zero."""
        is_zero = self.smallest <= self.error
        return math.inf if is_zero else self.largest / self.smallest


def feature_smallest(
    phi: PointsLike, *, relative: float = _RELATIVE
) -> FeatureSmallest:
    r"""Find $\lambda_{\min}(\Phi \Phi^\top)$ to a relative error, the cheap way first.

    The Gram matrix where its rounding leaves so many digits; else the singular values
    of $\Phi$; else Rayleigh quotients with twice the digits of float64, good to 1e-6
    for condition numbers up to 1e26 where no more than 16 singular values are within 4
    times the least. The entries of $\Phi$ count as exact.

    Parameters
    ----------
    phi
        Φ, shape (n, m), n <= m.
    relative
        The error asked for, over the eigenvalue.

    Raises
    ------
    DataError
        If an entry is not finite, or there are more rows than columns.
    MemoryBudgetError
        If a copy of Φ does not fit.

    Cost
    ----
    n² m + (4/3) n³ operations; 2 n² m + 20 n³ more for the singular values; some 500 n
    m more for the refinement of each value within 4 times the least.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> phi = torch.tensor([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]])
    >>> y = torch.tensor([1.0, 2.0, 1.0])
    >>> found = ww.spectra.feature_smallest(phi[:2])
    >>> round(found.smallest, 6)
    1.0
    """
    matrix = as_matrix(phi, "features").cpu()
    n, m = matrix.shape
    if n > m:
        raise DataError(
            f"The features have {n} rows and {m} columns, so the smallest eigenvalue "
            "is 0. Use at least as many units as points."
        )
    require(16 * n * m + 40 * n * n, f"The factors of {n} x {m} features", "Take rows.")
    scale = power_of_two_scale(matrix)
    matrix = matrix / scale
    unit = scale * scale
    gram = torch.zeros((n, n), dtype=torch.float64)
    add_outer_products(gram, matrix)
    complete_symmetric(gram)
    least, largest = extreme_eigenvalues(gram)
    # Entries are sums of m products, in the mean-square model of rounding.
    error = (relative_rounding(n) + relative_rounding(m) / 8) * largest
    if error <= relative * least:
        return FeatureSmallest(least * unit, largest * unit, error * unit, "gram")
    tall = TallFactorization(matrix)
    _, values, right = svd(tall.triangle)
    first, last = float(values[0]), float(values[-1])
    off = relative_rounding(n) * first
    error = (2.0 * last + off) * off
    if error <= relative * last**2:
        method = "singular values"
        return FeatureSmallest(last**2 * unit, first**2 * unit, error * unit, method)
    near = int((values <= _NEAR * last).sum())
    vectors = right[-min(near, _MOST) :].T.contiguous()
    found, left = refined_smallest(matrix, tall.triangle, vectors)
    if near > _MOST:
        left = max(left, error)
    return FeatureSmallest(found * unit, first**2 * unit, left * unit, "refined")
