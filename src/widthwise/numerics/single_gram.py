r"""Cholesky's factor of $A A^\top$ in float32, where its solutions can be refined."""

import numpy as np
import torch
from scipy.linalg import blas

from widthwise.arrays import Array, Float
from widthwise.numerics.accelerator import is_elsewhere
from widthwise.numerics.largest import column_sizes
from widthwise.numerics.linear_algebra import cholesky_solve
from widthwise.numerics.power_iterations import estimated_ends
from widthwise.numerics.symmetric import WHOLE, upper_factor

__all__ = ["SingleGram", "single_gram"]

_WORK = 2e9  # Operations from which the copy and the refinements are won back.
_LEAST = 256  # Rows.
_SQUARE = 0.95  # Rows by units from which the least eigenvalue falls away.
_COLUMNS = 4096  # Copied at once.
_SQUARES = 1e-12, 1e12  # Of the diagonal: float32 has room for what is beside it.
_UNIT = float(np.finfo(np.float32).eps) / 2
_CLEAR = 128.0
"""Times u ‖G‖ (Frobenius), which errors of sums and factors were mostly 0.3 to 1 times
of, and at most 74 times along what two rows of equal entries have in common."""
_LONG = 2**17  # Columns from which errors of such rows grow with their number.
_STEP = 4  # Of so many rows one is looked at first: 1/16 of the operations.
_FIRST = 1024.0  # What is clear of them, in place of `_CLEAR`.


class SingleGram:
    r"""$L L^\top \approx A A^\top$ in float32.

    Attributes
    ----------
    largest_square
        Of the diagonal.
    condition
        An estimate of that of $A A^\top$.
    """

    def __init__(self, factor: Array, largest: float, condition: float) -> None:
        self._factor = factor
        self.largest_square, self.condition = largest, condition

    @np.errstate(under="ignore")
    def solve(self, right: Float[Array, "n c"]) -> Float[Array, "n c"]:
        """Return x with L L^T x = `right` in float64; as good as L is."""
        size = torch.from_numpy(column_sizes(right.numpy()))
        found: Array = cholesky_solve(self._factor, (right / size).float())
        return found.double() * size


def single_gram(matrix: Float[Array, "n m"]) -> SingleGram | None:
    r"""Return the factor in float32, or None where float64 has to do it.

    It has to where rounding in float32 is not small beside the least eigenvalue, an
    entry is not finite or far from 1, and where nothing would be won. Whether the least
    eigenvalue is large enough is first asked of a part of the rows.

    Parameters
    ----------
    matrix
        A, C-contiguous.

    Cost: n² m + n³/3 operations of float32, and 1/16 of that; 4 n² bytes
    and some 16 kB a row.
    """
    n, m = matrix.shape
    if is_elsewhere(matrix) or not _LEAST <= n <= min(WHOLE, _SQUARE * m):
        return None
    if n * n * m < _WORK:
        return None
    rows = matrix.numpy()
    growth = max(1.0, m / _LONG)
    if _factor(rows[::_STEP], _FIRST * growth) is None:
        return None
    return _factor(rows, _CLEAR * growth)


def _factor(rows: np.ndarray, clear: float) -> SingleGram | None:
    """Return the factor if its least eigenvalue is so many times what is rounded."""
    upper = _triangle(rows)
    squares = upper.diagonal().astype(np.float64)
    largest = float(squares.max())
    if not _SQUARES[0] < squares.min() <= largest < _SQUARES[1]:
        return None
    whole = 2.0 * _sum_of_squares(upper) - float(squares @ squares)
    upper_root = upper_factor(upper, in_place=True, is_clean=False)
    if upper_root is None:
        return None
    factor = torch.from_numpy(upper_root.T)
    most, inverse = estimated_ends(factor)
    if not inverse * clear * _UNIT * np.sqrt(whole) < 1.0:
        return None
    return SingleGram(factor, largest, most * inverse)


def _triangle(rows: np.ndarray) -> np.ndarray:
    r"""Return the upper triangle of $A A^\top$, zeros below it, F-contiguous."""
    n, m = rows.shape
    found = np.zeros((n, n), np.float32, order="F")
    held = np.empty((n, min(m, _COLUMNS)), np.float32)
    # What float32 does not hold shows on the diagonal, or adds nothing.
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        for start in range(0, m, _COLUMNS):
            some = rows[:, start : start + _COLUMNS]
            if some.shape[1] < held.shape[1]:
                held = np.empty(some.shape, np.float32)
            np.copyto(held, some, casting="same_kind")
            found = blas.ssyrk(1.0, held.T, beta=1.0, c=found, trans=1, overwrite_c=1)
    return found


def _sum_of_squares(upper: np.ndarray) -> float:
    flat = upper.ravel(order="K")
    return float(np.dot(flat, flat))
