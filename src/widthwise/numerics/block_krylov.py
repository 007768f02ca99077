"""An end of the spectrum of a symmetric matrix that is known by its products."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.linalg import qr

from widthwise.progress import Progress
from widthwise.seeds import stream
from widthwise.wording import number

__all__ = ["RitzPairs", "ritz_pairs"]

_DEPENDENT = 1e-8  # Of a unit vector, what is left outside the others.
_BASIS = 160  # Vectors, before the best of them start again.

Product = Callable[[np.ndarray], np.ndarray]
"""$V \\mapsto A V$, of shape (n, b)."""


@dataclass(frozen=True)
class RitzPairs:
    """Ritz values at an end of the spectrum, from there inwards.

    Attributes
    ----------
    values
        Shape (k,).
    vectors
        Shape (n, k), orthonormal but for rounding.
    images
        Shape (n, k). A times the vectors, by a product of their own.
    others
        Shape (l,). The Ritz values of the rest of the basis, in the same order.
    passes
        How many products with a block were taken.
    """

    values: np.ndarray
    vectors: np.ndarray
    images: np.ndarray
    others: np.ndarray
    passes: int


def ritz_pairs(
    product: Product,
    size: int,
    count: int,
    *,
    is_largest: bool,
    tolerance: float,
    passes: int,
    seed: int,
    progress: Progress,
) -> RitzPairs:
    """Return Ritz pairs of a block Krylov space, held orthogonal, begun at random.

    Each pass adds the residuals of the pairs that are farthest from done; a full basis
    starts again with its best vectors, as the thick restart of Lanczos's method does.

    Parameters
    ----------
    product
        A's, of a block of vectors.
    size, count
        n, and how many pairs are wanted, at most n.
    is_largest
        Which end.
    tolerance
        Of a residual, relative to the largest Ritz value in size.
    passes
        The most products.
    seed
        Of the start.
    progress
        Told after each pass.

    Cost
    ----
    Beside the products, 8 n b l operations a pass for a basis of l vectors, and two
    copies of it.
    """
    wide = min(size, max(8, count + 4))
    most = min(size, max(_BASIS, 4 * wide))
    start = stream(seed, "block krylov").standard_normal((size, wide))
    basis = _outside(np.empty((size, 0)), start)
    images, taken = product(basis), 1
    while True:
        inner = basis.T @ images
        values, turn = np.linalg.eigh((inner + inner.T) / 2)
        if is_largest:
            values, turn = values[::-1], turn[:, ::-1]
        kept = min(len(values), wide)
        rest = images @ turn[:, :kept] - (basis @ turn[:, :kept]) * values[:kept]
        sizes = np.linalg.norm(rest, axis=0)
        limit = tolerance * max(float(np.abs(values).max()), np.finfo(float).tiny)
        progress(
            min(1.0, taken / passes),
            f"pass {taken}, largest residual {number(float(sizes[:count].max()))}",
        )
        has_all = len(values) >= count and bool((sizes[:count] <= limit).all())
        if has_all or taken + 1 >= passes or basis.shape[1] == size:
            break
        if most < size and basis.shape[1] + wide > most:
            keep = min(most - wide, 2 * wide)
            basis, images = basis @ turn[:, :keep], images @ turn[:, :keep]
        with np.errstate(divide="ignore", invalid="ignore"):
            units = np.where(sizes > 0.0, rest / sizes, 0.0)
        new = _outside(basis, units[:, sizes > 0.01 * limit])
        if not new.shape[1]:  # What was reached is invariant: go on elsewhere.
            generator = stream(seed, "block krylov", taken)
            new = _outside(basis, generator.standard_normal((size, wide)))
        new = new[:, : size - basis.shape[1]]
        basis = np.concatenate([basis, new], axis=1)
        images = np.concatenate([images, product(new)], axis=1)
        taken += 1
    count = min(count, len(values))
    vectors = basis @ turn[:, :count]
    return RitzPairs(
        values[:count], vectors, product(vectors), values[count:], taken + 1
    )


def _outside(basis: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """Return an orthonormal basis of what the vectors add to one."""
    found: np.ndarray = vectors
    for _ in range(2):  # The second pass removes the first one's rounding.
        found = found - basis @ (basis.T @ found)
        if not found.shape[1]:
            return found
        sizes = np.linalg.norm(vectors, axis=0).max()
        turned, upper, _ = qr(found, mode="economic", pivoting=True)
        found = turned[:, np.abs(np.diag(upper)) > _DEPENDENT * max(sizes, 1e-300)]
        vectors = found
    return found
