r"""Cholesky's factor of $A A^\top$ straight from A, and products with A beside it.

All of it is one library's work: threads of another, which torch brings, wait awake for
more to do, and hold up those of the factorization.
"""

import numpy as np
import torch
from scipy.linalg import blas

from widthwise.arrays import Array, Float
from widthwise.numerics.accelerator import is_elsewhere
from widthwise.numerics.linear_algebra import cholesky
from widthwise.numerics.symmetric import (
    WHOLE,
    add_symmetric_product,
    complete_symmetric,
    lower_factor,
    upper_factor,
)

__all__ = ["gram_factor", "times", "transposed_times"]


def gram_factor(
    matrix: Float[Array, "n m"],
) -> tuple[Float[Array, "n n"] | None, Float[Array, " n"]]:
    r"""Return L with $L L^\top = A A^\top$, None where that has none, and the diagonal.

    Parameters
    ----------
    matrix
        A, C-contiguous.

    Cost: n² m + n³/3 operations, in the memory of L.
    """
    if is_elsewhere(matrix):
        gram = matrix @ matrix.T
        return cholesky(gram), gram.diagonal()
    n = len(matrix)
    if n > WHOLE:
        gram = matrix.new_zeros((n, n))
        add_symmetric_product(gram, matrix)
        complete_symmetric(gram)
        squares = gram.diagonal().clone()
        return lower_factor(gram, in_place=True), squares
    # The views are Aᵀ and Lᵀ: dsyrk writes its upper triangle, and leaves the zeros.
    upper = blas.dsyrk(
        1.0, matrix.numpy().T, c=np.zeros((n, n), order="F"), trans=1, overwrite_c=1
    )
    diagonal: Array = torch.from_numpy(upper.diagonal().copy())
    factor = upper_factor(upper, in_place=True, is_clean=False)
    return None if factor is None else torch.from_numpy(factor.T), diagonal


def times(
    matrix: Float[Array, "n m"], vectors: Float[Array, "m c"]
) -> Float[Array, "n c"]:
    """Return A times vectors."""
    return matrix @ vectors if is_elsewhere(matrix) else _product(matrix, vectors, 1)


def transposed_times(
    matrix: Float[Array, "n m"], vectors: Float[Array, "n c"]
) -> Float[Array, "m c"]:
    """Return the transpose of A times vectors."""
    return matrix.T @ vectors if is_elsewhere(matrix) else _product(matrix, vectors, 0)


def _product(matrix: Array, vectors: Array, trans: int) -> Array:
    view, given = matrix.numpy().T, vectors.numpy()
    if given.shape[1] == 1:  # As a product of matrices it takes four times as long.
        found = blas.dgemv(1.0, view, given[:, 0], trans=trans)[:, None]
    else:
        found = blas.dgemm(1.0, view, given, trans_a=trans)
    product: Array = torch.from_numpy(found)
    return product
