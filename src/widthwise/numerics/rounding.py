r"""How far rounding moves eigenvalues and singular values, so what counts as zero.

The numerical rank is how many of them are above these bounds, in every room.
"""

import math

import torch

from widthwise.arrays import Array, Float

__all__ = ["relative_rounding", "rounding_of_eigenvalues", "scatter"]

_EPS = torch.finfo(torch.float64).eps
_ORDER, _GAMMA = 6, 924.0  # (2k)! / (k!)² at k = 6


def relative_rounding(rows: int, unit: float = _EPS) -> float:
    r"""Bound $\delta s_1 / s_1$ of a backward stable factorization of n rows.

    $(16 + 2 \sqrt n)\,\epsilon$, with ε the `unit` of the type that the numbers came
    in. Worst-case constants grow like a power of n that is
    never seen. This is the mean-square model (errors grow like the square root of n),
    with a factor of safety checked against exact arithmetic in the tests.
    """
    return unit * (16.0 + 2.0 * math.sqrt(rows))


def rounding_of_eigenvalues(
    matrix: Float[Array, "n n"], norm: float, unit: float = _EPS
) -> float:
    r"""Bound the errors of the eigenvalues of a symmetric matrix with rounded entries.

    By Weyl's inequality, with entries that count as rounded to 8 units in the last
    place of the largest, independently,

    .. math:: |\delta\lambda_i| \le p(n)\,\epsilon\,\lambda_1 +
        16 \sqrt n\,u \max |G_{ij}|, \qquad p(n) = 16 + 2 \sqrt n.

    Parameters
    ----------
    matrix
        G, shape (n, n).
    norm
        Its spectral norm $\lambda_1$.
    unit
        u, the rounding unit of the dtype that the entries were computed in.
    """
    rows = len(matrix)
    entries = 16.0 * math.sqrt(rows) * unit * float(matrix.abs().max())
    return relative_rounding(rows) * norm + entries


def scatter(values: Float[Array, "... k"]) -> Float[Array, "..."]:
    r"""Return the deviation of what is not smooth in values at k >= 7 equal steps.

    Differences of order six leave nothing of what is smooth on such a step, and of
    independent errors of deviation s they leave $s \sqrt{924}$.

    Source
    ------
    Moré and Wild (2011), SIAM J. Sci. Comput. 33, 1292 (ECnoise).
    """
    rest = torch.diff(values, n=_ORDER, dim=-1)
    return (rest.square().mean(dim=-1) / _GAMMA).sqrt()
