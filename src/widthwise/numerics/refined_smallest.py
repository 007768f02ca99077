r"""The least singular value of a matrix to more digits than its factors have.

Backward errors move the least singular value by $\epsilon s_1$. Its vector is far
better: $u_n$ is off by ε along the first ones, and the Rayleigh quotient
$\|A^\top u\|^2$ by the square of that, so one correction of u, with products that have
twice the digits, leaves $\epsilon^2 s_1^2 / n$.
"""

import numpy as np
import torch

from widthwise.arrays import Array, Float
from widthwise.numerics.double_double import DoubleDouble, exact

__all__ = ["refined_smallest"]

_EPS = torch.finfo(torch.float64).eps
_STEPS = 4
_AT_ONCE = 2**18  # Entries whose products are held with their errors.


def refined_smallest(
    matrix: Float[Array, "n m"],
    triangle: Float[Array, "n n"],
    vector: Float[Array, " n"],
) -> tuple[float, float]:
    r"""Return the least eigenvalue of $A A^\top$, n <= m, and an estimate of its error.

    Parameters
    ----------
    matrix
        A, on the CPU; its entries count as exact.
    triangle
        R of $A^\top = Q R$.
    vector
        The left singular vector of A that float64 finds.

    Returns
    -------
    The Rayleigh quotient λ, an upper bound but for 1e-30 of $s_1^2$; and
    $r^\top G^{-1} r$ with what is left, $r = G u - \lambda u$, which is by how much it
    is too large unless the second least eigenvalue is nearly as small.

    Source
    ------
    Ogita and Aishima (2018), Japan J. Indust. Appl. Math. 35, 1007 (refinement);
    Parlett, The Symmetric Eigenvalue Problem, section 11.

    Cost
    ----
    At most 5 passes, each of 2 n m products with twice the digits, some 50 operations.
    """
    u = (vector / torch.linalg.vector_norm(vector)).numpy()
    upper = triangle.contiguous()
    best, off = np.inf, np.inf
    for _ in range(_STEPS + 1):
        image = _gram_product(matrix.numpy(), u)
        size = _sum(exact(u) * exact(u))
        value = _sum(image * exact(u)) / size
        rest = torch.from_numpy((image - value * exact(u)).high)
        half = torch.linalg.solve_triangular(upper.T, rest[:, None], upper=False)
        found, missed = float(value.high), float(half.square().sum())
        if not missed < off:
            break
        best, off = found, missed
        step = torch.linalg.solve_triangular(upper, half, upper=True)[:, 0].numpy()
        step = step - u * (u @ step)
        u = u - step
        if missed <= _EPS * found:
            break
    # u itself is rounded, in every direction alike.
    floor = _EPS**2 * float(torch.linalg.matrix_norm(upper, 2)) ** 2 / len(u)
    return best, off + floor


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
