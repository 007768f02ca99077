r"""Symmetric products and Cholesky's method, tile by tile where the order is large.

OpenBLAS's threaded dsyrk and dpotrf write beyond their buffers where the share of one
thread is large (OpenBLAS, issue 2562): with two threads on processors with AVX-512 the
process dies from an order of 15,000 to 19,000 on. Products of any two matrices do not.
"""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import torch
from scipy.linalg import blas, lapack

from widthwise.arrays import Array, Float
from widthwise.machine import limited_blas
from widthwise.numerics.accelerator import is_elsewhere

__all__ = [
    "TILE",
    "WHOLE",
    "add_symmetric_product",
    "complete_symmetric",
    "lower_factor",
    "solve_rows",
    "upper_factor",
]

WHOLE = 8192
"""The largest order that is left to one call."""
TILE = 2048
"""Beyond it, rows and columns of a tile."""
_FEW, _ALONE = 64, 1024  # Orders between which Cholesky's method has one thread.
_SMALL = 256  # Two such tiles of float64 fit in a core's second-level cache.
_STRIPS = 4  # Rows of them that are worth a thread.


def add_symmetric_product(
    gram: Float[Array, "n n"], factor: Float[Array, "n b"], scale: float = 1.0
) -> None:
    r"""Add `scale` times $A A^\top$ to the upper triangle of `gram`, in place.

    Parameters
    ----------
    gram
        Shape (n, n), C-contiguous; the part below the diagonal keeps its values, but
        for an accelerator's.
    factor
        A, shape (n, b); it or its transpose is C-contiguous.

    Cost: n² b operations.
    """
    if is_elsewhere(gram):
        gram.addmm_(factor, factor.T, alpha=scale)
    elif len(gram) <= WHOLE:
        # For LAPACK `gram` is its own transpose, its upper triangle the lower one.
        view = factor.numpy()
        turned = view.flags.c_contiguous
        view, target = view.T if turned else view, gram.numpy().T
        syrk = blas.ssyrk if target.dtype == np.float32 else blas.dsyrk
        syrk(scale, view, beta=1.0, c=target, trans=turned, lower=1, overwrite_c=1)
    else:
        for start in range(0, len(gram), TILE):
            stop = min(start + TILE, len(gram))
            rows, others = factor[start:stop], factor[stop:]
            corner = torch.triu(rows @ rows.T).mul_(scale)
            gram[start:stop, start:stop] += corner
            gram[start:stop, stop:].addmm_(rows, others.T, alpha=scale)


def lower_factor(
    matrix: Float[Array, "n n"], *, in_place: bool = False
) -> Float[Array, "n n"] | None:
    r"""Return L of $L L^\top = A$, zeros above it, or None if A is not definite.

    Parameters
    ----------
    matrix
        A, C-contiguous and on the CPU; lost if `in_place`.

    Cost: n³/3 operations.
    """
    if len(matrix) <= WHOLE:
        # LAPACK's upper factor of the transposed view is our lower one.
        upper = upper_factor(matrix.numpy().T, in_place=in_place)
        return None if upper is None else torch.from_numpy(upper.T)
    factor = matrix if in_place else matrix.clone()
    for start in range(0, len(factor), TILE):
        stop = min(start + TILE, len(factor))
        corner = lower_factor(factor[start:stop, start:stop].contiguous())
        if corner is None:
            return None
        factor[start:stop, start:stop] = corner
        factor[start:stop, stop:] = 0.0
        below = factor[stop:, start:stop]
        below.copy_(
            torch.linalg.solve_triangular(corner.T, below, upper=True, left=False)
        )
        for left in range(stop, len(factor), TILE):
            right = left + TILE
            factor[left:, left:right].addmm_(
                factor[left:, start:stop], factor[left:right, start:stop].T, alpha=-1.0
            )
    return factor


def upper_factor(
    matrix: np.ndarray, *, in_place: bool = False, is_clean: bool = True
) -> np.ndarray | None:
    r"""Return U of $U^\top U = A$, or None if A is not definite; of one call's order.

    Parameters
    ----------
    matrix
        A, F-contiguous, its upper triangle; lost if `in_place`.
    is_clean
        Whether zeros are written below U.
    """
    potrf = lapack.spotrf if matrix.dtype == np.float32 else lapack.dpotrf
    # Beside two busy processes two threads took up to a second for an order of 1,000;
    # alone they take 7.5 ms, and one 10.
    with limited_blas(1 if _FEW <= len(matrix) <= _ALONE else None):
        upper, info = potrf(matrix, lower=0, clean=is_clean, overwrite_a=in_place)
    return None if info else np.asarray(upper)


def solve_rows(factor: Float[Array, "n n"], rows: Float[Array, "b n"]) -> None:
    r"""Write $B L^{-\top}$ into the rows of B, C-contiguous.

    Cost: n² b operations.
    """
    if is_elsewhere(factor):
        upper = factor.T.contiguous()
        rows.copy_(torch.linalg.solve_triangular(upper, rows, upper=True, left=False))
        return
    lower, view = factor.numpy().T, rows.numpy().T
    solve = blas.strsm if view.dtype == np.float32 else blas.dtrsm
    solve(1.0, lower, view, trans_a=1, overwrite_b=1)


def complete_symmetric(gram: Float[Array, "n n"], scale: float = 1.0) -> float:
    """Write `scale` times the upper triangle into both, tile by tile.

    Returns
    -------
    A sum of all entries of the upper triangle, and some of the lower: finite only if
    they are.
    """
    strips = range(0, gram.shape[0], _SMALL)
    if is_elsewhere(gram):
        if scale != 1.0:
            gram.mul_(scale)
        for start in strips:
            rows = slice(start, start + _SMALL)
            corner = gram[rows, rows]
            corner.copy_(torch.triu(corner) + torch.triu(corner, diagonal=1).T)
            gram[start + _SMALL :, rows] = gram[rows, start + _SMALL :].T
        return float(gram.sum())
    threads = min(torch.get_num_threads(), len(strips) // _STRIPS)
    mirror = partial(_mirror, gram.numpy(), scale)
    if threads < 2:
        return sum(map(mirror, strips))
    with ThreadPoolExecutor(threads) as pool:
        return sum(pool.map(mirror, strips))


def _mirror(entries: np.ndarray, scale: float, start: int) -> float:
    """Copy a strip of rows, from the diagonal on, onto the columns below it."""
    rows = slice(start, start + _SMALL)
    if scale != 1.0:
        entries[rows, start:] *= scale
    corner = entries[rows, rows]
    below = np.tri(len(corner), k=-1, dtype=bool)
    np.copyto(corner, corner.T.copy(), where=below)
    for left in range(start + _SMALL, len(entries), _SMALL):
        tile = slice(left, left + _SMALL)
        entries[tile, rows] = entries[rows, tile].T
    with np.errstate(over="ignore", invalid="ignore"):  # Whoever asks looks at it.
        return float(entries[rows, start:].sum())
