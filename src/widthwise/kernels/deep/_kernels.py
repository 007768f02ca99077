"""The conjugate and the tangent kernel matrix of a deep network of infinite width."""

import torch

from widthwise.activations import Activation
from widthwise.arrays import Array, Float, Provenance, Real, label
from widthwise.kernels.deep._dual import deep_dual
from widthwise.kernels.deep._matrices import deep_matrices
from widthwise.kernels.two_layer import unit_points
from widthwise.laws import Gaussian

__all__ = ["deep_kernels"]


def deep_kernels(
    points: Real[Array, "n d"],
    activation: Activation,
    depth: int = 3,
    weight_std: float | int = 1.0,
    bias_std: float | int = 0.0,
) -> tuple[Float[Array, "n n"], Float[Array, "n n"]]:
    r"""Compute both kernels of a fully connected network with `depth` hidden layers.

    $$z_1 = \tfrac{s_w}{\sqrt d} W_1 x + s_b b_1, \quad
    z_{l+1} = \tfrac{s_w}{\sqrt m} W_{l+1}\, \sigma(z_l) + s_b b_{l+1}, \quad
    f(x) = z_{L+1},$$

    all $W_l$ and $b_l$ standard normal and trained, L the depth. The readout layer has
    the same $s_w$ and $s_b$. As m grows, $E f(x) f(x')$ tends to the conjugate kernel
    $K_{L+1}$ and $\nabla f(x) \cdot \nabla f(x')$ to the tangent kernel
    $\Theta_{L+1}$,

    $$K_{l+1} = s_w^2\, E[\sigma(u)\sigma(v)] + s_b^2, \qquad
    \Theta_{l+1} = K_{l+1} + s_w^2\, \Theta_l\, E[\sigma'(u)\sigma'(v)],$$

    (u, v) normal with the covariance of $K_l$; $\Theta_1 = K_1 = s_w^2\, x\cdot x'/d +
    s_b^2$. For $s_w = 1$, $s_b = 0$ the conjugate kernel is the Gram matrix of the last
    hidden layer's features. At depth 1, $s_w = \sqrt d$, $s_b = 0$, both kernels are d
    times those of `two_layer_kernels` with the Gaussian law.

    Parameters
    ----------
    points
        Shape (n, d), rows of norm 1; any real dtype.
    activation
        Defined for every real number, since its arguments are normal.
    depth
        L, the number of hidden layers, at least 1.
    weight_std, bias_std
        $s_w > 0$ and $s_b \ge 0$.

    Returns
    -------
    The conjugate and the tangent kernel, each (n, n), float64, symmetric; labelled
    "deep_conjugate" and "deep_tangent" with the error of an entry.

    Raises
    ------
    NotOnSphereError
        If a row's norm differs from one by more than 1e-8.
    OutsideDomainError, InvalidArgumentError
        As `deep_dual`.
    MemoryBudgetError
        If the matrices do not fit in the available memory.

    Source
    ------
    Jacot, Gabriel and Hongler (2018), arXiv:1806.07572, Theorem 1. Cost: n² (d + 25 L)
    multiplications, 16 n² bytes; nothing of size n² but the two results.
    """
    rows = unit_points(points)
    dimension = rows.shape[1]
    dual = deep_dual(activation, dimension, depth, weight_std, bias_std)
    matrices = deep_matrices(rows, dual)
    kinds = ("deep_conjugate", "deep_tangent")
    conjugate, tangent = (
        label(
            torch.from_numpy(matrix),
            Provenance(kind, activation, Gaussian(), dimension, entry_error=error),
        )
        for kind, matrix, error in zip(
            kinds, matrices, dual.entry_errors(), strict=True
        )
    )
    return conjugate, tangent
