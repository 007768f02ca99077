"""A kernel matrix, checked, and its eigenvectors."""

import torch

from widthwise.arrays import (
    Array,
    DeviceLike,
    Float,
    PointsLike,
    provenance,
    rounding_unit,
)
from widthwise.errors import DataError, NotPositiveDefiniteError
from widthwise.features.two_layer import as_matrix
from widthwise.numerics.linear_algebra import eigh
from widthwise.numerics.rounding import relative_rounding, rounding_of_eigenvalues

__all__ = ["kernel_eigenvectors", "symmetric_kernel"]


def symmetric_kernel(
    kernel: PointsLike, device: DeviceLike | None = None
) -> tuple[Float[Array, "n n"], float]:
    """Return a kernel matrix and a bound on what its entries' errors do to eigenvalues.

    Raises
    ------
    DataError
        If it is not square, not symmetric, or not finite.
    NotPositiveDefiniteError
        If an entry of its diagonal is below 0 by more than the error.
    """
    matrix = as_matrix(kernel, "kernel's entries", device)
    n = len(matrix)
    if matrix.shape[1] != n:
        raise DataError(
            f"The kernel has shape {tuple(matrix.shape)}; it needs {n} columns."
        )
    unit = rounding_unit(kernel)
    skew = float((matrix - matrix.T).abs().max())
    if skew > max(1e-9, 64.0 * unit) * float(matrix.abs().max()):
        raise DataError(
            f"The kernel is not symmetric: two entries that should agree differ by "
            f"{skew:.3g}. Pass (kernel + kernel.T) / 2 if that is what you mean."
        )
    origin = provenance(kernel) if isinstance(kernel, torch.Tensor) else None
    labelled = n * origin.entry_error if origin is not None else 0.0
    error = max(rounding_of_eigenvalues(matrix, 0.0, unit), skew, labelled)
    least = float(matrix.diagonal().min())
    if least < -2 * error:
        raise NotPositiveDefiniteError(
            f"The kernel has {least:.3g} on its diagonal, so an eigenvalue below zero. "
            "A kernel matrix has none."
        )
    return (matrix + matrix.T) / 2, error


def kernel_eigenvectors(
    matrix: Float[Array, "n n"], error: float
) -> tuple[Float[Array, " n"], Float[Array, "n n"], float]:
    """Return descending eigenvalues, eigenvectors, and what counts as zero of them.

    Raises
    ------
    NotPositiveDefiniteError
        If an eigenvalue is below minus twice the error.

    Cost: about 9 n³ operations and three copies of the kernel.
    """
    ascending, vectors = eigh(matrix.contiguous())
    error += relative_rounding(len(matrix)) * float(ascending.abs().max())
    if float(ascending[0]) < -2 * error:
        raise NotPositiveDefiniteError(
            f"The kernel has the eigenvalue {float(ascending[0]):.3g}, below the "
            f"rounding error {error:.1e}. A kernel matrix has none below zero."
        )
    return ascending.flip(0), vectors.flip(1), error
