"""Gram matrices and spectra that let other threads run.

By NumPy, PyTorch and `_tracker_routines`, which do not hold the interpreter's lock.
"""

import numpy as np
import torch

from widthwise.arrays import Array, Float
from widthwise.dynamics.tracking._routines import add_outer_products, ends_of_spectrum
from widthwise.numerics import linear_algebra

__all__ = [
    "add_upper_gram",
    "ends",
    "gram",
    "multiply",
    "smallest_to_largest",
    "triangular_spectrum",
]

_TORCH_EIGENVALUES_ABOVE = 3000  # As in `numerics.linear_algebra`.


def multiply(
    left: Float[Array, "n d"], right: Float[Array, "b d"], out: Float[Array, "n b"]
) -> None:
    r"""Write $A B^\top$ into `out`."""
    if _is_elsewhere(out):
        torch.mm(left, right.T, out=out)
        return
    np.matmul(left.numpy(), right.numpy().T, out=out.numpy())


def add_upper_gram(total: Float[Array, "n n"], block: Float[Array, "n b"]) -> None:
    r"""Add $B B^\top$ to the upper triangle of `total`; both C-contiguous."""
    if _is_elsewhere(total):
        total.addmm_(block, block.T)
        return
    add_outer_products(total.numpy(), block.numpy())


def gram(block: Float[Array, "n b"]) -> Float[Array, "n n"]:
    r"""Return $B B^\top$, exactly symmetric."""
    count = len(block)
    found = torch.zeros((count, count), dtype=torch.float64, device=block.device)
    add_upper_gram(found, block.contiguous())
    linear_algebra.complete_symmetric(found)
    return found


def ends(matrix: Float[Array, "n n"]) -> tuple[float, float]:
    """Return the smallest and the largest eigenvalue of a symmetric matrix.

    Cost: (4/3) n³ operations and one copy of the matrix.
    """
    if _is_elsewhere(matrix) or len(matrix) > _TORCH_EIGENVALUES_ABOVE:
        found = linear_algebra.eigenvalues(matrix.contiguous())
        return float(found[0]), float(found[-1])
    return ends_of_spectrum(matrix.numpy())


def smallest_to_largest(matrix: Float[Array, "n n"]) -> Float[Array, " n"]:
    """Return the eigenvalues of a symmetric matrix, ascending.

    Cost: (4/3) n³ operations and one copy of the matrix.
    """
    if _is_elsewhere(matrix) or len(matrix) > _TORCH_EIGENVALUES_ABOVE:
        return linear_algebra.eigenvalues(matrix.contiguous())
    found: Array = torch.from_numpy(np.linalg.eigvalsh(matrix.numpy()))
    return found


def triangular_spectrum(block: Float[Array, "n b"]) -> Float[Array, " r"]:
    r"""Return the singular values of B, descending, by those of R in $B^\top = Q R$.

    Cost: 2 n² b + (8/3) n³ operations and two copies of B.
    """
    if _is_elsewhere(block):
        return linear_algebra.singular_values(
            linear_algebra.triangular_factor(block.contiguous())
        )
    factor = np.linalg.qr(block.numpy().T, mode="r")
    found: Array = torch.from_numpy(np.linalg.svd(factor, compute_uv=False))
    return found


def _is_elsewhere(matrix: Array) -> bool:
    return matrix.device.type != "cpu"
