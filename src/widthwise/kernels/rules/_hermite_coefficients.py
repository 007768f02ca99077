"""The Hermite coefficients of an activation under the Gaussian law."""

import numpy as np
import torch

from widthwise.activations import Activation
from widthwise.arguments import whole_number
from widthwise.arrays import Array, Float
from widthwise.errors import OutsideDomainError
from widthwise.kernels.rules._function import (
    NumpyFunction,
    on_numpy,
    require_numbers,
    smooth_pieces,
)
from widthwise.kernels.rules._marginal import marginal
from widthwise.kernels.rules._named import everywhere
from widthwise.laws import Gaussian
from widthwise.numerics import gauss_legendre

__all__ = ["hermite_coefficients", "project_on_hermite"]

_HIGHEST = 500


def hermite_coefficients(
    activation: Activation | str, degree: int, order: int = 0
) -> Float[Array, " degrees"]:
    r"""Return $c_k = E[\sigma^{(r)}(g)\,h_k(g)]$ for k = 0 to K, g standard normal.

    $h_k$ are the orthonormal Hermite polynomials, so that the dual under the Gaussian
    law is $\sum_k c_k^2 t^k$. For r = 1, $c_1 = E[g\,\sigma'(g)]$ is $\mu_\sigma$ of
    Oymak and Soltanolkotabi.

    Parameters
    ----------
    activation
        Defined for every real number; or its name.
    degree
        K, 0 to 500.
    order
        r, 0 for σ and 1 for σ'.

    Returns
    -------
    Shape (K + 1,), float64; absolute error about 1e-14 of $E[(\sigma^{(r)})^2]^{1/2}$.

    Raises
    ------
    OutsideDomainError
        If the activation is not defined everywhere.
    InvalidArgumentError
        If the degree or the order is out of range, or $E[(\sigma^{(r)})^2]$ is not
        finite.

    Cost: some thousand nodes times K.

    Examples
    --------
    >>> import widthwise as ww
    >>> ww.kernels.hermite_coefficients("relu", 3).round(decimals=6).tolist()
    [0.398942, 0.5, 0.282095, -0.0]
    """
    whole_number(degree, "The degree", most=_HIGHEST)
    whole_number(order, "order", most=1, meaning="0 for σ and 1 for σ'")
    activation = everywhere(activation)
    low, high = activation.domain
    if np.isfinite(low) or np.isfinite(high):
        raise OutsideDomainError(
            f"{activation.name} is defined on [{low:g}, {high:g}] and the Gaussian law "
            "reaches beyond. Choose an activation that is defined everywhere."
        )
    law = Gaussian()
    require_numbers(activation, law, order)
    function = on_numpy(activation.derivative if order else activation)
    edges = smooth_pieces(function, activation.breakpoints, law, activation.narrow)
    marginal(function, edges, law)  # which refuses what grows too fast
    return torch.from_numpy(project_on_hermite(function, edges, degree, 24))


def project_on_hermite(
    function: NumpyFunction, edges: np.ndarray, degree: int, extra: int
) -> np.ndarray:
    """Return E[f(g) h_k(g)], k = 0..degree, f being smooth on the pieces."""
    # Weighted functions of degree K wiggle: cut the pieces to 1/2 of a wave or less.
    grid = np.linspace(edges[0], edges[-1], 25)
    edges = np.unique(np.concatenate([edges, grid]))
    nodes, weights = gauss_legendre(extra + min(degree // 8, 48))
    z = (edges[:-1, None] + np.diff(edges)[:, None] * nodes).ravel()
    weight = (np.diff(edges)[:, None] * weights).ravel()
    weight = weight * np.exp(-(z**2) / 4) / np.sqrt(2 * np.pi) * function(z)
    # h_k e^{-z²/4} stays below 1.09, where h_k alone overflows.
    before, now = np.zeros_like(z), np.exp(-(z**2) / 4)
    found = []
    for k in range(degree + 1):
        found.append(float(weight @ now))
        before, now = now, (z * now - np.sqrt(k) * before) / np.sqrt(k + 1)
    return np.array(found)
