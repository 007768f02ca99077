"""Funk-Hecke coefficients: an activation in the spherical harmonics of R^d."""

import numpy as np
import torch

from widthwise.activations import Activation, for_dimension
from widthwise.arguments import whole_number
from widthwise.arrays import Array, Float
from widthwise.kernels.rules._function import (
    NumpyFunction,
    density_peak,
    on_numpy,
    require_numbers,
    smooth_pieces,
)
from widthwise.laws import Sphere
from widthwise.numerics import gauss_legendre
from widthwise.numerics.harmonics import step_squared

__all__ = [
    "funk_hecke",
    "harmonics",
    "inverse_roots",
    "orthonormal_coefficients",
    "project_angles",
]

_EVERY, _LARGE = 32, 1e100
"""Polynomials are scaled back at every 32nd degree, where they exceed this."""


def funk_hecke(
    activation: Activation | str, dimension: int, degree: int
) -> Float[Array, " degrees"]:
    r"""Compute the Funk-Hecke coefficients of σ on the sphere of R^d.

    $$\lambda_k = E[\sigma(u) P_k(u)],\qquad k = 0, \dots, K,$$

    with u one coordinate of a uniform point of $S^{d-1}$ and $P_k$ the Gegenbauer
    polynomial with $P_k(1) = 1$ (Chebyshev for d = 2). They are the kernel's spectrum:
    $\kappa(t) = \sum_k N(d, k) \lambda_k^2 P_k(t)$, $N(d, k)$ the number of harmonics.

    Parameters
    ----------
    activation
        Finite on [-1, 1], or with an integrable singularity at ±1; or its name.
    dimension
        d >= 2.
    degree
        K >= 0.

    Returns
    -------
    λ_0..λ_K, shape (degree + 1,). $\sqrt{N(d,k)}\,|\delta\lambda_k|$ is below 1e-13
    times the root mean square of σ for the activations of the catalog. In many
    dimensions λ_k may be less than any float, and is 0 then.

    Raises
    ------
    InvalidArgumentError
        If `dimension` < 2 or `degree` < 0, or σ is not a number somewhere.

    Source
    ------
    Benson, Damle and Townsend (2020), arXiv:2010.15959, eq. (12). Cost: O(K² pieces).

    Examples
    --------
    >>> import widthwise as ww
    >>> ww.kernels.funk_hecke("relu", dimension=3, degree=3).round(decimals=6).tolist()
    [0.25, 0.166667, 0.0625, 0.0]
    """
    whole_number(degree, "The degree", meaning="the highest k wanted")
    law = Sphere(dimension)
    sigma = for_dimension(activation, law.dimension)
    coefficients, _ = orthonormal_coefficients(sigma, law.dimension, degree)
    with np.errstate(under="ignore"):
        found = coefficients * inverse_roots(law.dimension, degree)
    return torch.from_numpy(found + 0.0)  # -0 is 0


def orthonormal_coefficients(
    activation: Activation, dimension: int, degree: int
) -> tuple[np.ndarray, float]:
    r"""Return $\sqrt{N(d,k)} \lambda_k$, k = 0..degree, and a bound on their errors.

    Their squares sum to E σ², so each is a part of the activation's size.
    """
    law = Sphere(dimension)
    require_numbers(activation, law)
    sigma = on_numpy(activation)
    edges = smooth_pieces(sigma, activation.breakpoints, law, activation.narrow)
    coarse = project(sigma, edges, law.dimension, degree, 24)
    fine = project(sigma, edges, law.dimension, degree, 40)
    size = float(np.sqrt(np.sum(fine**2)))
    return fine, 2 * float(np.abs(fine - coarse).max()) + 1e-15 * max(size, 1e-300)


def project(
    sigma: NumpyFunction, edges: np.ndarray, dimension: int, degree: int, extra: int
) -> np.ndarray:
    """Return E[σ(u) p_k(u)] for k = 0..degree, with p_k orthonormal."""
    return project_angles(lambda a: sigma(np.cos(a)), edges, dimension, degree, extra)


def project_angles(
    function: NumpyFunction,
    edges: np.ndarray,
    dimension: int,
    degree: int,
    extra: int,
) -> np.ndarray:
    """Integrate f(θ) p_k(cos θ) sin^{d-2} θ over the pieces of [0, π].

    A piece of width h takes degree * h / 2 nodes for the oscillation, and `extra` more.
    """
    places, masses = [], []
    for left, width in zip(edges[:-1], np.diff(edges), strict=True):
        nodes, weights = gauss_legendre(16 * int(degree * width / 32) + 16 + extra)
        places.append(left + width * nodes)
        masses.append(width * weights)
    theta = np.concatenate(places)
    u = np.cos(theta)
    density = density_peak(dimension) * np.sin(theta) ** (dimension - 2)
    part = function(theta) * np.concatenate(masses)
    weighted = part * density
    before, now = np.zeros_like(u), np.ones_like(u)
    found, step = [weighted.sum()], 0.0
    doublings = np.zeros_like(u)
    for k in range(1, degree + 1):
        following = np.sqrt(step_squared(dimension, k))
        before, now = now, (u * now - step * before) / following
        step = following
        if k % _EVERY == 0 and np.abs(now).max() > _LARGE:
            # At the poles p_k grows as the root of N(d, k); the density is as small.
            _, exponents = np.frexp(np.maximum(np.abs(now), np.abs(before)))
            before, now = np.ldexp(before, -exponents), np.ldexp(now, -exponents)
            doublings += exponents
            weighted = part * _density(theta, dimension, doublings)
        found.append(weighted @ now)
    return np.array(found)


def _density(theta: np.ndarray, d: int, doublings: np.ndarray) -> np.ndarray:
    """Return the density times powers of two, where either leaves the floats."""
    # Near the equator the logarithm of a float next to 1 has few digits.
    square = np.minimum(np.cos(theta) ** 2, 0.5)
    sine = np.log(np.maximum(np.sin(theta), 1e-300))
    logarithm = np.where(np.abs(np.cos(theta)) < 0.7, np.log1p(-square) / 2, sine)
    exponent = (d - 2) * logarithm + doublings * np.log(2.0)
    with np.errstate(under="ignore"):
        return np.asarray(density_peak(d) * np.exp(exponent))


def harmonics(d: int, degree: int) -> np.ndarray:
    """Return N(d, k), the number of harmonics of degree k, for k = 0..degree."""
    with np.errstate(over="ignore"):
        return np.asarray(np.cumprod(_ratios(d, degree)))


def inverse_roots(d: int, degree: int) -> np.ndarray:
    """Return N(d, k)^(-1/2), k = 0..degree, also where N(d, k) exceeds all floats."""
    with np.errstate(under="ignore"):
        return np.asarray(np.cumprod(_ratios(d, degree) ** -0.5))


def _ratios(d: int, degree: int) -> np.ndarray:
    """Return N(d, 0) and N(d, k) / N(d, k - 1), k = 1..degree."""
    k = np.arange(1, degree)
    ratios = (2 * k + d) * (k + d - 2) / ((2 * k + d - 2) * (k + 1))
    return np.concatenate(([1.0, d if d > 2 else 2.0], ratios))[: degree + 1]
