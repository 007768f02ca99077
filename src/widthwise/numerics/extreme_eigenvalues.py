"""Both ends of a symmetric matrix's spectrum, in two thirds of the time of all."""

import numpy as np
from scipy.linalg import lapack

from widthwise.arrays import Array, Float
from widthwise.numerics.linear_algebra import eigenvalues

__all__ = ["extreme_eigenvalues"]

_ALL_ABOVE = 3000  # There `eigenvalues` changes to PyTorch, which is faster still.


def extreme_eigenvalues(matrix: Float[Array, "n n"]) -> tuple[float, float]:
    """Return the least and the largest eigenvalue of a symmetric matrix.

    The matrix becomes tridiagonal (sytrd), whose two ends are found by bisection
    (stebz) to the last digits: the errors are those of the first step, eps times the
    norm, as for all eigenvalues at once.

    Parameters
    ----------
    matrix
        Shape (n, n), C-contiguous, on any device; the CPU finds no ends alone above
        3000 rows, nor does an accelerator: all eigenvalues are computed there.

    Cost: (4/3) n³ operations and one copy of the matrix.
    """
    n = len(matrix)
    if matrix.device.type != "cpu" or not 1 < n <= _ALL_ABOVE:
        found = eigenvalues(matrix)
        return float(found[0]), float(found[-1])
    _, diagonal, beside, _, info = lapack.dsytrd(
        matrix.numpy().T, lower=1, lwork=64 * n
    )
    least, largest = (_eigenvalue(diagonal, beside, place) for place in (1, n))
    if info or not np.isfinite(least + largest):
        raise np.linalg.LinAlgError(
            "The ends of the spectrum are not finite. Check the matrix for NaN."
        )
    return least, largest


def _eigenvalue(diagonal: np.ndarray, beside: np.ndarray, place: int) -> float:
    # Twice the least normal number asks for all digits that bisection can give.
    tolerance = 2.0 * float(np.finfo(np.float64).tiny)
    count, found, *_, info = lapack.dstebz(
        diagonal, beside, 2, 0.0, 0.0, place, place, tolerance, "E"
    )
    return float(found[0]) if info == 0 and count == 1 else float("nan")
