"""The conjugate kernel: the Gram matrix of random features of infinite width."""

import torch

from widthwise import laws
from widthwise.activations import Activation
from widthwise.arrays import Array, Float, Provenance, Real, label
from widthwise.kernels.two_layer._correlations import unit_points
from widthwise.kernels.two_layer._dual import dual
from widthwise.kernels.two_layer._matrices import two_layer_matrices
from widthwise.laws import Law

__all__ = ["conjugate_kernel"]


def conjugate_kernel(
    points: Real[Array, "n d"], activation: Activation, law: Law | str
) -> Float[Array, "n n"]:
    r"""Compute the conjugate kernel matrix, $G_\infty$.

    $$G_\infty[i, j] = E_w[\sigma(w\cdot x_i)\,\sigma(w\cdot x_j)]$$

    Parameters
    ----------
    points
        Shape (n, d), rows of norm 1; any real dtype.
    activation
        Defined on the law's support.
    law
        `Sphere(d)`, `Gaussian()`, or "sphere", "gaussian".

    Returns
    -------
    Shape (n, n), float64, symmetric; labelled "conjugate" with the error of an entry.

    Raises
    ------
    NotOnSphereError
        If a row's norm differs from one by more than 1e-8.
    OutsideDomainError
        If the law's support leaves the activation's domain.
    MemoryBudgetError
        If the matrix does not fit in the available memory.

    Source
    ------
    Benson, Damle and Townsend (2020), arXiv:2010.15959, eq. (7). Cost: n² d flops, 8 n²
    bytes.
    """
    rows = unit_points(points)
    law = laws.get(law, rows.shape[1])
    kappa = dual(activation, law)
    (matrix,) = two_layer_matrices(rows, ("conjugate",), kappa, None)
    return label(
        torch.from_numpy(matrix),
        Provenance(
            "conjugate",
            activation,
            law,
            rows.shape[1],
            entry_error=kappa.entry_error(rows.shape[1]),
        ),
    )
