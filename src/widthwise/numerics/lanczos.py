"""The largest eigenvalues of a symmetric matrix that is known by its products."""

from collections.abc import Callable

import numpy as np
from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigsh

from widthwise.errors import WidthwiseError
from widthwise.seeds import stream

__all__ = ["largest_eigenvalues"]

_DENSE = 48
"""Up to this size all columns are cheaper than an iteration."""


def largest_eigenvalues(
    product: Callable[[np.ndarray], np.ndarray],
    size: int,
    count: int,
    *,
    tolerance: float = 1e-6,
    seed: int = 0,
) -> tuple[np.ndarray, np.ndarray, int]:
    r"""Return the largest eigenvalues, descending, bounds on their errors, and a count.

    Each bound is the residual $\|Av - \theta v\|$ of a unit vector: some eigenvalue of
    A is that near to θ. That it is one of the largest is Lanczos's promise for a start
    that is orthogonal to none of them, as a random one is with probability 1.

    Parameters
    ----------
    product
        $v \mapsto A v$, of a vector of `size` entries.
    size, count
        p, and the number of eigenvalues, at most p.
    tolerance
        Of an eigenvalue, relative to the largest.
    seed
        Of the start.

    Returns
    -------
    Eigenvalues and bounds, shape (count,), and the number of products.

    Raises
    ------
    WidthwiseError
        If the iteration does not converge.

    Cost
    ----
    Some 20 to 100 products, and 20 vectors.
    """
    taken = 0

    def counted(vector: np.ndarray) -> np.ndarray:
        nonlocal taken
        taken += 1
        return product(np.ascontiguousarray(vector.reshape(-1)))

    if size <= max(_DENSE, 2 * count + 1):
        matrix = np.stack([counted(column) for column in np.eye(size)])
        values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    else:
        start = stream(seed, "lanczos").standard_normal(size)
        operator = LinearOperator((size, size), counted, dtype=np.float64)
        try:
            values, vectors = eigsh(
                operator, count, which="LA", v0=start, tol=tolerance / 4
            )
        except ArpackNoConvergence as error:
            raise WidthwiseError(
                f"Lanczos's iteration has not found the {count} largest eigenvalues "
                f"after {taken} products. Ask for fewer, or for a larger tolerance."
            ) from error
    order = np.argsort(values)[::-1][:count]
    values, vectors = values[order], vectors[:, order]
    errors = [
        np.linalg.norm(counted(vector) - value * vector)
        for value, vector in zip(values, vectors.T, strict=True)
    ]
    return values, np.array(errors), taken
