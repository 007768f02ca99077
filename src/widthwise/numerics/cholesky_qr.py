r"""Q R factorizations of a tall matrix through its Gram matrix, twice.

$A^\top A = R_1^\top R_1$ and $Q_1 = A R_1^{-1}$ lose the digits that the square of
A's condition number takes; the same once more, of $Q_1$, brings them back. All of it is
products of matrices, faster than Householder's reflections of long columns.
"""

from dataclasses import dataclass

import torch
from scipy.linalg import blas

from widthwise.arrays import Array, Float
from widthwise.numerics.accelerator import is_elsewhere
from widthwise.numerics.linear_algebra import cholesky, complete_symmetric
from widthwise.numerics.symmetric import add_symmetric_product
from widthwise.numerics.tall_qr import TallFactorization

__all__ = [
    "CholeskyQR",
    "add_inner_products",
    "cholesky_qr",
    "inner_products",
    "tall_factorization",
]

_REACH = 0.1  # ‖Q₁ᵀQ₁ − 1‖ up to which a second pass leaves rounding errors alone.


@dataclass(frozen=True)
class CholeskyQR:
    """Q and R of a tall A; Q is kept as the first pass left it.

    Attributes
    ----------
    triangle
        Shape (m, m). R, upper.
    """

    triangle: Float[Array, "m m"]
    _first: Float[Array, "n m"]
    _second: Float[Array, "m m"]

    def expand(self, coordinates: Float[Array, "m c"]) -> Float[Array, "n c"]:
        """Return Q times the coordinates."""
        inner = torch.linalg.solve_triangular(self._second, coordinates, upper=True)
        found: Array = self._first @ inner
        return found

    def project(self, vectors: Float[Array, "n c"]) -> Float[Array, "m c"]:
        """Return the transpose of Q times the vectors."""
        inner = self._first.T @ vectors
        found: Array = torch.linalg.solve_triangular(self._second.T, inner, upper=False)
        return found

    def solve(self, right: Float[Array, "n c"]) -> Float[Array, "m c"]:
        """Return x that makes ‖A x - right‖ least."""
        found: Array = torch.linalg.solve_triangular(
            self.triangle, self.project(right), upper=True
        )
        return found


def tall_factorization(
    matrix: Float[Array, "n m"], first: Float[Array, "m m"] | None
) -> CholeskyQR | TallFactorization:
    r"""Return $A = Q R$ of a tall matrix, by reflections where its condition asks.

    Parameters
    ----------
    matrix
        A.
    first
        Cholesky's factor of $A^\top A$, None where there is none.

    Cost: 2 n m² operations, or 4 n m² for conditions above 1e7.
    """
    found = None if first is None else cholesky_qr(matrix, first)
    return found or TallFactorization(matrix.T.contiguous())


def add_inner_products(gram: Float[Array, "m m"], block: Float[Array, "b m"]) -> None:
    r"""Add $B^\top B$ to the upper triangle of `gram`, in place; both C-contiguous.

    Cost: b m² operations.
    """
    add_symmetric_product(gram, block.T)


def inner_products(matrix: Float[Array, "n m"]) -> Float[Array, "m m"]:
    r"""Return $A^\top A$ of a C-contiguous A.

    Cost: n m² operations.
    """
    found = matrix.new_zeros(matrix.shape[1], matrix.shape[1])
    add_inner_products(found, matrix)
    complete_symmetric(found)
    return found


def cholesky_qr(
    matrix: Float[Array, "n m"], first: Float[Array, "m m"] | None = None
) -> CholeskyQR | None:
    r"""Return $A = Q R$ of a tall matrix, or None where its condition is above 1e7.

    Parameters
    ----------
    matrix
        A.
    first
        Cholesky's factor of $A^\top A$, where it is known.

    Source
    ------
    Yamamoto, Nakatsukasa, Yanagisawa and Fukaya (2015), ETNA 44, 306: both
    orthogonality and the residual are of the order of rounding while
    $\kappa(A)^2 \epsilon \ll 1$.

    Cost
    ----
    3 n m² operations and a copy of A.
    """
    if first is None:
        first = cholesky(inner_products(matrix))
    if first is None:
        return None
    if not is_elsewhere(matrix):
        solved = blas.dtrsm(1.0, first.numpy().T, matrix.numpy().T, trans_a=1)
        basis: Array = torch.from_numpy(solved.T)
    else:
        basis = torch.linalg.solve_triangular(first.T, matrix, upper=True, left=False)
    gram = inner_products(basis)
    off = gram - torch.eye(len(gram), dtype=gram.dtype, device=gram.device)
    if not float(torch.linalg.matrix_norm(off)) <= _REACH:
        return None
    second = cholesky(gram)
    if second is None:
        return None
    upper = second.T.contiguous()
    return CholeskyQR((upper @ first.T).triu(), basis, upper)
