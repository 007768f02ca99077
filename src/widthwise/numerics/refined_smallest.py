r"""The least singular value of a matrix to more digits than its factors have.

Backward errors move the least singular value by $\epsilon s_1$. Its vector is far
better: $u_n$ is off by ε along the first ones, and the Rayleigh quotient
$\|A^\top u\|^2$ by the square of that, so one correction of u, with products that have
twice the digits, leaves $\epsilon^2 s_1^2 / n$.
"""

import numpy as np
import torch
from scipy.linalg import eigh

from widthwise.arrays import Array, Float
from widthwise.numerics.double_double import DoubleDouble, exact

__all__ = ["refined_smallest"]

_EPS = torch.finfo(torch.float64).eps
_STEPS = 4
_AT_ONCE = 2**18  # Entries whose products are held with their errors.


def refined_smallest(
    matrix: Float[Array, "n m"],
    triangle: Float[Array, "n n"],
    vectors: Float[Array, "n k"],
) -> tuple[float, float]:
    r"""Return the least eigenvalue of $A A^\top$, n <= m, and an estimate of its error.

    Parameters
    ----------
    matrix
        A, on the CPU; its entries count as exact.
    triangle
        R of $A^\top = Q R$.
    vectors
        The left singular vectors of A that float64 finds, for all values that are near
        the least: of one alone among them the quotient is a mean of theirs.

    Returns
    -------
    The least Ritz value λ, an upper bound but for 1e-30 of $s_1^2$; and
    $r^\top G^{-1} r$ with what is left, $r = G u - \lambda u$, which is by how much it
    is too large unless the next eigenvalue is nearly as small.

    Source
    ------
    Ogita and Aishima (2018), Japan J. Indust. Appl. Math. 35, 1007 (refinement);
    Parlett, The Symmetric Eigenvalue Problem, section 11.

    Cost
    ----
    At most 5 passes, each of 2 n m k products with twice the digits, some 50
    operations.
    """
    u, upper = vectors.numpy().copy(), triangle.contiguous()
    best, off = np.inf, np.inf
    for _ in range(_STEPS + 1):
        columns = [exact(np.ascontiguousarray(each)) for each in u.T]
        images = [_gram_product(matrix.numpy(), each.high) for each in columns]
        inner = _products(columns, images)
        values, turn = eigh(inner, _products(columns, columns))
        lasting = np.linalg.solve(u.T @ u, inner)
        rest = np.stack(
            [
                _less(image, columns, shares).high
                for image, shares in zip(images, lasting.T, strict=True)
            ],
            axis=1,
        )
        half = torch.linalg.solve_triangular(
            upper.T, torch.from_numpy(rest), upper=False
        )
        missed = float((half @ torch.from_numpy(turn[:, 0])).square().sum())
        found = float(values[0])
        if not missed < off:
            break
        best, off = found, missed
        step = torch.linalg.solve_triangular(upper, half, upper=True).numpy()
        u = u - (step - u @ (u.T @ step))
        if missed <= _EPS * found:
            break
    # u itself is rounded, in every direction alike.
    floor = _EPS**2 * float(torch.linalg.matrix_norm(upper, 2)) ** 2 / len(u)
    return best, off + floor + 2.0 * _EPS * best


def _products(some: list[DoubleDouble], others: list[DoubleDouble]) -> np.ndarray:
    found = np.array([[_sum(one * other).high for other in others] for one in some])
    return np.asarray((found + found.T) / 2)


def _less(
    image: DoubleDouble, columns: list[DoubleDouble], shares: np.ndarray
) -> DoubleDouble:
    for column, share in zip(columns, shares, strict=True):
        image = image - exact(share) * column
    return image


def _gram_product(matrix: np.ndarray, vector: np.ndarray) -> DoubleDouble:
    """Return A Aᵀ u with twice the digits."""
    n, m = matrix.shape
    columns = max(1, _AT_ONCE // n)
    total = exact(np.zeros(n))
    for start in range(0, m, columns):
        block = exact(matrix[:, start : start + columns])
        inner = _fold(block * exact(vector[:, None]), 0)
        total = total + _fold(
            block * DoubleDouble(inner.high[None], inner.low[None]), 1
        )
    return total


def _fold(terms: DoubleDouble, axis: int) -> DoubleDouble:
    """Add terms up along an axis, in halves."""
    high, low = np.moveaxis(terms.high, axis, 0), np.moveaxis(terms.low, axis, 0)
    while len(high) > 1:
        half = len(high) // 2
        both = DoubleDouble(high[:half], low[:half]) + DoubleDouble(
            high[half : 2 * half], low[half : 2 * half]
        )
        odd = slice(2 * half, None)
        high = np.concatenate([both.high, high[odd]])
        low = np.concatenate([both.low, low[odd]])
    return DoubleDouble(high[0], low[0])


def _sum(terms: DoubleDouble) -> DoubleDouble:
    return _fold(terms, 0)
