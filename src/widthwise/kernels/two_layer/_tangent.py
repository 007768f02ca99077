"""The neural tangent kernel of a two-layer network of infinite width."""

import math
from typing import Literal

import torch

from widthwise import laws
from widthwise.activations import Activation
from widthwise.arguments import choice
from widthwise.arrays import Array, Float, Provenance, Real, label
from widthwise.kernels.two_layer._conjugate import conjugate_kernel
from widthwise.kernels.two_layer._correlations import unit_points
from widthwise.kernels.two_layer._dual import Dual, dual, dual_of_derivative
from widthwise.kernels.two_layer._matrices import Kind, two_layer_matrices
from widthwise.laws import Law

__all__ = ["tangent_kernel", "two_layer_kernels"]


def tangent_kernel(
    points: Real[Array, "n d"],
    activation: Activation,
    law: Law | str,
    trained: Literal["inner", "outer", "both"] | str = "both",
) -> Float[Array, "n n"]:
    r"""Compute the neural tangent kernel matrix.

    For $f(x) = m^{-1/2} \sum_r a_r\, \sigma(w_r\cdot x)$ with $E a_r^2 = 1$, as m
    grows,

    $$\Theta(x, x') = \kappa(t) + t\, \kappa_{\sigma'}(t), \qquad t = x\cdot x' .$$

    The first term comes from training the outer layer, the second the inner one.

    Parameters
    ----------
    points
        Shape (n, d), rows of norm 1; any real dtype.
    activation
        Defined on the law's support.
    law
        `Sphere(d)`, `Gaussian()`, or "sphere", "gaussian".
    trained
        "inner": the second term; "outer": the first, the conjugate kernel; "both".

    Returns
    -------
    Shape (n, n), float64, symmetric; labelled "tangent_inner", "conjugate" or
    "tangent_both". For a step the inner term is 0, as σ' is 0 almost everywhere.

    Raises
    ------
    InvalidArgumentError
        If `trained` is another string, or if E[σ'²] is not finite.
    NotOnSphereError, OutsideDomainError, MemoryBudgetError
        As for `conjugate_kernel`.

    Source
    ------
    Jacot, Gabriel and Hongler (2018), arXiv:1806.07572, Theorem 1, one hidden layer, no
    biases. Cost: n² d flops, 8 n² bytes.
    """
    choice(
        trained,
        "trained",
        ("inner", "outer", "both"),
        meaning="the layers whose weights are trained",
    )
    if trained == "outer":
        return conjugate_kernel(points, activation, law)
    rows = unit_points(points)
    law = laws.get(law, rows.shape[1])
    slope = dual_of_derivative(activation, law)
    kappa = dual(activation, law) if trained == "both" else None
    kind: Kind = "tangent_both" if trained == "both" else "tangent_inner"
    (matrix,) = two_layer_matrices(rows, (kind,), kappa, slope)
    error = _entry_error(kappa, slope, rows.shape[1])
    origin = Provenance(kind, activation, law, rows.shape[1], entry_error=error)
    return label(torch.from_numpy(matrix), origin)


def two_layer_kernels(
    points: Real[Array, "n d"], activation: Activation, law: Law | str
) -> tuple[Float[Array, "n n"], Float[Array, "n n"]]:
    """Compute the conjugate kernel and the tangent kernel of both layers in one pass.

    Parameters, errors and labels are those of `conjugate_kernel` and `tangent_kernel`.

    Returns
    -------
    The conjugate kernel and the tangent kernel of both layers, each (n, n).

    Cost: n² d flops, 16 n² bytes: nothing of size n² but the two results.
    """
    rows = unit_points(points)
    law = laws.get(law, rows.shape[1])
    kappa, slope = dual(activation, law), dual_of_derivative(activation, law)
    conjugate, tangent = two_layer_matrices(
        rows, ("conjugate", "tangent_both"), kappa, slope
    )
    dimension = rows.shape[1]
    first = Provenance(
        "conjugate",
        activation,
        law,
        dimension,
        entry_error=kappa.entry_error(dimension),
    )
    second = Provenance(
        "tangent_both",
        activation,
        law,
        dimension,
        entry_error=_entry_error(kappa, slope, dimension),
    )
    return (
        label(torch.from_numpy(conjugate), first),
        label(torch.from_numpy(tangent), second),
    )


def _entry_error(kappa: Dual | None, slope: Dual, dimension: int) -> float:
    # t times the slope: t is off by up to 4 √d units in the last place.
    product = 4 * math.sqrt(dimension) * 1.2e-16 * slope.value_at_one
    inner = slope.entry_error(dimension) + product
    return inner + (kappa.entry_error(dimension) if kappa else 0.0)
