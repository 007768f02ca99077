"""The neural tangent kernel of a two-layer network of infinite width."""

from typing import Literal

import torch

from widthwise.arguments import choice
from widthwise.arrays import Array, DeviceLike, Float, PointsLike
from widthwise.kernels.two_layer._labelled import diagonals, matrices
from widthwise.kernels.two_layer._matrices import Kind
from widthwise.kernels.two_layer._outputs import Output
from widthwise.kernels.two_layer._parametrized import ActivationLike
from widthwise.laws import Law

__all__ = ["tangent_diagonal", "tangent_kernel", "two_layer_kernels"]

Trained = Literal["inner", "outer", "both"]


def tangent_kernel(
    points: PointsLike,
    activation: ActivationLike,
    law: Law | str,
    trained: Trained | str = "both",
    other: PointsLike | None = None,
    *,
    weight_std: float | int | Array = 1.0,
    bias_std: float | int | Array = 0.0,
    out: Output | None = None,
    dtype: torch.dtype = torch.float64,
    device: DeviceLike | None = None,
) -> Float[Array, "n k"]:
    r"""Compute the neural tangent kernel (NTK) matrix.

    For $f(x) = m^{-1/2} \sum_r a_r\, \sigma(z_r(x))$, $z_r(x) = s_w w_r\cdot x + s_b
    b_r$, with $E a_r^2 = 1$ and the $a_r$, $w_r$ and $b_r$ trained, as m grows,

    $$\Theta(x, x') = E[\sigma(z(x))\,\sigma(z(x'))] + (s_w^2\, x\cdot x' + s_b^2)\,
    E[\sigma'(z(x))\,\sigma'(z(x'))] .$$

    The first term comes from training the outer layer, the second the inner one. For
    unit points without biases it is $\kappa(t) + t\, \kappa_{\sigma'}(t)$, $t = x\cdot
    x'$. (In the mean-field parametrization, $f = m^{-1} \sum_r a_r \sigma$ with steps m
    times as long, it is the same.)

    Parameters
    ----------
    points, activation, law, other, weight_std, bias_std, out, dtype, device
        As for `conjugate_kernel`.
    trained
        "inner": the second term; "outer": the first, the conjugate kernel; "both".

    Returns
    -------
    Shape (n, n), symmetric, or (n, k); labelled "tangent_inner", "conjugate"
    or "tangent_both". For a step the inner term is 0, as σ' is 0 almost everywhere.

    Raises
    ------
    InvalidArgumentError
        If `trained` is another string, or if E[σ'²] is not finite.
    OutsideDomainError, InvalidArgumentError, DataError, MemoryBudgetError
        As for `conjugate_kernel`.

    Source
    ------
    Jacot, Gabriel and Hongler (2018), arXiv:1806.07572, Theorem 1, one hidden layer.
    Cost: as for `conjugate_kernel`.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> kernel = ww.kernels.tangent_kernel(points, "relu", "gaussian")
    >>> kernel[0].round(decimals=4).tolist()
    [1.0, 0.1592, 0.1592]
    """
    kinds = (_kind(trained),)
    (matrix,) = matrices(
        points, kinds, activation, law, other, weight_std, bias_std, out, dtype, device
    )
    return matrix


def tangent_diagonal(
    points: PointsLike,
    activation: ActivationLike,
    law: Law | str,
    trained: Trained | str = "both",
    *,
    weight_std: float | int | Array = 1.0,
    bias_std: float | int | Array = 0.0,
) -> Float[Array, " n"]:
    """Return the diagonal of `tangent_kernel`, shape (n,), without the matrix.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> found = ww.kernels.tangent_diagonal(points, "relu", "gaussian")
    >>> found.round(decimals=6).tolist()
    [1.0, 1.0, 1.0]
    """
    kinds = (_kind(trained),)
    (found,) = diagonals(points, kinds, activation, law, weight_std, bias_std)
    return found


def two_layer_kernels(
    points: PointsLike,
    activation: ActivationLike,
    law: Law | str,
    other: PointsLike | None = None,
    *,
    weight_std: float | int | Array = 1.0,
    bias_std: float | int | Array = 0.0,
    out: tuple[Output, Output] | None = None,
    dtype: torch.dtype = torch.float64,
    device: DeviceLike | None = None,
) -> tuple[Float[Array, "n k"], Float[Array, "n k"]]:
    """Compute the conjugate kernel and the tangent kernel of both layers in one pass.

    Parameters, errors and labels are those of `conjugate_kernel` and `tangent_kernel`;
    `out` is a pair of matrices.

    Returns
    -------
    The conjugate kernel and the tangent kernel of both layers, each (n, n) or (n, k).

    Cost: n k d flops, 16 n k bytes: nothing as large but the two results.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> conjugate, tangent = ww.kernels.two_layer_kernels(points, "relu", "gaussian")
    >>> (tangent - conjugate)[0].round(decimals=4).tolist()
    [0.5, 0.0, 0.0]
    """
    kinds: tuple[Kind, ...] = ("conjugate", "tangent_both")
    conjugate, tangent = matrices(
        points, kinds, activation, law, other, weight_std, bias_std, out, dtype, device
    )
    return conjugate, tangent


def _kind(trained: str) -> Kind:
    choice(
        trained,
        "trained",
        ("inner", "outer", "both"),
        meaning="the layers whose weights are trained",
    )
    kinds: dict[str, Kind] = {
        "inner": "tangent_inner",
        "outer": "conjugate",
        "both": "tangent_both",
    }
    return kinds[trained]
